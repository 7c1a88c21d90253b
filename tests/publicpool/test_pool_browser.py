"""Does a real browser claim with one click, one key and many ticks, and keep the place in the list?"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from customers.models import Customer, Pool
from publicpool.services import claim_customer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(alice, window):
    return window(alice)


def row(page, name: str):
    return page.locator("tbody tr", has_text=name)


def test_claims_are_answered_in_the_rows(page, bob, pooled, now, pool):
    Pool.objects.filter(pk=pool.pk).update(a_day=4, capacity=20)
    names = (
        "Bergmann Eisenwaren",
        "Ferramenta Bianchi",
        "Ibérica Suministros",
        "Rhône SARL",
        "Novák s.r.o.",
        "Zett AG",
    )
    customers = {name: pooled(name) for name in names}
    page.goto("/pool/?sort=name&m=1")
    claim_customer(customer=customers["Ibérica Suministros"], by=bob, now=now)
    # One click.
    row(page, "Bergmann").get_by_role("button", name="Claim").click()
    expect(row(page, "Bergmann")).to_contain_text("Yours now")
    expect(page.locator("#quota")).to_contain_text("of 4 claimed, 3 left")
    # Somebody was quicker.
    row(page, "Ibérica").get_by_role("button", name="Claim").click()
    expect(row(page, "Ibérica")).to_contain_text("Bob has taken this customer meanwhile.")
    # One key, on the row at hand; the next row is at hand then.
    for _ in range(2):
        page.locator("body").press("j")
    page.locator("body").press("c")
    expect(row(page, "Ferramenta")).to_contain_text("Yours now")
    # Many: as far as the limit goes.
    for name in ("Novák", "Rhône", "Zett"):
        row(page, name).get_by_role("checkbox").check()
    page.locator("[data-bulk-bar]").get_by_role("button", name="Claim").click()
    expect(page.locator("#pool-said")).to_contain_text("2 claimed · 1 not")
    expect(row(page, "Novák")).to_contain_text("Yours now")
    expect(row(page, "Zett")).to_contain_text("4 of 4 claimed today.")
    expect(page.locator("#quota")).to_contain_text("of 4 claimed, 0 left")
    assert page.url.endswith("/pool/?sort=name&m=1")
    assert Customer.objects.filter(owner__username="alice").count() == 4
