"""Is a step put off, taken back and shown again with the keyboard alone, and a line's urgency read?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import PutOff
from tests.factories import make_customer, say

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_not_now_undo_and_again_by_keyboard(window, alice):
    now = timezone.now()
    customer = make_customer(alice, "Waits Ltd", at=now - timedelta(days=9))
    say(customer, alice, now - timedelta(days=2), "in", now=now)
    page = window(alice)
    strip = page.locator(".today-parts .step-row")
    expect(strip).to_contain_text("wrote 2 days ago and waits · nothing is planned")

    def put_off() -> None:
        strip.get_by_role("link", name="Not now").focus()
        page.keyboard.press("Enter")
        dialog = page.locator("dialog[open]")
        expect(dialog.get_by_role("radio", name="Not the right time")).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(dialog.get_by_role("radio", name="It does not fit")).to_be_checked()
        page.keyboard.press("Control+Enter")
        expect(page.locator(".note-toast")).to_contain_text("Waits Ltd is put off.")
        expect(page.get_by_text("No step stands out")).to_be_visible()

    put_off()
    page.locator(".note-toast").get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(strip).to_have_count(1)
    assert not PutOff.objects.exists()

    put_off()
    assert PutOff.objects.get().reason == "wrong"
    page.get_by_role("link", name="1 put off").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".put-off-why")).to_contain_text("It does not fit")
    page.get_by_role("button", name="Show again").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Not now")).to_be_visible()
    assert not PutOff.objects.exists()


def test_the_reasons_of_a_line_unfold_by_keyboard_and_on_a_phone(window, alice):
    now = timezone.now()
    customer = make_customer(
        alice, "A very long name of a company that trades in everything GmbH & Co. KG", at=now - timedelta(days=9)
    )
    say(customer, alice, now - timedelta(days=2), "in", now=now)
    for options in ({}, {"viewport": {"width": 390, "height": 844}, "has_touch": True}):
        page = window(alice, **options)
        why = page.locator(".queue:not(.today-parts .queue) .why").first
        panel = why.locator(".menu-panel")
        expect(panel).to_be_hidden()
        why.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(panel).to_contain_text("wrote 2 days ago and waits")
        box = panel.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page.viewport_size["width"]
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(why.locator("summary")).to_be_focused()
