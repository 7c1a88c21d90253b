"""Which columns has the list of opportunities?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import DateField, DateTimeField, F, Value
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from core.custom_fields import CustomColumn
from core.labels import name_of
from core.tables import CallColumn, Column, Reading, Table, two_lines
from core.templatetags.ui import base_money, day, day_words, due_words, flag, money, status_dot
from core.zones import FIRST_DAY, business_day

from ..models import Opportunity
from ..querysets import SORT_AMOUNT, SORT_EXPECTED, SORT_NEXT_TASK

DASH = "—"
LONG_AGO = DateTimeField().to_python("1900-01-01T00:00+00:00")


def deal(row: Opportunity, reading: Reading) -> str:
    """The deal, and with whom; its address is relative to the list, for fifty rows weigh."""
    return format_html('<a href="{}/"><bdi>{}</bdi></a>{}', row.pk, row.title, _with_whom(row) if row.customer else "")


def _with_whom(row: Any) -> SafeString:
    code = str(row.customer.country)
    # The flag with its code: the country's name in fifty rows would be a kilobyte and a half.
    mark = format_html('<i class="flag flag-{}" title={}></i> ', code.lower(), code) if code else ""
    return format_html("<bdi class=l2>{}{}</bdi>", mark, row.customer.name)


def customer(row: Opportunity, reading: Reading) -> str:
    return _with_whom(row) if row.customer else DASH


def days_in_stage(row: Opportunity, reading: Reading) -> int:
    return max(0, (reading.now - row.stage_at).days)


def time_words(row: Opportunity, reading: Reading) -> str:
    """How long it has been in its stage, and beyond which limit where it is stalled."""
    days = days_in_stage(row, reading)
    if row.is_stalled(reading.now):
        return _("stalled %(days)s d, limit %(limit)s") % {"days": days, "limit": row.stage.stalls_after}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


# As their dots are called too.
ENDED = (Opportunity.Outcome.WON, Opportunity.Outcome.LOST)


def stage(row: Opportunity, reading: Reading) -> str:
    """Where it stands, how likely, and since when."""
    if not row.is_open:
        # Archived ones may still be under way.
        shown = status_dot(row.outcome, row.stage.name) if row.outcome in ENDED else row.stage.name
        return format_html("{}<span class=l2>{}</span>", shown, day_words(row.closed_on) if row.closed_on else "")
    words = f"{row.stage.probability} % · {time_words(row, reading)}"
    css = SafeString('"l2 text-warn"') if row.is_stalled(reading.now) else "l2"
    return format_html("{}<span class={}>{}</span>", row.stage.name, css, words)


def amount(row: Opportunity, reading: Reading) -> str:
    """The amount in its own currency, below it what that is in the base currency; no rate is said."""
    if row.amount is None:
        return _writable(row, "amount", DASH)
    if row.currency == settings.BASE_CURRENCY:
        below = ""
    else:
        below = base_money(row.amount_base) if row.amount_base is not None else _("no rate")
    # Amounts and days have no need of the line that cuts long words: its tags would be a tenth of the page.
    return _writable(row, "amount", _with_line(money(row.amount, row.currency), below))


def _with_line(first: str, second: str) -> SafeString:
    return format_html("{}<bdi class=l2>{}</bdi>", first, second) if second else format_html("{}", first)


def expected(row: Opportunity, reading: Reading) -> str:
    if row.expected_on is None:
        return _writable(row, "expected", DASH)
    if row.is_past_close(reading.extra["today"]):
        return _writable(row, "expected", two_lines(day_words(row.expected_on), _("overdue"), "text-bad"))
    return _writable(row, "expected", day_words(row.expected_on))


def next_step(row: Opportunity, reading: Reading) -> str:
    """What comes next and when; overdue in its colour, and nothing planned said as such."""
    if not row.next_task_title:
        shown = format_html("<span class=text-warn>{}</span>", _("None planned")) if row.is_open else DASH
        return _writable(row, "next_step", shown)
    tone = "text-bad" if row.next_task_at and row.next_task_at <= reading.now else ""
    words = due_words(row.next_task_at) if row.next_task_at else _("No date")
    return _writable(row, "next_step", two_lines(row.next_task_title, words, tone))


def _writable(row: Opportunity, what: str, shown: Any) -> SafeString:
    """A cell that is written in place: a link to its own small form."""
    if not row.is_open:
        return format_html("{}", shown)
    return format_html("<a href={}/set/{}/>{}</a>", row.pk, what, shown)


def plain_amount(value: Decimal | None) -> Decimal | None:
    """An amount for a file: without the empty decimals of its column."""
    if value is None:
        return None
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def owner(row: Opportunity, reading: Reading) -> str:
    return two_lines(row.owner) if row.owner else _("nobody")


def country(row: Opportunity, reading: Reading) -> str:
    code = row.customer.country if row.customer else ""
    return format_html("{} {}", flag(code, False), countries.name(str(code))) if code else DASH


def _date(key: str, header: Any, field: str, **options: Any) -> CallColumn:
    """A column of one day or moment."""
    sort = Coalesce(F(field), Value(FIRST_DAY, DateField()))
    return CallColumn(
        key,
        header,
        sort=options.pop("sort", sort),
        draw=lambda row, reading: day(getattr(row, field)),
        plain=lambda row: getattr(row, field),
        **{"is_default": False, "rank": 4} | options,
    )


class OpportunityTable(Table):
    """The list of opportunities; ``reading.extra`` brings the firm's own fields and today in business time."""

    columns = [
        CallColumn("title", gettext_lazy("Deal"), sort="title", draw=deal, joins=("customer",), rank=1, css="name"),
        CallColumn(
            "stage",
            gettext_lazy("Stage"),
            sort="stage__position",
            joins=("stage",),
            draw=stage,
            plain=lambda row: row.stage.name,
            rank=1,
            css="meta",
        ),
        CallColumn(
            "amount",
            gettext_lazy("Amount"),
            sort=SORT_AMOUNT,
            draw=amount,
            plain=lambda row: plain_amount(row.amount),
            is_numeric=True,
            rank=1,
            css="side",
        ),
        CallColumn(
            "expected",
            gettext_lazy("Expected close"),
            sort=SORT_EXPECTED,
            draw=expected,
            joins=("stage",),
            plain=lambda row: row.expected_on,
            rank=2,
            css="end",
        ),
        CallColumn(
            "next_step",
            gettext_lazy("Next step"),
            sort=SORT_NEXT_TASK,
            draw=next_step,
            plain=lambda row: row.next_task_title,
            rank=2,
        ),
        CallColumn(
            "owner",
            gettext_lazy("Owner"),
            sort=Coalesce(F("owner__name"), Value("")),
            joins=("owner",),
            draw=owner,
            plain=lambda row: str(row.owner or ""),
        ),
        CallColumn(
            "source",
            gettext_lazy("Source"),
            sort=name_of("source"),
            joins=("source",),
            plain=lambda row: row.source.name if row.source else "",
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "customer",
            gettext_lazy("Customer"),
            sort=Coalesce(F("customer__name"), Value("")),
            joins=("customer",),
            draw=customer,
            plain=lambda row: row.customer.name if row.customer else "",
            is_default=False,
        ),
        CallColumn(
            "country",
            gettext_lazy("Country"),
            sort=Coalesce(F("customer__country"), Value("")),
            joins=("customer",),
            draw=country,
            plain=lambda row: str(row.customer.country) if row.customer else "",
            is_default=False,
            rank=4,
        ),
        Column("currency", gettext_lazy("Currency"), sort="currency", is_default=False, rank=4),
        CallColumn(
            "base",
            gettext_lazy("Amount in the base currency"),
            sort=SORT_AMOUNT,
            draw=lambda row, reading: base_money(row.amount_base),
            plain=lambda row: plain_amount(row.amount_base),
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "probability",
            gettext_lazy("Probability in %"),
            sort="stage__probability",
            joins=("stage",),
            plain=lambda row: row.stage.probability,
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        _date("since", gettext_lazy("In this stage since"), "stage_at", sort="stage_at"),
        CallColumn(
            "pipeline",
            gettext_lazy("Pipeline"),
            sort=name_of("pipeline"),
            joins=("pipeline",),
            plain=lambda row: row.pipeline.name,
            is_default=False,
            rank=4,
        ),
        Column("product", gettext_lazy("Product"), sort="product", is_default=False, rank=4),
        Column("competitors", gettext_lazy("Competitors"), sort="competitors", is_default=False, rank=4),
        CallColumn(
            "campaign",
            gettext_lazy("Campaign"),
            sort=name_of("campaign"),
            joins=("campaign",),
            plain=lambda row: row.campaign.name if row.campaign else "",
            is_default=False,
            rank=4,
        ),
        _date(
            "contacted",
            gettext_lazy("Last contact"),
            "last_followed_at",
            sort=Coalesce(F("last_followed_at"), Value(LONG_AGO, DateTimeField())),
        ),
        _date("opened", gettext_lazy("Begun"), "opened_on"),
        _date("created", gettext_lazy("Created"), "created_at", sort="created_at"),
        _date("closed", gettext_lazy("Closed"), "closed_on"),
        CallColumn(
            "outcome",
            gettext_lazy("Outcome"),
            sort="outcome",
            draw=lambda row, reading: row.get_outcome_display(),
            plain=lambda row: row.get_outcome_display(),
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "reason",
            gettext_lazy("Why lost"),
            sort=name_of("lost_reason"),
            joins=("lost_reason",),
            plain=lambda row: row.lost_reason.name if row.lost_reason else "",
            is_default=False,
            rank=4,
        ),
        Column("lost_to", gettext_lazy("Lost to"), sort="lost_to", is_default=False, rank=4),
        Column("incoterm", gettext_lazy("Incoterm"), sort="incoterm", is_default=False, rank=4),
        Column("external_id", gettext_lazy("External id"), sort="external_id", is_default=False, rank=4),
    ]
    default_sort = "-created"

    def extra_columns(self) -> list[Column]:
        return [CustomColumn(one) for one in self.reading.extra.get("custom_fields", ())]


def today_of(reading: Reading) -> date:
    """The business day of a reading."""
    return business_day(reading.now)
