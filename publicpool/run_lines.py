"""What did a run do to whom, as far as its reader may know? Warnings and reclaims, and what is set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet

from accounts.models import User

from .models import ReclaimWarning, RotationEntry, Run, RunLine

if TYPE_CHECKING:
    from collections.abc import Mapping


def lines_of(run: Run, user: User) -> QuerySet[Any]:
    """The lines of a run: its warnings, which bear its moment, or what it wrote of each reclaim.

    Both have customer, user, rule. Of a manager's own people only.
    """
    if run.kind == Run.Kind.WARN:
        return warnings_for(user).filter(warned_at=run.started_at)
    return RunLine.objects.visible_to(user).filter(run=run)


def warnings_for(user: User) -> QuerySet[ReclaimWarning]:
    """Warnings of those who report to a manager, all for an admin."""
    if user.is_admin and user.is_active:
        return ReclaimWarning.objects.all()
    return ReclaimWarning.objects.filter(user__in=User.objects.reporting_to(user))


def counts_for(runs: Sequence[Run], user: User) -> Mapping[int, int]:
    """How many lines of each run the reader may see; rotations' too. Three statements."""
    found: Counter[int] = Counter()
    reclaims = [run.pk for run in runs if run.kind == Run.Kind.RECLAIM]
    rows = RunLine.objects.visible_to(user).filter(run__in=reclaims, outcome=RunLine.Outcome.DONE).order_by()
    found.update(dict(rows.values_list("run").annotate(n=Count("pk"))))
    warned = {run.started_at: run.pk for run in runs if run.kind == Run.Kind.WARN}
    told = warnings_for(user).filter(warned_at__in=warned).order_by().values_list("warned_at")
    found.update({warned[at]: n for at, n in told.annotate(n=Count("pk"))})
    given = given_in([run.pk for run in runs if run.rotation_id], user)
    found.update(dict(given.order_by().values_list("run").annotate(n=Count("pk"))))
    return found


def given_in(runs: Sequence[int], user: User) -> QuerySet[Any]:
    """Lines of ledgers that these runs wrote: all for an admin, and for an admin of the rotation's pool."""
    rows = RotationEntry.objects.visible_to(user).filter(run__in=runs)
    if user.is_admin or not user.is_manager:
        return rows
    return rows.filter(user__in=User.objects.reporting_to(user))


def failing(user: User) -> QuerySet[Any]:
    """Customers that could not be reclaimed: the parked ones first, which are not tried any more."""
    rows = RunLine.objects.visible_to(user).failing()
    return rows.select_related("customer", "customer__owner", "rule", "run").order_by("parked_at", "-at", "-pk")
