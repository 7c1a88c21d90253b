"""Are texts filled by a fixed list of words, shared by managers only, and held back from whom we must not write to?"""

from __future__ import annotations

import pytest
from django.urls import reverse

from communications.models import TextTemplate
from communications.placeholders import filled, unknown_in
from communications.services import save_template
from customers.models import Contact
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db


def text(by, now, body="Dear {contact}", **more):
    data = {"name": "Hello", "language": "", "channel": "", "subject": "", "body": body} | more
    shared = data.pop("is_shared", False)
    return save_template(template=None, data=data, is_shared=shared, by=by, now=now)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Dear {contact} of {{ company }}", "Dear Anna of Acme"),
        ("{product}?", "{product}?"),
        ("{contact.__class__} {0} %s {", "{contact.__class__} {0} %s {"),
        ("{company}", "Acme"),
    ],
)
def test_only_known_words_are_filled(body, shown):
    assert filled(body, {"contact": "Anna", "company": "Acme", "product": ""}) == shown


def test_what_a_value_holds_is_not_filled_again():
    assert filled("{contact}", {"contact": "{company}", "company": "Acme"}) == "{company}"


def test_unknown_words_are_refused_with_the_known_ones(alice, signed_in):
    assert unknown_in("{contact} {price} {{x}}") == ["price", "x"]
    answer = signed_in(alice).post(reverse("communications:template_create"), {"name": "A", "body": "Hi {price}"})
    assert answer.status_code == 422
    assert "{price} is not known. Known are: {contact}" in answer.content.decode()


def test_sharing_is_the_managers(alice, bob, dana, now, signed_in):
    data = {"name": "Ours", "body": "Hi", "is_shared": "on"}
    signed_in(alice).post(reverse("communications:template_create"), data)
    assert TextTemplate.objects.get().owner == alice
    signed_in(dana).post(reverse("communications:template_create"), data | {"name": "Firm's"})
    shared = TextTemplate.objects.get(name="Firm's")
    assert shared.owner is None
    assert "Firm&#x27;s" in signed_in(bob).get(reverse("communications:templates")).content.decode()
    address = reverse("communications:template_update", args=[shared.pk])
    assert signed_in(bob).post(address, {"name": "X", "body": "Y"}).status_code == 403


def test_the_contacts_language_comes_first_and_links_carry_the_words(alice, now, signed_in):
    customer = make_customer(alice, "Acme & Söhne")
    anna = make_contact(customer, "Anna", email="anna@acme.de")
    Contact.objects.filter(pk=anna.pk).update(language="de")
    text(alice, now, name="English", language="en")
    text(alice, now, "Hallo {contact}, {product}", name="Deutsch", language="de")
    shown = signed_in(alice).get(reverse("communications:texts", args=[customer.pk]), {"product": "A&B"})
    page = shown.content.decode()
    assert page.index("Deutsch</bdi>") < page.index("English</bdi>")
    assert "Hallo Anna, A&amp;B" in page
    assert "mailto:anna@acme.de?subject=&amp;body=Hallo%20Anna%2C%20A%26B" in page


def test_do_not_contact_has_no_buttons(alice, now, signed_in):
    customer = make_customer(alice)
    anna = make_contact(customer, "Anna", email="anna@acme.de")
    Contact.objects.filter(pk=anna.pk).update(is_do_not_contact=True, do_not_contact_reason="Asked us not to")
    text(alice, now)
    page = signed_in(alice).get(reverse("communications:texts", args=[customer.pk])).content.decode()
    assert "Asked us not to" in page
    assert "mailto:" not in page.split("<main", 1)[1]
    assert "data-copy" not in page
