"""How is a ledger recomputed for somebody who asks, at once or as work that shows how far it is, and where is it kept?

What was found stands in the result of a job: plain JSON, which publicpool.proof_words tells.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.exceptions import NotAllowed
from core.jobs import enqueue
from core.models import Job
from core.registries import JOBS, JobKind

from .models import Rotation
from .proving import prove

if TYPE_CHECKING:
    from accounts.models import User
    from core.jobs import Progress

KIND = "publicpool.proof"
# So many lines are recomputed while one waits: less than half a second.
AT_ONCE = 5000


def register() -> None:
    JOBS[KIND] = JobKind(_("Recomputing the ledger of a rotation"), run, url=_url)


def _url(job: Job) -> str:
    return f"{reverse('publicpool:rotation-proof', args=[job.params['rotation']])}?job={job.pk}"


def recompute(rotation: Rotation, *, by: User, now: datetime) -> Job:
    """Recompute the ledger: a short one at once, a long one in the background. Whether ``by`` sees it was asked."""
    params = {"rotation": rotation.pk}
    if rotation.seq > AT_ONCE:
        return enqueue(KIND, by=by, now=now, params=params, total=rotation.seq)
    result = _result(rotation, now)
    moments = dict.fromkeys(("created_at", "started_at", "ended_at"), now)
    done = result["lines"]
    return Job.objects.create(
        kind=KIND, created_by=by, params=params, state=Job.State.DONE, result=result, done=done, total=done, **moments
    )


def run(job: Job, progress: Progress) -> None:
    """The work in the background; a killed run begins anew. Raises NotAllowed."""
    rotation = Rotation.objects.visible_to(job.created_by).filter(pk=job.params["rotation"]).first()
    if rotation is None:
        raise NotAllowed
    now = progress.clock()
    job.result = _result(rotation, now, progress)


def _result(rotation: Rotation, now: datetime, progress: Progress | None = None) -> dict[str, Any]:
    proof = prove(rotation, progress.step) if progress else prove(rotation)
    return asdict(proof) | {"holds": proof.holds, "at": now.isoformat()}


def last_proof(rotation: Rotation, user: User) -> Job | None:
    """The last that this reader may see."""
    jobs = Job.objects.visible_to(user).filter(kind=KIND, params__rotation=rotation.pk, state=Job.State.DONE)
    return jobs.order_by("-ended_at", "-pk").first()
