"""Which companies belong together?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError

from .. import ledger, permissions
from ..models import Customer, CustomerGroup
from .locking import lock_living, require

if TYPE_CHECKING:
    from accounts.models import User


class GroupMissing(DomainError):
    message = _("Choose a group, or name a new one.")


@transaction.atomic
def put_in_group(
    *, customer: Customer, role: str, by: User, now: datetime, group: CustomerGroup | None = None, name: str = ""
) -> CustomerGroup:
    """Put a customer into a group, or into a new one of that name. Raises GroupMissing, NotAllowed."""
    customer = lock_living(customer)
    require(permissions.can_edit(by, customer))
    if group is None:
        if not name.strip():
            raise GroupMissing(field="group")
        group = CustomerGroup.objects.create(name=name.strip(), created_by=by, created_at=now)
    else:
        require(CustomerGroup.objects.visible_to(by).filter(pk=group.pk).exists())
    customer.group, customer.group_role = group, role
    customer.save(update_fields=["group", "group_role"])
    ledger.append(
        kind="group.joined", customer=customer, by=by, at=now, target=group, payload={"role": role}
    )
    return group


@transaction.atomic
def leave_group(*, customer: Customer, by: User, now: datetime) -> None:
    """Take a customer out of its group; a group without members goes. Raises NotAllowed."""
    customer = lock_living(customer)
    require(permissions.can_edit(by, customer))
    group = customer.group
    if group is None:
        return
    customer.group, customer.group_role = None, ""
    customer.save(update_fields=["group", "group_role"])
    ledger.append(kind="group.left", customer=customer, by=by, at=now, payload={"group": group.pk})
    if not group.members.exists():
        group.delete()
