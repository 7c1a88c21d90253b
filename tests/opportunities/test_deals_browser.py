"""Are cards dragged and moved by keys, and cells written in place, in a real browser?"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from opportunities.models import Checkpoint, Opportunity
from opportunities.services import move_opportunity
from tests.factories import make_contact, make_customer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def made(deal, alice, stages):
    """Two of one customer: one that may go forward freely, one with a checkpoint left."""
    at = timezone.now()
    customer = make_customer(alice, "Hafenlicht GmbH")
    free = deal(title="Free to go", customer=customer, at=at)
    asked = deal(title="Asks first", customer=customer, at=at + timedelta(seconds=1))
    for point in Checkpoint.objects.filter(stage=stages["first_contact"]):
        free.passed.create(checkpoint=point, by=alice, at=at)
    return free, asked


def carry(page, card, target) -> None:
    """Drag with the mouse, in steps, as a hand does."""
    start, end = page.locator(card).bounding_box(), page.locator(target).bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 30)
    page.mouse.down()
    for step in range(1, 9):
        x = start["x"] + 60 + (end["x"] + 60 - start["x"] - 60) * step / 8
        y = start["y"] + 30 + (end["y"] + 30 - start["y"] - 30) * step / 8
        page.mouse.move(x, y)
        page.wait_for_timeout(40)
    page.mouse.up()


def test_a_card_is_dragged_to_the_next_stage_and_the_sums_follow(page, made, stages):
    free, _asked = made
    needs = stages["needs"].pk
    page.goto("/opportunities/board/")
    carry(page, f"#card-{free.pk}", f"#column-{needs} .board-cards")
    expect(page.locator(f"#column-{needs} #card-{free.pk}")).to_be_visible()
    expect(page.locator(f"#head-{needs}")).to_contain_text("¥7,000")
    expect(page.locator(f"#card-{free.pk}.is-waiting")).to_have_count(0)
    free.refresh_from_db()
    assert free.stage_id == needs


def test_where_something_is_asked_the_card_goes_back_and_the_dialog_asks(page, made, stages):
    _free, asked = made
    first, needs = stages["first_contact"].pk, stages["needs"].pk
    page.goto("/opportunities/board/")
    carry(page, f"#card-{asked.pk}", f"#column-{needs} .board-cards")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("The right person is known")
    expect(page.locator(f"#column-{first} #card-{asked.pk}")).to_have_count(1)
    dialog.get_by_label("The right person is known").check()
    dialog.locator("[name=reason]").fill("They ask for a quotation at once")
    dialog.locator("[name=reason]").press("Control+Enter")
    expect(page.locator(f"#column-{needs} #card-{asked.pk}")).to_be_visible()
    asked.refresh_from_db()
    assert asked.stage_id == needs


def test_who_comes_second_sees_why_and_where_it_is(page, made, stages, alice):
    free, _asked = made
    page.goto("/opportunities/board/")
    move_opportunity(opportunity=free, to=stages["proposal"], by=alice, now=timezone.now(), reason="known")
    carry(page, f"#card-{free.pk}", f"#column-{stages['needs'].pk} .board-cards")
    expect(page.locator("#toasts")).to_contain_text("moved this opportunity meanwhile")
    expect(page.locator(f"#column-{stages['proposal'].pk} #card-{free.pk}")).to_be_visible()


def test_keys_go_from_card_to_card_and_choose_the_stage(page, made, stages):
    free, asked = made
    page.goto("/opportunities/board/")
    page.locator(f"#card-{asked.pk} .deal-link").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#card-{free.pk} .deal-link")).to_be_focused()
    page.keyboard.press("m")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Needs confirmed").check()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="Move forward").click()
    expect(page.locator(f"#column-{stages['needs'].pk} #card-{free.pk}")).to_be_visible()


def test_on_a_phone_one_stage_stands_at_a_time_and_a_button_moves(page, made, stages):
    free, _asked = made
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/opportunities/board/")
    expect(page.locator(f"#card-{free.pk}")).to_be_visible()
    page.locator(".board-tabs a").nth(1).click()
    expect(page.locator(f"#card-{free.pk}")).to_be_hidden()
    page.locator(".board-tabs a").nth(0).click()
    page.locator(f"#card-{free.pk} .deal-move").click()
    expect(page.locator("dialog[open]")).to_contain_text("To which stage?")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_value_is_written_in_its_cell_with_the_keyboard(page, made):
    free, _asked = made
    page.goto("/opportunities/")
    row = page.locator("tr", has_text="Free to go")
    row.locator('a[href*="/set/"]').first.focus()
    page.keyboard.press("Enter")
    field = row.locator("[name=amount]")
    expect(field).to_be_focused()
    field.fill("-5")
    page.keyboard.press("Enter")
    expect(row.locator(".inline-error")).to_contain_text("greater than or equal to 0")
    expect(field).to_have_value("-5")
    field.fill("1250")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("USD\N{NO-BREAK SPACE}1,250")
    assert Opportunity.objects.get(pk=free.pk).amount == Decimal(1250)


def test_escape_leaves_the_cell_as_it_was(page, made):
    page.goto("/opportunities/")
    row = page.locator("tr", has_text="Free to go")
    row.locator('a[href*="/set/"]').first.click()
    row.locator("[name=amount]").fill("99")
    page.keyboard.press("Escape")
    expect(row).to_contain_text("USD\N{NO-BREAK SPACE}1,000")
    expect(row.locator('a[href*="/set/"]').first).to_be_focused()


def test_choosing_a_customer_offers_its_people(page, made, alice):
    make_contact(Opportunity.objects.first().customer, "Frau Vogel")
    page.goto("/opportunities/new/")
    box = page.locator("#id_customer-ts-control")
    box.fill("Hafen")
    page.locator(".ts-dropdown .option", has_text="Hafenlicht").click()
    expect(page.locator("#id_people-0-contact")).to_contain_text("Frau Vogel")
