"""Do ten inquiries become won, lost or nothing in the browsers of two people, and is nothing of them lost on the way?

Dana leads Alice's team. She brings a marketplace's list, Alice pastes two letters; server, Postgres and browsers are
real. What a worker would do is done where they wait for it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from communications.models import Communication
from core.zones import business_day
from customers.models import Attachment, Customer, Event
from followups.models import Task
from opportunities.models import Conversion, Lead, Move, Opportunity
from tests.factories import make_customer
from tests.opportunities.dealing import (
    add_file,
    ask,
    begin,
    bring,
    convert,
    ended_of,
    enter_line,
    forward,
    give_all,
    lose,
    make_order,
    open_lead,
    paste,
    plan,
    save,
    screen,
    win,
    write_down,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# As a marketplace gives it out; the company where it is told.
INQUIRIES = """\
buyer_no,Company,RFQ Title,Description,Quantity,Unit,Country,Quotes Left,Date Posted
B0001,Nordlicht Möbel GmbH,Cabinet hinges,"We fit 400 kitchens a month.
✓ Soft closing ❖ nickel plated",5000,Piece/Pieces,Germany,1,13 days ago
B0002,Nordlicht Möbel GmbH,Drawer slides,"Full extension, 450 mm, with screws.",2000,Set/Sets,Germany,0,12 days ago
B0003,Atelier Brun SARL,Door handles,"Laiton massif, finition vieillie.
Voir le dessin.",300,Piece/Pieces,France Metropolitan,3,13 days ago
B0004,Ferramenta Rossi SRL,Brass padlocks,"Ciao, 100 pz 40 mm, chiavi uguali.",100,Piece/Pieces,Italy,2,6 days ago
B0005,Meble Kowalski,Gas springs,"80 N, black.",800,Piece/Pieces,Poland,0,2 days ago
B0006,Ruedas Sur SL,Furniture casters,"Con freno, 50 mm.",1200,Piece/Pieces,Spain,1,17 hours before
B0007,Haak & Zoon BV,Coat hooks,"Matt black, two screws.",4000,Piece/Pieces,Netherlands,3,
B0008,,Watches luxury exactly as attached,"Kind regards, earn 5000 $ a day!",1,Piece/Pieces,United States,0,3 days ago
"""
OLD_FRIEND = """\
From: Mari Tamm <mari@balticfittings.example>
Subject: Shelf brackets again

Dear Alice, please quote 600 pcs of shelf brackets, white.

Mari Tamm
Baltic Fittings OÜ
Tallinn, Estonia
"""
STRANGER = """\
Subject: Barn door tracks

Hello, we look for 2500 pcs of barn door tracks for our three shops in Canada.

Best regards,
Joe Tremblay
Vancouver Doors Ltd
joe@vancouverdoors.example
"""


# --- the story ------------------------------------------------------------------------------------------


def test_ten_inquiries(alice, dana, window, rates):
    friend = make_customer(alice, "Baltic Fittings OÜ", country="EE", at=timezone.now())
    hers, chief = window(alice), window(dana)

    # Eight come with a list and wait in the team until Dana gives them away; two letters are pasted.
    bring(chief, INQUIRIES)
    give_all(chief, "Alice")
    paste(hers, OLD_FRIEND)
    paste(hers, STRANGER)
    assert Lead.objects.filter(owner=alice, state=Lead.State.NEW).count() == 10

    open_lead(hers, "Watches luxury")
    ask(hers, "Disqualify").get_by_label("Advertising or fraud").check()
    save(hers, "Disqualify")
    expect(hers.locator("main")).to_contain_text("Advertising or fraud")

    # Three are converted too early and taken back: what was typed and done by then is there as before.
    door = open_lead(hers, "Door handles")
    screen(hers)
    add_file(hers)
    plan(hers)
    write_down(hers)
    assert [len(kept_of(door)[name]) for name in ("files", "tasks", "said", "answers")] == [2, 1, 1, 5]
    shown = shown_of(hers, door)
    convert_and_take_back(hers, door)
    assert shown_of(hers, door) == shown
    padlocks = open_lead(hers, "Brass padlocks")
    plan(hers)
    convert_and_take_back(hers, padlocks)
    brackets = open_lead(hers, "Shelf brackets again")
    write_down(hers)
    convert_and_take_back(hers, brackets, onto=friend.name)
    assert list(Customer.objects.living()) == [friend]
    assert not Opportunity.objects.living().exists()

    # Won with all that belongs to it: lines, checkpoints, back and on again, an order.
    begin(hers, "Cabinet hinges")
    enter_line(hers, "Hinge 110°", "5000", "1.25", "USD")
    forward(hers, "Needs confirmed", ticks=("The right person is known", "They know what we make"))
    forward(hers, "Negotiation", because="They know us from the fair", expected_on=business_day(timezone.now()))
    ask(hers, "Proposal").get_by_label("Why it goes back").fill("They want another finish")
    save(hers, "Move back")
    win(hers)
    make_order(hers, "PI-1")
    # The same company asks for more: the panel finds it.
    begin(hers, "Drawer slides", onto="Nordlicht Möbel GmbH", amount="5000", currency="USD")
    win(hers)
    make_order(hers, "PI-2")
    begin(hers, "Shelf brackets again", onto=friend.name, amount="900", currency="EUR")
    win(hers)
    make_order(hers, "PI-3")
    begin(hers, "Barn door tracks", amount="10000", currency="EUR")
    win(hers)  # its order comes later

    begin(hers, "Door handles")
    lose(hers, "Went to a competitor", who="Rivale SA")
    begin(hers, "Brass padlocks", amount="300", currency="EUR")
    lose(hers, "Price")
    begin(hers, "Gas springs", amount="1000", currency="USD")
    lose(hers, "Other", words="They make them now themselves")
    begin(hers, "Coat hooks")
    lose(hers, "No budget")
    begin(hers, "Furniture casters", amount="700", currency="EUR")
    lose(hers, "No reply")
    ask(hers, "Take up again").get_by_label("Why it is taken up again").fill("They wrote after all")
    save(hers, "Take up again")
    lose(hers, "Price")

    # Each has ended, and the figures say so: in the rows, on Alice's page, on her manager's.
    ends = Counter(Opportunity.objects.living().values_list("outcome", flat=True))
    assert ends == {Opportunity.Outcome.WON: 4, Opportunity.Outcome.LOST: 5}
    assert Counter(Lead.objects.values_list("state", flat=True)) == {"converted": 9, "disqualified": 1}
    assert (Conversion.objects.count(), Conversion.objects.exclude(undone_at=None).count()) == (12, 3)
    kinds = Counter(Move.objects.filter(opportunity__archived_at=None).values_list("kind", flat=True))
    assert kinds == {"created": 9, "forward": 2, "back": 1, "won": 4, "lost": 6, "reopened": 1}
    won = Opportunity.objects.living().filter(outcome=Opportunity.Outcome.WON)
    assert sum(won.values_list("amount_base", flat=True)) == 43_750 + 35_000 + 7_200 + 80_000
    for page in (hers, chief):
        assert ended_of(page) == ["4", "5", "44.4 %", "EUR 10,900 · USD 11,250", "¥165,950"]
    page.locator("#sheet-months").get_by_role("link", name="4", exact=True).click()
    expect(page.locator(".list-table tbody tr")).to_have_count(4)
    for title in won.values_list("title", flat=True):
        expect(page.get_by_role("row", name=title)).to_be_visible()

    nordlicht, vancouver = (Customer.objects.living().get(name__startswith=one) for one in ("Nordlicht", "Vancouver"))
    friend.refresh_from_db()
    day = business_day(timezone.now())
    found = [(one.status.key, one.orders_count, one.last_order_on) for one in (nordlicht, friend, vancouver)]
    assert found == [("retained", 2, day), ("won", 1, day), ("won", 0, None)]
    hers.goto(f"/customers/{nordlicht.pk}/orders/")
    expect(hers.locator("main")).to_contain_text("Retained")
    for words in ("Won total ¥78,750", "Orders 2", "Last order Today"):
        expect(hers.locator("#tab-panel")).to_contain_text(words)
    call_command("check_invariants", verbosity=0)


# --- what is there --------------------------------------------------------------------------------------


def of(lead: Lead) -> dict[str, Any]:
    return {"target_label": lead._meta.label_lower, "target_id": lead.pk}


def kept_of(lead: Lead) -> dict[str, Any]:
    """What was typed of a lead and hangs on it."""
    said = Communication.objects.filter(lead=lead)
    files = Attachment.objects.filter(**of(lead)) | Attachment.objects.filter(
        target_label="communications.communication", target_id__in=said.values("pk")
    )
    return {
        "row": Lead.objects.filter(pk=lead.pk).values().get(),
        "files": list(files.order_by("pk").values_list("name", "blob", "by", "deleted_at", "customer")),
        "tasks": list(Task.objects.filter(lead=lead).values_list("title", "state", "opportunity", "customer")),
        "said": list(said.values_list("body", "author", "customer")),
        "answers": list(lead.answers.order_by("pk").values_list("question", "is_yes", "by")),
    }


def told_of(lead: Lead) -> list[str]:
    """Its history, the oldest first."""
    return list(Event.objects.filter(**of(lead)).order_by("pk").values_list("kind", flat=True))


def shown_of(page: Page, lead: Lead) -> list[str]:
    """What its page says of the inquiry, of what was said, of tasks and files."""
    found = []
    for tab in ("", "communications/", "tasks/", "files/"):
        page.goto(f"{lead.get_absolute_url()}{tab}")
        found.append(page.locator("#tab-panel").inner_text())
    return found


def convert_and_take_back(page: Page, lead: Lead, *, onto: str = "") -> None:
    """All of the lead goes along to the customer, and all comes back."""
    kept, told = kept_of(lead), told_of(lead)
    convert(page, onto=onto)
    customer = Conversion.objects.get(lead=lead, undone_at=None).customer_id
    gone = kept_of(lead)
    assert {row[-1] for name in ("files", "tasks", "said") for row in gone[name]} == {customer}
    ask(page, "Undo")
    save(page, "Undo the conversion")
    expect(page.get_by_role("link", name="Convert", exact=True)).to_be_visible()
    assert kept_of(lead) == kept
    assert told_of(lead)[: len(told)] == told
    assert Counter(told_of(lead)[len(told) :]) == {"lead.converted": 2, "lead.conversion_undone": 2}
