"""What becomes of a customer who buys: won with the first deal, retained with the second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from customers.models import Customer, KeyDate, Status
from customers.services.status import BY_HAND, change_statuses_by_rule

from ..revenue import FIRST, SECOND, SOURCE, deals_made

if TYPE_CHECKING:
    from accounts.models import User

# What a file tells of years ago brings nobody back who was lost or fell asleep since.
ENDED = (Status.DORMANT, Status.LOST)


def note_deals(
    customers: Sequence[Customer], *, by: User, now: datetime, is_import: bool = False, deliver: bool = True
) -> None:
    """Raise the status of locked customers by the deals they made, and date the next order of retained ones.

    The first deal makes won, the second retained, also out of dormant and lost, but not by an import. Nothing goes
    back: a void order and a reopened deal leave the status as it is. A fixed number of statements.
    """
    made = deals_made(customer.pk for customer in customers)
    rising = [one for one in customers if not (is_import and one.status.key in ENDED)]
    second = [one for one in rising if made[one.pk] > 1 and one.status.key != Status.RETAINED]
    first = [one for one in rising if made[one.pk] == 1 and one.status.key not in (Status.WON, Status.RETAINED)]
    change_statuses_by_rule(customers=first, key=Status.WON, rule=FIRST, by=by, now=now, deliver=deliver)
    change_statuses_by_rule(customers=second, key=Status.RETAINED, rule=SECOND, by=by, now=now, deliver=deliver)
    date_next_orders(customers)


def date_next_orders(customers: Sequence[Customer]) -> None:
    """Note when retained customers will order again: their last order and their purchase cycle.

    A day that somebody entered stands; where the cycle is not known there is none, and the page of the order says so.
    """
    ids = [one.pk for one in customers if one.purchase_cycle_days and one.status.key == Status.RETAINED]
    by_hand = KeyDate.objects.filter(customer__in=ids, kind=KeyDate.Kind.RENEWAL, source=BY_HAND).values("customer")
    rows = Customer.objects.filter(pk__in=ids, last_order_on__isnull=False).exclude(pk__in=by_hand)
    KeyDate.objects.bulk_create(
        [
            KeyDate(customer_id=pk, kind=KeyDate.Kind.RENEWAL, source=SOURCE, on=last + timedelta(days=days))
            for pk, last, days in rows.values_list("pk", "last_order_on", "purchase_cycle_days")
            if last and days
        ],
        update_conflicts=True,
        unique_fields=("customer", "kind", "source"),
        update_fields=("on",),
    )
