"""How do colleagues write to each other on a customer's page?"""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User as UserModel
from accounts.services.notices import notify
from core.exceptions import DomainError

from .. import ledger, permissions
from ..mentions import candidates
from ..models import Customer, Note
from .locking import lock_living, require

if TYPE_CHECKING:
    from accounts.models import User


class NoteIsEmpty(DomainError):
    message = _("Write something first.")


class NoteIsGone(DomainError):
    message = _("This note was deleted meanwhile.")


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
    """Correct an own note; row history keeps the original. Raises NoteIsEmpty, NoteIsGone, NotAllowed."""
    customer, note = _locked(note)
    require(permissions.can_change_note(by, note) and permissions.can_write_note(by, customer))
    if note.deleted_at is not None:
        raise NoteIsGone
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
    customer, note = _locked(note)
    require(permissions.can_delete_note(by, note) and permissions.can_write_note(by, customer))
    if note.deleted_at is None:
        note.deleted_at = now
        note.save(update_fields=["deleted_at"])
        ledger.append(kind="note.deleted", customer=customer, by=by, at=now, target=note)


def mentioned(body: str, by: User) -> list[UserModel]:
    """Active people whose user names stand in the text after an @; of two names that fit the longer one is meant."""
    spellings = [[name.lower() for name in names] for names in candidates(body)]
    if not spellings:
        return []
    known = UserModel.objects.visible_to(by).active().annotate(folded=Lower("username"))
    people = {person.folded: person for person in known.filter(folded__in=set(chain.from_iterable(spellings)))}
    meant = (next((people[name] for name in names if name in people), None) for names in spellings)
    return list(dict.fromkeys(person for person in meant if person))


def _locked(note: Note) -> tuple[Customer, Note]:
    """Customer and note as they are now. Raises CustomerIsArchived."""
    customer = lock_living(note.customer)
    note = Note.objects.select_for_update(no_key=True).get(pk=note.pk)
    note.customer = customer
    return customer, note


def _mention(note: Note, by: User, now: datetime) -> None:
    visible = [
        person
        for person in mentioned(note.body, by)
        if Customer.objects.visible_to(person).filter(pk=note.customer_id).exists()
    ]
    note.mentions.set(visible)
    notify(to=visible, kind="mention", by=by, target=note, now=now, key=f"mention:{note.pk}")
