"""Is a departure of somebody in a firm of two hundred planned by keyboard, and without a script too?"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import Departure
from publicpool.models import Rotation, RotationMember
from tests.factories import make_customer

from .rotations import colleagues, make_firm

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def choose(line, name: str) -> None:
    box = line.locator("input[role=combobox]").first  # the select behind it is hidden
    box.focus()
    line.locator(".option").first.wait_for()  # nobody types in the instant in which the list opens
    box.press_sequentially(name)
    expect(line.locator(".option.active").first).to_have_text(name)
    box.press("Enter")


def test_everybody_can_be_chosen_in_each_line(window, root, alice, team):
    people = colleagues(200, team)
    make_customer(alice, country="FR")
    make_customer(alice)
    page = window(root)
    page.goto(f"/people/{alice.pk}/departure/")
    lines = page.locator("#kind-customers [data-rows] > *")
    choose(lines.nth(0), "Person number 150")
    page.locator("#kind-customers [data-add-row]").press("Enter")
    choose(lines.nth(2), "Person number 007")
    lines.nth(0).locator("select[name=customers-0-countries]").evaluate("one => one.tomselect.setValue(['FR'])")
    page.locator(".save-bar .btn-primary").press("Enter")
    expect(page.get_by_role("button", name="Carry out now")).to_be_visible()
    plan = Departure.objects.get().plan["customers"]
    assert [(line["target"], line.get("countries")) for line in plan] == [
        (people[150].pk, ["FR"]),
        (people[7].pk, None),
    ]
    page.get_by_role("link", name="Change the plan").press("Enter")
    expect(page.locator("#kind-customers .item").first).to_have_text("Person number 150")


def test_without_a_script_everybody_is_listed_where_that_is_asked_for(window, root, alice, team):
    people = colleagues(200, team)
    make_customer(alice)
    page = window(root, java_script_enabled=False)
    page.goto(f"/people/{alice.pk}/departure/")
    page.get_by_role("button", name="List everybody in each line").click()
    page.locator("select[name=customers-1-to]").select_option(f"person:{people[150].pk}")
    page.locator(".save-bar .btn-primary").click()
    expect(page.get_by_role("button", name="Carry out now")).to_be_visible()


def test_two_hundred_members_are_moved_taken_out_and_joined(window, root, team, now):
    people = colleagues(199, team)
    rotation = make_firm(root, people[:198], now)
    page = window(root)
    page.goto(f"{rotation.get_absolute_url()}edit/")
    rows = page.locator("[data-row]")
    choose(rows.nth(198), "Person number 198")
    rows.nth(198).get_by_role("button", name="Move up").press("Enter")
    rows.nth(0).get_by_role("button", name="Take out").press("Enter")
    page.get_by_role("button", name="One more person").press("Enter")
    choose(rows.nth(199), "Root")
    rows.nth(199).get_by_label("A month").fill("9")
    page.get_by_role("button", name="Preview turns").press("Enter")
    expect(page.locator("#preview")).to_contain_text("Root")
    expect(rows.nth(0)).to_be_hidden()
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("heading", name="Everybody")).to_be_visible()
    members = list(RotationMember.objects.filter(rotation=rotation, left_at=None).order_by("position"))
    assert [one.user_id for one in members] == [
        *(one.pk for one in people[1:197]),
        people[198].pk,
        people[197].pk,
        root.pk,
    ]
    assert (members[-1].a_month, members[0].a_month) == (9, 50)
    assert Rotation.objects.count() == 1
