"""Where does each rotation stand, as its pages tell: whose turns come next, what waits, when did it run and will it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, TypeAlias

from django.conf import settings

from core.querysets import COUNT_LIMIT, counts_in_one
from core.zones import business_day

from . import stops
from .models import Rotation, RotationEntry, RotationMember, Run
from .rotation.reading import turns_said
from .rotation.turns import WAITS, Turn, Wheel, Why, turns_of
from .rotation_words import why_words
from .waiting import waiting

if TYPE_CHECKING:
    from accounts.models import User

    from .receivers import Load
    from .standing import Standing

# So many turns stand in a strip: of those that passed, and of those to come.
BEHIND, AHEAD = 6, 12
# So many lines of the ledger are read for what became of the turns behind.
READ_BACK = 60
# No firm rests longer; a search beyond it would hide a fault.
LONGEST_REST = 60
RECEIVED, PAID, NEXT, COMING, GONE, BARRED = "received", "paid", "next", "coming", "gone", "barred"


# (cycle, round, place) of a turn.
Place: TypeAlias = tuple[int, int, int]
# Letter and person of a turn whose member has left.
NOBODY: tuple[str, User | None] = ("–", None)


@dataclass(frozen=True)
class Became:
    """What a turn that passed was: RECEIVED, SKIPPED, OWED or PAID; empty where that lies too far back."""

    state: str = ""
    at: datetime | None = None
    why: Mapping[str, Any] | None = None


NOT_KNOWN = Became()


@dataclass(frozen=True)
class Spoke:
    """One turn as a strip shows it: whose, and what became of it (Became) or becomes of it.

    NEXT, COMING, GONE for one that passes by because its member has left, BARRED for one before the
    next that is used up because its member can take nothing now (``why``).
    """

    turn: Turn
    letter: str
    person: User | None
    state: str = ""
    at: datetime | None = None
    why: str = ""


@dataclass(frozen=True)
class Line:
    """One rotation of the list; ``waiting`` is counted up to COUNT_LIMIT."""

    rotation: Rotation
    members: Sequence[tuple[str, RotationMember]]
    ahead: Sequence[Spoke]
    waiting: int
    last: Run | None
    next_at: datetime | None

    @property
    def weights(self) -> list[tuple[str, RotationMember, int | None]]:
        """(letter, member, the weight in force where another one holds from the next cycle on) in order."""
        wheel = Wheel.of_data(self.rotation.wheel)
        found = []
        for letter, member in self.members:
            now = in_force(wheel, member.user_id)
            found.append((letter, member, None if now == member.weight else now))
        return found


def in_force(wheel: Wheel, user: int) -> int | None:
    """The weight that holds for somebody until the cycle ends; None for who takes part from the next one on."""
    return dict(wheel.plan).get(user) if wheel.cycle and user not in wheel.gone else None


@dataclass(frozen=True)
class Change:
    """What is different from the next cycle on: a weight before and after, None for who is not there."""

    letter: str
    person: User | None
    before: int | None
    after: int | None


def lines(user: User, now: datetime) -> list[Line]:
    """The rotations that a person sees, in the order in which they take. The number of statements is fixed."""
    every = list(
        Rotation.objects.select_related("pool").prefetch_related("sources", "teams").order_by("position", "pk")
    )
    seen = set(Rotation.objects.visible_to(user).values_list("pk", flat=True))
    shown = [one for one in every if one.pk in seen]
    members: dict[int, list[RotationMember]] = defaultdict(list)
    rows = RotationMember.objects.filter(rotation__in=seen, left_at=None).select_related("user")
    for row in rows.order_by("position", "pk"):
        members[row.rotation_id].append(row)
    counts = counts_in_one([waiting(one, now, among=every) for one in shown], COUNT_LIMIT + 1)
    runs = Run.objects.filter(rotation__in=seen, kind=Run.Kind.ROTATE).order_by("rotation_id", "-started_at", "-pk")
    last = {run.rotation_id: run for run in runs.distinct("rotation_id")}
    nexts = next_runs(shown, now)
    found = []
    for one, count in zip(shown, counts, strict=True):
        lettered = list(zip(letters(len(members[one.pk])), members[one.pk], strict=True))
        strip = spokes(Wheel.of_data(one.wheel), lettered)
        found.append(Line(one, lettered, strip, count or 0, last.get(one.pk), nexts.get(one.pk)))
    return found


def letters(number: int) -> list[str]:
    """A, B, … Z, AA, AB …: one for each member in order."""
    tens = ["", *ascii_uppercase, *(a + b for a in ascii_uppercase for b in ascii_uppercase)]
    return [f"{ten}{one}" for ten in tens for one in ascii_uppercase][:number]


def spokes(
    wheel: Wheel,
    lettered: Iterable[tuple[str, RotationMember]],
    became: Mapping[Place, Became] | None = None,
    *,
    behind: int = 0,
    ahead: int = AHEAD,
    blocked: Mapping[int, Why] | None = None,
) -> list[Spoke]:
    """The turns of the running cycle that passed last, and those to come; ``became`` of ``became_of``.

    ``blocked`` are those who can take nothing now, where somebody else can: their turns before the next are used up.
    """
    people = {member.user_id: (letter, member.user) for letter, member in lettered}
    running = [Turn(wheel.cycle, *turn) for turn in turns_of(wheel.plan)]
    found = []
    for turn in running[max(0, wheel.at - behind) : wheel.at]:
        said = (became or {}).get((turn.cycle, turn.round, turn.place), NOT_KNOWN)
        found.append(Spoke(turn, *people.get(turn.member, NOBODY), said.state, said.at, why_words(said.why or {})))
    is_next = True
    for turn in wheel.upcoming(ahead):
        is_gone = turn.cycle == wheel.cycle and turn.member in wheel.gone
        why = (blocked or {}).get(turn.member) if is_next else None
        state = GONE if is_gone else BARRED if why else NEXT if is_next else COMING
        said_why = why_words(why) if why and not is_gone else ""
        found.append(Spoke(turn, *people.get(turn.member, NOBODY), state, why=said_why))
        is_next = is_next and state in (GONE, BARRED)
    return found


def became_of(rotation: Rotation) -> dict[Place, Became]:
    """What became of the turns that passed last. One statement."""
    found: dict[Place, Became] = {}
    entries = RotationEntry.objects.filter(rotation=rotation, kind=RotationEntry.Kind.GIVEN).order_by("-seq")
    for line in entries[:READ_BACK]:  # the newest first: a debt that was paid is told as paid
        found.setdefault((line.cycle, line.round, line.place), Became(PAID if line.is_owed else RECEIVED, line.at))
        for effect, cycle, number, place, _member, why in turns_said(line.data)[0]:
            if effect != WAITS:
                found.setdefault((cycle, number, place), Became(effect, line.at, why))
    return found


def rounds(strip: Sequence[Spoke]) -> list[tuple[int, int, list[Spoke]]]:
    """(cycle, round, its turns) of a strip."""
    return [(*key, list(group)) for key, group in groupby(strip, key=lambda one: (one.turn.cycle, one.turn.round))]


def changes(wheel: Wheel, lettered: Sequence[tuple[str, RotationMember]], gone: dict[int, User]) -> list[Change]:
    """What the next cycle changes: weights, who joins, who has left (``gone`` names them)."""
    if not wheel.cycle:
        return []
    now, then = dict(wheel.plan), dict(wheel.members)
    people = {member.user_id: (letter, member.user) for letter, member in lettered}
    return [
        Change(*people.get(pk, ("", gone.get(pk))), now.get(pk), then.get(pk))
        for pk in dict.fromkeys([*then, *now])
        if now.get(pk) != then.get(pk)
    ]


def is_reordered(wheel: Wheel) -> bool:
    """Do those who stay come in another order from the next cycle on?"""
    now, then = dict(wheel.plan), dict(wheel.members)
    return [pk for pk in now if pk in then] != [pk for pk in then if pk in now]


def next_runs(rotations: Collection[Rotation], now: datetime) -> dict[int, datetime]:
    """When each of those that run at an hour runs next; the present moment for one that is late. Two statements."""
    daily = [one for one in rotations if one.is_active and one.automatic_since and one.runs == Rotation.Runs.DAILY]
    if not daily:
        return {}
    today = business_day(now)
    ran = set(
        Run.objects.filter(rotation__in=daily, kind=Run.Kind.ROTATE, on=today, is_automatic=True)
        .order_by()
        .values_list("rotation", flat=True)
    )
    rests = stops.rest(today, today + timedelta(days=LONGEST_REST))
    return {one.pk: _next_run(one, now, today, one.pk in ran, rests) for one in daily}


def _next_run(rotation: Rotation, now: datetime, today: date, has_run: bool, rests: Callable[[date], bool]) -> datetime:
    for ahead in range(LONGEST_REST):
        day = today + timedelta(days=ahead)
        if (ahead or not has_run) and not rests(day):
            return max(now, datetime.combine(day, rotation.runs_at, settings.BUSINESS_ZONE))
    return now


@dataclass(frozen=True)
class Account:
    """One member as the page of a rotation shows it: the weight now and from the next cycle on, and what stands now.

    ``why`` is why nothing can be given now, ``deputy`` who stands in for who is away, ``limits`` [(window, given,
    limit)] what holds beside the capacity.
    """

    letter: str
    member: RotationMember
    weight: int | None
    then: int
    why: str
    deputy: User | None
    load: Load | None
    limits: Sequence[tuple[str, int, int]]


def accounts(wheel: Wheel, lettered: Sequence[tuple[str, RotationMember]], standing: Standing) -> list[Account]:
    """The members in order with their accounts. No statement."""
    found = []
    for letter, member in lettered:
        pk = member.user_id
        given = standing.given.get(pk, {})
        limits = [
            (window, given.get(window, 0), limit) for window, limit in standing.limits[pk].items() if limit is not None
        ]
        weight = in_force(wheel, pk)
        why = why_words(standing.blocked.get(pk, {}))
        deputy = member.user.stands_in(standing.now)
        found.append(Account(letter, member, weight, member.weight, why, deputy, standing.loads.get(pk), limits))
    return found
