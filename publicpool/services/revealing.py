"""How does an admin look at the contact data of a pooled customer, once and noted?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import ledger
from customers.models import Customer
from customers.services.locking import lock_customers, require

from .. import errors, permissions
from ..models import Reveal

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def reveal_customer(*, customer: Customer, reason: str, by: User, now: datetime) -> Reveal:
    """Note that somebody sees what is masked, before it is shown. Raises NotAllowed, NotInPool, CustomerIsBusy."""
    require(permissions.can_reveal(by))
    (locked,) = lock_customers([customer.pk])
    if locked.pool_id is None:
        raise errors.NotInPool(rule=_("still in the pool"))
    row = Reveal.objects.create(customer=locked, pool_id=locked.pool_id, by=by, reason=reason.strip(), at=now)
    ledger.append(kind="pool.revealed", customer=locked, by=by, at=now, target=row, payload={"pool": locked.pool_id})
    return row
