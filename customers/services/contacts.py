"""How are the people at a customer, and their numbers and addresses, kept?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from core import phones

from .. import facts, ledger, permissions
from ..inputs import ContactData, PointData
from ..models import Contact, ContactPoint, Customer
from .locking import lock_living, require

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def save_contact(
    *,
    customer: Customer,
    data: ContactData,
    by: User,
    now: datetime,
    contact: Contact | None = None,
    in_creation: bool = False,
) -> Contact:
    """Add a contact, or change one of this customer. Raises NotAllowed, CustomerIsArchived.

    The first living contact is the primary one; making another one primary takes it from the first.
    ``in_creation`` is for whoever is creating the locked customer and writes the ledger itself.
    """
    if not in_creation:
        customer = lock_living(customer)
        require(permissions.can_edit(by, customer))
        require(contact is None or contact.customer_id == customer.pk)
    columns = {name: value for name, value in asdict(data).items() if name != "points"}
    living = Contact.objects.filter(customer=customer, archived_at=None)
    others = living.exclude(pk=contact.pk) if contact else living
    if not others.exists():
        columns["is_primary"] = True
    if columns["is_primary"]:
        others.filter(is_primary=True).update(is_primary=False)
    added = contact is None
    if contact is None:
        contact = Contact(customer=customer, created_at=now)
    for name, value in columns.items():
        setattr(contact, name, value)
    contact.save()
    set_points(customer, contact, data.points)
    if not in_creation:
        kind = "contact.added" if added else "contact.changed"
        ledger.append(kind=kind, customer=customer, by=by, at=now, target=contact)
        facts.refresh_text_facts([customer.pk])
    return contact


@transaction.atomic
def archive_contact(*, contact: Contact, by: User, now: datetime) -> Contact:
    """Take a person out of the lists who left the company; what was said stays. Raises NotAllowed."""
    customer = lock_living(contact.customer)
    require(permissions.can_edit(by, customer))
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if contact.archived_at is None:
        contact.archived_at, contact.is_primary = now, False
        contact.save(update_fields=["archived_at", "is_primary"])
        ledger.append(kind="contact.archived", customer=customer, by=by, at=now, target=contact)
        facts.refresh_text_facts([customer.pk])
    return contact


@transaction.atomic
def restore_contact(*, contact: Contact, by: User, now: datetime) -> Contact:
    """Bring an archived contact back. Raises NotAllowed."""
    customer = lock_living(contact.customer)
    require(permissions.can_edit(by, customer))
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if contact.archived_at is not None:
        contact.archived_at = None
        contact.save(update_fields=["archived_at"])
        ledger.append(kind="contact.restored", customer=customer, by=by, at=now, target=contact)
        facts.refresh_text_facts([customer.pk])
    return contact


def set_points(customer: Customer, contact: Contact | None, points: Sequence[PointData]) -> bool:
    """Make these the numbers and addresses of the contact, or of the customer itself; True where that changed any.

    Rows that stay keep their id, so that history shows a change and not a removal.
    """
    old = list(ContactPoint.objects.filter(customer=customer, contact=contact).order_by("position", "pk"))
    wanted = [point for point in points if point.value.strip()]
    changed = False
    for position, point in enumerate(wanted):
        row = old[position] if position < len(old) else ContactPoint(customer=customer, contact=contact)
        state = (point.kind, point.value.strip(), point.label, position)
        if row.pk is None or (row.kind, row.value, row.label, row.position) != state:
            row.kind, row.value, row.label, row.position = state
            row.normal = normal_form(row.kind, row.value, str(customer.country))
            row.save()
            changed = True
    for row in old[len(wanted) :]:
        row.delete()
        changed = True
    return changed


def normal_form(kind: str, value: str, country: str) -> str:
    """What compares and dials: E.164 of a phone, a lower-case address or handle; '' where none can be made."""
    if kind in ContactPoint.PHONES:
        return phones.parse(value, country).e164 or ""
    return value.strip().lower()[:300]
