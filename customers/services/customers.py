"""How is a customer changed, archived and brought back?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Field, Value
from django.db.models.functions import Lower

from accounts.services.notices import notify

from .. import facts, ledger, permissions
from ..identity_keys import Key, lock_keys, refresh_keys
from ..inputs import PointData
from ..models import Category, Customer, CustomerName, OwnershipPeriod, Tag
from ..models.customer import EDITED
from .contacts import set_points
from .errors import CustomerIsNotArchived, ExternalIdTaken, PersonIsGone, ReasonMissing
from .groups import drop_if_empty, lock_groups
from .headers import check_headers
from .locking import lock_customers, lock_living, require, waiting
from .ownership import close_period, open_period

if TYPE_CHECKING:
    from accounts.models import User

Reason = OwnershipPeriod.Reason
# Not columns of the customer's row, or given by id.
ELSEWHERE = ("code", "status", "categories", "tags", "points", "contacts", "source", "group")


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
    """Change what people edit; None leaves tags, categories or points as they are. Relations come as rows or ids.

    Raises NotAllowed, CustomerIsArchived, ExternalIdTaken, GroupMissing; SameCompany and WrongCode, for another
    country or kind can make two companies one. ValueError for a field that is not edited by people.
    """
    if strange := set(changes) - set(EDITED):
        raise ValueError(f"not edited by people: {', '.join(sorted(strange))}")
    customer = lock_living(customer)
    require(permissions.can_edit(by, customer))
    former_group = customer.group_id
    changed = _set_columns(customer, changes)
    columns = [*changed, "updated_at"]
    _check_changes(customer, changed, former_group, by)
    if tags is not None and _set(customer.tags, {tag.pk for tag in tags_named(tags)}):
        changed.append("tags")
    if categories is not None and _set(
        customer.categories, {one if isinstance(one, int) else one.pk for one in categories}
    ):
        changed.append("categories")
    if points is not None and set_points(customer, None, points):
        changed.append("contact_points")
    if not changed:
        return customer
    customer.updated_at = now
    customer.save(update_fields=columns)
    if "country" in changed:
        facts.refresh_numbers([customer.pk])
    if not {"kind", "country", "website", "contact_points"}.isdisjoint(changed):
        refresh_keys(customer)
    if "group" in changed and former_group is not None:
        drop_if_empty(former_group)
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
    customer.archive_reason = reason.strip()
    customer.save(update_fields=["archive_reason"])
    ledger.append(kind="customer.archived", customer=customer, by=by, at=now, payload={"owner": former})
    return customer


@transaction.atomic
def restore_customer(*, customer: Customer, owner: User, by: User, now: datetime) -> Customer:
    """Bring an archived customer back to an owner. Raises CustomerIsNotArchived, SameCompany, NotAllowed."""
    (customer,) = lock_customers([customer.pk])
    if not customer.is_archived:
        raise CustomerIsNotArchived
    in_scope = Customer.objects.archived_for(by).filter(pk=customer.pk).exists()
    require(in_scope and permissions.can_restore(by, customer))
    require(permissions.can_create_for(by, owner))
    if not owner.is_active:
        raise PersonIsGone(field="owner")
    check_headers(list(customer.headers.all()), kind=customer.kind, customer=customer)
    period = open_period(customer, owner=owner, reason=Reason.RESTORED, by=by, now=now)
    customer.archive_reason = ""
    customer.save(update_fields=["archive_reason"])
    refresh_keys(customer)
    ledger.append(
        kind="customer.restored", customer=customer, by=by, at=now, target=period, payload={"owner": owner.pk}
    )
    notify(to=[owner], kind="customer_given", by=by, target=customer, now=now, key=f"given:{period.pk}")
    return customer


def tags_named(names: Iterable[str]) -> list[Tag]:
    """Tags of these names, made where they are new; case does not tell them apart."""
    wanted = list(dict.fromkeys(name.strip()[:40].rstrip() for name in names if name.strip()))
    if not wanted:
        return []
    # The database folds case, for its index is the arbiter; sorted, so that two who make the same tags do not deadlock.
    same = Tag.objects.alias(_folded=Lower("name")).filter(_folded__in=[Lower(Value(name)) for name in wanted])
    found: list[Tag] = list(same)
    if len(found) < len(wanted):
        Tag.objects.bulk_create((Tag(name=name) for name in sorted(wanted, key=str.lower)), ignore_conflicts=True)
        found = list(same.all())
    return found


def _set_columns(customer: Customer, changes: dict[str, Any]) -> list[str]:
    """Set what differs, without saving it; returns its names, sorted."""
    changed = sorted(name for name, value in changes.items() if _plain(customer, name) != _comparable(value))
    for name in changed:
        setattr(customer, _attribute(name), getattr(changes[name], "pk", changes[name]))
    return changed


def _check_changes(customer: Customer, changed: Sequence[str], former_group: int | None, by: User) -> None:
    """Refuse what the new values make impossible; locks in the order of ``create_customer`` (entering.py)."""
    if "kind" in changed or "country" in changed:
        _check_identity_again(customer)
    if "external_id" in changed:
        check_external_id(customer.external_id)
    if "group" in changed:
        lock_groups(former_id=former_group, wanted_id=customer.group_id, by=by)


def _check_identity_again(customer: Customer) -> None:
    """The main header goes with the country; of a company more is blocked than of a person."""
    headers = list(customer.headers.all())
    for header in headers:
        if header.is_main:
            header.country = customer.country
    check_headers(headers, kind=customer.kind, customer=customer)
    CustomerName.objects.bulk_update(headers, ["country", "code"])


def _set(relation: Any, wanted: set[int]) -> bool:
    """Make the related rows these; True where they were others."""
    if wanted == set(relation.values_list("pk", flat=True)):
        return False
    relation.set(wanted)
    return True


def check_external_id(external_id: str) -> None:
    if external_id:
        with waiting():
            lock_keys([Key("external_id", external_id, "")])
    if external_id and Customer.objects.filter(external_id=external_id).exists():
        raise ExternalIdTaken(field="external_id")


def _plain(customer: Customer, name: str) -> Any:
    return _comparable(getattr(customer, _attribute(name)))


def _attribute(name: str) -> str:
    """``source`` → ``source_id``; other columns keep their name."""
    field = Customer._meta.get_field(name)
    assert isinstance(field, Field)
    return field.attname


def _comparable(value: Any) -> Any:
    """Related rows by their id, countries by their code, None and '' alike."""
    value = getattr(value, "pk", value)
    value = getattr(value, "code", value)
    return "" if value is None else value
