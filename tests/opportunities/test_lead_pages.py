"""Do the pages of a lead show what they should, and does each act on them do its one thing?"""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Attachment, Customer, Event
from opportunities import services
from opportunities.models import DisqualifyReason, Lead, Opportunity, ScreeningQuestion
from tests.factories import make_contact, make_customer, make_lead


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def lead(alice) -> Lead:
    return make_lead(
        alice, "Ernst Handel", country="AT", city="Graz", person="Roland Mendel", email="r@ernst.example",
        phone="0316 234567", message="We look for hinges.\nPlease quote.", product="Hinges", quantity=5000, unit="pcs",
        language="de", utm={"utm_source": "newsletter"},
    )  # fmt: skip


def test_the_page_says_who_asks_for_what(lead, alice, signed_in, statements):
    client = signed_in(alice)
    page = text(client.get(lead.get_absolute_url()))
    for words in (
        "Ernst Handel",
        "Roland Mendel",
        "We look for hinges.",
        "5,000",
        "newsletter",
        "Graz",
        "Deutsch",
        "tel:+43316234567",
    ):
        assert words in page
    assert statements(lambda: client.get(lead.get_absolute_url())) <= 10


def test_its_neighbours_are_those_of_the_list_one_comes_from(lead, alice, signed_in):
    other = make_lead(alice, "Zeta")
    page = signed_in(alice).get(f"{lead.get_absolute_url()}?in=sort%3Dname%26m%3D1")
    assert (page.context["previous"], page.context["next"], page.context["number"]) == (None, other.pk, 1)


def test_a_lead_is_entered_and_changed(alice, dana, bob, signed_in):
    client = signed_in(alice)
    assert client.get("/leads/new/?company=Acme&message=Hi").context["form"].initial["company"] == "Acme"
    assert client.post("/leads/new/", {"country": "DE"}).status_code == 422
    sent = {
        "company": "Acme\u200b ",
        "country": "DE",
        "quantity": "5000",
        "submission": "0b0b8f2e-51a2-4a1c-8d52-1d6cbb30fc6e",
    }
    for _twice in range(2):
        answer = client.post("/leads/new/", sent)
        lead = Lead.objects.get()
        assert answer.url == lead.get_absolute_url()
    assert (lead.company, lead.owner, lead.quantity) == ("Acme", alice, 5000)
    answer = client.post(f"/leads/{lead.pk}/edit/", {"company": "Acme Ltd", "initial-company": "Acme"})
    assert answer.status_code == 302
    lead.refresh_from_db()
    assert (lead.company, str(lead.country)) == ("Acme Ltd", "DE")
    assert client.post("/leads/new/", {"company": "X", "amount": "5"}).status_code == 422
    signed_in(dana).post("/leads/new/", {"company": "Beta", "owner": bob.pk})
    assert Lead.objects.get(company="Beta").owner == bob


def test_while_typing_the_customers_are_looked_through(alice, signed_in):
    make_customer(alice, "Ernst Handel GmbH", country="AT")
    page = text(signed_in(alice).post("/leads/check/", {"company": "Ernst Handel", "country": "AT"}))
    assert "Ernst Handel GmbH" in page


def test_it_names_the_customers_that_it_may_be_with_the_way_there(lead, alice, signed_in):
    customer = make_customer(alice, "Ernst Handel GmbH", country="AT")
    page = text(signed_in(alice).post(f"/leads/{lead.pk}/same/"))
    assert f"/leads/{lead.pk}/convert/?customer={customer.pk}" in page


def test_a_question_is_answered_with_one_tap(lead, alice, signed_in):
    question = ScreeningQuestion.objects.earliest("pk")
    client, url = signed_in(alice), f"/leads/{lead.pk}/screening/{question.pk}/"
    assert client.post(url, {"answer": "yes"}).status_code == 302
    part = client.post(url, {"answer": "no"}, headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    assert lead.answers.get().is_yes is False
    client.post(url, {"answer": ""})
    assert not lead.answers.exists()
    assert client.post(url, {"answer": "perhaps"}).status_code == 404


def test_the_verbs(lead, alice, bob, dana, signed_in):
    salesperson, manager = signed_in(alice), signed_in(dana)
    other = DisqualifyReason.objects.get(key="other")
    url = f"/leads/{lead.pk}/"
    assert salesperson.post(f"{url}disqualify/", {"reason": other.pk}).status_code == 422
    assert salesperson.post(f"{url}disqualify/", {"reason": other.pk, "words": "A pupil's homework"}).status_code == 302
    assert "homework" in text(salesperson.get(url))
    salesperson.post(f"{url}reopen/")
    assert manager.post(f"{url}assign/", {"to": bob.pk}).status_code == 302
    assert salesperson.get(url).status_code == 404
    manager.post(f"{url}archive/")
    assert signed_in(bob).get(url).status_code == 404
    assert "Bring back" in text(manager.get(url))
    manager.post(f"{url}restore/")
    lead.refresh_from_db()
    assert (lead.owner, lead.archived_at, lead.state) == (bob, None, "working")


def test_files_are_brought_and_handed_out_sealed(lead, alice, bob, signed_in):
    client = signed_in(alice)
    drawing = SimpleUploadedFile("drawing.txt", b"hinge")
    assert client.post(f"/leads/{lead.pk}/files/add/", {"files": drawing}).status_code == 302
    file = Attachment.objects.get()
    assert (file.customer, file.target_label, file.target_id) == (None, "opportunities.lead", lead.pk)
    assert "drawing.txt" in text(client.get(f"/leads/{lead.pk}/files/"))
    answer = client.get(f"/leads/{lead.pk}/files/{file.pk}/")
    assert b"".join(answer.streaming_content) == b"hinge"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert signed_in(bob).get(f"/leads/{lead.pk}/files/{file.pk}/").status_code == 404


def test_its_changes_are_told(lead, alice, signed_in, now):
    services.update_lead(lead=lead, changes={"city": "Wien"}, by=alice, now=now)
    page = text(signed_in(alice).get(f"/leads/{lead.pk}/history/"))
    assert "Graz" in page
    assert "Wien" in page


# --- converting and undoing ---------------------------------------------------------------------------------


CONVERT = {
    "name": "Ernst Handel",
    "country": "AT",
    "kind": "company",
    "contact-which": "new",
    "contact-name": "Roland Mendel",
    "contact-phone": "0316 234567",
    "deal-has_deal": "on",
    "deal-title": "Hinges",
    "deal-product": "Hinges",
    "deal-quantity": "5000",
}


def test_it_is_converted_and_taken_back_on_two_pages(lead, alice, signed_in):
    client, url = signed_in(alice), f"/leads/{lead.pk}/"
    form = client.get(f"{url}convert/")
    assert form.context["form"].initial["name"] == "Ernst Handel"
    assert form.context["deal"].initial["quantity"] == "5000"
    assert client.post(f"{url}convert/", CONVERT | {"deal-title": ""}).status_code == 422
    assert client.post(f"{url}convert/", CONVERT | {"contact-name": ""}).status_code == 422
    assert client.post(f"{url}convert/", CONVERT).url == url
    customer, deal = Customer.objects.get(), Opportunity.objects.get()
    assert customer.contacts.get().points.get().normal == "+43316234567"
    assert (deal.product, deal.details) == ("Hinges", lead.message)
    page = text(client.get(url))
    assert customer.get_absolute_url() in page
    assert "Can be undone until" in page
    line = text(client.get(customer.get_absolute_url()))
    assert "We look for hinges." in line
    assert "goes to the archive" in text(client.get(f"{url}undo/"))
    assert client.post(f"{url}undo/").url == url
    lead.refresh_from_db()
    assert lead.state == "new"
    assert client.get(customer.get_absolute_url()).status_code == 404
    assert client.post(f"{url}undo/").status_code == 404


def test_it_is_put_onto_a_customer_that_stands(lead, alice, charlie, signed_in):
    customer, theirs = make_customer(alice, "Ernst Handel GmbH"), make_customer(charlie)
    known = make_contact(customer, "Roland Mendel")
    client, url = signed_in(alice), f"/leads/{lead.pk}/convert/"
    form = client.get(f"{url}?customer={customer.pk}")
    assert form.context["who"].initial["which"] == str(known.pk)
    assert client.get(f"{url}?customer={theirs.pk}").status_code == 404
    sent = {"customer": customer.pk, "contact-which": known.pk}
    assert client.post(url, sent | {"customer": theirs.pk}).status_code == 404
    assert client.post(url, sent).status_code == 302
    assert lead.conversions.get().contact == known
    assert not Opportunity.objects.exists()


def test_similar_customers_are_shown_before_it_is_done_and_the_same_one_stops_it(lead, alice, signed_in):
    customer = make_customer(alice, "Ernst Handel", country="AT")
    client, url = signed_in(alice), f"/leads/{lead.pk}/convert/"
    refused = client.post(url, CONVERT)
    assert refused.status_code == 409
    assert f"{url}?customer={customer.pk}" in text(refused)
    similar = CONVERT | {"name": "Ernst Handel GmbH"}
    assert client.post(url, similar).status_code == 409
    assert client.post(url, similar | {"seen": str(customer.pk)}).status_code == 302


def test_what_stays_after_undoing_is_named_with_its_reason(lead, alice, signed_in, now):
    client, url = signed_in(alice), f"/leads/{lead.pk}/"
    client.post(f"{url}convert/", CONVERT)
    customer = Customer.objects.get()
    client.post(f"/customers/{customer.pk}/notes/", {"body": "Sent the catalogue"})
    assert Event.objects.filter(kind="note.added").exists()
    assert "stays: it was worked on since" in text(client.get(f"{url}undo/"))
    client.post(f"{url}undo/")
    page = text(client.get(url))
    assert "was worked on since and stays" in page
    assert customer.get_absolute_url() in page
