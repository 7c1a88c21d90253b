"""Is the pool fair and explained for a month? Three people claim, keep, lose and give back in their browsers.

Alice sells from Shanghai on a telephone, in Chinese; Bob from Berlin, in English; Dana leads both; Root sets the rule.
Five claims a day, 20 a week, 60 a month; thirty days without contact. The server, Postgres, Valkey, the browsers and
the mail server are real; the clock is moved, and at each stop the sweep of the pool runs twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from accounts.models import Notification, User
from customers.inputs import CustomerData
from customers.models import Customer, Pool
from customers.services import create_customer
from publicpool.models import FirmHoliday, Release, Run
from tests.factories import PASSWORD, make_customer, say
from tests.living import BERLIN, SHANGHAI, Life, mail_server, settled, window_of
from tests.opportunities.dealing import ask, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Whose, and the day of October 2026 of the last contact.
HELD = {
    "Brandt Beschläge GmbH": ("alice", 11),
    "Casa Lucía SL": ("alice", 12),
    "Dörr Metall GmbH": ("alice", 13),
    "Ewald Werkzeug GmbH": ("bob", 15),
    "Fischer Eisen KG": ("bob", 17),
    "Garnier SARL": ("bob", 20),
    "Holm Trading A/S": ("bob", 25),
}
POOLED = 70
CLAIMED = re.compile("row-ok")
# All that was told in the month: day of the firm, to whom, what, of how many.
NOTICES = """\
02 alice reclaim_warning 1
04 alice reclaim_warning 2
05 alice customer_given
05 alice customers_reclaimed 1
05 alice reclaim_warning 1
06 alice extension_decided
06 alice reclaim_warning 1
06 dana extension_asked
08 alice reclaim_warning 1
08 bob reclaim_warning 1
12 bob reclaim_warning 2
14 bob reclaim_warning 1
15 bob customers_reclaimed 1
15 bob reclaim_warning 1
16 bob reclaim_warning 1
18 alice reclaim_warning 1
18 bob reclaim_warning 1
19 bob customers_reclaimed 1
19 bob reclaim_warning 1
20 alice reclaim_warning 1
21 alice customers_reclaimed 1
21 bob reclaim_warning 1
22 bob customers_reclaimed 1
28 alice reclaim_warning 5
28 bob reclaim_warning 5
29 alice reclaim_warning 1
29 bob reclaim_warning 5
30 bob reclaim_warning 5
01 alice reclaim_warning 1
01 bob reclaim_warning 5
02 alice reclaim_warning 5
02 bob reclaim_warning 5""".splitlines()


def at(day: int, clock: str = "00:00", zone: object = SHANGHAI, *, month: int = 11) -> datetime:
    """A moment of November 2026; the 2nd is a Monday."""
    return datetime.combine(date(2026, month, day), time.fromisoformat(clock), zone)  # type: ignore[arg-type]


# --- the house ------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(2, "07:00")) as traveller:
        yield traveller


@pytest.fixture
def firm(clock, cast, pool) -> dict[str, User]:
    """Alice and Bob hold what others forgot; 70 lie in the pool; the firm is at a fair on the 16th and 17th."""
    Pool.objects.filter(pk=pool.pk).update(name_zh="默认公海", a_day=5, a_week=20, a_month=60)
    User.objects.update(digest_at=None)
    FirmHoliday.objects.create(name="Fair", first_on=date(2026, 11, 16), last_on=date(2026, 11, 17))
    people = settled(cast)
    long_ago = at(1, "10:00", month=9)
    make_customer(people["alice"], "Alt & Söhne KG", at=long_ago)
    for name, (owner, day) in HELD.items():
        customer = make_customer(people[owner], name, at=long_ago)
        say(customer, people[owner], at(day, "15:00", month=10))
    pool.refresh_from_db()
    for number in range(1, POOLED + 1):
        data = CustomerData(f"Lager {number:02} GmbH", country="DE")
        create_customer(data=data, by=people["root"], now=at(1, "12:00"), pool=pool)
    return people


@pytest.fixture
def life(firm, clock, window, settings) -> Iterator[Life]:
    windows = {name: window_of(window, firm[name]) for name in ("alice", "bob", "dana", "root")}
    with mail_server(settings) as mails:
        # Days of the firm begin, nights of its mails end.
        woken = {"pool", "events", "jobs", "notices", "mails"}
        yield Life(clock, windows, mails, calls={"00:00", "08:00"}, zones=[SHANGHAI], woken=woken)


# --- the story ------------------------------------------------------------------------------------------


def test_a_month(life: Life, firm: dict[str, User]) -> None:
    alice, bob, dana, root = (life.windows[name] for name in ("alice", "bob", "dana", "root"))

    # Monday. Root writes the rule, sees what it would do, saves it, switches it on.
    life.until(at(2, "09:00"))
    promised = set_the_rule(root)
    assert promised == {
        "Alt & Söhne KG": ("Alice", "5 Nov"),
        "Brandt Beschläge GmbH": ("Alice", "11 Nov"),
        "Casa Lucía SL": ("Alice", "12 Nov"),
        "Dörr Metall GmbH": ("Alice", "13 Nov"),
        "Ewald Werkzeug GmbH": ("Bob", "15 Nov"),
        "Fischer Eisen KG": ("Bob", "19 Nov"),  # but for the fair on the 17th
        "Garnier SARL": ("Bob", "22 Nov"),
        "Holm Trading A/S": ("Bob", "27 Nov"),
    }
    life.sweep_twice()

    # Five are Alice's by five taps; the sixth is refused until midnight, and is hers then.
    life.until(at(2, "09:10"))
    alice.goto("/pool/?sort=name&m=1")
    for number in range(1, 6):
        claim(row(alice, number), "领取")
        expect(row(alice, number)).to_have_class(CLAIMED)
    sixth = row(alice, 50)
    claim(sixth, "领取")
    expect(sixth).to_contain_text("今日已领取 5 / 5。上海时间明天 00:00恢复。")
    # Bob in Berlin: one click, one key, and of five ticks three.
    life.until(at(2, "10:00", BERLIN))
    bob.goto("/pool/?sort=name&m=1")
    claim(bob.locator("tbody tr").first, "Claim")
    expect(bob.locator("tbody tr").first).to_contain_text("Yours now")
    bob.locator("body").press("j")
    bob.locator("body").press("j")
    bob.locator("body").press("c")
    expect(bob.locator("tbody tr").nth(1)).to_contain_text("Yours now")
    rows = tick(bob)
    expect(bob.locator("#pool-said")).to_contain_text("3 claimed · 2 not")
    for one in rows[:3]:
        expect(one).to_contain_text("Yours now")
    for one in rows[3:]:
        expect(one).to_contain_text("5 of 5 claimed today. Again from Tomorrow 00:00, Shanghai time.")
    # Midnight of Shanghai is five in the afternoon for him.
    life.until(at(2, "17:00", BERLIN))
    claim(sixth, "领取")
    expect(sixth).to_have_class(CLAIMED)
    claim_five(bob)

    # Tuesday. He gives one back, and takes that back; the next day one for good, and cannot have it again.
    life.until(at(3, "09:00", BERLIN))
    give_back(bob, "Garnier SARL")
    with bob.expect_navigation():
        bob.locator(".note-toast").get_by_role("button", name="Undo").click()
    expect(bob.locator(".countdown")).to_contain_text("22 Nov 00:00, Shanghai time")
    life.until(at(4, "09:00", BERLIN))
    give_back(bob, "Holm Trading A/S")
    bob.goto("/pool/?sort=name&m=1")
    holm = bob.locator("tbody tr").first
    claim(holm, "Claim")
    expect(holm).to_contain_text("Again from 4 Dec 16:00, Shanghai time.")
    claim_five(bob)
    # Dana gives it to Alice; that costs no claim.
    life.until(at(5, "09:00"))
    dana.goto("/pool/?sort=name&m=1")
    with dana.expect_navigation():
        dana.get_by_role("link", name="Holm Trading A/S").click()
    dialog = ask(dana, "Give to somebody")
    dialog.locator("[name=to]").select_option(label="Alice · holds 9", force=True)
    dialog.locator(".save-bar .btn-primary").click()
    dana.wait_for_url("**/customers/*/")
    life.until(at(5, "11:00", BERLIN))
    claim_five(bob)

    # Friday. Alice asks for more time; Dana gives it, and locks another one.
    life.until(at(6, "09:00"))
    alice.goto(page_of("Casa Lucía SL"))
    expect(alice.locator(".countdown")).to_contain_text("6 天后回公海")
    alice.locator("main").get_by_role("link", name="申请延期").tap()
    alice.locator("dialog [name=reason]").fill("样品在路上")
    with alice.expect_navigation():
        alice.locator("dialog .save-bar .btn-primary").tap()
    life.until(at(6, "10:00"))
    dana.goto("/today/")
    ask(dana, "Decide")
    save(dana, "Decide")
    expect(dana.locator("main")).not_to_contain_text("More time asked for")
    dana.goto(page_of("Dörr Metall GmbH"))
    dialog = ask(dana, "Protect")
    dialog.locator("[name=until]").fill("2026-12-31")
    dialog.locator("[name=reason]").fill("Fair in December")
    save(dana, "Protect")
    expect(dana.locator(".countdown")).to_contain_text("Protected until 31 Dec")

    # Twenty are the week's, until its last midnight.
    life.until(at(8, "23:58"))
    for one in tick(bob):
        expect(one).to_contain_text("20 of 20 claimed this week. Again from Tomorrow 00:00, Shanghai time.")
    life.until(at(9))
    bob.goto("/pool/?sort=name&m=1")
    claim_five(bob)

    # Monday. Today tells Alice of what goes in two days; three taps keep it.
    life.until(at(9, "09:00"))
    alice.goto("/today/?order=kind")
    going = alice.locator("section", has_text="即将回公海").locator(".queue-row")
    expect(going).to_have_count(1)
    expect(going).to_contain_text("Brandt Beschläge GmbH")
    expect(going).to_contain_text("11月11日 · 2 天后")
    going.get_by_role("link", name="记录").tap()
    alice.locator("dialog .tile:has([value=phone])").tap()
    with alice.expect_navigation():
        alice.locator("dialog .save-bar .btn-primary").tap()

    # From now on nobody does anything with what is held: this is what will happen.
    root.goto("/pool/rules/preview/")
    ahead = days_of(root)
    life.until(at(10, "09:00", BERLIN))
    claim_five(bob)
    for day in (11, 12):
        life.until(at(day, "09:00", BERLIN))
        claim_five(bob)
    life.until(at(16, "09:00", BERLIN))
    bob = sign_in_again(bob, "bob", "/pool/?sort=name&m=1")
    claim_five(bob)
    for day in (17, 18, 19):
        life.until(at(day, "09:00", BERLIN))
        claim_five(bob)

    # Sixty are the month's.
    life.until(at(30, "23:58"))
    bob = sign_in_again(bob, "bob", "/pool/?sort=name&m=1")
    first = bob.locator("tbody tr", has_text="Lager").first
    claim(first, "Claim")
    expect(first).to_contain_text("60 of 60 claimed this month. Again from Tomorrow 00:00, Shanghai time.")
    life.until(at(1, month=12))
    claim(first, "Claim")
    expect(first).to_contain_text("Yours now")
    assert life.shown(bob)[0] == "5 customers go back to the pool, the first: 8 Dec"
    life.until(at(2, "09:00", month=12))

    # Who holds what, and what lies in the pool.
    lager = {f"Lager {number:02} GmbH" for number in range(1, POOLED + 1)}
    hers = {*sorted(lager)[:5], "Lager 50 GmbH"}
    his = {*sorted(lager)[5:67]} - hers
    assert held_by("Alice") == {*hers, "Brandt Beschläge GmbH", "Dörr Metall GmbH", "Holm Trading A/S"}
    assert held_by("Bob") == his
    went = {
        one.customer.name: (one.former.name, f"{one.released_at.astimezone(SHANGHAI):%-d %b}")
        for one in Release.objects.filter(rule__isnull=False).select_related("customer", "former")
    }
    assert held_by(None) == {*lager} - hers - his | {*went}
    # All that was promised happened on its day, but for what somebody did.
    kept = {"Brandt Beschläge GmbH", "Dörr Metall GmbH", "Holm Trading A/S"}
    asked = {"Casa Lucía SL": ("Alice", "21 Nov")}
    assert went == {name: line for name, line in promised.items() if name not in kept} | asked
    root = sign_in_again(root, "root", "/pool/runs/?kind=reclaim")
    assert runs_of(root) == {"5 Nov": 1} | {day: n for day, n in ahead.items() if day.endswith("Nov")}
    assert set(Run.objects.values_list("failed", flat=True)) == {0}

    # Each was told once of each: in the app, and by mail at their time, in their words.
    assert notices() == NOTICES
    assert life.mailed("alice", SHANGHAI) == [
        (2, "09:00", "1 个客户将退回公海，最早 11月5日"),
        (4, "08:00", "2 个客户将退回公海，最早 明天"),
        (5, "08:00", "1 个客户将退回公海，最早 11月12日"),
        (5, "18:00", "Dana 把 Holm Trading A/S 移交给了您"),
        (6, "08:00", "1 个客户将退回公海，最早 11月13日"),
        (8, "08:00", "1 个客户将退回公海，最早 11月11日"),
        (18, "08:00", "1 个客户将退回公海，最早 11月21日"),
        (20, "08:00", "1 个客户将退回公海，最早 明天"),
        (28, "08:00", "5 个客户将退回公海，最早 12月5日"),
        (29, "08:00", "1 个客户将退回公海，最早 12月6日"),
        (1, "08:00", "1 个客户将退回公海，最早 12月8日"),
        (2, "08:00", "5 个客户将退回公海，最早 12月5日"),
    ]
    assert life.mailed("bob", BERLIN) == [
        (7, "17:00", "1 customer goes back to the pool: 15 Nov"),
        (11, "17:00", "2 customers go back to the pool, the first: 15 Nov"),
        (13, "17:00", "1 customer goes back to the pool: 15 Nov"),
        (14, "17:00", "1 customer goes back to the pool: 22 Nov"),
        (15, "17:00", "1 customer goes back to the pool: 19 Nov"),
        (17, "17:00", "1 customer goes back to the pool: 19 Nov"),
        (18, "17:00", "1 customer goes back to the pool: 22 Nov"),
        (20, "17:00", "1 customer goes back to the pool: 22 Nov"),
        (27, "17:00", "5 customers go back to the pool, the first: 5 Dec"),
        (28, "17:00", "5 customers go back to the pool, the first: 6 Dec"),
        (29, "17:00", "5 customers go back to the pool, the first: 7 Dec"),
        (30, "17:00", "5 customers go back to the pool, the first: 8 Dec"),
        (1, "17:00", "5 customers go back to the pool, the first: 5 Dec"),
    ]
    assert life.mailed("dana", SHANGHAI) == [(6, "10:00", "Alice asks for more time for Casa Lucía SL")]
    call_command("check_invariants", verbosity=0)


# --- what people do -------------------------------------------------------------------------------------


def page_of(name: str) -> str:
    return Customer.objects.get(name=name).get_absolute_url()


def sign_in_again(page: Page, name: str, path: str) -> Page:
    """A new tab; who signed in two weeks ago gives the password again, and is led on."""
    tab = page.context.new_page()
    page.close()  # what it still asks for is nobody's wish
    tab.goto(path)
    tab.fill("[name=login]", name)
    tab.fill("[name=password]", PASSWORD)
    tab.press("[name=password]", "Enter")
    tab.wait_for_url(f"**{path}")
    return tab


def held_by(name: str | None) -> set[str]:
    return set(Customer.objects.filter(owner__name=name).values_list("name", flat=True))


def notices() -> list[str]:
    found = Notification.objects.values_list("created_at", "recipient__username", "kind", "params")
    lines = [(at.astimezone(SHANGHAI).date(), name, kind, params.get("n", "")) for at, name, kind, params in found]
    return [f"{day:%d} {name} {kind} {n}".rstrip() for day, name, kind, n in sorted(lines)]


def row(page: Page, number: int) -> Locator:
    return page.locator("tbody tr", has_text=f"Lager {number:02} GmbH")


def claim(one: Locator, word: str) -> None:
    one.get_by_role("button", name=word, exact=True).click()


def tick(page: Page) -> list[Locator]:
    """Tick the first five that can be, and claim them at once; their rows."""
    boxes = page.locator("tbody tr", has_text="Lager").locator("[name=pk]")
    values = boxes.evaluate_all("found => found.slice(0, 5).map(one => one.value)")
    rows = [page.locator(f"tbody tr:has(#r{pk})") for pk in values]
    for one in rows:
        one.get_by_role("checkbox").check()
    page.locator("[data-bulk-bar]").get_by_role("button", name="Claim").click()
    return rows


def claim_five(page: Page) -> None:
    for one in tick(page):
        expect(one).to_contain_text("Yours now")


def set_the_rule(page: Page) -> dict[str, tuple[str, str]]:
    """Through the form and its preview; what the preview says, (holder, day) by customer."""
    page.goto("/pool/rules/new/")
    page.fill("[name=name_en]", "Thirty days")
    page.fill("[name=name_zh]", "三十天")
    page.locator("[name=kind]").select_option("idle")
    page.fill("[name=days]", "30")
    page.locator("[name=is_for_all]").check()
    save(page, "Preview")
    found = {}
    for line in page.locator("#which tbody tr").all():
        name, holder, day, *_rest = line.get_by_role("cell").all_inner_texts()
        found[name.strip()] = (holder, day)
    save(page, "Save")
    ask(page, "Switch on")
    expect(page.get_by_role("dialog")).to_contain_text("8 customers")
    save(page, "Switch on")
    return found


def days_of(page: Page) -> dict[str, int]:
    """What goes on which day, as the table of the preview has it."""
    lines = page.locator(".preview-tables .table-box").first.locator("tbody tr")
    found = {}
    for line in lines.all():
        day, n, *_rest = (line.locator("th").inner_text(), *line.get_by_role("cell").all_inner_texts())
        if n != "0":
            found[day] = int(n)
    return found


def runs_of(page: Page) -> dict[str, int]:
    """How many the runs took, by their day, as their page has it."""
    lines = [line.get_by_role("cell").all_inner_texts() for line in page.locator("tbody tr").all()]
    return {when.rpartition(" ")[0]: int(n) for when, _kind, n, *_rest in lines if n != "0"}


def give_back(page: Page, name: str) -> None:
    page.goto(page_of(name))
    dialog = ask(page, "Give back to the pool")
    dialog.get_by_label("Price too far apart").check()
    save(page, "Give back to the pool")
