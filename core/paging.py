"""Which rows stand on this page, and where do the other pages begin?

Previous, next, last and the next five numbers carry a cursor (value of the sort key and id, the
id breaking ties in the same direction), so that page 2,000 costs what page 2 costs; the pages in
between are reached by OFFSET up to MAX_OFFSET. Sort keys are never null: an expression coalesces.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.http import QueryDict

from .querysets import Count, RowBeyond, bounded_count

MAX_OFFSET = 10_000
NUMBERS_AHEAD = 5
POSITION_WORDS = ("page", "after", "before", "skip", "last")


@dataclass(frozen=True)
class Order:
    """How a list is sorted: a non-null expression, and whether it descends. ``key`` is its public name."""

    key: str
    expression: str | Combinable
    is_descending: bool = False

    @property
    def word(self) -> str:
        return f"-{self.key}" if self.is_descending else self.key


@dataclass
class PageLink:
    label: str
    query: str
    is_current: bool = False


@dataclass
class Page:
    """Rows of one page with links to the others; ``first`` is the number of its first row, from 1."""

    rows: list[Any]
    number: int
    first: int
    count: Count
    previous: str = ""
    next: str = ""
    numbers: list[PageLink] = field(default_factory=list)
    last: str = ""

    @property
    def last_row(self) -> int:
        return self.first + len(self.rows) - 1


def paginate(queryset: QuerySet[Any], order: Order, params: QueryDict, size: int, count: Count | None = None) -> Page:
    """Return the page that ``params`` asks for; nonsense in them leads to the first page.

    ``count`` is of these rows, where somebody has counted them.
    """
    count = bounded_count(queryset) if count is None else count
    key = F(order.expression) if isinstance(order.expression, str) else order.expression
    ordered = queryset.annotate(_key=key)
    number = _whole(params.get("page"), 1)
    if params.get("last") and count.number is not None:
        return _last_page(ordered, order, params, size, count)
    cursor = _read_cursor(params.get("after") or params.get("before"), ordered)
    if cursor is None:
        number = min(number, MAX_OFFSET // size + 1)
        skip = (number - 1) * size
        found = list(_sorted(ordered, order)[skip : skip + size + 1])
        if not found and number > 1:  # beyond the end: the rows have gone meanwhile
            return _last_page(ordered, order, params, size, count)
    else:
        backward = "before" in params
        skip = min(_whole(params.get("skip"), 0, least=0), NUMBERS_AHEAD * size)
        forward = order.is_descending if backward else not order.is_descending
        beyond = ordered.filter(
            RowBeyond(
                F("_key"),
                F("pk"),
                Value(cursor[0], _key_field(ordered)),
                Value(cursor[1], queryset.model._meta.pk),
                forward=forward,
            )
        )
        found = list(_sorted(beyond, order, backward)[skip : skip + size + 1])
        if backward:
            if len(found) <= size:  # the first page after all
                return paginate(queryset, order, _without_position(params), size, count)
            found = [*reversed(found[:size]), None]
    return _page(found, number, params, size, count)


def paginate_list(rows: Sequence[Any], params: QueryDict, size: int, word: str = "page") -> Page:
    """The page of what was read as a whole. Another ``word`` than "page" is that of a list beside others: its place."""
    whole = max(1, -(-len(rows) // size))
    number = min(_whole(params.get(word), 1), whole)
    shown = list(rows[(number - 1) * size : number * size])

    def query(to: int) -> str:
        kept = params.copy()
        kept.pop(word, None)
        if to > 1:
            kept[word] = str(to)
        return f"?{kept.urlencode()}" + (f"#{word}" if word != "page" else "")

    numbers = [PageLink(str(n), query(n), n == number) for n in range(max(1, number - 2), whole + 1)]
    return Page(
        shown,
        number,
        (number - 1) * size + 1 if shown else 0,
        Count(len(rows)),
        previous=query(number - 1) if number > 1 else "",
        next=query(number + 1) if number < whole else "",
        numbers=numbers[: NUMBERS_AHEAD + 3],
        last=query(whole) if number < whole else "",
    )


def cursor_of(row: Any) -> str:
    """Return the opaque place of ``row`` in its list."""
    text = json.dumps([_text(row._key), row.pk], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _page(found: list[Any], number: int, params: QueryDict, size: int, count: Count) -> Page:
    rows = [row for row in found[:size] if row is not None]
    page = Page(rows, number, (number - 1) * size + 1 if rows else 0, count)
    more = len(found) > size
    if number > 1 and rows:
        page.previous = _query(params, page=number - 1, before=cursor_of(rows[0])) if number > 2 else _query(params)
    if more:
        page.next = _query(params, page=number + 1, after=cursor_of(rows[-1]))
        page.last = _query(params, last=1)
    page.numbers = _numbers(page, params, size, more)
    return page


def _numbers(page: Page, params: QueryDict, size: int, more: bool) -> list[PageLink]:
    total = -(-page.count.number // size) if page.count.is_exact and page.count.number else None
    behind = [n for n in range(max(1, page.number - 2), page.number) if (n - 1) * size <= MAX_OFFSET]
    links = [PageLink(str(n), _query(params, page=n)) for n in behind]
    links.append(PageLink(str(page.number), "", is_current=True))
    ahead = NUMBERS_AHEAD if total is None else max(0, min(NUMBERS_AHEAD, total - page.number))
    if more and page.rows:
        place = cursor_of(page.rows[-1])
        # Without a known total only the very next page is sure to be there.
        links += [
            PageLink(
                str(page.number + step),
                _query(params, page=page.number + step, after=place, skip=(step - 1) * size or None),
            )
            for step in range(1, (ahead if total is not None or page.count.is_more else 1) + 1)
        ]
    return links


def _last_page(ordered: QuerySet[Any], order: Order, params: QueryDict, size: int, count: Count) -> Page:
    total = count.number or 0
    on_it = (total % size or size) if count.is_exact else size
    rows = list(_sorted(ordered, order, backward=True)[:on_it])[::-1]
    number = max(1, -(-total // size)) if count.is_exact else MAX_OFFSET // size + 2
    page = _page(rows, number, params, size, count)
    if number > 1 and rows:
        page.previous = _query(params, page=number - 1, before=cursor_of(rows[0]))
    return page


def _sorted(queryset: QuerySet[Any], order: Order, backward: bool = False) -> QuerySet[Any]:
    sign = "-" if order.is_descending != backward else ""
    return queryset.order_by(f"{sign}_key", f"{sign}pk")


def _key_field(ordered: QuerySet[Any]) -> Any:
    return ordered.query.annotations["_key"].output_field


def _read_cursor(text: str | None, ordered: QuerySet[Any]) -> tuple[Any, int] | None:
    if not text:
        return None
    try:
        key, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(key, (str, int)) or not isinstance(pk, int) or "\0" in str(key):
            return None
        field = _key_field(ordered)
        value = field.to_python(key)
        field.run_validators(value)  # what no column can hold, PostgreSQL would refuse
        ordered.model._meta.pk.run_validators(pk)
    except (ValueError, TypeError, binascii.Error, ValidationError):
        return None
    return value, pk


def _text(value: Any) -> Any:
    return value if isinstance(value, (int, bool)) else str(value)


def _whole(text: str | None, default: int, least: int = 1) -> int:
    return max(least, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def _without_position(params: QueryDict) -> QueryDict:
    plain = params.copy()
    for word in POSITION_WORDS:
        plain.pop(word, None)
    return plain


def _query(params: QueryDict, **position: Any) -> str:
    query = _without_position(params)
    for word, value in position.items():
        if value is not None:
            query[word] = str(value)
    return "?" + query.urlencode()
