"""Who speaks with customers, who answers them, what is overdue, are playbooks lived by?"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communications.said import said_by_month
from followups import compliance
from followups.models import Task
from opportunities.figures.cells import COUNT, SHARE, TEXT, Cell, Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .asked import Asked


def activity(asked: Asked) -> Sheet:
    """Touches, replies and overdue tasks by person, beside what was said in the period before."""
    said = _said(asked)
    before = asked.done_before("said")
    tasks = Task.objects.visible_to(asked.user).overdue(asked.now).filter(assignee__in=asked.people.keys())
    overdue = dict(tasks.order_by().values_list("assignee").annotate(Count("pk")))
    none = (0, 0, 0)
    rows = []
    for person in asked.shown({*said, *overdue}):
        pk = person.pk
        numbers = said.get(pk, none)
        rows.append(
            _acts(asked, str(person), pk, numbers, before[pk].number if pk in before else 0, overdue.get(pk, 0))
        )
    if len(rows) > 1:
        sums = tuple(sum(one[place] for one in said.values()) for place in range(3))
        earlier = sum((one.number for one in before.values()), start=Decimal(0))
        rows.append(_acts(asked, _("Together"), None, sums, earlier, sum(overdue.values())))
    return Sheet(
        "activity",
        gettext_lazy("Activity, replies and overdue tasks"),
        gettext_lazy(
            "What was written down in the period by who wrote it down, without automatic mails: all, what went out "
            "(calls and meetings too) and what came in. Replies: for each touch, so much came in. Overdue: open tasks "
            "whose time is over now. What was said with customers of other teams is counted too; a "
            "number opens what you see."
        ),
        (
            (gettext_lazy("Person"), TEXT),
            (gettext_lazy("Communications"), COUNT),
            (gettext_lazy("Period before"), COUNT),
            (gettext_lazy("Went out"), COUNT),
            (gettext_lazy("Came in"), COUNT),
            (gettext_lazy("Replies for each touch"), SHARE),
            (gettext_lazy("Overdue tasks"), COUNT),
        ),
        rows,
        "counts",
    )


def _said(asked: Asked) -> dict[int, Sequence[int]]:
    """(all, out, in) of the period by who wrote it down. Both ways is counted in each."""
    found: dict[int, Sequence[int]] = {}
    months = asked.period.months
    for (who, _month), spoken in said_by_month(asked.people.keys(), months[0], months[-1]).items():
        found[who] = [one + more for one, more in zip(found.get(who, (0, 0, 0)), spoken, strict=True)]
    return found


def _acts(asked: Asked, name: str, person: int | None, numbers: Sequence[int], before: Any, overdue: int) -> Row:
    def rows(of: Asked | None, **words: Any) -> str:
        if not of:
            return ""
        days = of.days("happened_after", "happened_before")
        return of.rows_at("communications:list", "author", person, {"is_automatic": "false", **words, **days})

    late: dict[str, Any] = {"state": "open", "when": "overdue", "assignee": person, "m": 1}
    tasks = f"{reverse('followups:list')}?{urlencode(late)}" if person else ""
    said, touches, replies = numbers
    cells = (
        Cell(name),
        Cell(said, COUNT, rows(asked)),
        Cell(before, COUNT, rows(asked.earlier)),
        Cell(touches, COUNT),
        Cell(replies, COUNT),
        Cell(Fraction(replies, touches) if touches else None, SHARE),
        Cell(overdue, COUNT, tasks),
    )
    return Row(cells, is_total=person is None)


def playbooks(asked: Asked) -> Sheet:
    """Steps of playbooks that were due in the period, by person."""
    steps = compliance.steps_for(asked.user, period=_due(asked), now=asked.now)
    steps = steps.filter(assignee__in=asked.people.keys())
    lines = sorted(compliance.by_person(steps, asked.now), key=lambda line: (line.share is None, line.share or 0))
    keys = ("all", "on_time", "late", "overdue", "skipped")
    rows = [
        Row(
            (
                Cell(str(line.person)),
                *(Cell(line.figures[key], COUNT, _steps(asked, key, line.person.pk)) for key in keys),
                Cell(_on_time(line.figures), SHARE),
            )
        )
        for line in lines
    ]
    return Sheet(
        "playbooks",
        gettext_lazy("Playbook steps"),
        gettext_lazy(
            "Steps of playbooks due in the period. Share on time: done by their time, of those done, overdue or given "
            "up; what a rule ended and what is not due yet is not counted in it."
        ),
        (
            (gettext_lazy("Person"), TEXT),
            *((compliance.FIGURES[key].label, COUNT) for key in keys),
            (gettext_lazy("Share on time"), SHARE),
        ),
        rows,
        "steps",
    )


def _steps(asked: Asked, figure: str, person: int) -> str:
    words: dict[str, Any] = {"period": _due(asked), "figure": figure, "person": person}
    return f"{reverse('followups:playbook_steps')}?{urlencode(words)}"


def _on_time(figures: dict[str, int]) -> Fraction | None:
    """As exact as the board's other shares, where the playbooks' own page tells whole per cents."""
    wanted = sum(figures[key] for key in compliance.WANTED)
    return Fraction(figures["on_time"], wanted) if wanted else None


def _due(asked: Asked) -> str:
    return compliance.days_key(asked.period.first_on, asked.last_on)
