"""Who has customers without a next step, with an overdue one, or about to go back to the pool?"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.querysets import without_next_step
from opportunities.figures.cells import COUNT, SHARE, TEXT, Cell, Row, Sheet
from publicpool.countdown import going
from publicpool.telling import SOON

from ..month import AHEAD

if TYPE_CHECKING:
    from .asked import Asked

MONTH = timedelta(days=30)


def sheet(asked: Asked) -> Sheet:
    held = Customer.objects.visible_to(asked.user).filter(owner__in=asked.people.keys())
    late = Q(next_task_at__lte=asked.now)
    found = _by_owner(held, Count("pk"), Count("pk", filter=without_next_step()), Count("pk", filter=late))
    clock = asked.clock
    soon = Count("pk", filter=going(clock, clock.today + AHEAD))
    goes = _by_owner(held.filter(going(clock, clock.today + MONTH)), soon, Count("pk")) if clock.specs else {}
    numbers = {pk: [*of_person, *goes.get(pk, (0, 0))] for pk, of_person in found.items()}
    none = [0] * 5
    people = sorted(asked.shown(numbers), key=lambda one: -numbers.get(one.pk, none)[1])
    rows = [_row(asked, str(one), numbers.get(one.pk, none), one.pk) for one in people]
    if len(rows) > 1:
        rows.append(_row(asked, _("Together"), [sum(column) for column in zip(none, *numbers.values(), strict=True)]))
    return Sheet(
        "hands",
        gettext_lazy("Customers without a next step, and about to go"),
        gettext_lazy(
            "Customers held now. Without a next step: at work, and nothing is planned; lost and dormant ones are not "
            "counted. Overdue: the planned step's time is over. Goes back: a rule of the pool takes it by then, if "
            "nothing is done. Whatever the period above."
        ),
        (
            (gettext_lazy("Person"), TEXT),
            (gettext_lazy("Customers held"), COUNT),
            (gettext_lazy("No next step"), COUNT),
            (gettext_lazy("Share without one"), SHARE),
            (gettext_lazy("Step overdue"), COUNT),
            (gettext_lazy("Goes back within 7 days"), COUNT),
            (gettext_lazy("Within 30 days"), COUNT),
        ),
        rows,
        "hands",
    )


def _by_owner(rows: QuerySet[Any], *counts: Count) -> dict[int, list[int]]:
    named = {f"n{place}": count for place, count in enumerate(counts)}
    return {owner: found for owner, *found in rows.order_by().values_list("owner").annotate(**named)}


def _row(asked: Asked, name: str, numbers: list[int], person: int | None = None) -> Row:
    held, no_step, late, week, month = numbers

    def rows(**words: Any) -> str:
        return asked.rows_at("customers:list", "owner", person, {**words, "m": 1})

    cells = (
        Cell(name),
        Cell(held, COUNT, rows()),
        Cell(no_step, COUNT, rows(next_step="none")),
        Cell(Fraction(no_step, held) if held else None, SHARE),
        Cell(late, COUNT, rows(next_step="late")),
        Cell(week, COUNT, rows(**SOON)),
        Cell(month, COUNT, rows(**SOON | {"reclaim": 30})),
    )
    return Row(cells, is_total=person is None)
