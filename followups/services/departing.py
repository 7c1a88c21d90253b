"""How do tasks, plans and repeating tasks go from somebody who leaves to others, and back within a day?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.departing import ENDINGS, RULE, WAYS, Column, Hands, Leaving, Stays, ToNobody, ToPerson, WithParty

from ..models import Plan, Series, Task
from .feeds import end_feed
from .rows import end_tasks, note, open_again

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import HandedOver, User


def _note(rows: Sequence[Any], leaving: Leaving) -> None:
    note(rows, "task.reassigned", by=leaving.by, now=leaving.now, rule=RULE)


TASKS = Column(Task, "assignee", is_over=lambda task: not task.is_open, told=_note).hands
PLANS = Column(Plan, "owner", is_over=lambda plan: plan.state != Plan.State.OPEN).hands
SERIES = Column(Series, "assignee", is_over=lambda series: series.ended_at is not None).hands


def cancel(rows: Sequence[Task], to: Mapping[int, User | None], leaving: Leaving) -> list[HandedOver]:
    """Cancel locked open tasks: whoever had them is gone."""
    if rows:
        reason = gettext("Whoever was to do it has left.")
        end_tasks(rows, Task.State.CANCELLED, by=leaving.by, now=leaving.now, rule=RULE, cancel_reason=reason)
    return [leaving.handed(row, None) for row in rows]


def open_cancelled(lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
    """Open again what the departure cancelled."""
    line_of = {line.object_id: line for line in lines}
    at = lines[0].departure.done_at
    rows = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("assignee", "team")
    mine = rows.filter(pk__in=line_of, state=Task.State.CANCELLED, ended_at=at)
    found = list(mine.order_by("pk"))
    if found:
        open_again(found, by=leaving.by, now=leaving.now, rule=RULE)
    back = {row.pk for row in found}
    return {line.pk: Stays.TOUCHED for pk, line in line_of.items() if pk not in back}


CANCELLED = Hands(cancel, open_cancelled)


def end_series(rows: Sequence[Series], to: Mapping[int, User | None], leaving: Leaving) -> list[HandedOver]:
    """Let repeating tasks end."""
    lines = [
        leaving.handed(row, None, before={"next": row.next_at.isoformat() if row.next_at else None}) for row in rows
    ]
    Series.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=leaving.now, next_at=None)
    return lines


def go_on_with_series(lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
    """Let repeating tasks go on that the departure ended."""
    stays: dict[int, str] = {}
    for line in lines:
        mine = Series.objects.filter(pk=line.object_id, ended_at=line.departure.done_at)
        if not mine.update(ended_at=None, next_at=line.before["next"]):
            stays[line.pk] = Stays.TOUCHED
    return stays


ENDED_SERIES = Hands(end_series, go_on_with_series)


def end_links(person: User, now: datetime) -> None:
    """The secret address of somebody's calendar works no more."""
    end_feed(by=person, now=now)


def register() -> None:
    """Add this floor's lines to WAYS."""
    WAYS["tasks"] |= {
        "party": WithParty(TASKS),
        "person": ToPerson(TASKS),
        "end": ToNobody(CANCELLED, _("they are cancelled")),
    }
    WAYS["plans"] |= {"party": WithParty(PLANS, _("with their customer")), "person": ToPerson(PLANS)}
    WAYS["series"] |= {
        "party": WithParty(SERIES, _("with their customer")),
        "person": ToPerson(SERIES),
        "end": ToNobody(ENDED_SERIES, _("they end")),
    }
    ENDINGS["feeds"] = end_links
