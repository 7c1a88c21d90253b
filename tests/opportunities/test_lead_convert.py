"""Does a lead become a customer, contact and opportunity in one step, losing nothing, and go back as it was?"""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.forms.models import model_to_dict

from core.exceptions import NotAllowed
from customers import services as customers
from customers.files import FileData
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Attachment, Contact, Customer, Event
from customers.services.errors import SameCompany
from opportunities import services
from opportunities.inputs import ConversionData, OpportunityData
from opportunities.models import Checkpoint, Conversion, DisqualifyReason, Lead, Opportunity
from opportunities.services import lead_errors as errors
from tests.factories import THEN, make_contact, make_customer, make_lead
from tests.refusals import refused
from tests.together import at_once


def wanted(customer: Customer | None = None, *, contact: bool = True, deal: bool = True, **more) -> ConversionData:
    """Everything new, or onto a customer."""
    person = ContactData(name="Roland Mendel", points=[PointData("email", "roland@ernst.example")])
    return ConversionData(
        customer=customer,
        new_customer=None if customer else CustomerData(name="Ernst Handel GmbH", country="AT"),
        new_contact=person if contact else None,
        opportunity=OpportunityData(title="200 hinges") if deal else None,
        **more,
    )


def file(name: str = "drawing.txt") -> FileData:
    return FileData(name, ContentFile(b"hinge 90 degrees", name=name))


@pytest.fixture
def lead(alice, now) -> Lead:
    lead = make_lead(alice, "Ernst Handel GmbH", country="AT", message="200 hinges please", subject="Hinges")
    services.add_lead_files(lead=lead, files=[file()], by=alice, now=THEN)
    return services.start_lead(lead=lead, by=alice, now=THEN)


def convert(lead: Lead, by, now, data: ConversionData | None = None) -> Conversion:
    return services.convert_lead(lead=lead, data=data or wanted(), by=by, now=now)


# --- converting -----------------------------------------------------------------------------------------


def test_it_makes_a_customer_with_contact_and_opportunity(lead, alice, now):
    done = convert(lead, alice, now)
    lead.refresh_from_db()
    assert (lead.state, lead.state_at, lead.message) == ("converted", now, "200 hinges please")
    assert (done.customer.name, done.customer.owner) == ("Ernst Handel GmbH", alice)
    assert done.contact == done.customer.contacts.get()
    assert (done.opportunity.customer, done.opportunity.lead, done.opportunity.owner) == (done.customer, lead, alice)
    assert [one.contact for one in done.opportunity.people.all()] == [done.contact]
    assert Attachment.objects.get().customer == done.customer
    newest = Event.objects.filter(customer=done.customer).latest("pk")
    assert (newest.kind, newest.target_id, newest.pk) == ("lead.converted", lead.pk, done.made["event"])
    assert Event.objects.filter(customer=None, kind="lead.converted", target_id=lead.pk).exists()


def test_it_goes_onto_a_customer_that_stands(lead, alice, now):
    customer = make_customer(alice, "Ernst Handel GmbH", country="AT")
    known = make_contact(customer, "Roland Mendel")
    done = convert(lead, alice, now, wanted(customer, contact=False, deal=False))
    assert (done.customer, done.contact, done.opportunity) == (customer, None, None)
    services.undo_conversion(conversion=done, by=alice, now=now)
    done = convert(lead, alice, now, wanted(customer, contact=False, deal=False))
    services.undo_conversion(conversion=done, by=alice, now=now)
    data = wanted(customer, contact=False)
    data.contact = known
    done = convert(lead, alice, now, data)
    assert done.contact == known
    assert done.opportunity.people.get().contact == known
    assert Customer.objects.count() == 1


def test_a_manager_converts_it_for_whoever_has_it(lead, alice, dana, now):
    done = convert(lead, dana, now)
    assert (done.customer.owner, done.opportunity.owner, done.by) == (alice, alice, dana)


def test_whoever_had_the_lead_sees_the_customer_after(lead, alice, bob, dana, now):
    customer = make_customer(bob)
    done = convert(lead, dana, now, wanted(customer, deal=False))
    assert Customer.objects.visible_to(alice).get() == customer
    services.undo_conversion(conversion=done, by=dana, now=now)
    assert not Customer.objects.visible_to(alice).exists()
    assert Contact.objects.get().archived_at == now


def test_the_same_company_is_not_entered_twice(lead, alice, bob, now):
    make_customer(bob, "Ernst Handel GmbH", country="AT")
    with refused(SameCompany, field="name"):
        convert(lead, alice, now)


def test_what_cannot_be_converted(lead, alice, bob, charlie, dana, now):
    theirs = make_customer(charlie)
    other = make_contact(make_customer(alice))
    with refused(errors.CustomerMissing, field="customer"):
        convert(lead, alice, now, ConversionData())
    with refused(NotAllowed):
        convert(lead, alice, now, wanted(theirs))
    stranger = ConversionData(customer=make_customer(alice), contact=other)
    with refused(errors.StrangeConversionContact, field="contact"):
        convert(lead, alice, now, stranger)
    for by in (bob, charlie):
        with refused(NotAllowed):
            convert(lead, by, now)
    services.disqualify_lead(lead=lead, reason=DisqualifyReason.objects.get(key="spam"), by=alice, now=now)
    with refused(errors.LeadIsDisqualified):
        convert(lead, alice, now)
    services.archive_lead(lead=lead, by=dana, now=now)
    with refused(errors.LeadIsArchived):
        convert(lead, dana, now)


def test_a_converted_lead_rests(lead, alice, dana, now):
    convert(lead, alice, now)
    for act in (
        lambda: convert(lead, alice, now),
        lambda: services.update_lead(lead=lead, changes={"company": "X"}, by=alice, now=now),
        lambda: services.archive_lead(lead=lead, by=dana, now=now),
        lambda: services.assign_lead(lead=lead, to=dana, by=dana, now=now),
    ):
        with refused(errors.LeadIsConverted):
            act()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_convert_it_once(lead, alice, dana, now):
    outcome = at_once([lambda: convert(lead, alice, now), lambda: convert(lead, dana, now)])
    assert sorted(type(one).__name__ for one in outcome) == ["Conversion", "LeadIsConverted"]
    assert Customer.objects.count() == Opportunity.objects.count() == 1


# --- undoing ---------------------------------------------------------------------------------------------


def test_undone_the_lead_is_as_before(lead, alice, now):
    before, attached = model_to_dict(Lead.objects.get()), Attachment.objects.values().get()
    done = convert(lead, alice, now)
    undone = services.undo_conversion(conversion=done, by=alice, now=now + timedelta(hours=1))
    assert undone.made["stays"] == []
    assert model_to_dict(Lead.objects.get()) == before
    assert Attachment.objects.values().get() == attached
    assert not Customer.objects.living().exists()
    assert not Opportunity.objects.living().exists()
    assert Customer.objects.get().archived_at
    again = convert(lead, alice, now + timedelta(hours=2))
    assert again.customer != done.customer


def test_what_was_worked_on_stays_and_says_so(lead, alice, now):
    done = convert(lead, alice, now)
    customers.add_note(customer=done.customer, body="Sent the catalogue", by=alice, now=now)
    undone = services.undo_conversion(conversion=done, by=alice, now=now)
    assert undone.made["stays"] == ["customer"]
    assert list(Customer.objects.visible_to(alice)) == [done.customer]
    assert not Opportunity.objects.living().exists()
    assert Event.objects.latest("pk").payload["stays"] == ["customer"]


def test_a_deal_that_was_worked_on_keeps_its_customer(lead, alice, now):
    done = convert(lead, alice, now)
    services.update_opportunity(opportunity=done.opportunity, changes={"title": "300 hinges"}, by=alice, now=now)
    assert services.undo_conversion(conversion=done, by=alice, now=now).made["stays"] == ["opportunity", "customer"]
    assert Opportunity.objects.living().get() == done.opportunity


def test_a_contact_that_was_changed_stays_at_the_customer(lead, alice, now):
    customer = make_customer(alice)
    done = convert(lead, alice, now, wanted(customer, deal=False))
    person = ContactData(name="Roland Mendel", title="Buyer")
    customers.save_contact(customer=customer, contact=done.contact, data=person, by=alice, now=now)
    assert services.undo_conversion(conversion=done, by=alice, now=now).made["stays"] == ["contact"]
    assert Contact.objects.living().get() == done.contact


def test_won_or_ordered_it_is_not_undone(lead, alice, now, stages):
    data = wanted()
    data.opportunity.amount, data.opportunity.currency, data.opportunity.expected_on = 100, "EUR", now.date()
    Checkpoint.objects.all().delete()
    done = convert(lead, alice, now, data)
    services.win_opportunity(opportunity=done.opportunity, by=alice, now=now)
    done.refresh_from_db()
    with refused(errors.DealIsWon):
        services.undo_conversion(conversion=done, by=alice, now=now)


def test_who_may_undo_it_and_how_long(lead, alice, bob, charlie, dana, now):
    done = convert(lead, alice, now)
    for by in (bob, charlie):
        with refused(NotAllowed):
            services.undo_conversion(conversion=done, by=by, now=now)
    with refused(errors.UndoTooLate):
        services.undo_conversion(conversion=done, by=alice, now=now + timedelta(hours=24))
    services.undo_conversion(conversion=done, by=dana, now=now + timedelta(hours=23, minutes=59))
    with refused(errors.UndoneAlready):
        services.undo_conversion(conversion=done, by=alice, now=now)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_undo_it_once(lead, alice, dana, now):
    done = convert(lead, alice, now)
    outcome = at_once([lambda by=by: services.undo_conversion(conversion=done, by=by, now=now) for by in (alice, dana)])
    assert sorted(type(one).__name__ for one in outcome) == ["Conversion", "UndoneAlready"]
    assert Event.objects.filter(kind="customer.archived").count() == 1
