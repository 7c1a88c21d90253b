"""Is a lead converted with the keyboard alone and taken back in a real browser, and nothing of it lost?"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from customers.models import Customer
from opportunities.models import Lead, Opportunity
from tests.factories import make_customer, make_lead

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_lead_is_converted_with_the_keyboard_and_taken_back(page, alice):
    make_customer(alice, "Ernst Handels GmbH", country="AT")
    lead = make_lead(
        alice, "Ernst Handel", country="AT", person="Roland Mendel", message="200 hinges", product="Hinges"
    )
    page.goto(f"/leads/{lead.pk}/")
    page.locator("#screening form").first.get_by_role("button", name="Yes").click()
    expect(page.locator("#screening form").first.get_by_role("button", name="Yes")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator("#same")).to_contain_text("Ernst Handels GmbH")
    page.locator("body").press("v")
    page.wait_for_url("**/convert/")
    # What the panel names must have been on show before it is saved.
    expect(page.locator("#conflicts")).to_contain_text("Ernst Handels GmbH")
    page.locator("#id_name").press("Control+Enter")
    page.wait_for_url(re.compile(rf"/leads/{lead.pk}/$"))
    expect(page.locator("main")).to_contain_text("Can be undone until")
    lead = Lead.objects.get()
    assert (lead.state, lead.message) == ("converted", "200 hinges")
    customer = Customer.objects.get(name="Ernst Handel")
    page.goto(customer.get_absolute_url())
    page.get_by_text("Lead converted").wait_for()
    page.locator("details.quote summary").click()
    expect(page.locator("details.quote")).to_contain_text("200 hinges")
    page.goto(f"/leads/{lead.pk}/")
    page.get_by_role("link", name="Undo").click()
    page.locator("dialog").get_by_role("button", name="Undo the conversion").click()
    expect(page.get_by_role("link", name="Convert")).to_be_visible()
    assert Lead.objects.get().state == "new"
    assert not Customer.objects.living().filter(pk=customer.pk).exists()
    assert not Opportunity.objects.living().exists()
