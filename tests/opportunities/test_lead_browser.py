"""Is a lead converted with the keyboard alone and taken back in a real browser, and nothing of it lost?"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connection
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Page, expect, sync_playwright

from customers.models import Customer
from opportunities.models import Lead, Opportunity
from runner.browser import chromium, chromium_words
from tests.factories import PASSWORD, make_customer, make_lead

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(alice, settings, monkeypatch) -> Iterator[Page]:
    """Alice's browser, signed in, before the product as it is served."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.daemon_threads = False
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.PUBLIC_URL = "http://{}:{}".format(*server.server_address)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=chromium_words())
        context = browser.new_context(base_url=settings.PUBLIC_URL, locale="en-GB")
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("[name=login]", alice.username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/today/")
        yield page
        browser.close()
        connection.close()
    server.shutdown()
    thread.join()
    server.server_close()


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
