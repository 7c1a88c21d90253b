"""What do people make of what they take from the pools, and does each get of the rotations what the weights say?

Two more tables of the page of the pool's figures (publicpool.figures).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from core.registries import Label
from core.zones import midnight
from opportunities.figures.asked import add_months
from opportunities.figures.cells import COUNT, SHARE, SIGNED, TENTHS, TEXT, Cell, Row, Sheet, percent

from .conversion import figures_of
from .conversion import taken as taken_within
from .fairness import Share, shares
from .figures import Asked, Figures, rows_behind
from .intervals import wilson
from .models import Rotation
from .rotation import weights
from .standing import AWAY, CAPACITY, INACTIVE, LIMIT

# Below so many the interval is about forty points wide: nobody is ranked by that.
FEW = 20
# By the words of the ledger (publicpool.standing, publicpool.rotation.turns).
WHY: dict[str, Label] = {
    AWAY: gettext_lazy("away"),
    CAPACITY: gettext_lazy("full"),
    LIMIT: gettext_lazy("limit reached"),
    INACTIVE: gettext_lazy("deactivated"),
    "left": gettext_lazy("left the rotation"),
}


def taken(asked: Asked) -> QuerySet[Any]:
    """What was claimed or came in turn in the months, without what was cut short; with ``is_won``."""
    return taken_within(asked.within("started_at") & asked.of_people("owner"), asked.pool)


BEHIND: dict[str, tuple[Label, Callable[[Asked], QuerySet[Any]], str]] = {
    "taken": (gettext_lazy("Taken from the pool"), taken, "started_at"),
    "won": (gettext_lazy("Won of what was taken"), lambda asked: taken(asked).filter(is_won=True), "started_at"),
}


def conversion_sheet(asked: Asked, found: Figures) -> Sheet:
    """Taken and won by person, with the interval of the rate; whoever took few is not ranked."""
    figures = figures_of(taken(asked))
    people = found.everybody
    ranked = {pk: Fraction(one.won, one.taken) for pk, one in figures.items() if one.taken >= FEW}
    order = sorted(figures, key=lambda pk: (pk not in ranked, -ranked.get(pk, 0), -figures[pk].taken, pk))
    rows = [
        _row(asked, str(people[pk]), figures[pk], 1 + sum(rate > ranked[pk] for rate in ranked.values()), pk)
        if pk in ranked
        else _row(asked, str(people[pk]), figures[pk], None, pk)
        for pk in order
    ]
    if len(rows) > 1:
        whole = weights.Figures(sum(one.taken for one in figures.values()), sum(one.won for one in figures.values()))
        rows.append(_row(asked, _("Together"), whole, None))
    return Sheet(
        "conversion",
        gettext_lazy("What becomes of what is taken"),
        gettext_lazy(
            "Taken in the period by claim or in turn, without what a transfer, a departure or a merge cut short; what "
            "a departure gave in turn is not counted. Won: during that holding a deal was won that still is. It "
            "differs from the table of claims: that one has claims alone, also those cut short, and counts orders "
            "too. Likely between: between these the true rate lies 95 times of 100 (Wilson); of two people whose "
            "intervals overlap neither need be the better one. Grey and without a rank: fewer than 20 taken. What was "
            "taken in the last 90 days may still be won; computed weights leave it out."
        ),
        (
            (gettext_lazy("Person"), TEXT),
            (gettext_lazy("Taken"), COUNT),
            (gettext_lazy("Won"), COUNT),
            (gettext_lazy("Rate"), SHARE),
            (gettext_lazy("Likely between"), TEXT),
            (gettext_lazy("Rank"), COUNT),
        ),
        rows,
    )


def _row(asked: Asked, name: str, one: weights.Figures, rank: int | None, person: int | None = None) -> Row:
    words = {"person": person} if person else {}
    lower, upper = wilson(one.won, one.taken)
    cells = (
        Cell(name),
        Cell(one.taken, COUNT, rows_behind(asked, "taken", **words)),
        Cell(one.won, COUNT, rows_behind(asked, "won", **words)),
        Cell(Fraction(one.won, one.taken), SHARE),
        Cell(f"{percent(lower)} – {percent(upper)}"),
        Cell(rank, COUNT),
    )
    return Row(cells, is_total=person is None, is_apart=person is not None and rank is None)


def fairness_sheet(asked: Asked, found: Figures) -> Sheet:
    """Received beside expected, by rotation and member, with why they differ."""
    rotations = Rotation.objects.visible_to(asked.user)
    rotations = rotations.filter(pool=asked.pool) if asked.pool else rotations
    first, last = _ends(asked)
    known = {one.pk: one for one in rotations}
    every = shares(
        list(known), midnight(first) if first else None, midnight(last + timedelta(days=1)) if last else None
    )
    people = found.everybody
    rows = [
        _share_row(known[pk], people[member], share, first, last)
        for (pk, member), share in sorted(every.items(), key=lambda item: (item[0][0], -item[1].expected, item[0][1]))
        if member in people and asked.person in (None, member)  # a bent line may name nobody
        if asked.people is None or member in asked.people
    ]
    return Sheet(
        "fairness",
        gettext_lazy("Received in turn, beside what the weights say"),
        gettext_lazy(
            "Expected: of everything the rotation gave in the period, the member's share of the weights of that cycle. "
            "It differs by the part of a cycle that is not over, and by turns that their member could not take and "
            "others did. Turns that a departure used are counted. Owed is what came to be owed in the period, served "
            "what was made good in it; from the beginning on, the difference is what is still owed. The ledger of "
            "each rotation is open to its members and can be recomputed there."
        ),
        (
            (gettext_lazy("Member"), TEXT),
            (gettext_lazy("Rotation"), TEXT),
            (pgettext_lazy("turns", "Received"), COUNT),
            (gettext_lazy("Expected"), TENTHS),
            (gettext_lazy("Difference"), SIGNED),
            (gettext_lazy("Turns used up"), COUNT),
            (gettext_lazy("Came to be owed"), COUNT),
            (gettext_lazy("Owed turns served"), COUNT),
            (gettext_lazy("In words"), TEXT),
        ),
        rows,
    )


def _share_row(rotation: Rotation, person: User, share: Share, first: date | None, last: date | None) -> Row:
    def lines(kind: str) -> str:
        return _lines(rotation.pk, first, last, kind=kind, person=person.pk)

    cells = (
        Cell(str(person)),
        Cell(str(rotation)),
        Cell(share.received, COUNT, lines("given")),
        Cell(share.expected, TENTHS),
        Cell(share.received - share.expected, SIGNED),
        Cell(share.skipped.total(), COUNT, lines("skipped")),
        Cell(share.owed, COUNT, lines("owed")),
        Cell(share.served, COUNT, lines("served")),
        Cell(in_words(share)),
    )
    return Row(cells)


def in_words(share: Share) -> str:
    """Why somebody received more or less than expected, in one plain phrase."""
    difference = share.received - share.expected
    if abs(difference) < 1:
        return _("as the weights say")
    if difference > 0:
        return _("took turns that others could not, or is ahead in a cycle that runs")
    counted = [_("%(why)s %(n)s") % {"why": WHY.get(why, why), "n": n} for why, n in share.skipped.most_common()]
    if share.owed:
        counted.append(_("owed for a cool-down %(n)s") % {"n": share.owed})
    if counted:
        return _("could not take turns: %(counted)s") % {"counted": _(", ").join(counted)}
    return _("its turns in a cycle that runs are still to come")


def _ends(asked: Asked) -> tuple[date | None, date | None]:
    """First and last day of the months asked for."""
    last = add_months(asked.period.last, 1) - timedelta(days=1) if asked.period.last else None
    return asked.period.first, last


def _lines(rotation: int, first: date | None, last: date | None, **words: Any) -> str:
    """The lines of the ledger that a number counts."""
    query = {"from": first, "to": last} | words
    url = reverse("publicpool:rotation-ledger", args=[rotation])
    return f"{url}?{urlencode({name: value for name, value in query.items() if value})}#lines"


SHEETS: dict[str, Callable[[Asked, Figures], Sheet]] = {"conversion": conversion_sheet, "fairness": fairness_sheet}
