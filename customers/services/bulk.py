"""How are many customers entered or completed at once, in a fixed number of statements a batch?

The set-based twin of ``create_customer`` for imports: the same rows, checked by a test. Whoever calls
has read and checked the values, holds a transaction, and decides about conflicts under ``lock_keys``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import facts, ledger
from ..facts import normal_form
from ..identity_keys import refresh_many
from ..inputs import ContactData, CustomerData, PointData
from ..models import (
    Contact,
    ContactPoint,
    Customer,
    CustomerName,
    Event,
    OwnershipPeriod,
    Status,
    StatusChange,
)
from .customers import ELSEWHERE, tags_named

if TYPE_CHECKING:
    from accounts.models import User

BATCH = 1000


@dataclass
class Filling:
    """What a customer that stands already gets: blanks filled, people, numbers, tags and categories added."""

    customer: Customer
    # Columns of the customer that were empty.
    changes: dict[str, Any] = field(default_factory=dict)
    # The main header's code, where it had none.
    code: str = ""
    points: list[PointData] = field(default_factory=list)
    contacts: list[ContactData] = field(default_factory=list)
    # Contact id → (columns that were empty, points to add).
    people: dict[int, tuple[dict[str, Any], list[PointData]]] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    categories: list[int] = field(default_factory=list)


# --- new ones ---------------------------------------------------------------------------------------


def create_customers(
    items: Sequence[tuple[CustomerData, User]],
    *,
    by: User,
    now: datetime,
    reason: str = OwnershipPeriod.Reason.IMPORTED,
    deliver: bool = True,
) -> list[Customer]:
    """Enter new customers, each with its owner; codes are normalised already. Returns them in order."""
    statuses = {status.key: status for status in Status.objects.all()}
    customers = Customer.objects.bulk_create(
        (_customer(data, owner, statuses[data.status], by, now) for data, owner in items), batch_size=BATCH
    )
    pairs = [(customer, data) for customer, (data, _owner) in zip(customers, items, strict=True)]
    periods = OwnershipPeriod.objects.bulk_create(
        (
            OwnershipPeriod(customer=customer, owner=customer.owner, started_at=now, reason=reason, by=by)
            for customer in customers
        ),
        batch_size=BATCH,
    )
    CustomerName.objects.bulk_create(
        (
            CustomerName(
                customer=customer, name=data.name, country=data.country, code=data.code, is_main=True, created_at=now
            )
            for customer, data in pairs
        ),
        batch_size=BATCH,
    )
    StatusChange.objects.bulk_create(
        (StatusChange(customer=customer, after=customer.status, by=by, at=now) for customer in customers),
        batch_size=BATCH,
    )
    _add_tags((customer, data.tags) for customer, data in pairs)
    _add_categories((customer, data.categories) for customer, data in pairs)
    _add_points((customer, None, 0, data.points) for customer, data in pairs)
    _add_contacts([(customer, data.contacts) for customer, data in pairs], now, frozenset())
    refresh_many(customers)
    kind = "customer.imported" if reason == OwnershipPeriod.Reason.IMPORTED else "customer.created"
    ledger.append_many(
        [
            Event(
                kind=kind,
                customer=customer,
                at=now,
                by=by,
                target_label=OwnershipPeriod._meta.label_lower,
                target_id=period.pk,
                payload={"owner": customer.owner_id},
            )
            for customer, period in zip(customers, periods, strict=True)
        ],
        deliver=deliver,
    )
    facts.refresh_text_facts([customer.pk for customer in customers])
    return customers


def _customer(data: CustomerData, owner: User, status: Status, by: User, now: datetime) -> Customer:
    columns = {name: getattr(data, name) for name in CustomerData.__dataclass_fields__ if name not in ELSEWHERE}
    return Customer(
        **columns,
        source_id=data.source,
        group_id=data.group,
        status=status,
        status_at=now,
        owner=owner,
        owned_since=now,
        idle_since=now,
        created_at=now,
        created_by=by,
        updated_at=now,
    )


# --- those that stand already ---------------------------------------------------------------------


def fill_customers(fillings: Sequence[Filling], *, by: User, now: datetime, deliver: bool = True) -> None:
    """Complete locked, living customers that ``by`` may edit; what stands in them is never overwritten."""
    columns = sorted({name for filling in fillings for name in filling.changes})
    for filling in fillings:
        for name, value in filling.changes.items():
            setattr(filling.customer, name, value)
        filling.customer.updated_at = now
    customers = [filling.customer for filling in fillings]
    Customer.objects.bulk_update(customers, [*columns, "updated_at"], batch_size=BATCH)
    _fill_main_headers(fillings)
    _add_tags((filling.customer, filling.tags) for filling in fillings)
    _add_categories((filling.customer, filling.categories) for filling in fillings)
    ids = [customer.pk for customer in customers]
    place = _points_so_far(ids)
    _add_points((one.customer, None, place.get((one.customer.pk, None), 0), one.points) for one in fillings)
    _fill_people(fillings, place)
    primary = Contact.objects.filter(customer__in=ids, is_primary=True, archived_at=None)
    has_primary = frozenset(primary.values_list("customer_id", flat=True))
    contacts = _add_contacts([(one.customer, one.contacts) for one in fillings], now, has_primary)
    refresh_many(customers)
    events = [Event(kind="customer.updated", customer=one.customer, at=now, by=by, payload={"fields": fields})
              for one in fillings if (fields := changed_fields(one))]  # fmt: skip
    events += [
        Event(
            kind="contact.added",
            customer=contact.customer,
            at=now,
            by=by,
            target_label=Contact._meta.label_lower,
            target_id=contact.pk,
        )
        for contact in contacts
    ]
    events += [
        Event(
            kind="contact.changed",
            customer=one.customer,
            at=now,
            by=by,
            target_label=Contact._meta.label_lower,
            target_id=pk,
        )
        for one in fillings
        for pk in one.people
    ]
    ledger.append_many(events, deliver=deliver)
    facts.refresh_text_facts(ids)


def changed_fields(filling: Filling) -> list[str]:
    """Names for the ledger, as ``update_customer`` writes them; the code is the header's."""
    more = {"tags": filling.tags, "categories": filling.categories, "contact_points": filling.points}
    names = [name.removesuffix("_id") for name in filling.changes] + [name for name, values in more.items() if values]
    return sorted([*names, "code"] if filling.code else names)


def _fill_main_headers(fillings: Sequence[Filling]) -> None:
    """The main header repeats the customer's country and carries its code."""
    wanted = {one.customer.pk: one for one in fillings if one.code or "country" in one.changes}
    headers = list(CustomerName.objects.filter(customer__in=wanted, is_main=True))
    for header in headers:
        filling = wanted[header.customer_id]
        header.code = header.code or filling.code
        header.country = filling.customer.country
    CustomerName.objects.bulk_update(headers, ["code", "country"], batch_size=BATCH)


def _fill_people(fillings: Sequence[Filling], place: dict[tuple[int, int | None], int]) -> None:
    ids = [pk for one in fillings for pk in one.people]
    if not ids:
        return
    contacts = Contact.objects.in_bulk(ids)
    columns: set[str] = set()
    for one in fillings:
        for pk, (changes, _points) in one.people.items():
            columns |= changes.keys()
            for name, value in changes.items():
                setattr(contacts[pk], name, value)
    if columns:
        Contact.objects.bulk_update(contacts.values(), sorted(columns), batch_size=BATCH)
    _add_points(
        (one.customer, contacts[pk], place.get((one.customer.pk, pk), 0), points)
        for one in fillings
        for pk, (_changes, points) in one.people.items()
    )


def _points_so_far(ids: Sequence[int]) -> dict[tuple[int, int | None], int]:
    """How many points each customer itself and each contact has: where the next one is placed."""
    place: dict[tuple[int, int | None], int] = {}
    for row in ContactPoint.objects.filter(customer__in=ids).values_list("customer_id", "contact_id"):
        place[row] = place.get(row, 0) + 1
    return place


# --- rows of both -----------------------------------------------------------------------------------


def _add_contacts(
    people: Sequence[tuple[Customer, Sequence[ContactData]]], now: datetime, has_primary: frozenset[int]
) -> list[Contact]:
    """Add contacts; the first of a customer that has no primary one becomes it."""
    pairs = []
    for customer, contacts in people:
        primary = None if customer.pk in has_primary else next((c for c in contacts if c.is_primary), None)
        if primary is None and contacts and customer.pk not in has_primary:
            primary = contacts[0]
        for data in contacts:
            columns = {name: value for name, value in asdict(data).items() if name != "points"}
            columns["is_primary"] = data is primary
            pairs.append((Contact(customer=customer, created_at=now, **columns), data))
    made = Contact.objects.bulk_create((contact for contact, _data in pairs), batch_size=BATCH)
    _add_points((contact.customer, contact, 0, data.points) for contact, data in pairs)
    return made


def _add_points(rows: Iterable[tuple[Customer, Contact | None, int, Sequence[PointData]]]) -> None:
    ContactPoint.objects.bulk_create(
        (
            ContactPoint(
                customer=customer,
                contact=contact,
                kind=point.kind,
                value=point.value.strip(),
                normal=normal_form(point.kind, point.value, str(customer.country)),
                label=point.label,
                position=position,
            )
            for customer, contact, first, points in rows
            for position, point in enumerate(points, first)
        ),
        batch_size=BATCH,
    )


def _add_tags(rows: Iterable[tuple[Customer, Sequence[str]]]) -> None:
    rows = [(customer, [name.strip()[:40] for name in names if name.strip()]) for customer, names in rows]
    tags = {tag.name.casefold(): tag for tag in tags_named({name for _customer, names in rows for name in names})}
    through = Customer.tags.through
    links = {(customer.pk, tags[name.casefold()].pk) for customer, names in rows for name in names}
    through._default_manager.bulk_create(
        (through(customer_id=customer, tag_id=tag) for customer, tag in sorted(links)),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def _add_categories(rows: Iterable[tuple[Customer, Sequence[int]]]) -> None:
    through = Customer.categories.through
    links = {(customer.pk, category) for customer, categories in rows for category in categories}
    through._default_manager.bulk_create(
        (through(customer_id=customer, category_id=category) for customer, category in sorted(links)),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
