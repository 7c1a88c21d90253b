"""In which ways do things go on whose holder leaves? Floors above add theirs; a departure asks nothing else.

A way is chosen for each kind of HOLDINGS, several of them line by line. It hands over what it can and leaves the rest
to the next line; it takes back what it handed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from django.utils.translation import gettext_lazy as _

from core.registries import Label

from .models import Departure, HandedOver, User
from .registries import HOLDINGS

Stays = HandedOver.Stays
# What a plan may ask of the customer or lead: word of the line → attribute of the party.
CONDITIONS = {"countries": "country", "languages": "language", "grades": "grade"}
TO_A_PERSON, WITH_ITS_PARTY = _("to a person"), _("with its customer or lead")
# How events name what a departure did.
RULE = "accounts.departure"


@dataclass
class Leaving:
    """One departure while it is carried out, tried or taken back. Everything runs in one transaction."""

    departure: Departure
    person: User
    by: User
    now: datetime
    # What ways keep for its length, such as open ledgers.
    rooms: dict[str, Any] = field(default_factory=dict)
    # To whom the plan gives something: locked with who leaves, so that none of them leaves meanwhile.
    heirs: set[int] = field(default_factory=set)
    # The kind and target that are handed over at this moment.
    kind: str = ""
    way: str = ""
    target: int = 0

    def handed(
        self,
        row: Any,
        to: User | None,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        kind: str = "",
        way: str = "",
    ) -> HandedOver:
        """The line of one thing that goes; ``kind`` and ``way`` where it is another one than is asked for."""
        return HandedOver(
            departure=self.departure,
            kind=kind or self.kind,
            object_id=row.pk,
            unit=unit_of(kind or self.kind, row),
            way=way or self.way,
            target=self.target,
            to=to,
            before=before or {},
            after=after or {},
        )


def unit_of(kind: str, row: Any) -> str:
    """What a row goes back together with: its customer or lead, else itself."""
    one = HOLDINGS[kind].party(row) or row
    return f"{one._meta.label_lower}:{one.pk}"


class Way:
    """One way. ``takes_all``: nothing is left over, so that it may stand last. ``is_rest``: for what no line took.

    One that is not ``is_offered`` says how something went with its customer.
    """

    takes_all = True
    is_rest = False
    is_offered = True

    def __init__(self, label: Label) -> None:
        self.label = label

    def targets(self, person: User, by: User) -> Sequence[tuple[int, str]] | None:
        """What is chosen with it (id, words); None where nothing is."""
        return None

    def rest_target(self) -> int:
        return 0

    def target_name(self, target: int) -> str:
        """How what was chosen with it is called; '' for nothing, and where it stands beside as a person."""
        return ""

    def begin(self, target: int, leaving: Leaving) -> None:
        """Lock what must be locked before people and customers are."""

    def begin_back(self, lines: Sequence[HandedOver]) -> None:
        """Lock what must be locked before people are, to take these lines back."""

    def hand(self, rows: Sequence[Any], target: int, leaving: Leaving) -> list[HandedOver]:
        """Hand over those of these locked rows that it can; the lines, not yet saved."""
        return []

    def leaves(self, rows: Sequence[Any], target: int, person: User) -> set[int]:
        """Which of these somebody's things it never takes, whatever the moment; a page says so."""
        return set()

    def take_back(self, lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
        """Give back to ``leaving.person`` what these lines handed over; {line: why it stays} of what must."""
        return {line.pk: Stays.ELSEWHERE for line in lines}


# The types of what a kind gives with, and takes back with.
Give: TypeAlias = Callable[[Sequence[Any], Mapping[int, "User | None"], Leaving], list[HandedOver]]
TakeBack: TypeAlias = Callable[[Sequence[HandedOver], Leaving], dict[int, str]]


@dataclass(frozen=True)
class Hands:
    """How things of one kind pass to people ({row: person}; None: nobody's, or everybody's) and back."""

    give: Give
    take_back: TakeBack


class WithHands(Way):
    """A way whose things pass to people, or to nobody, by the hands of their kind."""

    def __init__(self, hands: Hands, label: Label) -> None:
        super().__init__(label)
        self.hands = hands

    def take_back(self, lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
        return self.hands.take_back(lines, leaving)


def people_for(person: User, by: User) -> list[tuple[int, str]]:
    """(id, name) of the colleagues to whom something of this person can go."""
    rows = User.objects.visible_to(by).active().exclude(pk=person.pk).order_by("name", "pk")
    return list(rows.values_list("pk", "name"))


class ToPerson(WithHands):
    """Everything to one colleague; nothing to one who left since that was planned."""

    def __init__(self, hands: Hands, label: Label = TO_A_PERSON) -> None:
        super().__init__(hands, label)

    def targets(self, person: User, by: User) -> Sequence[tuple[int, str]]:
        return people_for(person, by)

    def begin(self, target: int, leaving: Leaving) -> None:
        leaving.heirs.add(target)

    def hand(self, rows: Sequence[Any], target: int, leaving: Leaving) -> list[HandedOver]:
        people: dict[int, User] = leaving.rooms.setdefault("people", {})
        if target not in people:
            people[target] = User.objects.get(pk=target)
        to = people[target]
        return self.hands.give(rows, {row.pk: to for row in rows}, leaving) if to.is_active else []


class WithParty(WithHands):
    """To whoever holds its customer or lead, once that has gone on; what has none, or none that is held, is left."""

    takes_all = False

    def __init__(self, hands: Hands, label: Label = WITH_ITS_PARTY) -> None:
        super().__init__(hands, label)

    def hand(self, rows: Sequence[Any], target: int, leaving: Leaving) -> list[HandedOver]:
        holders = {row.pk: self._holder(row, leaving) for row in rows}
        mine = [row for row in rows if holders[row.pk] is not None]
        return self.hands.give(mine, holders, leaving)

    def _holder(self, row: Any, leaving: Leaving) -> User | None:
        party = HOLDINGS[leaving.kind].party(row)
        holder: User | None = party.owner if party is not None else None
        return holder if holder is not None and holder.is_active and holder != leaving.person else None


class ToNobody(WithHands):
    """To everybody, to the team, or to an end: as the kind's hands take it."""

    def __init__(self, hands: Hands, label: Label, *, is_rest: bool = False) -> None:
        super().__init__(hands, label)
        self.is_rest = is_rest

    def hand(self, rows: Sequence[Any], target: int, leaving: Leaving) -> list[HandedOver]:
        return self.hands.give(rows, {row.pk: None for row in rows}, leaving)


@dataclass(frozen=True)
class Column:
    """Hands of what has its holder in one column and ``updated_at`` beside it.

    ``told`` hears of the rows, with their new holder set, whenever they passed. ``is_over``: it ended by itself.
    """

    model: Any
    name: str
    is_over: Callable[[Any], bool] = lambda row: False
    told: Callable[[Sequence[Any], Leaving], None] = lambda rows, leaving: None
    has_clock: bool = True

    @property
    def hands(self) -> Hands:
        return Hands(self.give, self.take_back)

    def give(self, rows: Sequence[Any], to: Mapping[int, User | None], leaving: Leaving) -> list[HandedOver]:
        self._set(rows, to, leaving)
        return [leaving.handed(row, to[row.pk]) for row in rows]

    def take_back(self, lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
        line_of = {line.object_id: line for line in lines}
        rows = self.model._base_manager.select_for_update(no_key=True, of=("self",)).filter(pk__in=line_of)
        found = {row.pk: row for row in rows.order_by("pk")}
        stays = {line.pk: why for pk, line in line_of.items() if (why := self._why(found.get(pk), line))}
        back = [found[pk] for pk, line in line_of.items() if line.pk not in stays]
        self._set(back, {row.pk: leaving.person for row in back}, leaving)
        return stays

    def _why(self, row: Any, line: HandedOver) -> str:
        """Why a row stays where it is; '' for none."""
        if row is None or self.is_over(row):
            return Stays.ENDED
        if getattr(row, f"{self.name}_id") != line.to_id:
            return Stays.ELSEWHERE
        done_at = line.departure.done_at
        return Stays.TOUCHED if self.has_clock and done_at is not None and row.updated_at > done_at else ""

    def _set(self, rows: Sequence[Any], to: Mapping[int, User | None], leaving: Leaving) -> None:
        clock = {"updated_at": leaving.now} if self.has_clock else {}
        by_person: dict[User | None, list[int]] = {}
        for row in rows:
            by_person.setdefault(to[row.pk], []).append(row.pk)
            setattr(row, self.name, to[row.pk])
        for person, ids in by_person.items():
            self.model._base_manager.filter(pk__in=ids).update(**{self.name: person}, **clock)
        if rows:
            self.told(rows, leaving)


# By kind of HOLDINGS: its ways by word.
WAYS: dict[str, dict[str, Way]] = defaultdict(dict)
# In which order ways are offered.
WORDS = ("party", "person", "rotation", "pool", "team", "all", "end", "leave")
# What ends with an account, such as secret links: functions of the person and the moment.
ENDINGS: dict[str, Callable[[User, datetime], None]] = {}
# Where the hand-over sheets of a departure are printed: {kind: address by the departure's id}.
SHEETS: dict[str, Callable[[int], str]] = {}


@dataclass(frozen=True)
class Line:
    """One line of a plan: what fits the conditions goes this way; an empty condition asks nothing."""

    way: str
    target: int = 0
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()

    @property
    def has_conditions(self) -> bool:
        return any(getattr(self, name) for name in CONDITIONS)

    def fits(self, party: Any) -> bool:
        """Does this customer or lead meet the conditions? What has none meets only a line without them."""
        return all(
            str(getattr(party, attribute, "") or "") in getattr(self, name)
            for name, attribute in CONDITIONS.items()
            if getattr(self, name)
        )

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"way": self.way, "target": self.target}
        return data | {name: list(getattr(self, name)) for name in CONDITIONS if getattr(self, name)}

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Line:
        chosen = {name: tuple(data.get(name, ())) for name in CONDITIONS}
        return cls(way=data["way"], target=data.get("target", 0), **chosen)


def ways_of(kind: str) -> list[tuple[str, Way]]:
    """What is offered for a kind, in order."""
    offered = [(key, way) for key, way in WAYS[kind].items() if way.is_offered]
    return sorted(offered, key=lambda item: WORDS.index(item[0]))


def lines_of(plan: Mapping[str, Any], kind: str) -> list[Line]:
    return [Line.of_data(one) for one in plan.get(kind, ())]
