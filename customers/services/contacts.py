"""How are the people at a customer, and their numbers and addresses, kept?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from .. import facts, ledger, permissions
from ..facts import normal_form
from ..identity_keys import refresh_keys
from ..inputs import ContactData, PointData
from ..models import Contact, ContactPoint, Customer
from .locking import lock_living, require

if TYPE_CHECKING:
    from accounts.models import User

POINT_COLUMNS = ("kind", "value", "normal", "label", "position")


@transaction.atomic
def save_contact(
    *, customer: Customer, data: ContactData, by: User, now: datetime, contact: Contact | None = None
) -> Contact:
    """Add a contact, or change one of this customer. Raises NotAllowed, CustomerIsArchived.

    Exactly one living contact is the primary one: the first, until another is made it.
    """
    customer = lock_living(customer)
    require(permissions.can_edit(by, customer))
    columns = _columns(data)
    added = contact is None
    if contact is None:
        contact = Contact(customer=customer, created_at=now)
        before: dict[str, Any] = {}
    else:
        contact = _locked(contact, customer)
        before = {name: getattr(contact, name) for name in columns}
    others = Contact.objects.filter(customer=customer, archived_at=None).exclude(pk=contact.pk)
    # Nobody is left without one: the primary contact stays so until another is made it.
    columns["is_primary"] = contact.archived_at is None and (
        data.is_primary or not others.filter(is_primary=True).exists()
    )
    changed = sorted(name for name, value in columns.items() if added or before[name] != value)
    if columns["is_primary"]:
        others.filter(is_primary=True).update(is_primary=False)
    for name in changed:
        setattr(contact, name, columns[name])
    if changed:
        contact.save()
    if set_points(customer, contact, data.points):
        changed.append("points")
        refresh_keys(customer)
    if changed:
        payload = {} if added else {"fields": changed}
        kind = "contact.added" if added else "contact.changed"
        ledger.append(kind=kind, customer=customer, by=by, at=now, target=contact, payload=payload)
        facts.refresh_text_facts([customer.pk])
    return contact


@transaction.atomic
def archive_contact(*, contact: Contact, by: User, now: datetime) -> Contact:
    """Take a person out of the lists who left the company; what was said stays. Raises NotAllowed, CustomerIsArchived.

    Of a primary contact the next one takes the place: a decision maker before others.
    """
    customer = lock_living(contact.customer)
    require(permissions.can_edit(by, customer))
    contact = _locked(contact, customer)
    if contact.archived_at is None:
        was_primary = contact.is_primary
        contact.archived_at, contact.is_primary = now, False
        contact.save(update_fields=["archived_at", "is_primary"])
        if was_primary and (following := Contact.objects.filter(customer=customer, archived_at=None).first()):
            following.is_primary = True
            following.save(update_fields=["is_primary"])
        refresh_keys(customer)
        ledger.append(kind="contact.archived", customer=customer, by=by, at=now, target=contact)
        facts.refresh_text_facts([customer.pk])
    return contact


@transaction.atomic
def restore_contact(*, contact: Contact, by: User, now: datetime) -> Contact:
    """Bring an archived contact back, as the primary one where there is none. Raises NotAllowed, CustomerIsArchived."""
    customer = lock_living(contact.customer)
    require(permissions.can_edit(by, customer))
    contact = _locked(contact, customer)
    if contact.archived_at is not None:
        contact.archived_at = None
        contact.is_primary = not Contact.objects.filter(customer=customer, archived_at=None).exists()
        contact.save(update_fields=["archived_at", "is_primary"])
        refresh_keys(customer)
        ledger.append(kind="contact.restored", customer=customer, by=by, at=now, target=contact)
        facts.refresh_text_facts([customer.pk])
    return contact


def set_points(customer: Customer, contact: Contact | None, points: Sequence[PointData]) -> bool:
    """Make these the numbers and addresses of the contact, or of the customer itself; True where that changed any.

    A row keeps its id while its value stands, wherever it moves, and where its value is replaced by another
    of the same kind, so that history shows a change and not a removal. At most four statements.
    """
    old = list(ContactPoint.objects.filter(customer=customer, contact=contact).order_by("position", "pk"))
    wanted = _new_points(customer, contact, points)
    kept: dict[int, ContactPoint] = {}
    for same in (
        lambda row, new: (row.kind, row.value) == (new.kind, new.value),
        lambda row, new: row.kind == new.kind,
    ):
        for new in wanted:
            if new.position not in kept and (row := next((row for row in old if same(row, new)), None)):
                kept[new.position] = row
                old.remove(row)
    changed = []
    for new in wanted:
        if (row := kept.get(new.position)) and any(getattr(row, name) != getattr(new, name) for name in POINT_COLUMNS):
            for name in POINT_COLUMNS:
                setattr(row, name, getattr(new, name))
            changed.append(row)
    added = [new for new in wanted if new.position not in kept]
    if old:
        ContactPoint.objects.filter(pk__in=[row.pk for row in old]).delete()
    if changed:
        ContactPoint.objects.bulk_update(changed, POINT_COLUMNS)
    if added:
        ContactPoint.objects.bulk_create(added)
    return bool(old or changed or added)


def _new_points(customer: Customer, contact: Contact | None, points: Sequence[PointData]) -> list[ContactPoint]:
    """Unsaved rows of the points that have a value, numbered from 0."""
    return [
        ContactPoint(
            customer=customer,
            contact=contact,
            kind=point.kind,
            value=point.value.strip(),
            normal=normal_form(point.kind, point.value, str(customer.country)),
            label=point.label,
            position=position,
        )
        for position, point in enumerate(point for point in points if point.value.strip())
    ]


def _columns(data: ContactData) -> dict[str, Any]:
    return {field.name: getattr(data, field.name) for field in fields(data) if field.name != "points"}


def _locked(contact: Contact, customer: Customer) -> Contact:
    """The row as it is now. NotAllowed for one of another customer."""
    row = Contact.objects.select_for_update(no_key=True).filter(pk=contact.pk, customer=customer).first()
    require(row is not None)
    assert row
    return row
