"""How do colleagues write to each other on a customer's page?"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User as UserModel
from accounts.services.notices import notify
from core.exceptions import DomainError

from .. import ledger, permissions
from ..models import Customer, Note
from .locking import lock_living, require

if TYPE_CHECKING:
    from accounts.models import User

# “@alice” after a beginning, a blank or a bracket; not within an e-mail address.
MENTION = re.compile(r"(?<![\w.@/-])@([\w.+-]{1,150})")


class NoteIsEmpty(DomainError):
    message = _("Write something first.")


@transaction.atomic
def add_note(*, customer: Customer, body: str, by: User, now: datetime) -> Note:
    """Write a note; people named with @ are told, where they may see the customer. Raises NoteIsEmpty, NotAllowed."""
    customer = lock_living(customer)
    require(permissions.can_write_note(by, customer))
    if not body.strip():
        raise NoteIsEmpty(field="body")
    note = Note.objects.create(customer=customer, author=by, body=body.strip(), created_at=now)
    _mention(note, by, now)
    ledger.append(kind="note.added", customer=customer, by=by, at=now, target=note)
    return note


@transaction.atomic
def edit_note(*, note: Note, body: str, by: User, now: datetime) -> Note:
    """Correct an own note; row history keeps the original. Raises NoteIsEmpty, NotAllowed."""
    customer = lock_living(note.customer)
    note = Note.objects.select_for_update().get(pk=note.pk)
    require(permissions.can_change_note(by, note) and note.deleted_at is None)
    require(permissions.can_write_note(by, customer))
    if not body.strip():
        raise NoteIsEmpty(field="body")
    if note.body != body.strip():
        note.body, note.edited_at = body.strip(), now
        note.save(update_fields=["body", "edited_at"])
        _mention(note, by, now)
    return note


@transaction.atomic
def delete_note(*, note: Note, by: User, now: datetime) -> None:
    """Take a note away; its words stay in the row's history. Raises NotAllowed."""
    customer = lock_living(note.customer)
    note = Note.objects.select_for_update().get(pk=note.pk)
    note.customer = customer
    require(permissions.can_delete_note(by, note))
    if note.deleted_at is None:
        note.deleted_at = now
        note.save(update_fields=["deleted_at"])
        ledger.append(kind="note.deleted", customer=customer, by=by, at=now, target=note)


def mentioned(body: str, by: User) -> list[UserModel]:
    """Active people whose user names stand in the text after an @."""
    names = {name.rstrip(".-").lower() for name in MENTION.findall(body)}
    if not names:
        return []
    people = UserModel.objects.visible_to(by).filter(is_active=True).annotate(folded=Lower("username"))
    return list(people.filter(folded__in=names))


def _mention(note: Note, by: User, now: datetime) -> None:
    people = mentioned(note.body, by)
    note.mentions.set(people)
    visible = [person for person in people if Customer.objects.visible_to(person).filter(pk=note.customer_id).exists()]
    notify(to=visible, kind="mention", by=by, target=note, now=now, key=f"mention:{note.pk}")
