"""How does somebody enter one customer? The checks of a single one; its rows are those of many (bulk.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services.notices import notify

from .. import permissions
from ..inputs import CustomerData
from ..models import Customer, OwnershipPeriod, Pool
from .bulk import create_customers
from .customers import check_external_id
from .errors import PersonIsGone
from .groups import lock_groups
from .headers import check_identity
from .locking import require
from .requests import passes_of, use_passes

if TYPE_CHECKING:
    from accounts.models import User

Reason = OwnershipPeriod.Reason


@transaction.atomic
def create_customer(
    *,
    data: CustomerData,
    by: User,
    now: datetime,
    owner: User | None = None,
    pool: Pool | None = None,
    reason: str = Reason.CREATED,
    deliver: bool = True,
) -> Customer:
    """Enter a customer with its main header, contacts and points; ``owner`` is by default who enters it.

    With ``pool`` it has no owner and lies there from the beginning.
    Raises SameCompany, WrongCode, ExternalIdTaken, PersonIsGone, NotAllowed.
    """
    owner = owner or by
    if pool is not None:
        require(Pool.objects.fillable_by(by).filter(pk=pool.pk).exists())
    else:
        require(permissions.can_create_for(by, owner))
        if not owner.is_active:
            raise PersonIsGone(field="owner")
    passes = passes_of(by, data, now)
    different = [request.customer_id for request in passes]
    code = check_identity(kind=data.kind, name=data.name, country=data.country, code=data.code, different=different)
    check_external_id(data.external_id)
    lock_groups(former_id=None, wanted_id=data.group, by=by)
    item = replace(data, code=code), pool or owner
    (pk,) = create_customers([item], by=by, now=now, reason=reason, are_told_apart=bool(passes), deliver=deliver)
    customer = Customer.objects.select_related("owner", "status").get(pk=pk)
    use_passes(customer, passes, now)
    if pool is None and owner != by and reason == Reason.CREATED:  # whoever imports a thousand tells by other means
        period = customer.periods.get()
        notify(to=[owner], kind="customer_given", by=by, target=customer, now=now, key=f"given:{period.pk}")
    return customer
