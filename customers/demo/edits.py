"""Which changes can be read in the histories of the demo? Real ones, made by the services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pghistory

from accounts.models import User
from core.demo import World

from ..models import Customer
from ..services import add_header, update_customer, update_header
from .lexicon import showcase

# Of alice's showcase, in its order: what she or dana corrected of late.
EDITS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("alice", {"payment_terms": "30% T/T deposit, 70% before shipment", "purchase_cycle_days": 60}),
    ("alice", {"incoterm": "CIF", "remarks": "要求所有单据用英文，发票抬头看抬头页。"}),
    ("dana", {"annual_purchase": 420000, "our_share": 15}),
    ("alice", {"needs": "锂电钻与角磨机拼柜，年度框架，欧标插头。"}),
    ("dana", {"payment_terms": "L/C at sight"}),
    ("alice", {"city": "Thủ Đức", "competitors": "Wuyi Lightworks"}),
)


def edits(world: World, now: datetime) -> None:
    """Let alice and dana correct a few customers in the hours before ``now``."""
    people: dict[str, User] = world.made["people"]
    names = [shown["name"] for shown in showcase()]
    customers = Customer.objects.filter(name__in=names, owner=people["alice"]).in_bulk(field_name="id")
    by_name = {customer.name: customer for customer in customers.values()}
    for number, (name, (who, changes)) in enumerate(zip(names, EDITS, strict=False)):
        at = now - timedelta(minutes=47 * (len(EDITS) - number))
        with pghistory.context(user=people[who].pk):
            update_customer(customer=by_name[name], changes=changes, by=people[who], now=at)
    alice, customer = people["alice"], by_name[names[0]]
    with pghistory.context(user=alice.pk):
        words: dict[str, Any] = {"kind": "trading", "country": "DE", "code": "", "by": alice}
        header = add_header(customer=customer, name="MÜLLER Profi-Werkzeug", now=now - timedelta(minutes=31), **words)
        update_header(header=header, name="Müller Profi-Werkzeug", now=now - timedelta(minutes=19), **words)
