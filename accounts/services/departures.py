"""What becomes of all that a person holds when they leave? One plan, tried first, then one transaction.

Trying is the departure itself, taken back at the end: what is shown is what is done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError, NotAllowed
from core.querysets import counts_in_one

from ..departing import ENDINGS, WAYS, Leaving, lines_of
from ..models import Departure, HandedOver, User
from ..permissions import can_let_go
from ..registries import HOLDINGS, Holding
from .notices import notify
from .people import close_account, locked_people, open_account

# More than this is work for the background.
MANY = 500
Stays = HandedOver.Stays


class PlanIncomplete(DomainError):
    message = _("Something of this kind is not planned yet: say where it goes.")


class DepartureIsOver(DomainError):
    message = _("This departure has been carried out already.")


class NotTriedYet(DomainError):
    message = _("Look first at what this departure would do.")


class HoldsOtherThings(DomainError):
    message = _("What this person holds, or who can take it, has changed since the preview. Look at it again.")


class TooLateToTakeBack(DomainError):
    message = _("A departure can be taken back for one day.")


class SomebodyElseIsAtIt(DomainError):
    message = _("Somebody else is changing this at this very moment. Try again.")


class _Tried(Exception):
    """Takes a trial back."""


def kinds_held() -> list[tuple[str, Holding]]:
    """All kinds in lock order."""
    return sorted(HOLDINGS.items(), key=lambda item: item[1].order)


def amounts(person: User, most: int = MANY + 1) -> dict[str, int]:
    """{kind: how many}, each counted up to ``most``, in one statement."""
    kinds = kinds_held()
    counts = counts_in_one([holding.rows(person) for _kind, holding in kinds], most)
    return {kind: count or 0 for (kind, _holding), count in zip(kinds, counts, strict=True)}


def is_large(person: User) -> bool:
    return sum(amounts(person).values()) > MANY


# What PostgreSQL says where a lock was not to be had in time, or a statement's locks, or two waited for each other.
_BUSY = ("55P03", "57014", "40P01")


@contextmanager
def _patiently() -> Iterator[None]:
    """A transaction; raises SomebodyElseIsAtIt where a lock in it was not to be had."""
    try:
        with transaction.atomic():
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") in _BUSY:
            raise SomebodyElseIsAtIt from error
        raise


@_patiently()
def plan_departure(*, person: User, plan: dict[str, Any], by: User, now: datetime) -> Departure:
    """Keep a plan for somebody, in place of one that was not carried out; it is to be tried next.

    Raises NotAllowed, PlanIncomplete (``field`` is the kind), SomebodyElseIsAtIt.
    """
    # A departure is locked before its people, here as when it is carried out.
    kept = Departure.objects.filter(person=person, state=Departure.State.PLANNED)
    departure = kept.select_for_update(no_key=True).first()
    person, by = locked_people(person, by)
    if not can_let_go(by, person):
        raise NotAllowed
    check_plan(person, plan)
    if departure is None and kept.exists():
        raise SomebodyElseIsAtIt
    departure = departure or Departure(person=person)
    departure.plan, departure.planned_by, departure.planned_at = plan, by, now
    departure.tried_at, departure.counts = None, {}
    departure.save()
    departure.handed.all().delete()
    return departure


def check_plan(person: User, plan: dict[str, Any]) -> None:
    """Everything that is held has its lines, and the last of them leaves nothing over. Raises PlanIncomplete."""
    held = amounts(person, 1)
    for kind, count in held.items():
        lines = lines_of(plan, kind)
        for line in lines:
            way = WAYS.get(kind, {}).get(line.way)
            if way is None or (way.targets(person, person) is not None and not line.target):
                raise PlanIncomplete(field=kind)
        if count and not (lines and (_catches_all(kind, lines) or _rest(kind))):
            raise PlanIncomplete(field=kind)


def _catches_all(kind: str, lines: Sequence[Any]) -> bool:
    return not lines[-1].has_conditions and WAYS[kind][lines[-1].way].takes_all


def _rest(kind: str) -> str:
    """The way of what no line of a kind took; '' where a plan must take everything."""
    return next((key for key, way in WAYS[kind].items() if way.is_rest), "")


def try_departure(*, departure: Departure, now: datetime, by: User | None = None) -> Departure:
    """Find out what the plan does now, and keep that for the preview. Raises what carrying it out would.

    ``by`` is who asks, if not who planned it and may have left.
    """
    lines: list[HandedOver] = []
    try:
        with _patiently():
            departure = _planned(departure)
            lines = _leave(departure, by or departure.planned_by, now)
            raise _Tried
    except _Tried:
        pass
    with transaction.atomic():
        departure = _planned(departure)
        for line in lines:
            line.before, line.after = {}, {}
        _keep(departure, lines)
        departure.tried_at = now
        departure.save(update_fields=["tried_at", "counts"])
    return departure


@_patiently()
def carry_out(*, departure: Departure, by: User, now: datetime, seen: str | None = None) -> Departure:
    """Do it, all or nothing; a second click finds it done. ``seen`` is the preview that somebody had before them.

    Customers, leads and opportunities must be those of the preview and go the same ways; of the rest what is there
    goes as planned. Raises NotAllowed, NotTriedYet, HoldsOtherThings, PlanIncomplete.
    """
    departure = Departure.objects.select_for_update(no_key=True).get(pk=departure.pk)
    if departure.is_done:
        return departure
    if departure.tried_at is None:
        raise NotTriedYet
    if seen is not None and departure.seen != seen:
        raise HoldsOtherThings  # another tab, or admin, has made another plan
    tried = _weighty(departure.handed.all())
    lines = _leave(departure, by, now)
    if _weighty(lines) != tried:
        raise HoldsOtherThings
    _keep(departure, lines)
    departure.state, departure.done_by, departure.done_at = Departure.State.DONE, by, now
    departure.save()
    _tell("accounts.handed_over", lines, Leaving(departure, departure.person, by, now))
    return departure


def _planned(departure: Departure) -> Departure:
    rows = Departure.objects.select_for_update(no_key=True, of=("self",)).select_related("planned_by", "person")
    departure = rows.get(pk=departure.pk)
    if departure.is_done:
        raise DepartureIsOver
    return departure


def _weighty(lines: Iterable[HandedOver]) -> set[tuple[str, int, str, int]]:
    """What must not differ from the preview: which things, by which way. Whose turn it is in a rotation may."""
    return {(one.kind, one.object_id, one.way, one.target) for one in lines if HOLDINGS[one.kind].is_weighty}


def _leave(departure: Departure, by: User, now: datetime) -> list[HandedOver]:
    """Close the account and hand everything over, in the present transaction. The lines, not saved."""
    plan = departure.plan
    leaving = Leaving(departure, departure.person, by, now)
    chosen = {(line.way, line.target): WAYS[kind][line.way] for kind in plan for line in lines_of(plan, kind)}
    for (_key, target), way in sorted(chosen.items(), key=lambda item: item[0]):
        way.begin(target, leaving)  # rotations before people, people before customers
    leaving.person, leaving.by = locked_people(departure.person, by, also=leaving.heirs)
    if not can_let_go(leaving.by, leaving.person):
        raise NotAllowed
    if leaving.person.is_active:
        close_account(leaving.person, now)
    for end in ENDINGS.values():
        end(leaving.person, now)
    handed: list[HandedOver] = []
    for kind, holding in kinds_held():
        handed += _hand_over(kind, holding, leaving)
    return handed


def _hand_over(kind: str, holding: Holding, leaving: Leaving) -> list[HandedOver]:
    """Everything of one kind, line by line; what is left goes the way of the rest. Raises PlanIncomplete."""
    rows = holding.rows(leaving.person).select_for_update(no_key=True, of=("self",)).select_related(*holding.joins)
    left = list(rows.order_by("pk"))
    if not left:
        return []
    leaving.kind = kind
    handed: list[HandedOver] = []

    def go(key: str, target: int, rows: list[Any]) -> list[HandedOver]:
        nonlocal left
        leaving.way, leaving.target = key, target
        taken = WAYS[kind][key].hand(rows, target, leaving)
        gone = {one.object_id for one in taken if one.kind == kind}
        left = [row for row in left if row.pk not in gone]
        handed.extend(taken)
        return taken

    for line in lines_of(leaving.departure.plan, kind):
        go(line.way, line.target, [row for row in left if line.fits(holding.party(row))])
    if left and (key := _rest(kind)):
        for one in go(key, WAYS[kind][key].rest_target(), left):
            one.is_rest = True
    if left:
        raise PlanIncomplete(field=kind)
    return handed


def _keep(departure: Departure, lines: Sequence[HandedOver]) -> None:
    departure.handed.all().delete()
    HandedOver.objects.bulk_create(lines, batch_size=2000)
    departure.counts = dict(Counter(one.kind for one in lines))


def _tell(kind: str, lines: Sequence[HandedOver], leaving: Leaving) -> None:
    """One notice a person, with how many of what."""
    for person in {one.to for one in lines if one.to is not None}:
        counts = dict(Counter(one.kind for one in lines if one.to_id == person.pk))
        key = f"{kind}:{leaving.departure.pk}:{leaving.now.isoformat()}"
        notify(to=[person], kind=kind, by=leaving.by, target=leaving.person, params=counts, now=leaving.now, key=key)


@_patiently()
def take_back(
    *, departure: Departure, by: User, now: datetime, units: Sequence[str] | None = None, reactivates: bool = False
) -> list[HandedOver]:
    """Give back what was handed over, a unit as a whole, everything where none is named; returns what stays, and why.

    What was worked on since stays. Turns of a rotation stay used. Raises NotAllowed, TooLateToTakeBack.
    """
    departure = Departure.objects.select_for_update(no_key=True, of=("self",)).get(pk=departure.pk)
    if not departure.is_done or not departure.can_be_undone(now):
        raise TooLateToTakeBack
    rows = departure.handed.filter(undone_at=None).select_related("to")
    if units is not None:
        rows = rows.filter(unit__in=units)
    lines = list(rows)
    for line in lines:
        line.departure = departure
    for kind, key in sorted({(line.kind, line.way) for line in lines}):
        WAYS[kind][key].begin_back([line for line in lines if (line.kind, line.way) == (kind, key)])
    person, by = locked_people(departure.person, by)
    if not can_let_go(by, person):
        raise NotAllowed
    if reactivates and not person.is_active:
        open_account(person)
    leaving = Leaving(departure, person, by, now)
    staying: dict[str, None] = {}
    back: list[HandedOver] = []
    for kind, _holding in kinds_held():
        mine = [line for line in lines if line.kind == kind]
        back += _back(kind, mine, staying, leaving)
    HandedOver.objects.filter(pk__in=[line.pk for line in back]).update(undone_at=now, stays="")
    stays = [line for line in lines if line.undone_at is None]
    HandedOver.objects.bulk_update(stays, ["stays"], batch_size=2000)
    _tell("accounts.taken_back", back, leaving)
    return stays


def _back(kind: str, lines: Sequence[HandedOver], staying: dict[str, None], leaving: Leaving) -> list[HandedOver]:
    """Give back the lines of one kind; those whose customer or lead stays, stay with it."""
    back: list[HandedOver] = []
    for key in {line.way for line in lines}:
        mine = []
        for line in (one for one in lines if one.way == key):
            if line.unit in staying:
                line.stays = Stays.WITH_IT
            else:
                mine.append(line)
        leaving.kind, leaving.way = kind, key
        stays = WAYS[kind][key].take_back(mine, leaving) if mine else {}
        for line in mine:
            if why := stays.get(line.pk):
                line.stays = why
                if HOLDINGS[kind].is_weighty:
                    staying[line.unit] = None
            else:
                line.undone_at = leaving.now
                back.append(line)
    return back


@transaction.atomic
def drop_plan(*, departure: Departure, by: User) -> None:
    """Throw a plan away that was not carried out. Raises NotAllowed, DepartureIsOver."""
    departure = _planned(departure)
    if not can_let_go(by, departure.person):
        raise NotAllowed
    departure.delete()
