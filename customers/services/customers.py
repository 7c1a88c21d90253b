"""How is a customer entered, changed, archived and brought back?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from .. import facts, ledger, permissions
from ..identity_keys import refresh_keys
from ..inputs import CustomerData, PointData
from ..models import Category, Customer, CustomerName, OwnershipPeriod, Status, StatusChange, Tag
from ..models.customer import EDITED
from .contacts import save_contact, set_points
from .errors import CustomerIsNotArchived, ExternalIdTaken, PersonIsGone, ReasonMissing
from .headers import check_identity
from .locking import lock_customers, lock_living, require
from .ownership import close_period, open_period

if TYPE_CHECKING:
    from accounts.models import User

Reason = OwnershipPeriod.Reason
# Not columns of the customer's row.
ELSEWHERE = ("code", "status", "categories", "tags", "points", "contacts", "source", "group")


@transaction.atomic
def create_customer(
    *,
    data: CustomerData,
    by: User,
    now: datetime,
    owner: User | None = None,
    reason: str = Reason.CREATED,
    deliver: bool = True,
) -> Customer:
    """Enter a customer with its main header, contacts and points; ``owner`` is by default who enters it.

    Raises SameCompany, WrongCode, ExternalIdTaken, NotAllowed.
    """
    owner = owner or by
    require(permissions.can_create(by))
    if owner.pk != by.pk and not (by.is_admin or owner.team_id in by.managed_team_ids):
        require(False)
    if not owner.is_active:
        raise PersonIsGone(field="owner")
    code = check_identity(kind=data.kind, name=data.name, country=data.country, code=data.code)
    _check_external_id(data.external_id)
    status = Status.objects.get(key=data.status)
    columns = {name: value for name, value in asdict(data).items() if name not in ELSEWHERE}
    customer = Customer(
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
    customer.save(force_insert=True)
    period = open_period(customer, owner=owner, reason=reason, by=by, now=now)
    CustomerName.objects.create(
        customer=customer, name=data.name, country=data.country, code=code, is_main=True, created_at=now
    )
    StatusChange.objects.create(customer=customer, after=status, by=by, at=now)
    customer.categories.set(data.categories)
    customer.tags.set(tags_named(data.tags))
    set_points(customer, None, data.points)
    for contact in data.contacts:
        save_contact(customer=customer, data=contact, by=by, now=now, in_creation=True)
    refresh_keys(customer)
    ledger.append(
        kind="customer.imported" if reason == Reason.IMPORTED else "customer.created",
        customer=customer,
        by=by,
        at=now,
        target=period,
        payload={"owner": owner.pk},
        deliver=deliver,
    )
    facts.refresh_text_facts([customer.pk])
    customer.refresh_from_db()
    return customer


@transaction.atomic
def update_customer(
    *,
    customer: Customer,
    changes: dict[str, Any],
    by: User,
    now: datetime,
    tags: Sequence[str] | None = None,
    categories: Sequence[Category | int] | None = None,
    points: Sequence[PointData] | None = None,
) -> Customer:
    """Change what people edit; None leaves tags, categories or points as they are.

    Raises NotAllowed, CustomerIsArchived, ExternalIdTaken, SameCompany (another country can make two one).
    ValueError for a field that is not edited by people.
    """
    if strange := set(changes) - set(EDITED):
        raise ValueError(f"not edited by people: {', '.join(sorted(strange))}")
    customer = lock_living(customer)
    require(permissions.can_edit(by, customer))
    changed = sorted(name for name, value in changes.items() if _plain(customer, name) != _comparable(value))
    if "external_id" in changed:
        _check_external_id(changes["external_id"])
    before_tags = set(customer.tags.values_list("name", flat=True)) if tags is not None else set()
    if tags is not None and before_tags != set(tags):
        customer.tags.set(tags_named(tags))
        changed.append("tags")
    if categories is not None:
        wanted = {category.pk if isinstance(category, Category) else category for category in categories}
        if wanted != set(customer.categories.values_list("pk", flat=True)):
            customer.categories.set(wanted)
            changed.append("categories")
    if points is not None and set_points(customer, None, points):
        changed.append("contact_points")
    if not changed:
        return customer
    for name, value in changes.items():
        setattr(customer, name, value)
    customer.updated_at = now
    customer.save(update_fields=[*changes, "updated_at"])
    if {"kind", "country"} & set(changed):
        main = customer.headers.get(is_main=True)
        if "country" in changed:
            main.country = changes["country"]
            main.save(update_fields=["country"])
        check_identity(kind=customer.kind, name=main.name, country=str(main.country), code=main.code, customer=customer)
        refresh_keys(customer)
    ledger.append(kind="customer.updated", customer=customer, by=by, at=now, payload={"fields": changed})
    facts.refresh_text_facts([customer.pk])
    customer.refresh_from_db()
    return customer


@transaction.atomic
def archive_customer(*, customer: Customer, reason: str, by: User, now: datetime) -> Customer:
    """Take a customer out of every list; nobody holds it, its keys are free. Raises NotAllowed, ReasonMissing."""
    customer = lock_living(customer)
    require(permissions.can_archive(by, customer))
    if not reason.strip():
        raise ReasonMissing(field="reason")
    former = customer.owner_id
    close_period(customer, now=now)
    refresh_keys(customer)
    customer.archive_reason = reason
    customer.save(update_fields=["archive_reason"])
    ledger.append(kind="customer.archived", customer=customer, by=by, at=now, payload={"owner": former})
    return customer


@transaction.atomic
def restore_customer(*, customer: Customer, owner: User, by: User, now: datetime) -> Customer:
    """Bring an archived customer back to an owner. Raises CustomerIsNotArchived, SameCompany, NotAllowed."""
    (customer,) = lock_customers([customer.pk])
    if not customer.is_archived:
        raise CustomerIsNotArchived()
    in_scope = Customer.objects.archived_for(by).filter(pk=customer.pk).exists()
    require(in_scope and permissions.can_restore(by, customer))
    require(by.is_admin or owner.team_id in by.managed_team_ids)
    if not owner.is_active:
        raise PersonIsGone(field="owner")
    for header in customer.headers.all():
        check_identity(
            kind=customer.kind, name=header.name, country=str(header.country), code=header.code, customer=customer
        )
    period = open_period(customer, owner=owner, reason=Reason.RESTORED, by=by, now=now)
    refresh_keys(customer)
    ledger.append(
        kind="customer.restored", customer=customer, by=by, at=now, target=period, payload={"owner": owner.pk}
    )
    return customer


def tags_named(names: Iterable[str]) -> list[Tag]:
    """Tags of these names, made where they are new; case does not tell them apart."""
    wanted = {name.strip()[:40].casefold(): name.strip()[:40] for name in names if name.strip()}
    found = []
    for name in sorted(wanted.values()):  # in order, so that two who make the same tags do not deadlock
        tag, _made = Tag.objects.get_or_create(name__iexact=name, defaults={"name": name})
        found.append(tag)
    return found


def _check_external_id(external_id: str) -> None:
    if external_id and Customer.objects.filter(external_id=external_id).exists():
        raise ExternalIdTaken(field="external_id")


def _plain(customer: Customer, name: str) -> Any:
    field = Customer._meta.get_field(name)
    return _comparable(getattr(customer, field.attname))


def _comparable(value: Any) -> Any:
    """Related rows by their id, countries by their code, None and '' alike."""
    value = getattr(value, "pk", value)
    value = getattr(value, "code", value)
    return "" if value is None else value
