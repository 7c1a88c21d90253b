"""The proof of a ledger: everything done once more at anybody's wish, and what is told outside of the database."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.ids import id_of
from core.models import Job
from core.pages import get_visible_or_404
from core.paging import Order, paginate
from core.querysets import count_in_one

from ..models import Rotation, RotationEntry, RotationHead, RotationMember
from ..proof_jobs import KIND, last_proof, recompute
from ..proof_words import LEGEND, told
from ..rotation.chain import first_link, text_of

PAGE = 25


@require_safe
def proof(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the last recomputation found, the heads day by day, and one line to hash by hand."""
    rotation = get_visible_or_404(Rotation, request.user, pk)
    job = _job(request, rotation)
    names = {
        one.user_id: str(one.user)
        for one in RotationMember.objects.visible_to(request.user).filter(rotation=rotation).select_related("user")
    }
    lines = RotationEntry.objects.visible_to(request.user).filter(rotation=rotation)
    heads = RotationHead.objects.visible_to(request.user).filter(rotation=rotation)
    result = job.result if job and job.state == Job.State.DONE else None
    context = {
        "rotation": rotation,
        "job": job,
        "result": result,
        "at": parse_datetime(result["at"]) if result else None,
        "told": told(result["fault"], names) if result and result["fault"] else None,
        "page": paginate(heads, Order("on", "on", True), request.GET, PAGE, count_in_one(heads)),
        "first": lines.order_by("seq").first(),
        "example": _example(request, rotation),
        "legend": LEGEND,
    }
    return render(request, "publicpool/proof.html", context)


def _job(request: SignedInRequest, rotation: Rotation) -> Job | None:
    """The one that the address names, else the reader's last."""
    if word := request.GET.get("job"):
        jobs = Job.objects.filter(kind=KIND, params__rotation=rotation.pk)  # unscoped: the gate scopes
        return get_visible_or_404(jobs, request.user, word)
    return last_proof(rotation, request.user)


def _example(request: SignedInRequest, rotation: Rotation) -> dict[str, object] | None:
    """The line that is asked for, or the last one: what goes into the hash, and what should come out."""
    lines = RotationEntry.objects.visible_to(request.user).filter(rotation=rotation)
    asked = id_of(request.GET.get("line"))
    rows = list(lines.filter(seq__lte=asked or rotation.seq).order_by("-seq")[:2])
    if not rows:
        return None
    row, *before = rows
    return {
        "row": row,
        "before": before[0].hash if before else first_link(rotation.pk),
        "text": text_of(row.said()),
    }


@require_POST
def proof_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Recompute: a short ledger at once, a long one as work that shows how far it is."""
    rotation = get_visible_or_404(Rotation, request.user, pk)
    job = recompute(rotation, by=request.user, now=timezone.now())
    if job.is_over:
        return redirect(f"{reverse('publicpool:rotation-proof', args=[rotation.pk])}?job={job.pk}")
    return redirect("core:job", pk=job.pk)
