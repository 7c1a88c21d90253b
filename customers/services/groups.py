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
    """Put a customer into a group, or into a new one of that name; a group that this empties goes.

    Raises GroupMissing, NotAllowed (also for a group of which one sees no member).
    """
    customer = lock_living(customer)
    require(permissions.can_edit(by, customer))
    former = customer.group
    if group is None:
        if not name.strip():
            raise GroupMissing(field="group")
        group = CustomerGroup.objects.create(name=name.strip(), created_by=by, created_at=now)
    else:
        lock_groups(former_id=customer.group_id, wanted_id=group.pk, by=by)
        if former == group and customer.group_role == role:
            return group
    customer.group, customer.group_role = group, role
    customer.save(update_fields=["group", "group_role"])
    ledger.append(kind="group.joined", customer=customer, by=by, at=now, target=group, payload={"role": role})
    if former is not None and former != group:
        drop_if_empty(former.pk)
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
    drop_if_empty(group.pk)


def lock_groups(*, former_id: int | None, wanted_id: int | None, by: User) -> None:
    """Lock the groups that a customer leaves and enters, so that the last member's leaving takes neither away.

    Raises NotAllowed for a wanted group of which ``by`` sees no member, GroupMissing for one that went meanwhile.
    """
    require(wanted_id is None or CustomerGroup.objects.visible_to(by).filter(pk=wanted_id).exists())
    ids = {pk for pk in (former_id, wanted_id) if pk is not None}
    locked = CustomerGroup.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    if wanted_id is not None and wanted_id not in {group.pk for group in locked}:
        raise GroupMissing(field="group")


def drop_if_empty(group_id: int) -> None:
    """Delete a group that nobody belongs to any more."""
    group = CustomerGroup.objects.select_for_update().filter(pk=group_id).first()
    if group is not None and not group.members.exists():
        group.delete()
