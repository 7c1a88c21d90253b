"""Which columns has the list of customers that reorder?"""

from __future__ import annotations

from decimal import Decimal

from django.db.models import DateField, DecimalField, F, IntegerField, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from core.tables import CallColumn, Column, Reading, Table, two_lines
from core.templatetags.ui import base_money, day, flag
from core.zones import business_day

from ..models import Rhythm
from ..querysets import NO_DAY

DASH = "—"


def days_late(row: Rhythm, reading: Reading) -> int | None:
    """Days since the expected one; None where it is not over or not known."""
    late = (business_day(reading.now) - row.next_on).days if row.next_on else 0
    return late if late > 0 else None


def in_days(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": f"{days:,}"}


def customer(row: Rhythm, reading: Reading) -> str:
    one = row.customer
    name = format_html('{}<a href="{}"><bdi>{}</bdi></a>', flag(one.country), one.get_absolute_url(), one.name)
    return two_lines(format_html("<span class=named>{}</span>", name), countries.name(str(one.country)))


class LateColumn(CallColumn):
    """How late: the file has it as a number too."""

    def export(self, row: Rhythm, reading: Reading) -> int | None:
        return days_late(row, reading)

    def cell(self, row: Rhythm, reading: Reading) -> str:
        late = days_late(row, reading)
        return format_html('<span class="text-bad">{}</span>', in_days(late)) if late else DASH


def link(row: Rhythm, reading: Reading) -> str:
    """How many orders, and all of them."""
    url = f"{reverse('opportunities:orders')}?{urlencode({'state': 'valid', 'customer': row.pk})}"
    return format_html('<a href="{}">{}</a>', url, f"{row.orders:,}")


class RhythmTable(Table):
    columns = [
        CallColumn(
            "customer",
            gettext_lazy("Customer"),
            sort="customer__name",
            draw=customer,
            plain=lambda row: row.customer.name,
            rank=1,
            css="name",
        ),
        LateColumn("late", gettext_lazy("Late by"), is_numeric=True, rank=1, css="side"),
        CallColumn(
            "next_on", gettext_lazy("Order expected"), sort=Coalesce(F("next_on"), Value(NO_DAY, DateField())), rank=2,
            draw=lambda row, reading: day(row.next_on),
        ),
        CallColumn(
            "last_on", gettext_lazy("Last order"), sort="last_on", rank=2, draw=lambda row, reading: day(row.last_on)
        ),
        CallColumn(
            "usual_days",
            gettext_lazy("Usual interval"),
            sort=Coalesce(F("usual_days"), Value(10**6, IntegerField())),
            draw=lambda row, reading: in_days(row.usual_days) if row.usual_days else DASH,
            is_numeric=True,
        ),
        CallColumn(
            "usual_base",
            gettext_lazy("Usual amount"),
            sort=Coalesce(F("usual_base"), Value(Decimal(0), DecimalField(max_digits=18, decimal_places=3))),
            draw=lambda row, reading: base_money(row.usual_base),
            is_numeric=True,
        ),
        CallColumn(
            "owner",
            gettext_lazy("Owner"),
            sort=Coalesce(F("customer__owner__name"), Value("")),
            plain=lambda row: str(row.customer.owner or ""),
            draw=lambda row, reading: two_lines(row.customer.owner) if row.customer.owner else DASH,
        ),
        CallColumn(
            "orders", gettext_lazy("Orders"), sort="orders", draw=link, plain=lambda row: row.orders,
            is_numeric=True, rank=4,
        ),
        CallColumn(
            "first_on", gettext_lazy("First order"), sort="first_on", is_default=False, rank=4,
            draw=lambda row, reading: day(row.first_on),
        ),
        Column("customer.country", gettext_lazy("Country"), sort="customer__country", is_default=False, rank=4),
    ]  # fmt: skip
    default_sort = "next_on"
