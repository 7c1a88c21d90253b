"""What do people do with leads and deals in a browser, by the words that they read there?"""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from core.jobs import run_due
from core.zones import business_day
from opportunities.models import Lead, Opportunity


def save(page: Page, word: str) -> None:
    """Press what saves, on a page or in a dialog, and wait for the page that comes after."""
    with page.expect_navigation():
        within(page).get_by_role("button", name=word, exact=True).click()


def within(page: Page) -> Locator:
    """Where the forms are: the dialog if one is open."""
    return page.get_by_role("dialog") if page.get_by_role("dialog").count() else page.locator("main")


def ask(page: Page, word: str) -> Locator:
    """Open the dialog behind a link, out of the menu if it stands there."""
    link = page.locator("main").get_by_role("link", name=word, exact=True)
    if not link.count():
        page.locator("main .record-head").get_by_label("More", exact=True).click()
    link.first.click()
    page.get_by_role("dialog").get_by_role("button", name="Close").wait_for()
    return page.get_by_role("dialog")


def choose(form: Locator, label: str, word: str) -> None:
    """Write into a list that is searched, and take what it finds."""
    form.get_by_label(label, exact=True).and_(form.page.locator("input")).fill(word)
    form.page.locator(".ts-dropdown").get_by_role("option", name=word).first.click()


def bring(page: Page, text: str) -> None:
    """Walk a file through the import; its leads wait in the team."""
    page.goto("/leads/")
    page.get_by_role("link", name="Import", exact=True).click()
    file = {"name": "rfq.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]
    save(page, "Upload and go on")
    save(page, "Yes, on to the columns")
    page.get_by_label("Source", exact=True).select_option(label="Alibaba.com")
    page.get_by_label("Team in which they wait").select_option(label="Europe")
    save(page, "Try it, without writing anything")
    run_due(timezone.now)
    save(page, "Write 8 rows")
    run_due(timezone.now)
    page.get_by_role("link", name="See what was imported").click()


def give_all(page: Page, to: str) -> None:
    """Give every lead on the list to somebody."""
    page.get_by_role("checkbox", name="Select all rows of this page").check()
    page.get_by_role("button", name="Give to somebody").click()
    dialog = page.get_by_role("dialog")
    box = dialog.locator("input[role=combobox]")  # the select behind it is hidden once its script is there
    box.focus()
    dialog.locator(".option").first.wait_for()
    box.press_sequentially(to)
    expect(dialog.locator(".option.active")).to_have_text(to)
    box.press("Enter")
    dialog.get_by_role("button", name="Give to somebody").click()
    expect(dialog).to_contain_text("8 done")


def paste(page: Page, text: str) -> None:
    page.goto("/leads/")
    page.get_by_role("link", name="Paste an inquiry").click()
    page.locator("main").get_by_role("textbox").fill(text)
    save(page, "Read it")
    save(page, "Save")


def open_lead(page: Page, asks: str) -> Lead:
    """Find it in the list by what it asks for, and go there."""
    page.goto("/leads/?view=all")
    page.get_by_role("row", name=asks).get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/leads/\d+/"))
    return Lead.objects.get(pk=int(re.search(r"/leads/(\d+)/", page.url)[1]))  # type: ignore[index]


def screen(page: Page) -> None:
    """Answer every question of the checklist with yes."""
    for question in page.get_by_role("group", name="?").all():
        yes = question.get_by_role("button", name="Yes")
        yes.click()
        expect(yes).to_have_attribute("aria-pressed", "true")


def add_file(page: Page) -> None:
    ask(page, "Add files").locator("input[type=file]").first.set_input_files(paper("drawing.pdf"))
    save(page, "Upload")


def plan(page: Page) -> None:
    ask(page, "Plan a task").get_by_label("What is to be done").fill("Send the drawing back")
    save(page, "Save")


def write_down(page: Page) -> None:
    """Log a call that another file came with."""
    dialog = ask(page, "Log a contact")
    dialog.get_by_label("Phone", exact=True).check()
    dialog.get_by_label("They to us").check()
    dialog.get_by_label("What was said").fill("They want brass, not steel")
    dialog.locator("input[type=file]").first.set_input_files(paper("brass.txt"))
    save(page, "Save")


def paper(name: str) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": f"%PDF-1.4 {name}".encode()}


def convert(page: Page, *, onto: str = "", amount: str = "", currency: str = "") -> None:
    """Make the open lead a customer and a deal; ``onto`` names a customer that the panel shows."""
    page.locator("main").get_by_role("link", name="Convert", exact=True).click()
    # Whoever saves has been told: the panel comes first.
    page.locator("#conflicts").get_by_text(re.compile("No such company|Records of colleagues")).wait_for()
    if onto:
        card = page.get_by_role("article").filter(has=page.get_by_role("link", name=onto))
        with page.expect_navigation():
            card.get_by_role("link", name="Put it onto this one").click()
    if amount:
        deal = page.get_by_role("group", name="Opportunity")
        deal.get_by_label("Amount").fill(amount)
        choose(deal, "Currency", currency)
    save(page, "Convert")


def begin(page: Page, asks: str, **more: str) -> None:
    """Convert the lead that asks for this and go to its deal."""
    lead = open_lead(page, asks)
    convert(page, **more)
    with page.expect_navigation():
        page.locator(".notice").get_by_role("link", name=asks).click()
    assert Opportunity.objects.living().get(lead=lead).details == lead.message


def enter_line(page: Page, product: str, quantity: str, price: str, currency: str) -> None:
    """Say what is offered: the deal is worth as much."""
    with page.expect_navigation():
        page.get_by_role("link", name="Edit", exact=True).last.click()
    lines = page.get_by_role("group", name="Product lines")
    lines.get_by_label("Product", exact=True).first.fill(product)
    lines.get_by_label("Quantity").first.fill(quantity)
    lines.get_by_label("Price").first.fill(price)
    choose(page.locator("main"), "Currency", currency)
    save(page, "Save")


def forward(page: Page, stage: str, *, ticks: tuple[str, ...] = (), because: str = "", expected_on: Any = None) -> None:
    dialog = ask(page, stage)
    for one in ticks:
        dialog.get_by_label(one).check()
    if because:
        dialog.get_by_label("Why it goes on").fill(because)
    if expected_on:
        dialog.get_by_label("Expected close").fill(str(expected_on))
    save(page, "Move forward")


def win(page: Page) -> None:
    """It is won without all its checkpoints; the dialog then offers the order."""
    dialog = ask(page, "Won")
    dialog.get_by_label("Why it goes on").fill("Ordered by telephone")
    for day in dialog.get_by_label("Expected close").all():  # where the stages on the way still ask for it
        day.fill(str(business_day(timezone.now())))
    dialog.get_by_role("button", name="It is won").click()
    dialog.get_by_role("link", name="Make the order").wait_for()


def make_order(page: Page, number: str) -> None:
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("link", name="Make the order").click()
    page.get_by_label("Number").fill(number)
    save(page, "Save")
    expect(page.get_by_role("heading", name=number)).to_be_visible()


def lose(page: Page, reason: str, *, who: str = "", words: str = "") -> None:
    dialog = ask(page, "Lost")
    dialog.get_by_label(reason, exact=True).check()
    dialog.get_by_label("Who got it").fill(who)
    dialog.get_by_label("In words").fill(words)
    save(page, "It is lost")
    expect(page.locator("main .meta")).to_contain_text("Lost")


def ended_of(page: Page, query: str = "") -> list[str]:
    """The one row of the funnel's table of what was won and lost, without its month."""
    page.goto(f"/funnel/{query}")
    cells = page.locator("#sheet-months").get_by_role("cell").all_inner_texts()
    return [one.replace("\N{NO-BREAK SPACE}", " ") for one in cells]
