"""How is taken back what an import wrote? Set-based; the caller locks and judges what was touched since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from .. import facts, ledger
from ..identity_keys import refresh_many
from ..models import Contact, ContactPoint, Customer, CustomerName, Event, OwnershipPeriod

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Emptying:
    """What goes back at one customer: columns to their old values, rows that go."""

    customer: Customer
    changes: dict[str, Any] = field(default_factory=dict)
    # The main header loses its code.
    loses_code: bool = False
    # Contact id → columns to their old values.
    people: dict[int, dict[str, Any]] = field(default_factory=dict)
    contacts: set[int] = field(default_factory=set)
    points: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)
    categories: set[int] = field(default_factory=set)

    def names(self) -> list[str]:
        """For the ledger, as ``update_customer`` writes them."""
        more = {"tags": self.tags, "categories": self.categories, "contact_points": self.points}
        names = [name.removesuffix("_id") for name in self.changes] + [name for name, ids in more.items() if ids]
        return sorted([*names, "code"] if self.loses_code else names)


def archive_made(customers: Sequence[Customer], *, reason: str, by: User, now: datetime) -> None:
    """Take locked, living customers out again that an import or a conversion made; keys and external ids get free."""
    if not customers:
        return
    ids = [customer.pk for customer in customers]
    open_ones = OwnershipPeriod.objects.filter(customer__in=ids, ended_at=None)
    open_ones.update(ended_at=Greatest(Value(now), F("started_at") + timedelta(microseconds=1)))
    former = {customer.pk: customer.owner_id for customer in customers}
    gone: dict[str, Any] = {"owner": None, "pool": None, "owned_since": None, "idle_since": None, "archived_at": now}
    Customer.objects.filter(pk__in=ids).update(**gone, archive_reason=reason, external_id="")
    for customer in customers:
        customer.owner, customer.archived_at = None, now
    refresh_many(customers)
    ledger.append_many(
        [
            Event(kind="customer.archived", customer=customer, at=now, by=by, payload={"owner": former[customer.pk]})
            for customer in customers
        ]
    )


def empty_customers(emptyings: Sequence[Emptying], *, by: User, now: datetime) -> None:
    """Put locked, living customers back as they were before an import completed them."""
    if not emptyings:
        return
    customers = [one.customer for one in emptyings]
    columns = sorted({name for one in emptyings for name in one.changes})
    for one in emptyings:
        for name, value in one.changes.items():
            setattr(one.customer, name, value)
        one.customer.updated_at = now
    Customer.objects.bulk_update(customers, [*columns, "updated_at"], batch_size=500)
    _put_back_headers(emptyings)
    _put_back_people(emptyings)
    _archive_contacts({pk for one in emptyings for pk in one.contacts}, now)
    ContactPoint.objects.filter(pk__in={pk for one in emptyings for pk in one.points}).delete()
    _unlink(Customer.tags.through, "tag_id", {one.customer.pk: one.tags for one in emptyings})
    _unlink(Customer.categories.through, "category_id", {one.customer.pk: one.categories for one in emptyings})
    if moved := [one.customer.pk for one in emptyings if "country" in one.changes]:
        facts.refresh_numbers(moved)
    refresh_many(customers)
    ledger.append_many(_events(emptyings, by, now))
    facts.refresh_text_facts([customer.pk for customer in customers])


def _events(emptyings: Sequence[Emptying], by: User, now: datetime) -> list[Event]:
    label = Contact._meta.label_lower
    events = [
        Event(kind="customer.updated", customer=one.customer, at=now, by=by, payload={"fields": names})
        for one in emptyings
        if (names := one.names())
    ]
    for one in emptyings:
        kinds = dict.fromkeys(sorted(one.people), "contact.changed") | dict.fromkeys(
            sorted(one.contacts), "contact.archived"
        )
        events += [
            Event(kind=kind, customer=one.customer, at=now, by=by, target_label=label, target_id=pk)
            for pk, kind in kinds.items()
        ]
    return events


def _put_back_headers(emptyings: Sequence[Emptying]) -> None:
    """The main header repeats the customer's country and carried its code."""
    wanted = {one.customer.pk: one for one in emptyings if one.loses_code or "country" in one.changes}
    headers = list(CustomerName.objects.filter(customer__in=wanted, is_main=True))
    for header in headers:
        one = wanted[header.customer_id]
        header.code = "" if one.loses_code else header.code
        header.country = one.customer.country
    CustomerName.objects.bulk_update(headers, ["code", "country"], batch_size=500)


def _put_back_people(emptyings: Sequence[Emptying]) -> None:
    changes = {pk: values for one in emptyings for pk, values in one.people.items()}
    contacts = list(Contact.objects.filter(pk__in=changes))
    for contact in contacts:
        for name, value in changes[contact.pk].items():
            setattr(contact, name, value)
    if columns := sorted({name for values in changes.values() for name in values}):
        Contact.objects.bulk_update(contacts, columns, batch_size=500)


def _archive_contacts(ids: Iterable[int], now: datetime) -> None:
    """Contacts that were added go to the archive; where the primary one was among them, the next takes the place."""
    rows = Contact.objects.filter(pk__in=set(ids), archived_at=None)
    headless = set(rows.filter(is_primary=True).values_list("customer_id", flat=True))
    rows.update(archived_at=now, is_primary=False)
    following: dict[int, int] = {}
    for contact in Contact.objects.filter(customer__in=headless, archived_at=None):  # in the order of importance
        following.setdefault(contact.customer_id, contact.pk)
    Contact.objects.filter(pk__in=following.values()).update(is_primary=True)


def _unlink(through: Any, column: str, wanted: Mapping[int, Iterable[int]]) -> None:
    by_row: dict[int, set[int]] = defaultdict(set)
    for customer, ids in wanted.items():
        for pk in ids:
            by_row[pk].add(customer)
    for pk, customers in by_row.items():  # few tags and categories, many customers
        through._default_manager.filter(**{column: pk}, customer_id__in=customers).delete()
