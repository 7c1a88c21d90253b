"""Who else may see a customer and work on it?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services.notices import notify

from .. import ledger, permissions
from ..models import Collaborator, Customer
from ..registries import BONDS
from .errors import AlreadyCollaborator, PersonIsGone, SameOwner, StillNeeded
from .locking import lock_living, require

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def add_collaborator(*, customer: Customer, user: User, role: str, by: User, now: datetime) -> Collaborator:
    """Let a colleague see the customer and work on it.

    Raises PersonIsGone, SameOwner, AlreadyCollaborator, NotAllowed, CustomerIsArchived.
    """
    customer = lock_living(customer)
    require(permissions.can_manage_collaborators(by, customer))
    if not user.is_active:
        raise PersonIsGone(field="user")
    if customer.owner_id == user.pk:
        raise SameOwner(field="user")
    row, made = let_see(customer=customer, user=user, role=role, by=by, now=now)
    if not made:
        raise AlreadyCollaborator(field="user")
    return row


def let_see(
    *, customer: Customer, user: User, role: str, by: User, now: datetime, is_told: bool = True
) -> tuple[Collaborator, bool]:
    """Let a colleague see a locked customer, for a reason that the caller judged; and whether that is new."""
    row, made = Collaborator.objects.get_or_create(
        customer=customer, user=user, defaults={"role": role, "added_by": by, "added_at": now}
    )
    if made:
        event = ledger.append(
            kind="collaborator.added", customer=customer, by=by, at=now, payload={"user": user.pk, "role": role}
        )
        told = [user] if is_told else []
        notify(to=told, kind="customer_shared", by=by, target=customer, now=now, key=f"shared:{event.pk}")
    return row, made


def stop_seeing(*, customer: Customer, user_id: int, by: User, now: datetime) -> None:
    """End a collaboration on a locked customer."""
    gone, _rows = Collaborator.objects.filter(customer=customer, user=user_id).delete()
    if gone:
        ledger.append(kind="collaborator.removed", customer=customer, by=by, at=now, payload={"user": user_id})


@transaction.atomic
def remove_collaborator(*, customer: Customer, user: User, by: User, now: datetime) -> None:
    """End a collaboration; one may also leave by oneself. Raises StillNeeded, NotAllowed."""
    customer = lock_living(customer)
    leaves = by.pk == user.pk and permissions.works_on(by, customer)
    require(leaves or permissions.can_manage_collaborators(by, customer))
    if any(holds(customer, user) for holds in BONDS.values()):
        raise StillNeeded
    stop_seeing(customer=customer, user_id=user.pk, by=by, now=now)
