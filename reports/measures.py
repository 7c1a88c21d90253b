"""What can be reached, and how much of it did whom in which month? One class each and a line in MEASURES.

Months are those of the business time zone; amounts are in the base currency.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from communications.said import said_by_month
from core.registries import Label
from opportunities.figures.asked import add_months
from opportunities.figures.cells import BASE, COUNT
from opportunities.models import FunnelCell, Order, Stage


class Done(NamedTuple):
    """How much was done; ``unrated`` are rows whose currency had no rate on their day, and which are not in it."""

    number: Decimal = Decimal(0)
    unrated: int = 0


def without_rate(number: int) -> str:
    """What is said beside an amount of which some rows had no rate of their day."""
    return ngettext("%(n)s without a rate", "%(n)s without a rate", number) % {"n": number} if number else ""


# By (person, first day of the month).
Sums: TypeAlias = dict[tuple[int, date], Done]
Words: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Measure:
    """Something that people reach. ``reads`` takes people, the first and the last month, and adds up by both.

    ``words`` are what the list at ``url_name`` is asked for the rows behind a number; ``whose`` is its word for a
    person, ``days`` its two ends of a range of days.
    """

    label: Label
    says: Label
    kind: str
    reads: Callable[[Collection[int], date, date], Sums]
    url_name: str
    words: Words
    whose: str
    days: tuple[str, str]
    # What a share of a target is a multiple of.
    step: Decimal = Decimal(1)

    def rows_behind(self, people: Mapping[str, Collection[int]], first: date, last: date) -> str:
        """The list of what was counted from one month to another; ``people`` by the list's word, this or ``team``."""
        until = add_months(last, 1) - timedelta(days=1)
        words = [*self.words.items(), *((word, pk) for word, ids in people.items() for pk in ids)]
        words += zip(self.days, (first.isoformat(), until.isoformat()), strict=True)
        return f"{reverse(self.url_name)}?{urlencode(words)}"


def _won(people: Collection[int], first: date, last: date) -> Sums:
    rows = FunnelCell.objects.filter(
        owner_id__in=people,
        kind="closed",
        stage_id__in=Stage.objects.filter(kind=Stage.Kind.WON).values("pk"),
        month__range=(first, last),
        n__gt=0,
    )
    return _sums(rows.values_list("owner_id", "month").annotate(Sum("amount_base"), Sum("unrated")))


def _orders_of(people: Collection[int], first: date, last: date) -> QuerySet[Any]:
    within = (first, add_months(last, 1) - timedelta(days=1))
    return Order.objects.valid().filter(seller__in=people, ordered_on__range=within).order_by()


def _by_month(orders: QuerySet[Any], **sums: Any) -> Sums:
    return _sums(orders.values_list("seller", TruncMonth("ordered_on")).annotate(**sums))


def _ordered(people: Collection[int], first: date, last: date) -> Sums:
    unrated = Count("pk", filter=Q(amount_base=None))
    return _by_month(_orders_of(people, first, last), number=Sum("amount_base"), unrated=unrated)


def _orders(people: Collection[int], first: date, last: date) -> Sums:
    return _by_month(_orders_of(people, first, last), number=Count("pk"))


def _buyers(people: Collection[int], first: date, last: date) -> Sums:
    return _by_month(_orders_of(people, first, last).first_of_customers(), number=Count("pk"))  # type: ignore[attr-defined]


def _said(people: Collection[int], first: date, last: date) -> Sums:
    return {key: Done(Decimal(spoken.n)) for key, spoken in said_by_month(people, first, last).items()}


def _sums(rows: Iterable[tuple[Any, ...]]) -> Sums:
    return {(who, month): Done(Decimal(number or 0), *unrated) for who, month, number, *unrated in rows}


MEASURES: dict[str, Measure] = {
    "won": Measure(
        _("Amount won"),
        _("Won deals at the rate of the day they closed, counted for who holds them."),
        BASE,
        _won,
        "opportunities:list",
        {"outcome": "won"},
        "owner",
        ("closed_from", "closed_to"),
        Decimal(100),
    ),
    "ordered": Measure(
        _("Order value"),
        _("Valid orders at the rate of their date, counted for who sold them."),
        BASE,
        _ordered,
        "opportunities:orders",
        {"state": "valid"},
        "seller",
        ("ordered_from", "ordered_to"),
        Decimal(100),
    ),
    "orders": Measure(
        _("Orders"),
        _("How many valid orders, counted for who sold them."),
        COUNT,
        _orders,
        "opportunities:orders",
        {"state": "valid"},
        "seller",
        ("ordered_from", "ordered_to"),
    ),
    "buyers": Measure(
        _("New customers"),
        _("Customers who ordered for the first time, counted for who sold that order."),
        COUNT,
        _buyers,
        "opportunities:orders",
        {"state": "valid", "is_first": "true"},
        "seller",
        ("ordered_from", "ordered_to"),
    ),
    "said": Measure(
        _("Communications"),
        _("What was said and written down, both ways and without automatic mails, counted for who wrote it down."),
        COUNT,
        _said,
        "communications:list",
        {"is_automatic": "false"},
        "author",
        ("happened_after", "happened_before"),
    ),
}
