"""What do the tests of leads and deals start from?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connection
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Page, sync_playwright

from accounts.models import User
from core.models import ExchangeRate
from opportunities.inputs import OpportunityData
from opportunities.models import Opportunity, Stage
from opportunities.services import create_opportunity
from runner.browser import chromium, chromium_words
from tests.factories import PASSWORD


@pytest.fixture
def stages(db) -> dict[str, Stage]:
    """The stages of the default pipeline by key."""
    return {stage.key: stage for stage in Stage.objects.select_related("pipeline")}


@pytest.fixture
def rates(db) -> None:
    """A dollar is 7 yuan from 2026 on, a euro 8."""
    for currency, rate in (("USD", "7"), ("EUR", "8")):
        ExchangeRate.objects.create(
            currency=currency, against="CNY", on="2026-01-01", rate=Decimal(rate), source="entered"
        )


@pytest.fixture
def deal(alice, now, rates):
    """Makes a deal of Alice's for 1,000 dollars."""

    def make(by: User = alice, at: datetime = now, **data: Any) -> Opportunity:
        fields = {"title": "Padlocks", "amount": Decimal(1000), "currency": "USD"} | data
        return create_opportunity(data=OpportunityData(**fields), by=by, now=at)

    return make


@pytest.fixture
def page(alice, settings, monkeypatch) -> Iterator[Page]:
    """Alice's browser, signed in, before the product as it is served."""
    # Playwright keeps an event loop in this thread, in which Django else refuses to ask the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.daemon_threads = False  # whoever closes it waits until every request has given its connection back
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
        connection.close()  # inside Playwright's loop it is another one than outside
    server.shutdown()
    thread.join()
    server.server_close()
