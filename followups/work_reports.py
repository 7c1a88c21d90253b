"""What did somebody do in a day or a week, counted from what stands written down?

Days and weeks are those of the business time zone; weeks start on Monday. Every figure is of rows that the
person made, so that nothing is told of what the reader may not see but how many there were.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from core.registries import Label
from core.zones import midnight
from customers.models import Event, OwnershipPeriod

from .models import Postponement, Task, WorkReport

if TYPE_CHECKING:
    from accounts.models import User

FIGURES: dict[str, Label] = {
    "contacts": _("Contacts logged"),
    "customers": _("Customers spoken with"),
    "done": _("Tasks done"),
    "postponed": _("Tasks postponed"),
    "overdue": _("Tasks overdue"),
    "taken": _("New customers"),
}


def period(kind: str, on: date) -> tuple[date, date]:
    """First and last day of the day or week that holds ``on``."""
    if kind == WorkReport.Kind.DAILY:
        return on, on
    first = on - timedelta(days=on.weekday())
    return first, first + timedelta(days=6)


def figures_of(report: WorkReport, now: datetime) -> dict[str, int]:
    """The figures of a report's person and days, as they are at ``now``; overdue at the end of its days."""
    user: User = report.user
    began, ended = midnight(report.starts_on), midnight(report.ends_on + timedelta(days=1))
    within = (began, ended - timedelta(microseconds=1))
    # A communication that was taken back is no contact any more; one put back is.
    later = Event.objects.filter(target_label=OuterRef("target_label"), target_id=OuterRef("target_id"))
    gone = later.filter(kind="communication.deleted", customer=OuterRef("customer"))
    back = later.filter(kind="communication.restored", customer=OuterRef("customer"))
    said = Event.objects.filter(kind="communication.logged", by=user, at__range=within).exclude(
        Exists(gone) & ~Exists(back)
    )
    counted = said.aggregate(contacts=Count("target_id", distinct=True), customers=Count("customer", distinct=True))
    moved = Postponement.objects.filter(by=user, at__range=within)
    taken = OwnershipPeriod.objects.filter(owner=user, started_at__range=within)
    return counted | {
        "done": Task.objects.filter(ended_by=user, state=Task.State.DONE, ended_at__range=within).count(),
        "postponed": moved.values("task").distinct().count(),
        "overdue": Task.objects.overdue(min(now, ended)).filter(assignee=user).count(),
        "taken": taken.values("customer").distinct().count(),
    }
