"""Is a rotation set up, reordered, looked at and run in a real browser, by keyboard alone?"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from publicpool.models import Rotation

from .rotations import given

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_rotation_is_set_up_and_run_without_a_mouse(window, root, alice, bob, pooled):
    for number in range(3):
        pooled(f"Number {number} GmbH")
    page = window(root)
    page.goto("/pool/rotations/")
    page.get_by_role("link", name="Set up the first rotation").press("Enter")
    page.get_by_label("English name").fill("Website")
    page.get_by_label("Gives out").select_option("Public pool")
    for place, (person, weight) in enumerate(((bob, "1"), (alice, "2"))):
        if place:
            page.get_by_role("button", name="One more person").press("Enter")
        row = page.locator("[data-row]").nth(place)
        box = row.locator("input[role=combobox]")  # the select behind it is hidden
        box.focus()
        row.locator(".option").first.wait_for()  # nobody types in the instant in which the list opens
        box.press_sequentially(person.name)
        expect(row.locator(".option.active")).to_have_text(person.name)
        box.press("Enter")
        row.get_by_label("Weight").fill(weight)
    # Alice comes before Bob, by keyboard.
    page.locator("[data-row]").nth(1).get_by_role("button", name="Move up").press("Enter")
    page.get_by_label("In use").press("Space")
    page.get_by_role("button", name="Preview turns").press("Enter")
    expect(page.locator("#preview")).to_contain_text("66.7 %")
    expect(page.locator("[data-row]").first.locator(".item")).to_have_text("Alice")
    assert not Rotation.objects.exists()
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("heading", name="Website")).to_be_visible()
    expect(page.get_by_text("Not begun yet")).to_be_visible()
    page.get_by_role("link", name="Preview and run").press("Enter")
    expect(page.locator("#list")).to_contain_text("Number 2 GmbH")
    page.get_by_role("button", name="Give out 3 now").press("Enter")
    expect(page.locator("#list")).to_contain_text("Number 2 GmbH")
    expect(page.locator(".strip").first).to_contain_text("StartedRoot")
    assert given(Rotation.objects.get()) == "ABA"
