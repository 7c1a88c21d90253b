"""How is a rotation saved with all its members as a form has them, and how is it switched and put in its place?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.models import User
from customers.services.errors import PersonIsGone
from customers.services.locking import require, waiting

from .. import errors, permissions
from ..models import Rotation, RotationMember
from ..models.rotating import MOST_WEIGHT, SETTINGS, WINDOWS
from .book import Book
from .rotations import save_rotation, weigh_anew

if TYPE_CHECKING:
    from ..inputs import Seat

STEP = 10
WEIGHTS = Rotation.WeightsBy


def stamp_of(rotation: Rotation) -> str:
    """What people have set on a rotation and its members, as a short word that another setting changes.

    Weights that are computed are nobody's setting. Three statements.
    """
    seats = RotationMember.objects.filter(rotation=rotation, left_at=None).order_by("position", "pk")
    columns = ["user", *WINDOWS] + (["weight"] if rotation.weights_by == WEIGHTS.HAND else [])
    # Where it stands among others is set apart from its form.
    said: list[Any] = [str(rotation.serializable_value(name)) for name in SETTINGS if name != "position"]
    said += [sorted(one.pk for one in getattr(rotation, name).all()) for name in ("sources", "teams")]
    said.append([list(row) for row in seats.values_list(*columns)])
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


@transaction.atomic
def save_with_members(
    *,
    rotation: Rotation,
    seats: Sequence[Seat],
    seen: str,
    by: User,
    now: datetime,
    sources: Sequence[Any],
    teams: Sequence[Any],
) -> Rotation:
    """Save a rotation, new or as a form changed it, with all its members in order: one line of the ledger.

    ``seen`` is the stamp of what stood before whoever changed it. Weights from conversion are computed at once.
    Raises NotAllowed, RotationChangedMeanwhile, RotationWithoutName, WeightsWithoutPool, WrongWeight, PersonIsGone,
    CustomerIsBusy.
    """
    require(permissions.can_edit_rotation(by))
    if rotation.pk:
        if stamp_of(_locked(rotation)) != seen:
            raise errors.RotationChangedMeanwhile
    else:
        last = Rotation.objects.order_by("-position").values_list("position", flat=True).first()
        rotation.position = (last or 0) + STEP
    save_rotation(rotation=rotation, by=by, now=now, sources=sources, teams=teams)
    _seat(rotation, seats, by, now)
    return rotation


def _seat(rotation: Rotation, seats: Sequence[Seat], by: User, now: datetime) -> None:
    """Put exactly these people into the rotation, in this order; who comes back goes on with the account of before."""
    book = Book(rotation.pk)
    before = {one.user_id for one in book.members}
    known = {one.user_id: one for one in book.everybody}
    people = User.objects.in_bulk([seat.user for seat in seats])
    for place, seat in enumerate(seats, 1):
        if not 0 <= seat.weight <= MOST_WEIGHT:
            raise errors.WrongWeight
        if seat.user not in before and not people[seat.user].is_active:
            raise PersonIsGone
        member = known.get(seat.user, RotationMember(rotation=book.rotation, user=people[seat.user]))
        if seat.user not in before:
            member.joined_at, member.left_at = now, None
        member.position = place * STEP
        if book.rotation.weights_by == WEIGHTS.HAND:
            member.weight = seat.weight
        for window in WINDOWS:
            setattr(member, window, getattr(seat, window))
        if seat.user not in known:
            member.save()
            book.everybody.append(member)
    for user in before - {seat.user for seat in seats}:
        known[user].left_at = now
    RotationMember.objects.bulk_update(book.everybody, ["position", "weight", "joined_at", "left_at", *WINDOWS])
    if book.rotation.weights_by == WEIGHTS.CONVERSION:
        book.everybody.sort(key=lambda one: (one.position, one.pk))
        book.rotation.weighed_on = None
        weigh_anew(book, now, by=by)
    else:
        book.write_members(by=by, now=now)
    book.close()


@transaction.atomic
def switch_rotation(*, rotation: Rotation, is_active: bool, by: User, now: datetime) -> Rotation:
    """Switch a rotation on or off. Raises NotAllowed, CustomerIsBusy."""
    require(permissions.can_edit_rotation(by))
    locked = _locked(rotation)
    locked.is_active = is_active
    return save_rotation(rotation=locked, by=by, now=now)


@transaction.atomic
def reorder_rotations(*, ids: Sequence[int], by: User) -> None:
    """Put rotations into this order: of those that fit, the first takes. Others come behind. Raises NotAllowed."""
    require(permissions.can_edit_rotation(by))
    rotations = {one.pk: one for one in Rotation.objects.select_for_update(no_key=True).order_by("pk")}
    rest = sorted(rotations, key=lambda pk: (rotations[pk].position, pk))
    for place, pk in enumerate(dict.fromkeys([*(pk for pk in ids if pk in rotations), *rest]), 1):
        rotations[pk].position = place * STEP
    Rotation.objects.bulk_update(rotations.values(), ["position"])


def _locked(rotation: Rotation) -> Rotation:
    with waiting():
        return Rotation.objects.select_for_update(no_key=True).get(pk=rotation.pk)
