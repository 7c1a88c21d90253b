"""Can an admin choose on the phone what comes back of a departure, and on the desk all of it at once?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Customer
from tests.factories import PASSWORD, make_customer
from tests.living import PHONE
from tests.publicpool.test_departure import depart, to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gone(alice, bob, root):
    """Alice has left; three customers are Bob's."""
    now = timezone.now() - timedelta(minutes=5)
    for number in range(3):
        make_customer(alice, f"Number {number} GmbH", at=now - timedelta(days=1))
    return depart(alice, {"customers": [to(bob)]}, root, now)


def test_one_customer_is_taken_back_on_the_phone(window, root, alice, gone):
    page = window(root, **PHONE)
    page.goto(gone.get_absolute_url())
    box = page.get_by_role("checkbox", name="Number 1 GmbH")
    expect(box).to_be_visible()
    spot = box.locator("..").bounding_box()
    assert spot is not None
    assert min(spot["width"], spot["height"]) >= 40
    box.tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Take the selected back").click()
    if page.locator("[name=password]").count():
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
    expect(page.locator("tbody tr", has_text="Number 1 GmbH")).to_contain_text("taken back")
    assert [one.name for one in Customer.objects.filter(owner=alice)] == ["Number 1 GmbH"]


def test_all_of_a_page_are_chosen_with_one_click(window, root, gone):
    page = window(root)
    page.goto(gone.get_absolute_url())
    page.get_by_role("checkbox", name="Select all").check()
    expect(page.locator("tbody input[name=unit]:checked")).to_have_count(3)
