"""How are the days written down that matter for a customer?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from .. import ledger, permissions
from ..models import Customer, KeyDate
from .locking import lock_living, require
from .status import BY_HAND

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def set_key_dates(
    *, customer: Customer, dates: Mapping[str, tuple[date | None, str]], by: User, now: datetime
) -> list[str]:
    """Write what people know: kind → (day or None for none, note). Kinds left out stay; returns those that changed.

    One day a kind; days that upper apps wrote (contracts, quotations) are not touched.
    Raises NotAllowed, CustomerIsArchived.
    """
    customer = lock_living(customer)
    require(permissions.can_edit(by, customer))
    standing = {one.kind: one for one in KeyDate.objects.filter(customer=customer, source=BY_HAND)}
    changed = []
    for kind, (on, note) in dates.items():
        present = standing.get(kind)
        if (present and (present.on, present.note)) == (on and (on, note.strip())):
            continue
        changed.append(kind)
        if on is None:
            KeyDate.objects.filter(customer=customer, source=BY_HAND, kind=kind).delete()
        else:
            values = {"on": on, "note": note.strip()}
            KeyDate.objects.update_or_create(customer=customer, source=BY_HAND, kind=kind, defaults=values)
    if changed:
        payload = {"dates": {kind: day.isoformat() if (day := dates[kind][0]) else "" for kind in changed}}
        ledger.append(kind="key_dates.changed", customer=customer, by=by, at=now, payload=payload)
    return changed
