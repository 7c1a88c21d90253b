"""How is a departure told: who gets how many of what, which things, where each is found?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from core.registries import Label

from .departing import WAYS, lines_of
from .models import Departure, HandedOver, User
from .registries import HOLDINGS

# On what the rest hangs.
PARTIES = ("customers", "leads")


@dataclass(frozen=True)
class Share:
    """How much of one kind went, or would go, to one person, pool or end."""

    words: Label
    to: User | None
    to_id: int
    way: str
    number: int
    is_rest: bool


@dataclass(frozen=True)
class Shown:
    """One thing on the page; ``url`` where the reader sees it."""

    line: HandedOver
    label: Label
    name: str
    under: str
    url: str
    words: Label
    # Which ways of the plan never take such a thing, where nobody could take it.
    why: str = ""


def shares_of(departure: Departure, words: Words) -> list[tuple[Label, str, int, list[Share]]]:
    """(label, kind, how many, who gets how many) of each kind, in lock order. Two statements and the names of pools."""
    rows = list(
        departure.handed.order_by()
        .values_list("kind", "way", "target", "to", "is_rest")
        .annotate(n=Count("pk"))
        .order_by("-n", "to")
    )
    people = User.objects.in_bulk({to for _kind, _way, _target, to, _rest, _n in rows if to})
    found: dict[str, list[Share]] = {}
    for kind, way, target, to, is_rest, n in rows:
        share = Share(words.of(kind, way, target), people.get(to), to or 0, way, n, is_rest)
        found.setdefault(kind, []).append(share)
    kinds = sorted((kind for kind in found if kind in HOLDINGS), key=lambda kind: HOLDINGS[kind].order)
    return [(HOLDINGS[kind].label, kind, sum(one.number for one in found[kind]), found[kind]) for kind in kinds]


class Words:
    """The words of ways; a pool's or a rotation's name is looked up once."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str, int], Label] = {}

    def of(self, kind: str, key: str, target: int) -> Label:
        asked = (kind, key, target)
        if asked not in self.known:
            way = WAYS[kind].get(key)
            name = way.target_name(target) if way else ""
            self.known[asked] = (
                _("%(way)s: %(name)s") % {"way": way.label, "name": name}
                if way and name
                else (way.label if way else key)
            )
        return self.known[asked]


def things_shown(lines: Iterable[HandedOver], user: User, words: Words) -> list[Shown]:
    """The things of a page with names and addresses; one statement a kind."""
    lines = list(lines)
    found: dict[tuple[str, int], tuple[str, str, str]] = {}
    whys: dict[int, str] = {}
    for kind in {line.kind for line in lines} & HOLDINGS.keys():
        mine = [line for line in lines if line.kind == kind]
        rows = _rows(kind, [line.object_id for line in mine], user)
        found |= _named(kind, rows)
        whys |= _left_by(kind, mine, rows, words)
    return [
        Shown(
            line,
            HOLDINGS[line.kind].label if line.kind in HOLDINGS else line.kind,
            *found.get((line.kind, line.object_id), (f"#{line.object_id}", "", "")),
            words.of(line.kind, line.way, line.target),
            whys.get(line.pk, ""),
        )
        for line in lines
    ]


def _rows(kind: str, ids: list[int], user: User) -> list[Any]:
    """The things themselves; ``_is_seen`` tells whether the reader may open them."""
    holding = HOLDINGS[kind]
    model: Any = holding.rows(user).model
    scope = getattr(model._default_manager.all(), "visible_to", None)
    seen: Any = Exists(scope(user).filter(pk=OuterRef("pk")).order_by()) if scope else Value(True)
    return list(model._base_manager.select_related(*holding.joins).filter(pk__in=ids).annotate(_is_seen=seen))


def _left_by(kind: str, lines: list[HandedOver], rows: list[Any], words: Words) -> dict[int, str]:
    """{line: why} of what no way could take: the ways of its plan that never take such a thing."""
    line_of = {line.object_id: line for line in lines if line.is_rest}
    party, found = HOLDINGS[kind].party, {}
    for asked in lines_of(lines[0].departure.plan, kind) if line_of else ():
        mine = [row for row in rows if row.pk in line_of and asked.fits(party(row))]
        way = WAYS[kind].get(asked.way)
        for pk in way.leaves(mine, asked.target, lines[0].departure.person) if way and mine else ():
            name = words.of(kind, asked.way, asked.target)
            found[line_of[pk].pk] = _("not what it gives out: %(way)s") % {"way": name}
    return found


def _named(kind: str, rows: list[Any]) -> dict[tuple[str, int], tuple[str, str, str]]:
    """{(kind, id): (name, of whom, address)}."""
    holding, found = HOLDINGS[kind], {}
    for row in rows:
        party = holding.party(row)
        shown = row if hasattr(row, "get_absolute_url") or party is None else party
        url = shown.get_absolute_url() if row._is_seen and hasattr(shown, "get_absolute_url") else ""
        under = str(party) if party is not None and party != shown else ""
        found[kind, row.pk] = (str(shown), under, url)
    return found


def apart(rows: QuerySet[HandedOver]) -> QuerySet[HandedOver]:
    """Those of these that go to somebody who does not get the customer or lead they hang on, though that goes too."""
    party = HandedOver.objects.filter(departure=OuterRef("departure"), unit=OuterRef("unit"), kind__in=PARTIES)
    return rows.filter(Exists(party.exclude(to=OuterRef("to"))), to__isnull=False).exclude(kind__in=PARTIES)


def apart_counts(departure: Departure) -> dict[str, int]:
    """{kind: how many of them go apart from their customer or lead}."""
    rows = apart(departure.handed.order_by()).values_list("kind").annotate(n=Count("pk"))
    return dict(rows.values_list("kind", "n"))


def undone_counts(departure: Departure) -> dict[str, int]:
    """How many of what was handed over went back, and how many stay though that was wanted."""
    counts: dict[str, int] = departure.handed.aggregate(
        back=Count("pk", filter=Q(undone_at__isnull=False)), stay=Count("pk", filter=~Q(stays=""))
    )
    return counts
