"""Who takes part in a rotation, in which order, with which weights? Every change is a line of its ledger.

It holds from the next cycle on; who leaves gets nothing more at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from core.zones import business_day
from customers.services.errors import PersonIsGone
from customers.services.locking import require

from .. import errors, permissions
from ..conversion import Conversion, conversion
from ..models import Rotation, RotationEntry, RotationMember
from ..models.rotating import MOST_WEIGHT, WINDOWS
from ..rotation.weights import Figures, Weighed, weigh
from .book import Book

if TYPE_CHECKING:
    from accounts.models import User

Runs = Rotation.Runs


@transaction.atomic
def save_rotation(
    *,
    rotation: Rotation,
    by: User,
    now: datetime,
    sources: Sequence[Any] | None = None,
    teams: Sequence[Any] | None = None,
) -> Rotation:
    """Save what a form changed on a rotation, or a new one. What came before it was switched on is left alone.

    Raises NotAllowed, RotationWithoutName, WeightsWithoutPool, HasGivenOtherThings.
    """
    require(permissions.can_edit_rotation(by))
    if not (rotation.name_en.strip() or rotation.name_zh.strip()):
        raise errors.RotationWithoutName(field="name_en")
    if rotation.weights_by == Rotation.WeightsBy.CONVERSION and rotation.pool is None:
        raise errors.WeightsWithoutPool(field="weights_by")
    before = Rotation.objects.filter(pk=rotation.pk).first() if rotation.pk else None
    turned = before is not None and before.is_of_leads != rotation.is_of_leads
    if turned and RotationEntry.objects.filter(rotation=before, kind=RotationEntry.Kind.GIVEN).exists():
        raise errors.HasGivenOtherThings(field="pool")
    if before is None:
        rotation.created_at = now
    runs = rotation.is_active and rotation.runs != Runs.BY_HAND
    ran = before is not None and before.is_active and before.runs != Runs.BY_HAND
    if not (runs and ran):
        rotation.automatic_since = now if runs else None
    passes = rotation.is_active and rotation.passes_on
    if not (passes and before is not None and before.is_active and before.passes_on):
        rotation.passes_on_since = now if passes else None
    if before is None:
        rotation.save()
    else:  # where it stands is written under its lock only (services.book)
        stands = {"seq", "hash", "wheel", "weighed_on", "created_at", "id"}
        rotation.save(update_fields=[one.name for one in Rotation._meta.concrete_fields if one.name not in stands])
    for name, chosen in (("sources", sources), ("teams", teams)):
        if chosen is not None:
            getattr(rotation, name).set(chosen)
    return rotation


@transaction.atomic
def add_member(*, rotation: Rotation, user: User, by: User, now: datetime, weight: int = 1) -> RotationMember:
    """Let somebody take part, at the end of the order. Who comes back goes on with the account of before.

    Raises NotAllowed, PersonIsGone, MemberAlready, WrongWeight, CustomerIsBusy.
    """
    book = _opened(rotation, by)
    if not user.is_active:
        raise PersonIsGone(field="user")
    if any(one.user_id == user.pk for one in book.members):
        raise errors.MemberAlready(field="user")
    _check(weight)
    position = max((one.position for one in book.everybody), default=0) + 10
    member = next((one for one in book.everybody if one.user_id == user.pk), None)
    if member is None:
        member = RotationMember(rotation=book.rotation, user=user)
        book.everybody.append(member)
    member.position, member.weight, member.joined_at, member.left_at = position, weight, now, None
    member.save()
    book.write_members(by=by, now=now)
    book.close()
    return member


@transaction.atomic
def remove_member(*, rotation: Rotation, user: User, by: User, now: datetime) -> None:
    """Take somebody out: nothing more is given to them from now on. Raises NotAllowed, NotAMemberOfRotation."""
    book = _opened(rotation, by)
    member = next((one for one in book.members if one.user_id == user.pk), None)
    if member is None:
        raise errors.NotAMemberOfRotation(field="user")
    member.left_at = now
    member.save(update_fields=["left_at"])
    book.write_members(by=by, now=now)
    book.close()


@transaction.atomic
def return_member(*, rotation: Rotation, user: User, ahead: Sequence[int], by: User, now: datetime) -> None:
    """Put somebody back who was taken out, with the weight of before, behind the last of those that stood ahead.

    Raises NotAllowed, NotAMemberOfRotation for who never was.
    """
    book = _opened(rotation, by)
    member = next((one for one in book.everybody if one.user_id == user.pk and one.left_at is not None), None)
    if member is None:
        raise errors.NotAMemberOfRotation(field="user")
    seats = book.members
    place = max((at for at, one in enumerate(seats, 1) if one.user_id in ahead), default=0)
    member.joined_at, member.left_at = now, None
    seats.insert(place, member)
    for at, one in enumerate(seats, 1):
        one.position = at * 10
    RotationMember.objects.bulk_update(seats, ["position", "joined_at", "left_at"])
    book.write_members(by=by, now=now)
    book.close()


@transaction.atomic
def set_weights(*, rotation: Rotation, weights: Mapping[int, int], by: User, now: datetime) -> None:
    """Set weights by hand ({person: weight}).

    Raises NotAllowed, WeightsAreComputed, WrongWeight, NotAMemberOfRotation.
    """
    book = _opened(rotation, by)
    if book.rotation.weights_by != Rotation.WeightsBy.HAND:
        raise errors.WeightsAreComputed
    members = {one.user_id: one for one in book.members}
    for user, weight in weights.items():
        if user not in members:
            raise errors.NotAMemberOfRotation
        _check(weight)
        members[user].weight = weight
    RotationMember.objects.bulk_update(members.values(), ["weight"])
    book.write_members(by=by, now=now)
    book.close()


@transaction.atomic
def set_order(*, rotation: Rotation, users: Sequence[int], by: User, now: datetime) -> None:
    """Put all members into this order. Raises NotAllowed, OrderIsIncomplete."""
    book = _opened(rotation, by)
    members = {one.user_id: one for one in book.members}
    if sorted(users) != sorted(members):
        raise errors.OrderIsIncomplete
    for place, user in enumerate(users, 1):
        members[user].position = place * 10
    RotationMember.objects.bulk_update(members.values(), ["position"])
    book.write_members(by=by, now=now)
    book.close()


@transaction.atomic
def set_limits(
    *, rotation: Rotation, user: User, limits: Mapping[str, int | None], by: User, now: datetime
) -> RotationMember:
    """Set a member's own limits (``a_day``, ``a_week``, ``a_month``; None: the rotation's). They hold at once.

    They decide what is given and not whose turn it is: the reasons in the ledger name their numbers.
    """
    book = _opened(rotation, by)
    member = next((one for one in book.members if one.user_id == user.pk), None)
    if member is None:
        raise errors.NotAMemberOfRotation(field="user")
    for window in WINDOWS:
        setattr(member, window, limits.get(window))
    member.save(update_fields=list(WINDOWS))
    return member


@transaction.atomic
def compute_weights(*, rotation: Rotation, by: User, now: datetime) -> None:
    """Compute the weights now instead of at the first run of the next day. Raises NotAllowed."""
    book = _opened(rotation, by)
    if book.rotation.weights_by == Rotation.WeightsBy.CONVERSION:
        book.rotation.weighed_on = None
        weigh_anew(book, now, by=by)
        book.close()


def weigh_anew(book: Book, now: datetime, by: User | None = None) -> None:
    """Where weights come from conversion: compute them, once a day, in an open book."""
    rotation, today = book.rotation, business_day(now)
    if rotation.weights_by != Rotation.WeightsBy.CONVERSION or rotation.weighed_on == today:
        return
    figures, weighed = computed_weights(rotation, [one.user_id for one in book.members], now)
    for one in book.members:
        one.weight = weighed[one.user_id].weight
    RotationMember.objects.bulk_update(book.members, ["weight"])
    rotation.weighed_on = today
    rotation.save(update_fields=["weighed_on"])
    book.write_members(by=by, now=now, how=_how(rotation, figures, weighed))


def computed_weights(rotation: Rotation, users: Sequence[int], now: datetime) -> tuple[Conversion, dict[int, Weighed]]:
    """What conversion gives each of these people as weight, with the figures that it comes from."""
    assert rotation.pool is not None  # rotation_weights_from_a_pool
    figures = conversion(rotation.pool, now)
    mine = {user: figures.people.get(user, Figures()) for user in users}
    return figures, weigh(mine, figures.pool, rotation.top_weight)


def _how(rotation: Rotation, figures: Conversion, weighed: Mapping[int, Weighed]) -> dict[str, Any]:
    """The figures behind computed weights, as the ledger keeps them."""
    return {
        "top": rotation.top_weight,
        "first": figures.first.isoformat(),
        "last": figures.last.isoformat(),
        "pool": [figures.pool.taken, figures.pool.won],
        "people": [[user, one.figures.taken, one.figures.won] for user, one in weighed.items()],
    }


def _opened(rotation: Rotation, by: User) -> Book:
    require(permissions.can_edit_rotation(by))
    return Book(rotation.pk)


def _check(weight: int) -> None:
    if not 0 <= weight <= MOST_WEIGHT:
        raise errors.WrongWeight(field="weight")
