"""How long do the pages take that people read: list, search, deep pages, one customer, today?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from core.paging import cursor_of
from core.querysets import bounded_count
from core.text import fold
from customers.models import Customer, Event, Note, Pool
from followups.models import Task
from opportunities.figures.asked import Period
from opportunities.models import Opportunity
from opportunities.rollup import DIFFERENCE
from reports.periods import MONTH, YEAR, TargetPeriod

from .client import WrongAnswer
from .figures import OVER, Figures
from .floor.statements import statements
from .stage import ROW, Stage, rows_say, same_rows, timed

LINK = re.compile(r'href="/customers/(\d+)/"')
ROW_LINK = re.compile(r'href="/(customers|tasks|leads|opportunities)/(\d+)/"')
CARD = re.compile(r'id="card-(\d+)"')
DEEP = 100_000
OPEN_TASKS = 2000
# Of the demo's own words: a report on a sample.
SAID = "检测"
CJK = r"[\u4e00-\u9fff]{6}"
LATIN = r"[A-Za-z]{9}"


def lists(stage: Stage) -> Iterator[Figures]:
    """[list]: the first page, of a salesperson and of somebody who sees everything."""
    for role in ("salesperson", "manager"):
        yield _list(stage, "list", role, role, "/customers/", f"/page/list_{role}/", bar=2.5, most=12)


def searches(stage: Stage) -> Iterator[Figures]:
    """[search]: the list narrowed to any substring; the floor runs the search's own ideal statement."""
    for variant, statement, text in search_texts():
        words = urlencode({"q": text})
        floor = f"/page/{statement}/?{urlencode({'text': text})}"
        yield _list(stage, "search", variant, "manager", f"/customers/?{words}", floor, bar=3)


def search_texts() -> list[tuple[str, str, str]]:
    """(variant, statement, text): two Chinese characters, and five letters out of the middle of a word."""
    names = Customer.objects.filter(owner__isnull=False).order_by("pk")  # unscoped: the bench reads everything
    middle = names.count() // 2
    chinese = _piece(names.filter(name__regex=CJK)[middle // 50 :][:1].get().name, CJK, 2)
    latin = _piece(names.filter(name__regex=LATIN)[middle // 5 :][:1].get().name, LATIN, 5)
    return [("two Chinese characters", "list_cjk", chinese), ("part of a Latin word", "list_latin", latin)]


def _piece(name: str, pattern: str, length: int) -> str:
    found = re.search(pattern, name)
    assert found  # it was looked for by the pattern
    return fold(found[0][2 : 2 + length])


def _list(
    stage: Stage,
    operation: str,
    variant: str,
    role: str,
    path: str,
    floor: str,
    *,
    bar: float,
    most: int | None = None,
    judge: Callable[[str, str], int] = same_rows,
) -> Figures:
    page = stage.browsers["product", role].get(path)
    rows = judge(page.body, stage.browsers["floor", role].get(floor).body)
    asked = len(stage.statements(role, path))

    def make() -> Figures:
        return Figures(operation, variant, bar, statements=asked, most_statements=most, bytes=page.bytes, rows=rows)

    return stage.compare(make, lambda: stage.product(role, path), lambda: stage.floor(role, floor))


def floor_itself(stage: Stage) -> Iterator[Figures]:
    """The floor's list beside the signed-in floor page: were it more than 4 times as long, nothing could be judged."""
    figures = stage.compare(
        lambda: Figures("floor", "list beside signed-in page", 4.0),
        lambda: stage.floor("manager", "/page/list_manager/"),
        lambda: stage.floor("manager", "/signed-in/"),
    )
    figures.is_void = figures.verdict == OVER
    yield figures


def deep(stage: Stage) -> Iterator[Figures]:
    """[deep]: row 100,000, or nearly the last, by cursor; beside the same list's first page."""
    held = Customer.objects.filter(owner__isnull=False).order_by("-created_at", "-pk")  # unscoped: all an admin sees
    place = min(DEEP, held.count() * 9 // 10) // 50 * 50
    last, following = held[place - 1 : place + 1]
    last._key = last.created_at  # type: ignore[attr-defined]  # as paging's annotation
    path = "/customers/?" + urlencode({"page": place // 50 + 1, "after": cursor_of(last)})
    page = stage.browsers["product", "manager"].get(path)
    if ROW.findall(page.body)[:1] != [str(following.pk)]:
        raise WrongAnswer(f"Row {place:,} is not where it should be")
    yield stage.compare(
        lambda: Figures("deep", f"row {place:,}", 1.3, bytes=page.bytes, rows=len(ROW.findall(page.body))),
        lambda: stage.product("manager", path),
        lambda: stage.product("manager", "/customers/"),
    )


def counts(stage: Stage) -> Iterator[Figures]:
    """Counts of the list: bounded, never of a whole table. The floor is the exact count, for orientation only."""
    asked = stage.statements("manager", "/customers/")
    exact = [sql for sql in asked if "COUNT(" in sql.upper() and "LIMIT" not in sql.upper()]
    held = Customer.objects.filter(owner__isnull=False)  # unscoped: all an admin sees
    shown = str(bounded_count(held))
    figures = stage.compare(
        lambda: Figures("counts", "bounded beside exact", 10.0, note=f"shows {shown}", most_statements=0),
        lambda: timed(lambda: bounded_count(held)),
        lambda: timed(held.count),
    )
    figures.statements = len(exact)
    figures.pairs.clear()  # what counts is that no page counts a whole table
    yield figures


def details(stage: Stage) -> Iterator[Figures]:
    """[detail]: the page of a customer with 500 rows of history, and how much slower it is with 5,000."""
    alice = stage.users["salesperson"]
    few, many = Customer.objects.filter(owner=alice).order_by("pk")[10:12]
    for customer, number in ((few, 500), (many, 5000)):
        _write_history(customer, alice, number)
    path, floor = f"/customers/{few.pk}/", f"/page/detail/?pk={few.pk}"
    page = stage.browsers["product", "salesperson"].get(path)
    events = len(re.findall(r"<li[^>]*>\s*<div class=\"when\">", page.body))
    ideal = stage.browsers["floor", "salesperson"].get(floor).body
    if events != 30 or ideal.count("<li>") < 30 or few.name.split()[0] not in ideal:
        raise WrongAnswer(f"The page of a customer shows {events} events, the floor {ideal.count('<li>')} lines")
    asked = len(stage.statements("salesperson", path))
    more = len(stage.statements("salesperson", f"/customers/{many.pk}/"))

    def make() -> Figures:
        line = Figures("detail", "500 history rows", 3.0, statements=asked, most_statements=20)
        line.bytes, line.rows = page.bytes, events
        return line

    yield stage.compare(make, lambda: stage.product("salesperson", path), lambda: stage.floor("salesperson", floor))
    yield stage.compare(
        lambda: Figures("detail", "5,000 beside 500", 1.2, statements=more, most_statements=asked),
        lambda: stage.product("salesperson", f"/customers/{many.pk}/"),
        lambda: stage.product("salesperson", path),
    )


def _write_history(customer: Customer, by: User, number: int) -> None:
    """Fill the ledger up to so many rows, a fifth of them notes."""
    missing = number - customer.events.count()
    now = timezone.now()
    notes = Note.objects.bulk_create(
        Note(
            customer=customer,
            author=by,
            body="Asked for a quotation of 40 cartons.",
            created_at=now - timedelta(hours=n),
        )
        for n in range(missing // 5)
    )
    events = [
        Event(
            kind="note.added",
            customer=customer,
            at=note.created_at,
            by=by,
            target_label="customers.note",
            target_id=note.pk,
        )
        for note in notes
    ]
    events += [
        Event(
            kind="customer.updated",
            customer=customer,
            at=now - timedelta(hours=n, minutes=7),
            by=by,
            payload={"fields": ["city"]},
        )
        for n in range(missing - len(notes))
    ]
    Event.objects.bulk_create(events)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_event")


def today(stage: Stage) -> Iterator[Figures]:
    """[today]: what wants a salesperson with OPEN_TASKS open tasks today; every row of the floor's statement must be
    on the page. As it opens, the most urgent first, and all of it by kind."""
    _give_tasks(stage.users["salesperson"], OPEN_TASKS)
    by_kind = "/today/?order=kind"
    ideal = stage.browsers["floor", "salesperson"].get("/page/today/").body
    # Notices lead elsewhere; the product weaves birthdays into the renewals, so that other ones are the first ten.
    named = re.sub(r"<section><h2>(My month|Unread|Renewals)</h2>.*?</section>", "", ideal, flags=re.DOTALL)
    wanted = set(ROW_LINK.findall(named))
    if missing := wanted - set(ROW_LINK.findall(stage.browsers["product", "salesperson"].get(by_kind).body)):
        raise WrongAnswer(f"Today does not show {sorted(missing)}")
    for variant, path in (("most urgent first", "/today/"), ("by kind", by_kind)):
        page = stage.browsers["product", "salesperson"].get(path)
        asked, rows = len(stage.statements("salesperson", path)), len(ROW_LINK.findall(page.body))

        def make(variant: str = variant, asked: int = asked, size: int = page.bytes, rows: int = rows) -> Figures:
            return Figures("today", variant, 4.0, statements=asked, bytes=size, rows=rows)

        yield stage.compare(
            make,
            partial(stage.product, "salesperson", path),
            lambda: stage.floor("salesperson", "/page/today/"),
        )


def _give_tasks(user: User, number: int) -> None:
    """Fill somebody's open tasks up to a number: most ahead, a tenth overdue, some due today."""
    missing = number - Task.objects.open().filter(assignee=user).count()  # unscoped: the bench reads everything
    now = timezone.now()
    customers = list(Customer.objects.filter(owner=user).order_by("pk").values_list("pk", flat=True)[:200])
    Task.objects.bulk_create(
        Task(
            title="Ask for the result of the test",
            kind="call",
            customer_id=customers[place % len(customers)],
            assignee=user,
            due_at=now + timedelta(hours=place - number // 10),
            created_by=user,
            created_at=now,
            updated_at=now,
        )
        for place in range(missing)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE followups_task")


def funnel(stage: Stage) -> Iterator[Figures]:
    """[funnel]: all people's deals of twelve months; the sums must be those of a recomputation, and each stage of the
    cohort must have the floor's number."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({DIFFERENCE}) differing")  # noqa: S608  a statement of our own
        if differing := cursor.fetchone()[0]:
            raise WrongAnswer(f"{differing} of the funnel's sums are not those of a recomputation")
    since = Period.of("12m", timezone.localdate(timezone=settings.BUSINESS_ZONE)).first
    path, floor = "/funnel/", f"/page/funnel/?{urlencode({'since': since})}"
    page = stage.browsers["product", "manager"].get(path)
    ideal = stage.browsers["floor", "manager"].get(floor).body
    wanted = re.findall(r'\?reached=(\d+)">(\d+)<', ideal)
    shown = re.findall(r'data-v="(\d+)"[^>]*><a href="[^"]*[?;]reached=(\d+)', page.body)
    if not wanted or dict(wanted) != {stage_id: n for n, stage_id in shown}:
        raise WrongAnswer(f"The funnel shows {shown}, not {wanted}")
    deals = Opportunity.objects.count()  # unscoped: the bench reads everything
    asked = len(stage.statements("manager", path))
    yield stage.compare(
        lambda: Figures("funnel", f"{deals:,} deals", 4.0, statements=asked, bytes=page.bytes, rows=len(wanted)),
        lambda: stage.product("manager", path),
        lambda: stage.floor("manager", floor),
    )


def deals(stage: Stage) -> Iterator[Figures]:
    """[list] of opportunities: the first page, of a salesperson and of somebody who sees everything."""
    for role, view in (("salesperson", "mine"), ("manager", "open")):
        path, floor = f"/opportunities/?view={view}", f"/page/deals_{role}/"
        yield _list(stage, "list", f"deals, {role}", role, path, floor, bar=2.5, judge=rows_say)


def pool(stage: Stage) -> Iterator[Figures]:
    """[list] of the default pool: its first page, of a salesperson."""
    floor = f"/page/pool/?pool={Pool.objects.get(is_default=True).pk}"
    yield _list(stage, "list", "pool", "salesperson", "/pool/", floor, bar=2.5, judge=rows_say)


def board(stage: Stage) -> Iterator[Figures]:
    """[board]: a manager's questions, of this month and of the year; the floor reads the same numbers from the rollups.

    Each stage of the cohort, and what each person holds, must have the floor's number.
    """
    today = timezone.localdate(timezone=settings.BUSINESS_ZONE)
    for span in (TargetPeriod.of(today, MONTH), TargetPeriod.of(today, YEAR)):
        earlier = TargetPeriod.of(span.first_on - timedelta(days=1), span.span)
        words = {"first": span.first_on, "last": span.months[-1], "before": earlier.first_on}
        words |= {"monday": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}
        path, floor = f"/board/?period={span.key}", f"/page/overview/?{urlencode(words)}"
        page = stage.browsers["product", "manager"].get(path)
        ideal = stage.browsers["floor", "manager"].get(floor).body
        held = dict(re.findall(r'\?hands=(\d+)">(\d+)<', ideal))
        shown = dict(re.findall(r'href="/customers/\?owner=(\d+)&(?:amp;)?m=1">([\d,]+)<', page.body))
        if not shown or any(held.get(pk) != n.replace(",", "") for pk, n in shown.items()):
            raise WrongAnswer(f"The board shows that {shown} are held, not {held}")
        asked = len(stage.statements("manager", path))
        yield stage.compare(
            partial(Figures, "board", f"{span.key}", 4.0, statements=asked, bytes=page.bytes, rows=len(shown)),
            partial(stage.product, "manager", path),
            partial(stage.floor, "manager", floor),
        )


def kanban(stage: Stage) -> Iterator[Figures]:
    """[kanban]: the kanban of one salesperson and of all open deals; the floor reads all sums from the rollup."""
    ideal = CARD.findall(stage.browsers["floor", "manager"].get("/page/board/").body)
    for role, view in (("salesperson", "mine"), ("manager", "open")):
        path = f"/opportunities/board/?view={view}"
        page = stage.browsers["product", role].get(path)
        cards = CARD.findall(page.body)
        if not cards or (role == "manager" and cards != ideal):
            raise WrongAnswer(f"The board shows cards {cards[:9]}, the floor {ideal[:9]}")
        asked = len(stage.statements(role, path))
        yield stage.compare(
            partial(Figures, "kanban", role, 4.0, statements=asked, bytes=page.bytes, rows=len(cards)),
            partial(stage.product, role, path),
            partial(stage.floor, role, "/page/board/"),
        )


def said(stage: Stage) -> Iterator[Figures]:
    """[said]: everything said, narrowed to two Chinese characters; the floor runs its ideal statement."""
    path, floor = f"/communications/?{urlencode({'q': SAID})}", f"/page/said/?{urlencode({'text': SAID})}"
    page = stage.browsers["product", "manager"].get(path)
    rows = len(ROW.findall(page.body))
    ideal = stage.browsers["floor", "manager"].get(floor).body
    if ROW.findall(page.body) != ROW.findall(ideal) or not rows:
        raise WrongAnswer(f"The search of what was said shows {rows} rows, the floor {len(ROW.findall(ideal))}")
    asked = len(stage.statements("manager", path))
    yield stage.compare(
        lambda: Figures("said", "two Chinese characters", 3.0, statements=asked, bytes=page.bytes, rows=rows),
        lambda: stage.product("manager", path),
        lambda: stage.floor("manager", floor),
    )


def global_search(stage: Stage) -> Iterator[Figures]:
    """[global_search]: the search of the top bar; the bar is 4 signed-in floor pages and its statement's time."""
    text = search_texts()[0][2]
    path = f"/search/?{urlencode({'q': text})}"
    page = stage.browsers["product", "manager"].get(path)
    sql, words = statements()["search"], {"text": text}

    def ask() -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, words)
            return cursor.fetchall()

    wanted = {str(row[1]) for row in ask() if row[0] == "customer"}
    if not wanted or wanted - set(LINK.findall(page.body)):
        raise WrongAnswer(f"The search for {text} does not show customers {sorted(wanted)}")
    asked = len(stage.statements("manager", path))
    yield stage.compare(
        lambda: Figures("global_search", "Ctrl K", 4.0, statements=asked, bytes=page.bytes, rows=len(wanted)),
        lambda: stage.product("manager", path),
        lambda: stage.floor("manager", "/signed-in/"),
        plus=lambda: timed(ask),
    )
