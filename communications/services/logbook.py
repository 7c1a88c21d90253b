"""How is what was said written down, corrected and taken back?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.services.notices import notify
from customers import ledger
from customers.facts import note_contact_made
from customers.models import Customer, Status
from customers.services.locking import require
from customers.services.status import change_status_by_rule
from followups.services import close_touch_steps, create_tasks, reopen_closed_by
from opportunities.part_facts import note_lead_touched, note_opportunity_touched
from opportunities.services.places import Place, StrangeOpportunity, new_place, place_of

from .. import permissions
from ..facts import people_named, refresh_contacts_made, refresh_deals, searched
from ..models import Communication, CommunicationComment
from ..querysets import CommunicationQuerySet
from . import errors

if TYPE_CHECKING:
    from accounts.models import User
    from opportunities.models import Lead

    from ..inputs import CommunicationData

# Clocks differ: so far ahead counts as now.
AHEAD = timedelta(minutes=5)
OLDEST = timedelta(days=60 * 366)
FIELDS = ("channel", "direction", "happened_at", "subject", "body", "feedback", "agreement")
FIRST_OUTBOUND, HEARD_OF = "first_outbound", "heard_of_again"


@transaction.atomic
def log_communication(
    *, customer: Customer | None = None, lead: Lead | None = None, data: CommunicationData, by: User, now: datetime
) -> Communication:
    """Write down an exchange with a customer or a lead. Facts, status, the steps it closes and its to-dos follow in the
    same transaction.

    Raises InTheFuture, LongAgo, StrangeContact, ImportedAlready, NotAllowed, and as
    ``opportunities.services.places.new_place``.
    """
    place = new_place(customer, lead, data.opportunity)
    require(_may_log(by, place))
    _check(place, data, now)
    said = Communication(
        customer=place.customer,
        lead=place.lead,
        opportunity=place.opportunity,
        author=by,
        logged_at=now,
        is_automatic=data.is_automatic,
        source=data.source,
        external_key=data.external_key,
    )
    _fill(said, data, now)
    if said.external_key and _at(place).filter(external_key=said.external_key).exists():
        raise errors.ImportedAlready
    said.search_text = searched(said, people_named(said, data.contacts), data.file_names)
    said.save()
    _meet(said, data)
    is_first = place.customer is not None and place.customer.last_outbound_at is None and said.reaches_them
    if not said.is_automatic:
        _note_contact(place, said, by, now)
    _append(said, "communication.logged", by, is_first=is_first, is_automatic=said.is_automatic)
    if not said.is_automatic:
        if place.customer is not None:
            move_status(place.customer, said, by, now)
        _close_steps(said, by, now)
    create_tasks(place=place, tasks=data.tasks, by=by, now=now)
    return said


@transaction.atomic
def correct_communication(*, said: Communication, data: CommunicationData, by: User, now: datetime) -> Communication:
    """Correct what was written down; row history keeps the original. Steps are judged anew.

    Raises InTheFuture, LongAgo, StrangeContact, StrangeOpportunity, IsDeleted, NotAllowed, CustomerIsArchived.
    """
    place, said = _locked(said)
    require(permissions.can_correct(by, said))
    if said.deleted_at is not None:
        raise errors.IsDeleted
    _check(place, data, now)
    if data.opportunity is not None and data.opportunity.customer_id != said.customer_id:
        raise StrangeOpportunity(field="opportunity")
    before, about = said.happened_at, said.opportunity_id
    _fill(said, data, now)
    said.opportunity, said.edited_at = data.opportunity, now
    said.search_text = searched(said, people_named(said, data.contacts), data.file_names)
    said.save()
    said.contacts.set(data.contacts)
    if said.happened_at != before:  # its line moves on the timeline; the old one is not drawn any more
        _append(said, "communication.logged", by, corrects=True, is_automatic=said.is_automatic)
    _tell(said, "communication.corrected", by, now)
    _judge_again(said, by, now)
    refresh_deals([], [about] if about else [])
    return said


@transaction.atomic
def delete_communication(*, said: Communication, by: User, now: datetime) -> Communication:
    """Take a communication back; the row and its history stay for managers. What it had closed opens again.

    Raises NotAllowed, CustomerIsArchived.
    """
    _place, said = _locked(said)
    require(permissions.can_delete(by, said))
    if said.deleted_at is None:
        said.deleted_at, said.deleted_by = now, by
        said.save(update_fields=["deleted_at", "deleted_by"])
        _tell(said, "communication.deleted", by, now)
        _judge_again(said, by, now)
    return said


@transaction.atomic
def restore_communication(*, said: Communication, by: User, now: datetime) -> Communication:
    """Undo a deletion. Raises NotAllowed, CustomerIsArchived."""
    _place, said = _locked(said)
    require(permissions.can_delete(by, said))
    if said.deleted_at is not None:
        said.deleted_at = said.deleted_by = None
        said.save(update_fields=["deleted_at", "deleted_by"])
        _tell(said, "communication.restored", by, now)
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


def _may_log(by: User, place: Place) -> bool:
    if place.customer is not None:
        return permissions.can_log(by, place.customer)
    if place.lead is not None:
        return permissions.can_log_with_lead(by, place.lead)
    raise errors.NobodyThere(field="customer")


def _locked(said: Communication) -> tuple[Place, Communication]:
    place = place_of(said)
    said = Communication.objects.select_for_update(no_key=True).get(pk=said.pk)
    place.put(said)
    return place, said


def _at(place: Place) -> CommunicationQuerySet:
    """What was said where these rows are: with the customer, or with a lead that has none."""
    rows = Communication.objects.filter(customer=place.customer)
    return rows if place.customer is not None else rows.filter(lead=place.lead)


def _note_contact(place: Place, said: Communication, by: User, now: datetime) -> None:
    """The facts of whom and what it is about."""
    at = said.happened_at
    if place.customer is not None:
        note_contact_made(place.customer, happened_at=at, reaches_them=said.reaches_them, reaches_us=said.reaches_us)
    if place.lead is not None:
        note_lead_touched(place.lead, happened_at=at, by=by, now=now)
    if place.opportunity is not None:
        note_opportunity_touched(place.opportunity, happened_at=at)


def _check(place: Place, data: CommunicationData, now: datetime) -> None:
    if data.happened_at > now + AHEAD:
        raise errors.InTheFuture(field="happened_at")
    if data.happened_at < now - OLDEST:
        raise errors.LongAgo(field="happened_at")
    pk = place.customer.pk if place.customer else None
    if any(contact.customer_id != pk for contact in data.contacts):
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
    facts |= _lead_of(said)
    event = ledger.append(kind=kind, customer=said.customer, by=by, at=said.happened_at, target=said, payload=facts)
    said.event_id = event.pk
    Communication.objects.filter(pk=said.pk).update(event_id=event.pk)


def _tell(said: Communication, kind: str, by: User, now: datetime) -> None:
    ledger.append(kind=kind, customer=said.customer, by=by, at=now, target=said, payload=_lead_of(said))


def _lead_of(said: Communication) -> dict[str, Any]:
    """A line without a customer says of which lead it is."""
    return {} if said.customer_id else {"lead": said.lead_id}


def move_status(customer: Customer, said: Communication, by: User, now: datetime) -> None:
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
        place=Place(said.customer, None if said.customer_id else said.lead),
        said=(Communication._meta.label_lower, said.pk),
        reaches_them=said.reaches_them,
        reaches_us=said.reaches_us,
        happened_at=said.happened_at,
        by=by,
        now=now,
    )


def _judge_again(said: Communication, by: User, now: datetime) -> None:
    """After a correction, deletion or its undo: facts from all that stands, and which steps are closed by what."""
    refresh_contacts_made([said.customer_id] if said.customer_id else [])
    refresh_deals([said.lead_id] if said.lead_id else [], [said.opportunity_id] if said.opportunity_id else [])
    opened = reopen_closed_by(said=(Communication._meta.label_lower, said.pk), by=by, now=now)
    standing = _at(Place(said.customer, said.lead)).counted()
    others: Sequence[Communication] = []
    if opened:
        others = list(standing.exclude(pk=said.pk).filter(happened_at__gte=min(task.created_at for task in opened)))
    mine = [said] if said.deleted_at is None and not said.is_automatic else []
    for one in sorted([*others, *mine], key=lambda row: (row.happened_at, row.pk)):
        one.customer, one.lead = said.customer, said.lead
        _close_steps(one, by, now)
