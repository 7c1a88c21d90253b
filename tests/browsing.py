"""How do people of the tests look at the product as it is served, each in a browser of their own?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connection
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Browser, Page, expect, sync_playwright

from accounts.models import User
from runner.browser import chromium, chromium_words
from tests.factories import PASSWORD

# A busy machine takes its time; nobody waits longer than it needs.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


@contextmanager
def served() -> Iterator[str]:
    """Serve the product, with its scripts and styles, at a free port of this machine; yields its URL."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.daemon_threads = False  # whoever closes it waits until every request has given its connection back
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield "http://{}:{}".format(*server.server_address)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def started_browser() -> Iterator[Browser]:
    """A Chromium; Django must be told that it may ask the database beside Playwright's event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=chromium_words())
        try:
            yield browser
        finally:
            browser.close()
            connection.close()  # inside Playwright's loop it is another one than outside


def sign_in(browser: Browser, url: str, user: User, **options: Any) -> Page:
    """A window without memory in which ``user`` gave the password; ``options`` are those of Playwright's contexts."""
    context = browser.new_context(base_url=url, **{"locale": "en-GB"} | options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/today/")
    return page
