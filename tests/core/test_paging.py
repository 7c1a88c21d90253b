"""Does turning pages by cursor show every row once and in order, whatever the ties, deletions and garbage?"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import SavedView
from core.paging import MAX_OFFSET, Order, Page, paginate, paginate_list
from core.querysets import bounded_count

pytestmark = pytest.mark.django_db
GENTLE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def rows(alice: Any, now: Any, keys: list[int]) -> None:
    """Views whose position is the sort key; names differ only to satisfy the table."""
    SavedView.objects.all().delete()
    SavedView.objects.bulk_create(
        SavedView(page="p", owner=alice, name=str(place), position=key, created_at=now)
        for place, key in enumerate(keys)
    )


def page(query: str, order: Order, size: int) -> Page:
    return paginate(SavedView.objects.all(), order, QueryDict(query.removeprefix("?")), size)


def plain(order: Order) -> list[int]:
    sign = "-" if order.is_descending else ""
    return list(SavedView.objects.order_by(f"{sign}position", f"{sign}pk").values_list("pk", flat=True))


def walk(order: Order, size: int, start: str = "", back: bool = False) -> list[int]:
    """Follow “next” (or “previous”) to the end; ids as they were shown, in the list's order."""
    shown: list[list[int]] = []
    query = start
    for _turn in range(200):
        found = page(query, order, size)
        shown.append([row.pk for row in found.rows])
        query = found.previous if back else found.next
        if not query:
            break
    else:
        pytest.fail("the pages never end")
    return [pk for one in (reversed(shown) if back else shown) for pk in one]


keys = st.lists(st.integers(0, 5), max_size=40)
orders = st.sampled_from([Order("position", "position"), Order("position", F("position"), is_descending=True)])
sizes = st.integers(1, 9)


@GENTLE
@given(keys=keys, order=orders, size=sizes)
def test_walking_by_cursor_equals_the_whole_list(alice, now, keys, order, size):
    rows(alice, now, keys)
    assert walk(order, size) == plain(order)


@GENTLE
@given(keys=keys, order=orders, size=sizes)
def test_walking_back_from_the_last_page_equals_it_too(alice, now, keys, order, size):
    rows(alice, now, keys)
    assert walk(order, size, "?last=1", back=True) == plain(order)


@GENTLE
@given(keys=keys, order=orders, size=sizes, data=st.data())
def test_numbers_ahead_lead_where_offset_leads(alice, now, keys, order, size, data):
    rows(alice, now, keys)
    first = page("", order, size)
    everything = plain(order)
    for link in first.numbers:
        number = int(link.label)
        shown = [row.pk for row in page(link.query, order, size).rows]
        assert shown == everything[(number - 1) * size : number * size]


@GENTLE
@given(keys=keys, order=orders, size=sizes, data=st.data())
def test_rows_that_go_meanwhile_shift_nothing(alice, now, keys, order, size, data):
    """A cursor names a place, not a count: who deletes behind me neither hides nor repeats a row before me."""
    rows(alice, now, keys)
    first = page("", order, size)
    seen = [row.pk for row in first.rows]
    gone = data.draw(st.sets(st.sampled_from(seen))) if seen else set()
    SavedView.objects.filter(pk__in=gone).delete()
    rest = walk(order, size, first.next) if first.next else []
    assert rest == [pk for pk in plain(order) if pk not in seen]


GARBAGE = [
    "after=", "after=%00", "after=a%00b", "after=AAAA", "after=====", "after=é", "before=W10", "page=0", "page=-1",
    "page=99999999999999999999", "page=zwei", "skip=9999999", "last=1&page=7", "after=bnVsbA", "page=١",
    "after=" + base64.urlsafe_b64encode(json.dumps(["x", "y"]).encode()).decode().rstrip("="),
    "after=" + base64.urlsafe_b64encode(json.dumps([10**40, 10**40]).encode()).decode().rstrip("="),
    "after=" + base64.urlsafe_b64encode(json.dumps([2**40, 1]).encode()).decode().rstrip("="),
    "after=" + base64.urlsafe_b64encode(json.dumps([True, 1.5]).encode()).decode().rstrip("="),
    "after=" + base64.urlsafe_b64encode(json.dumps([1, 2**70]).encode()).decode().rstrip("="),
    "after=" + base64.urlsafe_b64encode(json.dumps([{"a": 1}, 1]).encode()).decode().rstrip("="),
    "after=" + base64.urlsafe_b64encode(json.dumps([1, 1, 1]).encode()).decode().rstrip("="),
    "after=" + base64.urlsafe_b64encode(json.dumps(["a\0b", 1]).encode()).decode().rstrip("="),
]  # fmt: skip


@pytest.mark.parametrize("query", GARBAGE)
@pytest.mark.parametrize("by", ["position", "name", "created_at"])
def test_garbage_leads_to_some_page_and_never_to_an_error(alice, now, query, by):
    rows(alice, now, [1, 2, 2, 3])
    found = page(query, Order(by, by), 2)
    assert 1 <= len(found.rows) <= 2


def test_counting_stops_at_the_limit(alice, now, statements):
    rows(alice, now, list(range(30)))
    assert str(bounded_count(SavedView.objects.all(), limit=30)) == "30"
    more = bounded_count(SavedView.objects.all(), limit=29)
    assert (str(more), more.is_exact) == ("29+", False)


def test_counting_that_takes_too_long_says_many_and_leaves_the_transaction_alive(alice, now):
    rows(alice, now, [1])
    slow = SavedView.objects.extra(where=["pg_sleep(1) IS NOT NULL"])
    count = bounded_count(slow, within_ms=50)
    assert (count.number, str(count)) == (None, "many")
    assert SavedView.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] in ("0", "15s", "2min"), "the limit of counting must not outlive it"


def test_beyond_the_largest_offset_the_page_is_capped(alice, now):
    rows(alice, now, [1, 2, 3])
    found = page(f"page={MAX_OFFSET * 5}", Order("position", "position"), 2)
    assert found.rows


@pytest.mark.parametrize(
    ("asked", "shown", "number", "previous", "after"),
    [
        ("", [0, 1, 2], 1, "", "?members=2#members"),
        ("members=2&page=7", [3, 4, 5], 2, "?page=7#members", "?page=7&members=3#members"),
        ("members=3", [6], 3, "?members=2#members", ""),
        ("members=99", [6], 3, "?members=2#members", ""),
        ("members=-1", [0, 1, 2], 1, "", "?members=2#members"),
        ("members=%00", [0, 1, 2], 1, "", None),
    ],
)
def test_a_list_beside_another_one_has_pages_of_its_own(asked, shown, number, previous, after):
    page = paginate_list(range(7), QueryDict(asked), 3, "members")
    assert (page.rows, page.number, page.previous, str(page.count)) == (shown, number, previous, "7")
    assert after is None or page.next == after
    assert paginate_list([], QueryDict(asked), 3, "members").rows == []
