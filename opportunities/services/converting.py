"""How does a lead become a customer with contact and opportunity, or part of one that stands, and how is it undone?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from customers import ledger
from customers import permissions as of_customers
from customers import services as customers
from customers.models import Attachment, Collaborator, Contact, Customer, Event
from customers.services.locking import lock_customers, lock_living, require
from customers.services.people import let_see, stop_seeing
from customers.services.undoing import archive_made

from .. import permissions
from ..conflicts import refresh_lead_keys
from ..models import Conversion, Lead, Opportunity
from ..registries import PARTS
from . import lead_errors as errors
from .leads import lock_lead, note
from .opportunities import create_opportunity, lock_opportunity, put_away

if TYPE_CHECKING:
    from accounts.models import User

    from ..inputs import ConversionData

CUSTOMER, CONTACT, DEAL = Customer._meta.label_lower, Contact._meta.label_lower, Opportunity._meta.label_lower
FILES = Attachment._meta.label_lower
COLLABORATORS = Collaborator._meta.label_lower
# A conversion can be undone so long.
UNDONE_WITHIN = timedelta(hours=24)
# What a conversion made, in the words of the ledger.
WORDS = {CUSTOMER: "customer", CONTACT: "contact", DEAL: "opportunity"}


@transaction.atomic
def convert_lead(*, lead: Lead, data: ConversionData, by: User, now: datetime) -> Conversion:
    """Make the lead a customer with contact and opportunity, or put it onto a customer that ``by`` may edit.

    Tasks, communications and files go along; the inquiry itself stays on the lead and is told on the customer's
    timeline. Whoever held the lead sees the customer after.
    Raises LeadIsConverted, LeadIsDisqualified, LeadIsArchived, CustomerMissing, StrangeConversionContact, NotAllowed;
    what create_customer, save_contact and create_opportunity raise.
    """
    given = _visible(data.customer, by)
    if given is None and data.new_customer is None:
        raise errors.CustomerMissing(field="customer")
    lead = _open(lead, by)
    made: dict[str, Any] = {"state_at": lead.state_at.isoformat()}
    customer, contact = _customer_and_contact(lead, given, data, made, by, now)
    before = set(customer.collaborators.values_list("user_id", flat=True))
    if lead.owner is not None and not Customer.objects.visible_to(lead.owner).filter(pk=customer.pk).exists():
        let_see(customer=customer, user=lead.owner, role=Collaborator.Role.COLLABORATOR, by=by, now=now)
    deal = None
    if data.opportunity is not None:
        data.opportunity.customer, data.opportunity.lead = customer, lead
        data.opportunity.owner = data.opportunity.owner or lead.owner
        if contact is not None and not data.opportunity.people:
            data.opportunity.people = [(contact, "")]
        deal = create_opportunity(data=data.opportunity, by=by, now=now)
        made[DEAL] = [deal.pk]
    after = set(Collaborator.objects.filter(customer=customer).values_list("user_id", flat=True))
    made[COLLABORATORS] = sorted(after - before)
    conversion = Conversion.objects.create(
        lead=lead,
        customer=customer,
        contact=contact,
        opportunity=deal,
        made=made,
        state_before=lead.state,
        by=by,
        at=now,
    )
    _carry(conversion, by, now)
    lead.state, lead.state_at = Lead.State.CONVERTED, now
    lead.save(update_fields=["state", "state_at"])
    refresh_lead_keys([lead])
    told = _told(conversion, "lead.converted", by, now, {"files": conversion.moved[FILES]})
    conversion.made["event"] = told.pk
    conversion.save(update_fields=["made", "moved"])
    return conversion


@transaction.atomic
def undo_conversion(*, conversion: Conversion, by: User, now: datetime) -> Conversion:
    """Take a conversion back: the lead is as before, with its tasks, communications and files.

    What it made is archived, but for what was worked on since: ``conversion.stays`` says which and why.
    Raises UndoneAlready, UndoTooLate, DealIsWon, DealHasAnOrder, NotAllowed.
    """
    (customer,) = lock_customers([conversion.customer_id])
    lead = lock_lead(conversion.lead)
    conversion = Conversion.objects.select_for_update(no_key=True, of=("self",)).get(pk=conversion.pk)
    conversion.lead, conversion.customer = lead, customer
    if conversion.undone_at is not None:
        raise errors.UndoneAlready
    require(permissions.can_undo_conversion(by, conversion))
    if now >= conversion.at + UNDONE_WITHIN:
        raise errors.UndoTooLate(ends_at=conversion.at + UNDONE_WITHIN)
    _refuse_won(conversion)
    stays = what_stays(conversion, by)
    for label, part in reversed(PARTS.items()):
        part.bring_back(conversion, conversion.moved.get(label, []), by, now)
    Attachment.objects.filter(pk__in=conversion.moved.get(FILES, [])).update(customer=None)
    _take_out(conversion, stays, by, now)
    lead.state, lead.state_at = conversion.state_before, datetime.fromisoformat(conversion.made["state_at"])
    lead.save(update_fields=["state", "state_at"])
    refresh_lead_keys([lead])
    conversion.undone_at, conversion.undone_by = now, by
    conversion.made["stays"] = stays
    conversion.save(update_fields=["undone_at", "undone_by", "made"])
    _told(conversion, "lead.conversion_undone", by, now, {"stays": stays})
    return conversion


# --- converting -------------------------------------------------------------------------------------


def _visible(customer: Customer | None, by: User) -> Customer | None:
    """The customer that was named, locked, if ``by`` may edit it."""
    if customer is None:
        return None
    require(Customer.objects.visible_to(by).filter(pk=customer.pk).exists())
    customer = lock_living(customer)
    require(of_customers.can_edit(by, customer))
    return customer


def _open(lead: Lead, by: User) -> Lead:
    lead = lock_lead(lead)
    if lead.archived_at is not None:
        raise errors.LeadIsArchived
    require(permissions.can_work_lead(by, lead))
    if lead.state == Lead.State.CONVERTED:
        raise errors.LeadIsConverted
    if lead.state == Lead.State.DISQUALIFIED:
        raise errors.LeadIsDisqualified
    return lead


def _customer_and_contact(
    lead: Lead, given: Customer | None, data: ConversionData, made: dict[str, Any], by: User, now: datetime
) -> tuple[Customer, Contact | None]:
    """Those that were named or are made of ``data``; what is new is noted in ``made``."""
    if given is None:
        assert data.new_customer is not None
        data.new_customer.contacts = [data.new_contact] if data.new_contact else []
        customer = customers.create_customer(data=data.new_customer, by=by, now=now, owner=lead.owner)
        made[CUSTOMER] = [customer.pk]
        return customer, customer.contacts.first()
    if data.new_contact is not None:
        contact = customers.save_contact(customer=given, data=data.new_contact, by=by, now=now)
        made[CONTACT] = [contact.pk]
        return given, contact
    if data.contact is not None and data.contact.customer_id != given.pk:
        raise errors.StrangeConversionContact(field="contact")
    return given, data.contact


def _carry(conversion: Conversion, by: User, now: datetime) -> None:
    """Take tasks, communications and files over to the customer; what was taken stands in ``moved``."""
    conversion.moved = {label: part.carry(conversion, by, now) for label, part in PARTS.items()}
    files = Attachment.objects.filter(
        customer=None, target_label=Lead._meta.label_lower, target_id=conversion.lead_id
    ).select_for_update(no_key=True)
    ids = sorted(files.values_list("pk", flat=True))
    Attachment.objects.filter(pk__in=ids).update(customer=conversion.customer)
    conversion.moved[FILES] = ids


def _told(conversion: Conversion, kind: str, by: User, now: datetime, payload: dict[str, Any]) -> Event:
    """Note it for the lead and for the customer; returns the customer's event, the last of the transaction."""
    payload = {"conversion": conversion.pk, "opportunity": conversion.opportunity_id, **payload}
    note(conversion.lead, kind, payload, by=by, now=now)
    return ledger.append(
        kind=kind, customer=conversion.customer, by=by, at=now, target=conversion.lead, payload=payload
    )


# --- undoing ----------------------------------------------------------------------------------------


def _refuse_won(conversion: Conversion) -> None:
    deal = conversion.opportunity
    if deal is None:
        return
    if deal.outcome == Opportunity.Outcome.WON:
        raise errors.DealIsWon
    if deal.orders.valid().exists():
        raise errors.DealHasAnOrder


def what_stays(conversion: Conversion, by: User) -> list[str]:
    """Which of the things that the conversion made were worked on since, in the words of WORDS.

    What a person did to the customer after the conversion's last line in the ledger counts, but for what was done to
    rows that go back with the lead.
    """
    since = Event.objects.filter(customer=conversion.customer_id, pk__gt=conversion.made["event"], by__isnull=False)
    for label, ids in conversion.moved.items():
        since = since.exclude(target_label=label, target_id__in=ids)
    made = {label: ids[0] for label in WORDS if (ids := conversion.made.get(label))}
    found = []
    if DEAL in made and (_about(since, DEAL, made[DEAL]) or _has_more(conversion)):
        found.append(DEAL)
    if CUSTOMER in made and (since.exists() or found):
        found.append(CUSTOMER)
    if CONTACT in made and (
        found
        or _about(since, CONTACT, made[CONTACT])
        or _is_named(made[CONTACT], conversion)
        or not of_customers.can_edit(by, conversion.customer)
    ):
        found.append(CONTACT)
    return [WORDS[label] for label in found]


def _about(events: Any, label: str, pk: int) -> bool:
    return events.filter(target_label=label, target_id=pk).exists()


def _has_more(conversion: Conversion) -> bool:
    """Does something hang on the opportunity that did not come with the lead?"""
    deal = conversion.opportunity
    assert deal is not None
    others = (part.of_opportunity(deal).exclude(pk__in=conversion.moved[label]) for label, part in PARTS.items())
    return deal.passed.exists() or any(rows.exists() for rows in others)


def _is_named(contact: int, conversion: Conversion) -> bool:
    """Is the contact named by something that neither came with the lead nor was made with it?"""
    own = {conversion._meta.label_lower, "customers.contactpoint", "opportunities.opportunitycontact"}
    for relation in Contact._meta.related_objects:
        model: Any = relation.related_model
        label = model._meta.label_lower
        if label in own or not model._meta.managed or label.endswith("history"):
            continue
        rows = model._default_manager.filter(Q(**{relation.field.name: contact}))
        if rows.exclude(pk__in=conversion.moved.get(label, [])).exists():
            return True
    return False


def _take_out(conversion: Conversion, stays: list[str], by: User, now: datetime) -> None:
    """Archive what the conversion made and nobody worked on; end what the former holder of the lead sees by it."""
    made, customer = conversion.made, conversion.customer
    with translation.override(by.language or None):
        reason = _("Conversion of a lead taken back")
    if conversion.opportunity is not None and "opportunity" not in stays:
        deal = lock_opportunity(conversion.opportunity, archived=True)
        if deal.archived_at is None:
            put_away(deal, now, reason)
            ledger.append(kind="opportunity.archived", customer=customer, by=by, at=now, target=deal)
    if customer.is_archived:
        return
    if made.get(CONTACT) and "contact" not in stays and conversion.contact is not None:
        customers.archive_contact(contact=conversion.contact, by=by, now=now)
    if made.get(CUSTOMER) and "customer" not in stays:
        archive_made([customer], reason=reason, by=by, now=now)
    elif "opportunity" not in stays:
        for user in made.get(COLLABORATORS, ()):
            stop_seeing(customer=customer, user_id=user, by=by, now=now)
