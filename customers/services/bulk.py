"""How are many customers entered or completed at once, in a fixed number of statements a batch?

One that somebody types in (entering.py) goes the same way. Whoever calls has read and checked the values, holds
a transaction, and decides about conflicts under ``lock_keys``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import connection
from django.db.models import Model

from core.loading import load_rows, take_ids

from .. import facts, ledger
from ..facts import normal_form
from ..identity_keys import Header, Holder, KeyRow, key_rows, refresh_many, write_keys
from ..inputs import ContactData, CustomerData, PointData
from ..models import (
    Contact,
    ContactPoint,
    Customer,
    CustomerName,
    Event,
    OwnershipPeriod,
    Pool,
    Status,
    StatusChange,
)
from .customers import ELSEWHERE, tags_named

if TYPE_CHECKING:
    from accounts.models import User

BATCH = 1000
# Who has a new customer: somebody, or a pool in which it lies.
Holding: TypeAlias = "User | Pool"


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

_COLUMNS = tuple(name for name in CustomerData.__dataclass_fields__ if name not in ELSEWHERE)
_columns_of = attrgetter(*_COLUMNS)
_wanted_of = attrgetter(*(attribute.removesuffix("_id") for attribute in facts.WANTED.values()))
_CUSTOMER = (
    "id", *_COLUMNS, "source_id", "group_id", "status_id", "status_at", "owner_id", "pool_id", "owned_since",
    "idle_since", "created_at", "created_by_id", "updated_at", "search_public", "search_text", "completeness",
)  # fmt: skip
# A point with what compares: kind, value, normal form, note.
Point: TypeAlias = tuple[str, str, str, str]


class _New:
    """One customer on its way in, with all that is made of its data once."""

    def __init__(self, pk: int, header: int, data: CustomerData, holder: Holding, is_told_apart: bool = False) -> None:
        self.pk, self.header, self.data = pk, header, data
        self.pool = holder.pk if isinstance(holder, Pool) else None
        self.owner = None if isinstance(holder, Pool) else holder.pk
        self.mark = f"#{pk}" if is_told_apart else ""
        self.points = _read_points(data.points, data.country)
        self.people = [
            (contact, contact is primary, _read_points(contact.points, data.country))
            for primary in [_primary_of(data.contacts)]
            for contact in data.contacts
        ]

    @property
    def all_points(self) -> list[tuple[str, str, str]]:
        """Of the customer and its contacts as (kind, value, normal form), in the order of the table."""
        places = zip_longest(self.points, *(points for _contact, _primary, points in self.people))
        return [point[:3] for place in places for point in place if point]

    def columns(self, status: int, by: User, now: datetime) -> tuple[Any, ...]:
        """The customer's row, facts included, as ``facts`` would make them of the rows."""
        data = self.data
        people = sorted(self.people, key=lambda one: (not one[1], not one[0].is_decision_maker))
        search = facts.documents(
            names=[data.name, data.name],
            people=[contact.name for contact, _primary, _points in people],
            points=self.all_points,
            texts=[data.website, data.external_id, data.code],
        )
        share = facts.share_filled(
            _wanted_of(data),
            (bool(self.people), bool(self.all_points), bool(data.categories)),
        )
        known = data.source, data.group, status, now, self.owner, self.pool, now, now, now, by.pk, now
        return self.pk, *_columns_of(data), *known, *search, share

    def key_rows(self) -> Iterator[KeyRow]:
        data = self.data
        holder = Holder(self.pk, data.kind, data.name, data.country, data.website, self.owner, mark=self.mark)
        return key_rows(holder, [Header(self.header, data.name, data.country, data.code)], self.all_points)


def create_customers(
    items: Sequence[tuple[CustomerData, Holding]],
    *,
    by: User,
    now: datetime,
    reason: str = OwnershipPeriod.Reason.IMPORTED,
    are_told_apart: bool = False,
    deliver: bool = True,
) -> list[int]:
    """Enter new customers, each with its owner or into a pool; codes are normalised already. Returns ids in order.

    ``are_told_apart``: somebody said that they are not those whose name they have; the caller records it.
    """
    if not items:
        return []
    statuses = dict(Status.objects.values_list("key", "pk"))
    ids, headers, periods = (take_ids(model, len(items)) for model in (Customer, CustomerName, OwnershipPeriod))
    new = [_New(pk, header, *item, are_told_apart) for pk, header, item in zip(ids, headers, items, strict=True)]
    load_rows(Customer, _CUSTOMER, (one.columns(statuses[one.data.status], by, now) for one in new))
    load_rows(
        OwnershipPeriod,
        ("id", "customer_id", "owner_id", "pool_id", "started_at", "reason", "by_id"),
        ((period, one.pk, one.owner, one.pool, now, reason, by.pk) for period, one in zip(periods, new, strict=True)),
    )
    load_rows(
        CustomerName,
        ("id", "customer_id", "name", "country", "code", "is_main", "created_at"),
        ((one.header, one.pk, one.data.name, one.data.country, one.data.code, True, now) for one in new),
    )
    load_rows(
        StatusChange,
        ("customer_id", "after_id", "by_id", "at"),
        ((one.pk, statuses[one.data.status], by.pk, now) for one in new),
    )
    _add_tags((one.pk, one.data.tags) for one in new)
    _add_categories((one.pk, one.data.categories) for one in new)
    _load_points((one.pk, None, 0, one.points) for one in new)
    _load_contacts(((one.pk, *person) for one in new for person in one.people), now)
    write_keys(row for one in new for row in one.key_rows())
    kind = "customer.imported" if reason == OwnershipPeriod.Reason.IMPORTED else "customer.created"
    ledger.append_many(
        [
            Event(
                kind=kind,
                customer_id=one.pk,
                at=now,
                by_id=by.pk,
                target_label=OwnershipPeriod._meta.label_lower,
                target_id=period,
                payload={"pool": one.pool} if one.pool else {"owner": one.owner},
            )
            for period, one in zip(periods, new, strict=True)
        ],
        deliver=deliver,
    )
    return ids


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
    _add_tags((filling.customer.pk, filling.tags) for filling in fillings)
    _add_categories((filling.customer.pk, filling.categories) for filling in fillings)
    ids = [customer.pk for customer in customers]
    place = _points_so_far(ids)
    _load_points(
        (one.customer.pk, None, place.get((one.customer.pk, None), 0), _read_points(one.points, _country(one)))
        for one in fillings
    )
    _fill_people(fillings, place)
    primary = Contact.objects.filter(customer__in=ids, is_primary=True, archived_at=None)
    has_primary = frozenset(primary.values_list("customer_id", flat=True))
    contacts = _load_contacts(
        (
            (one.customer.pk, contact, contact is first, _read_points(contact.points, _country(one)))
            for one in fillings
            for first in [None if one.customer.pk in has_primary else _primary_of(one.contacts)]
            for contact in one.contacts
        ),
        now,
    )
    refresh_many(customers)
    events = [Event(kind="customer.updated", customer=one.customer, at=now, by=by, payload={"fields": fields})
              for one in fillings if (fields := changed_fields(one))]  # fmt: skip
    events += [
        Event(
            kind="contact.added",
            customer_id=customer,
            at=now,
            by=by,
            target_label=Contact._meta.label_lower,
            target_id=contact,
        )
        for customer, contact in contacts
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
    _load_points(
        (one.customer.pk, pk, place.get((one.customer.pk, pk), 0), _read_points(points, _country(one)))
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


def _country(filling: Filling) -> str:
    return str(filling.customer.country)


def _primary_of(contacts: Sequence[ContactData]) -> ContactData | None:
    """Who is first to ask: the one marked so, else the first; None where there is nobody."""
    return next((contact for contact in contacts if contact.is_primary), contacts[0] if contacts else None)


def _read_points(points: Iterable[PointData], country: str) -> list[Point]:
    return [
        (one.kind, value, normal_form(one.kind, one.value, country), one.label)
        for one in points
        if (value := one.value.strip())
    ]


_PERSON = tuple(name for name in ContactData.__dataclass_fields__ if name not in ("points", "is_primary"))
_person_of = attrgetter(*_PERSON)


def _load_contacts(
    people: Iterable[tuple[int, ContactData, bool, Sequence[Point]]], now: datetime
) -> list[tuple[int, int]]:
    """Add contacts, given as (customer, data, whether first to ask, points); returns (customer, contact) for each."""
    people = list(people)
    ids = take_ids(Contact, len(people)) if people else []
    load_rows(
        Contact,
        ("id", "customer_id", "created_at", "is_primary", *_PERSON),
        (
            (pk, customer, now, is_primary, *_person_of(data))
            for pk, (customer, data, is_primary, _points) in zip(ids, people, strict=True)
        ),
    )
    _load_points((customer, pk, 0, points) for pk, (customer, _d, _p, points) in zip(ids, people, strict=True))
    return [(customer, pk) for pk, (customer, *_rest) in zip(ids, people, strict=True)]


def _load_points(rows: Iterable[tuple[int, int | None, int, Sequence[Point]]]) -> None:
    """Add points, given as (customer, contact, position of the first, points)."""
    load_rows(
        ContactPoint,
        ("customer_id", "contact_id", "position", "kind", "value", "normal", "label"),
        (
            (customer, contact, position, *point)
            for customer, contact, first, points in rows
            for position, point in enumerate(points, first)
        ),
    )


def _add_tags(rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    rows = [(customer, [name.strip()[:40].rstrip() for name in names if name.strip()]) for customer, names in rows]
    tags = {tag.name.casefold(): tag.pk for tag in tags_named(name for _customer, names in rows for name in names)}
    _link(Customer.tags.through, {(pk, tags[name.casefold()]) for pk, names in rows for name in names})


def _add_categories(rows: Iterable[tuple[int, Sequence[int]]]) -> None:
    _link(Customer.categories.through, {(pk, category) for pk, categories in rows for category in categories})


def _link(through: type[Model], pairs: Collection[tuple[int, int]]) -> None:
    """Link customers with what they have; links that stand already stay."""
    if not pairs:
        return
    customers, others = zip(*sorted(pairs), strict=True)
    columns = [field.attname for field in through._meta.concrete_fields if field.is_relation]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {through._meta.db_table} ({', '.join(columns)}) "  # noqa: S608  names of our own columns
            "SELECT * FROM unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING",
            [list(customers), list(others)],
        )
