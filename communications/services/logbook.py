"""How is what was said written down, corrected and taken back?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services.notices import notify
from customers import ledger
from customers.facts import note_contact_made
from customers.models import Customer, Status
from customers.services.locking import lock_living, require
from customers.services.status import change_status_by_rule
from followups.services import close_touch_steps, create_tasks, reopen_closed_by

from .. import permissions
from ..facts import refresh_contacts_made, searched
from ..models import Communication, CommunicationComment
from . import errors

if TYPE_CHECKING:
    from accounts.models import User

    from ..inputs import CommunicationData

# Clocks differ: so far ahead counts as now.
AHEAD = timedelta(minutes=5)
OLDEST = timedelta(days=60 * 366)
FIELDS = ("channel", "direction", "happened_at", "subject", "body", "feedback", "agreement")
FIRST_OUTBOUND, HEARD_OF = "first_outbound", "heard_of_again"


@transaction.atomic
def log_communication(*, customer: Customer, data: CommunicationData, by: User, now: datetime) -> Communication:
    """Write down an exchange. Facts, status, the steps it closes and its to-dos follow in the same transaction.

    Raises InTheFuture, LongAgo, StrangeContact, ImportedAlready, NotAllowed, CustomerIsArchived.
    """
    customer = lock_living(customer)
    require(permissions.can_log(by, customer))
    _check(customer, data, now)
    said = Communication(
        customer=customer,
        author=by,
        logged_at=now,
        is_automatic=data.is_automatic,
        source=data.source,
        external_key=data.external_key,
    )
    _fill(said, data, now)
    if said.external_key and Communication.objects.filter(customer=customer, external_key=said.external_key).exists():
        raise errors.ImportedAlready
    said.search_text = searched(said, customer.name, [one.name for one in data.contacts], data.file_names)
    said.save()
    _meet(said, data)
    is_first = customer.last_outbound_at is None
    if not said.is_automatic:
        note_contact_made(
            customer,
            happened_at=said.happened_at,
            reaches_them=said.reaches_them,
            reaches_us=said.reaches_us,
        )
    _append(said, "communication.logged", by, is_first=is_first and said.reaches_them, is_automatic=said.is_automatic)
    if not said.is_automatic:
        _move_status(customer, said, by, now)
        _close_steps(said, by, now)
    create_tasks(customer=customer, tasks=data.tasks, by=by, now=now)
    return said


@transaction.atomic
def correct_communication(*, said: Communication, data: CommunicationData, by: User, now: datetime) -> Communication:
    """Correct what was written down; row history keeps the original. Steps are judged anew.

    Raises InTheFuture, LongAgo, StrangeContact, IsDeleted, NotAllowed, CustomerIsArchived.
    """
    said = _locked(said)
    require(permissions.can_correct(by, said))
    if said.deleted_at is not None:
        raise errors.IsDeleted
    _check(said.customer, data, now)
    before = said.happened_at
    _fill(said, data, now)
    said.edited_at = now
    said.search_text = searched(said, said.customer.name, [one.name for one in data.contacts], data.file_names)
    said.save()
    said.contacts.set(data.contacts)
    if said.happened_at != before:  # its line moves on the timeline; the old one is not drawn any more
        _append(said, "communication.logged", by, corrects=True, is_automatic=said.is_automatic)
    ledger.append(kind="communication.corrected", customer=said.customer, by=by, at=now, target=said)
    _judge_again(said, by, now)
    return said


@transaction.atomic
def delete_communication(*, said: Communication, by: User, now: datetime) -> Communication:
    """Take a communication back; the row and its history stay for managers. What it had closed opens again.

    Raises NotAllowed, CustomerIsArchived.
    """
    said = _locked(said)
    require(permissions.can_delete(by, said))
    if said.deleted_at is None:
        said.deleted_at, said.deleted_by = now, by
        said.save(update_fields=["deleted_at", "deleted_by"])
        ledger.append(kind="communication.deleted", customer=said.customer, by=by, at=now, target=said)
        _judge_again(said, by, now)
    return said


@transaction.atomic
def restore_communication(*, said: Communication, by: User, now: datetime) -> Communication:
    """Undo a deletion. Raises NotAllowed, CustomerIsArchived."""
    said = _locked(said)
    require(permissions.can_delete(by, said))
    if said.deleted_at is not None:
        said.deleted_at = said.deleted_by = None
        said.save(update_fields=["deleted_at", "deleted_by"])
        ledger.append(kind="communication.restored", customer=said.customer, by=by, at=now, target=said)
        _judge_again(said, by, now)
    return said


@transaction.atomic
def comment_communication(*, said: Communication, body: str, by: User, now: datetime) -> CommunicationComment:
    """Say something about a follow-up (点评); its author is told. Raises CommentIsEmpty, NotAllowed."""
    require(permissions.can_comment(by, said))
    if not body.strip():
        raise errors.CommentIsEmpty(field="body")
    comment = CommunicationComment.objects.create(communication=said, author=by, body=body.strip(), at=now)
    key = f"communication_comment:{comment.pk}"
    notify(to=[said.author], kind="communication_comment", by=by, target=comment, now=now, key=key)
    return comment


# --- parts ------------------------------------------------------------------------------------------


def _locked(said: Communication) -> Communication:
    customer = lock_living(said.customer)
    said = Communication.objects.select_for_update(no_key=True).get(pk=said.pk)
    said.customer = customer
    return said


def _check(customer: Customer, data: CommunicationData, now: datetime) -> None:
    if data.happened_at > now + AHEAD:
        raise errors.InTheFuture(field="happened_at")
    if data.happened_at < now - OLDEST:
        raise errors.LongAgo(field="happened_at")
    if any(contact.customer_id != customer.pk for contact in data.contacts):
        raise errors.StrangeContact(field="contacts")


def _fill(said: Communication, data: CommunicationData, now: datetime) -> None:
    for name in FIELDS:
        value = getattr(data, name)
        setattr(said, name, value.strip() if isinstance(value, str) else value)
    said.happened_at = min(said.happened_at, now)


def _meet(said: Communication, data: CommunicationData) -> None:
    links = Communication.contacts.through
    links._default_manager.bulk_create(
        [links(communication_id=said.pk, contact_id=contact.pk) for contact in data.contacts]
    )


def _append(said: Communication, kind: str, by: User, **payload: bool) -> None:
    """A line of the ledger at the moment it happened; the row remembers the newest."""
    facts = {"channel": said.channel, "direction": said.direction} | {key: 1 for key, is_so in payload.items() if is_so}
    event = ledger.append(kind=kind, customer=said.customer, by=by, at=said.happened_at, target=said, payload=facts)
    said.event_id = event.pk
    Communication.objects.filter(pk=said.pk).update(event_id=event.pk)


def _move_status(customer: Customer, said: Communication, by: User, now: datetime) -> None:
    """The first outbound makes a potential customer a contacted one; any contact brings a dormant or lost one back.

    What happened before the present status began says nothing against it.
    """
    key = customer.status.key
    if key == Status.POTENTIAL and said.reaches_them:
        change_status_by_rule(customer=customer, key=Status.CONTACTED, rule=FIRST_OUTBOUND, by=by, now=now)
    elif key in (Status.DORMANT, Status.LOST) and said.happened_at >= customer.status_at:
        change_status_by_rule(customer=customer, key=Status.CONTACTED, rule=HEARD_OF, by=by, now=now)


def _close_steps(said: Communication, by: User, now: datetime) -> None:
    close_touch_steps(
        customer=said.customer,
        said=(Communication._meta.label_lower, said.pk),
        reaches_them=said.reaches_them,
        reaches_us=said.reaches_us,
        happened_at=said.happened_at,
        by=by,
        now=now,
    )


def _judge_again(said: Communication, by: User, now: datetime) -> None:
    """After a correction, deletion or its undo: facts from all that stands, and which steps are closed by what."""
    refresh_contacts_made([said.customer_id])
    opened = reopen_closed_by(said=(Communication._meta.label_lower, said.pk), by=by, now=now)
    standing = Communication.objects.filter(customer=said.customer_id, deleted_at=None, is_automatic=False)
    others: Sequence[Communication] = []
    if opened:
        others = list(standing.exclude(pk=said.pk).filter(happened_at__gte=min(task.created_at for task in opened)))
    mine = [said] if said.deleted_at is None and not said.is_automatic else []
    for one in sorted([*others, *mine], key=lambda row: (row.happened_at, row.pk)):
        one.customer = said.customer
        _close_steps(one, by, now)
