"""Is the board read by everybody: judged by axe, walked with the keyboard, on a phone, in the dark, without scripts?"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from core import rollups
from core.zones import business_day
from opportunities.inputs import OpportunityData
from opportunities.models import LostReason, Opportunity
from opportunities.services import create_opportunity, lose_opportunity, win_opportunity
from tests.factories import make_customer, say
from tests.living import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (settings.BASE_DIR / "tests/assets/axe/axe.js").read_text()
JUDGED = """;axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations.map(
    (one) => [one.id, ...one.nodes.map((node) => node.target.join(" "))]))"""
DESK = {"viewport": {"width": 1440, "height": 900}}
# What can be pressed now; what a closed <details> holds cannot.
REACHABLE = """[...document.querySelectorAll(
    "main :is(a[href], button, select, input:not([type=hidden]), summary)")].filter((one) => one.checkVisibility())"""
FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one);
    return [REACHABLE.indexOf(one), style.outlineStyle !== "none" || style.boxShadow !== "none"];
}""".replace("REACHABLE", REACHABLE)


@pytest.fixture
def busy(alice, rates, target):
    """A firm with something in most answers, today."""
    now = timezone.now()
    today = business_day(now)
    target(alice, f"{today:%Y-%m}", 100_000)

    def deal(amount: int, **data: Any) -> Opportunity:
        fields = {
            "title": "Padlocks", "customer": make_customer(alice), "amount": Decimal(amount), "currency": "USD",
            "expected_on": today,
        }  # fmt: skip
        return create_opportunity(data=OpportunityData(**fields | data), by=alice, now=now)

    deal(300)
    win_opportunity(opportunity=deal(2000), by=alice, now=now, closed_on=today, reason="so")
    reason = LostReason.objects.order_by("pk")[0]
    lose_opportunity(opportunity=deal(900), reason=reason, by=alice, now=now, words="so", lost_to="Bosch")
    for _ in range(10):
        customer = make_customer(alice)
        say(customer, alice, now - timedelta(minutes=3), "in", now=now)
        say(customer, alice, now - timedelta(minutes=2), "out", now=now)
    rollups.sweep()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing(window, dana, busy, options, scheme):
    page = window(dana, color_scheme=scheme, **options)
    for path in ("/board/", "/board/answers/", "/changes/", "/month/", "/forecasts/", "/weekly/", "/targets/"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        assert page.evaluate(AXE + JUDGED) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path


@pytest.mark.parametrize("options", [DESK, PHONE], ids=["desk", "phone"])
def test_all_that_can_be_pressed_is_reached_by_keyboard_and_seen(window, dana, busy, options):
    page = window(dana, **options)
    page.goto("/board/")
    expect(page.locator("#funnel .chart svg")).to_be_visible()
    there = page.evaluate(f"{REACHABLE}.length")
    assert there > 40
    page.evaluate(f"{REACHABLE}[0].focus()")
    reached, unseen = {0}, []
    for _ in range(there):
        page.keyboard.press("Tab")
        place, is_seen = page.evaluate(FOCUSED)
        reached.add(place)
        if place >= 0 and not is_seen:
            unseen.append(place)
    assert set(range(there)) - reached == set()
    assert unseen == []


def test_tables_behind_charts_are_there_without_scripts(window, dana, busy):
    page = window(dana, java_script_enabled=False, **DESK)
    page.goto("/board/")
    answer = page.locator("#funnel")
    expect(answer.locator(".chart")).to_be_hidden()
    expect(answer.locator("table")).to_be_hidden()
    answer.get_by_text("Table", exact=True).focus()
    page.keyboard.press("Enter")
    expect(answer.locator("table")).to_be_visible()
    expect(answer.locator("tbody tr").first).to_contain_text("First contact3")


def test_paper_holds_charts_and_tables_and_no_buttons(window, dana, busy):
    page = window(dana, **DESK)
    page.goto("/board/")
    expect(page.locator("#funnel .chart svg")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for gone in (".board-jump", ".funnel-asked form", ".sidebar", ".topbar", ".page-head .acts"):
        expect(page.locator(gone).first).to_be_hidden()
    for stays in ("#funnel .chart svg", "#funnel table", "#targets table", "#competitor table"):
        expect(page.locator(stays)).to_be_visible()
