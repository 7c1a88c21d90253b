"""Is a rotation fair for a fortnight, and can a sceptic count after? Three people at 3:2:1, one away, one leaving.

Alice sells from Shanghai on a telephone, in Chinese; Bob from Berlin, in English; Charlie, in another team, believes
nothing; Root sets the turns. The server, Postgres, Valkey, the browsers and the mail server are real; the clock is
moved, and at each stop everything that beat would wake for the pool runs twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Page, expect

from accounts.models import Notification, User
from customers.inputs import CustomerData
from customers.models import Customer, Pool
from customers.services import create_customer
from publicpool.models import PoolSettings, Rotation, RotationEntry, RotationMember
from tests.factories import PASSWORD, say
from tests.living import BERLIN, SHANGHAI, Life, mail_server, settled, window_of
from tests.opportunities.dealing import save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What Charlie does not touch; and where Bob's customers are that do not stay in turn.
LET_LIE, FRENCH, ITALIAN = 3, 2, 5
# The ledger as it must be: line, when, by whom, number of the customer, to whom, cycle · round · place, weights in
# force, and what else stands there. Worked out by hand.
LEDGER = """\
1|2 Nov 09:00|Root|Alice joins with weight 3; Bob joins with weight 2; Charlie joins with weight 1
2|2 Nov 09:30|Root|1|Alice|1 · 1 · 1|3 : 2 : 1|
3|2 Nov 09:30|Root|2|Bob|1 · 1 · 2|3 : 2 : 1|
4|2 Nov 09:30|Root|3|Charlie|1 · 1 · 3|3 : 2 : 1|
5|2 Nov 09:30|Root|4|Alice|1 · 2 · 1|3 : 2 : 1|
6|2 Nov 09:30|Root|5|Bob|1 · 2 · 2|3 : 2 : 1|
7|2 Nov 09:30|Root|6|Alice|1 · 3 · 1|3 : 2 : 1|
8|3 Nov 10:00|By itself|3|Alice|2 · 1 · 1|3 : 2 : 1|passed on not touched since line 4
9|3 Nov 10:00|By itself|7|Bob|2 · 1 · 2|3 : 2 : 1|
10|3 Nov 10:00|By itself|8|Charlie|2 · 1 · 3|3 : 2 : 1|
11|4 Nov 10:00|By itself|9|Alice|2 · 2 · 1|3 : 2 : 1|
12|4 Nov 10:00|By itself|10|Alice|2 · 3 · 1|3 : 2 : 1|turn used up Bob: away until 5 Nov
13|4 Nov 10:00|By itself|11|Alice|3 · 1 · 1|3 : 2 : 1|
14|5 Nov 10:00|By itself|12|Charlie|3 · 1 · 3|3 : 2 : 1|turn used up Bob: away until 5 Nov
15|6 Nov 10:00|By itself|1|Bob|3 · 2 · 2|3 : 2 : 1|turn owed Alice: cool-down until 5 Dec
16|6 Nov 10:00|By itself|13|Alice|3 · 2 · 1|3 : 2 : 1|owed turn served
17|6 Nov 11:00|Root|Alice weight 3 → 1
18|9 Nov 10:00|By itself|14|Alice|3 · 3 · 1|3 : 2 : 1|
19|9 Nov 10:00|By itself|15|Alice|4 · 1 · 1|1 : 2 : 1|
20|9 Nov 10:00|By itself|16|Bob|4 · 1 · 2|1 : 2 : 1|
21|9 Nov 10:00|By itself|17|Charlie|4 · 1 · 3|1 : 2 : 1|
22|10 Nov 10:00|By itself|18|Bob|4 · 2 · 2|1 : 2 : 1|
23|10 Nov 14:00|Root|Bob leaves
24|10 Nov 14:00|Root|1|Charlie|5 · 1 · 2|1 : 1|from the departure of Bob turn owed Alice: cool-down until 5 Dec
25|10 Nov 14:00|Root|7|Alice|5 · 1 · 1|1 : 1|owed turn served from the departure of Bob
26|10 Nov 14:00|Root|16|Alice|6 · 1 · 1|1 : 1|from the departure of Bob
27|10 Nov 14:00|Root|18|Charlie|6 · 1 · 2|1 : 1|from the departure of Bob
28|11 Nov 10:00|By itself|5|Alice|7 · 1 · 1|1 : 1|
29|11 Nov 10:00|By itself|19|Charlie|7 · 1 · 2|1 : 1|
30|Yesterday 10:00|By itself|20|Alice|8 · 1 · 1|1 : 1|""".splitlines()
# Of each: weight, turns passed = received + skipped + owed, what the weights promised, and how far off that is. Bob's
# turns went by while he was away; the others took them.
ACCOUNTS = {
    "Alice": "1|14|14|0|0|12.5|+1.5",
    "Bob": "—|8|6|2|0|7.3|−1.3",
    "Charlie": "1|7|7|0|0|7.2|−0.2",
}
# All that was told in the fortnight: day of the firm, to whom, what, of how many.
NOTICES = """\
02 alice customers_rotated 3
02 bob customers_rotated 2
02 charlie customers_rotated 1
03 alice accounts.deputy 0
03 alice customers_rotated 1
03 bob customers_rotated 1
03 charlie customers_rotated 1
04 alice customers_rotated 3
05 charlie customers_rotated 1
06 alice customers_rotated 1
06 bob customers_rotated 1
09 alice customers_rotated 2
09 bob customers_rotated 1
09 charlie customers_rotated 1
10 alice accounts.handed_over 2
10 bob customers_rotated 1
10 charlie accounts.handed_over 3
10 charlie accounts.taken_back 1
11 alice customers_rotated 1
11 charlie customers_rotated 1
12 alice customers_rotated 1""".splitlines()


def at(day: int, clock: str, zone: object = SHANGHAI) -> datetime:
    """A moment of November 2026; the 2nd is a Monday."""
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), zone)  # type: ignore[arg-type]


# --- the house ------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(2, "07:00")) as traveller:
        yield traveller


@pytest.fixture
def firm(clock, cast, pool) -> dict[str, User]:
    """Six customers lie in the pool; where the ledger stood in the evening is mailed to Root."""
    Pool.objects.filter(pk=pool.pk).update(name_zh="默认公海")
    User.objects.update(digest_at=None, language="en", time_zone="Asia/Shanghai")
    people = settled(cast)
    for one in people.values():
        one.refresh_from_db()
    PoolSettings().save()
    PoolSettings.get().heads_to.add(people["root"])
    enter(people["root"], at(1, "12:00"), 1, 2, 3, 4, 5, 6)
    return people


@pytest.fixture
def life(firm, clock, window, settings) -> Iterator[Life]:
    windows = {name: window_of(window, firm[name]) for name in ("alice", "bob", "charlie", "root")}
    with mail_server(settings) as mails:
        # Days begin, the rotation runs, Bob's night ends.
        woken = {"pool", "rotations", "events", "jobs", "notices", "mails"}
        yield Life(clock, windows, mails, calls={"00:00", "10:00", "15:00"}, zones=[SHANGHAI], woken=woken)


# --- the story ------------------------------------------------------------------------------------------


def test_a_fortnight_in_turn(life: Life, firm: dict[str, User]) -> None:
    alice, bob, charlie, root = (life.windows[name] for name in ("alice", "bob", "charlie", "root"))

    # Monday. Root sets up 3:2:1, sees the turns, looks at a run, and gives out what waits.
    life.until(at(2, "09:00"))
    assert set_up(root) == "A B C A B A"
    rotation = Rotation.objects.get()
    page, ledger, proof = (f"/pool/rotations/{rotation.pk}/{word}" for word in ("", "ledger/", "proof/"))
    life.until(at(2, "09:30"))
    assert run_by_hand(root, page) == ["Alice", "Bob", "Charlie", "Alice", "Bob", "Alice"]
    # Alice calls hers from the telephone; of Charlie's nothing is heard.
    life.until(at(2, "10:00"))
    assert life.shown(alice) == ["轮流分配给您 3 个客户"]
    call(alice, 1)
    work(life, but=LET_LIE)
    enter(firm["root"], life.now, 7, 8)

    # Tuesday. It was due at 09:30, and is Alice's by her next turn; the others come by the clock.
    life.until(at(3, "10:30"))
    alice.goto(page_of(LET_LIE))
    expect(alice.locator("h1")).to_contain_text(name_of(LET_LIE))
    charlie.goto(page_of(8))
    expect(charlie.locator("h1")).to_contain_text(name_of(8))
    work(life)
    # Bob goes away for two days.
    be_away(bob, "2026-11-04", "2026-11-05", deputy=firm["alice"])
    enter(firm["root"], life.now, 9, 10, 11)
    life.until(at(4, "10:30"))
    work(life)
    enter(firm["root"], life.now, 12)
    life.until(at(5, "16:00"))
    work(life)
    # Alice gives one back that she cannot have again so soon: her turn is owed, and served first.
    give_back(alice, 1)
    life.until(at(5, "18:00"))
    enter(firm["root"], life.now, 13)

    # Friday. Root changes a weight in the middle of a cycle.
    life.until(at(6, "11:00"))
    work(life)
    root.goto(page)
    expect(root.locator("main")).to_contain_text("5 of 6 turns passed")
    change_weight(root, page)
    expect(root.locator("main")).to_contain_text("From cycle 4 on")
    enter(firm["root"], life.now, 14, 15, 16, 17)
    life.until(at(9, "11:00"))
    work(life)
    enter(firm["root"], life.now, 18)

    # Tuesday. Bob leaves: France to Charlie, Italy to the pool, the rest in turn.
    life.until(at(10, "14:00"))
    work(life)
    assert let_go(root, firm) == {
        "Alice by rotation: Turns": 2,
        "Charlie by rotation: Turns": 2,
        "Charlie to a person": 1,
        "to the public pool: Public pool": 1,
        # What is to be done goes along.
        "Alice with its customer or lead": 2,
        "Charlie with its customer or lead": 1,
        "with their customer to the pool": 1,
        "they are taken out": 1,
    }
    bob.goto("/today/")
    expect(bob.locator("[name=password]")).to_be_visible()
    # What went to Charlie was a mistake. Bob has no turns any more.
    life.until(at(10, "14:05"))
    take_back(root, FRENCH)
    work(life)
    enter(firm["root"], life.now, 19)
    life.until(at(11, "11:00"))
    work(life)
    enter(firm["root"], life.now, 20)
    life.until(at(12, "11:00"))
    work(life)
    life.until(at(13, "12:00"))

    # Charlie counts after. Of customers that are not his he reads the numbers.
    charlie.goto(ledger)
    assert lines_of(charlie) == as_read_by(firm["charlie"])
    assert accounts_of(charlie) == ACCOUNTS
    for member in RotationMember.objects.all():
        assert member.passed == member.received + member.skipped + member.owed
    # One line by any calculator; all of them by the button; the evening's end as Root's mail has it.
    charlie.goto(proof)
    hashed, comes_out = charlie.locator("pre.hashed").all_text_contents()[:2]
    assert hashlib.sha256(hashed.strip().encode()).hexdigest() == comes_out.strip()
    save(charlie, "Recompute")
    expect(charlie.locator(".notice-ok")).to_contain_text("Equal. All 27 decisions were made once more")
    head = charlie.locator("table code.whole-hash").first.text_content() or ""
    assert f"Turns · 30 · {head.strip()}\n" in life.text("Rotations: the ledgers' heads of 2026-11-12")
    # Alice reads the same on the telephone.
    alice.goto(ledger)
    expect(alice.locator("#l12")).to_contain_text("Bob：休假至")
    assert alice.evaluate("document.documentElement.scrollWidth") <= 390
    assert notices() == NOTICES
    # What comes in turn is told in the app alone.
    (deputy, handed_over) = life.mailed("alice", SHANGHAI)
    assert deputy[:2] == (3, "15:00")  # that she stands in for Bob
    assert "Bob" in deputy[2]
    assert handed_over == (10, "14:05", "Bob 的客户和工作现在归您")
    assert life.mailed("bob", BERLIN) == []
    assert life.mailed("charlie", SHANGHAI) == [(10, "14:05", "What Bob held is yours now")]
    assert life.mailed("root", SHANGHAI) == [
        (day, "00:00", f"Rotations: the ledgers' heads of 2026-11-{day - 1:02}") for day in range(3, 14)
    ]
    call_command("check_invariants", verbosity=0)

    # Somebody who may write in the database gives a customer of Alice's to Charlie, behind the trigger.
    changed = tamper(rotation, 13, firm["charlie"])
    assert changed == 1
    charlie.goto(ledger)
    assert [row.get_attribute("id") for row in charlie.locator("tr.row-bad").all()] == ["l13"]
    charlie.goto(proof)
    save(charlie, "Recompute")
    expect(charlie.locator(".notice-bad")).to_contain_text("Not equal. Line 13 was changed after it was written.")
    charlie.get_by_role("link", name="The ledger at this line").click()
    expect(charlie.locator("#l13")).to_contain_text("Its hash does not fit")


# --- what people do -------------------------------------------------------------------------------------


def name_of(number: int) -> str:
    return f"Neu {number:02} GmbH"


def page_of(number: int) -> str:
    return Customer.objects.get(name=name_of(number)).get_absolute_url()


def enter(by: User, now: datetime, *numbers: int) -> None:
    """Customers that come into the pool."""
    for number in numbers:
        country = {FRENCH: "FR", ITALIAN: "IT"}.get(number, "DE")
        data = CustomerData(name_of(number), country=country)
        create_customer(data=data, by=by, now=now, pool=Pool.objects.get(is_default=True))


def work(life: Life, *, but: int = 0) -> None:
    """Everybody calls whom they have not called since they got them."""
    for customer in Customer.objects.filter(owner__isnull=False, owner__is_active=True).select_related("owner"):
        called = customer.last_followed_at is not None and customer.last_followed_at >= customer.owned_since
        if not called and customer.name != name_of(but):
            say(customer, customer.owner, life.now)


def set_up(page: Page) -> str:
    """Three people at 3:2:1, every working day at ten; the next turns as the preview has them."""
    page.goto("/pool/rotations/new/")
    page.get_by_label("English name").fill("Turns")
    page.get_by_label("Gives out").select_option("Public pool")
    for place, (name, weight) in enumerate((("Alice", "3"), ("Bob", "2"), ("Charlie", "1"))):
        if place:
            page.get_by_role("button", name="One more person").press("Enter")
        row = page.locator("[data-row]").nth(place)
        row.locator("select[name$=-user]").select_option(label=name, force=True)
        row.get_by_label("Weight").fill(weight)
    page.locator("[name=runs]").select_option("daily")
    page.locator("[name=runs_at]").fill("10:00")
    page.locator("[name=passes_on]").check()
    page.locator("[name=is_active]").check()
    save(page, "Preview turns")
    turns = page.locator("#preview .strip-turns").last.locator(".letter").all_text_contents()
    with page.expect_navigation():  # by key: the page may still be scrolling to the preview
        page.get_by_role("button", name="Save", exact=True).press("Enter")
    return " ".join(turns[:6])


def run_by_hand(page: Page, rotation: str) -> list[str]:
    """Look at what a run would do, then do it; whom it would give to, in order."""
    page.goto(rotation)
    page.get_by_role("link", name="Preview and run").click()
    to = page.locator("#list tbody td.col-side bdi")
    expect(to).to_have_count(6)
    people = to.all_text_contents()
    save(page, "Give out 6 now")
    return people


def call(page: Page, number: int) -> None:
    """Three taps on the telephone."""
    page.goto(page_of(number))
    page.locator("main a[href$='/log/']").first.tap()
    page.locator("dialog .tile:has([value=phone])").tap()
    with page.expect_navigation():
        page.locator("dialog .save-bar .btn-primary").tap()


def be_away(page: Page, first: str, last: str, *, deputy: User) -> None:
    page.goto("/people/me/")
    page.fill("[name=away_from]", first)
    page.fill("[name=away_to]", last)
    page.locator("[name=deputy]").select_option(str(deputy.pk), force=True)
    save(page, "Save")


def give_back(page: Page, number: int) -> None:
    page.goto(f"/pool{page_of(number)}release/")
    page.locator("[name=reason]").first.check()
    with page.expect_navigation():
        page.locator("main .save-bar .btn-primary").tap()


def change_weight(page: Page, rotation: str) -> None:
    """Alice gets one turn of four instead of three of six, once this cycle is over."""
    page.goto(f"{rotation}edit/")
    page.locator("[data-row]").first.get_by_label("Weight").fill("1")
    save(page, "Preview turns")
    expect(page.locator("#preview")).to_contain_text("in force from cycle 4 on")
    # By key: the page may still be scrolling to its preview, and a click would miss.
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name="Save", exact=True).press("Enter")


def let_go(page: Page, firm: dict[str, User]) -> dict[str, int]:
    """Plan Bob's departure, look at it and carry it out; what the preview says, number by goal."""
    path = f"/people/{firm['bob'].pk}/departure/"
    page.goto(path)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{path}")
    page.locator("#kind-customers").get_by_role("button", name="One more line").click()
    goals = (
        (f"person:{firm['charlie'].pk}", "FR"),
        (f"pool:{Pool.objects.get(is_default=True).pk}", "IT"),
        (f"rotation:{Rotation.objects.get().pk}", ""),
    )
    for place, (goal, country) in enumerate(goals):
        page.locator(f"[name=customers-{place}-to]").select_option(goal, force=True)
        if country:
            page.locator(f"[name=customers-{place}-countries]").select_option(country, force=True)
    save(page, "Preview")
    expect(page.locator("main")).to_contain_text("Nobody could take")
    rows = page.locator("main table.is-grid tbody tr")
    expect(rows).to_have_count(8)
    found = {}
    for row in rows.all():
        goal = row.locator("td").first
        disc = goal.locator(".avatar-mini").all_text_contents()
        words = " ".join((goal.text_content() or "").split())
        found[words.removeprefix("".join(disc))] = int(row.locator("td").last.inner_text())
    save(page, "Carry out now")
    expect(page.locator("main")).to_contain_text("carried out")
    return found


def take_back(page: Page, number: int) -> None:
    """The task goes back with its customer."""
    page.get_by_role("checkbox", name=name_of(number), exact=True).check()
    save(page, "Take the selected back")
    expect(page.locator("tbody tr", has_text=name_of(number)).first).to_contain_text("taken back")


def tamper(rotation: Rotation, line: int, to: User) -> int:
    """Change one line as a superuser of the database can."""
    table = RotationEntry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            f"UPDATE {table} SET user_id = %s WHERE rotation_id = %s AND seq = %s", [to.pk, rotation.pk, line]
        )
        changed = cursor.rowcount
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return changed


# --- what they read -------------------------------------------------------------------------------------


def lines_of(page: Page) -> list[str]:
    """The ledger as its page has it, oldest first, without the hashes."""
    found = []
    for row in page.locator("#lines tbody tr").all():
        number, when, *rest = (" ".join(text.split()) for text in row.locator("td").all_text_contents())
        moment, by = re.fullmatch(r"(.* \d\d:\d\d) (.*)", when).groups()  # type: ignore[union-attr]
        if len(rest) == 2:  # members and weights
            paragraphs = row.locator("td").last.locator("p").all_text_contents()
            rest = ["; ".join(" ".join(text.split()) for text in paragraphs)]
        else:
            rest[-1] = " ".join(row.locator("td").last.inner_text().split())
        found.append("|".join([number.split()[0], moment, by, *rest]))
    return found[::-1]


def as_read_by(user: User) -> list[str]:
    """``LEDGER`` with the names of the customers that this user may see, the numbers of others."""
    seen = set(Customer.objects.visible_to(user).values_list("name", flat=True))
    ids = dict(Customer.objects.values_list("name", "pk"))
    found = []
    for line in LEDGER:
        cells = line.split("|")
        if len(cells) > 4:
            name = name_of(int(cells[3]))
            cells[3] = name if name in seen else f"No. {ids[name]}"
        found.append("|".join(cells))
    return found


def accounts_of(page: Page) -> dict[str, str]:
    """The accounts above the lines, by member."""
    found = {}
    for row in page.locator("table.accounts tbody tr").all():
        cells = [" ".join(text.split()) for text in row.locator("td").all_text_contents()]
        found[row.locator("bdi").inner_text()] = "|".join(cells[1:8])
    return found


def notices() -> list[str]:
    found = Notification.objects.values_list("created_at", "recipient__username", "kind", "params")
    lines = [
        (at.astimezone(SHANGHAI), name, kind, sum(params.get(one, 0) for one in ("n", "customers")))
        for at, name, kind, params in found
    ]
    return sorted(f"{when:%d} {name} {kind} {n}" for when, name, kind, n in lines)
