"""Which columns has the list of leads?"""

from __future__ import annotations

from typing import Any

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from core.custom_fields import CustomColumn
from core.labels import name_of
from core.phones import e164_of
from core.tables import CallColumn, Column, Reading, Table, two_lines
from core.templatetags.ui import day, day_words, flag, money, status_dot, time_there
from customers.clock import place_clock
from customers.querysets import NEVER
from customers.tables import next_step as planned

from ..models import Lead
from ..querysets import SORT_NEXT_TASK

DASH = "—"
SHAPES = {
    Lead.State.NEW: "ring",
    Lead.State.WORKING: "half",
    Lead.State.CONVERTED: "won",
    Lead.State.DISQUALIFIED: "lost",
}
# So much of an inquiry stands in the list.
SHORT = 90


def called(row: Any) -> str:
    """As ``Lead.name``, of a row whose inquiry was not read whole."""
    return row.company or row.person or row.email or row.phone or row.subject or row.said[:80]


def points_of(lead: Lead) -> list[dict[str, str]]:
    """Number, chat and mailbox, as ``reach.best`` takes them."""
    country = str(lead.country)
    normal = {
        "phone": lead.phone_normal,
        "whatsapp": e164_of(lead.whatsapp, country) if lead.whatsapp else "",
        "email": lead.email,
    }
    return [{"kind": kind, "value": getattr(lead, kind), "normal": value} for kind, value in normal.items() if value]


def who(row: Lead, reading: Reading) -> str:
    """Who asked: the company, below it the person."""
    person = row.person if row.company else ""
    name = format_html(
        '{}<a href="{}"><bdi>{}</bdi></a>',
        flag(row.country) if row.country else "",
        row.get_absolute_url(),
        called(row),
    )
    return format_html("{}<bdi class=l2>{}</bdi>", name, person) if person else name


def wants(row: Any, reading: Reading) -> str:
    """For what, and how much of it."""
    first = row.product or row.subject
    amount = quantity(row)
    said = Truncator(row.said).chars(SHORT)
    return two_lines(Truncator(first).chars(SHORT) or said or DASH, amount)


def quantity(row: Lead) -> str:
    if row.quantity is None:
        return money(row.amount, row.currency) if row.amount is not None else ""
    return f"{row.quantity.normalize():,f} {row.unit}".strip()


def state(row: Lead, reading: Reading) -> SafeString:
    """Where it stands, and for how long."""
    shown = status_dot(SHAPES[Lead.State(row.state)], row.get_state_display())
    if row.state == Lead.State.DISQUALIFIED and row.disqualify_reason:
        below = row.disqualify_reason.name
    else:
        days = max(0, (reading.now - row.state_at).days)
        below = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return format_html("{}<bdi class=l2>{}</bdi>", shown, below)


def here(row: Lead, reading: Reading) -> str:
    clock = place_clock(str(row.country), row.city, reading.now)
    if clock is None:
        return ""
    return time_there(clock.zone, row.city, str(_("holiday")) if clock.holiday else "", reading.now)


def next_step(row: Lead, reading: Reading) -> str:
    return planned(row, reading) if row.is_open or row.next_task_title else DASH


def owner(row: Lead, reading: Reading) -> str:
    if row.owner is None:
        return two_lines(_("to give away"), row.team.name if row.team else "", "text-warn")
    contacted = day_words(row.last_followed_at) if row.last_followed_at else _("never")
    return two_lines(row.owner, contacted)


def came(row: Lead, reading: Reading) -> str:
    """Through which door, and when."""
    source = row.source.name if row.source else (row.form.name if row.form else "")
    at = day_words(row.asked_at or row.created_at)
    return two_lines(source, at) if source else two_lines(at)


def country(row: Lead, reading: Reading) -> str:
    return format_html("{} {}", flag(row.country, False), countries.name(str(row.country))) if row.country else DASH


def _named(key: str, header: Any, **options: Any) -> CallColumn:
    """The name of a related row."""

    def name(row: Lead) -> str:
        one = getattr(row, key)
        return one.name if one else ""

    more = {"sort": name_of(key), "joins": (key,), "plain": name, "is_default": False, "rank": 4}
    return CallColumn(key, header, **more | options)


def _text(key: str, header: Any) -> Column:
    return Column(key, header, sort=key, is_default=False, rank=4)


def _date(key: str, header: Any, field: str, **options: Any) -> CallColumn:
    """A moment as its day."""
    return CallColumn(
        key,
        header,
        draw=lambda row, reading: day(getattr(row, field)) or DASH,
        plain=lambda row: getattr(row, field),
        **{"is_default": False, "rank": 4, "sort": Coalesce(F(field), Value(NEVER, DateTimeField()))} | options,
    )


class LeadTable(Table):
    """The list of leads; ``reading.extra`` brings the firm's own fields."""

    columns = [
        CallColumn("name", gettext_lazy("Lead"), sort="company", draw=who, plain=called, rank=1, css="name"),
        CallColumn(
            "state",
            gettext_lazy("State"),
            sort="state",
            draw=state,
            joins=("disqualify_reason",),
            plain=lambda row: row.get_state_display(),
            rank=1,
            css="meta",
        ),
        CallColumn(
            "wants",
            gettext_lazy("Asks for"),
            sort="product",
            draw=wants,
            plain=lambda row: row.product or row.subject,
            rank=2,
            css="text",
        ),
        CallColumn("time", gettext_lazy("Local time"), draw=here, plain=lambda row: "", rank=1, css="side"),
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
            gettext_lazy("Owner, last contact"),
            sort=Coalesce(F("owner__name"), Value("")),
            joins=("owner", "team"),
            draw=owner,
            plain=lambda row: str(row.owner or ""),
        ),
        CallColumn(
            "came",
            gettext_lazy("Source, asked"),
            sort=Coalesce(F("asked_at"), F("created_at")),
            joins=("source", "form"),
            draw=came,
            plain=lambda row: row.source.name if row.source else "",
        ),
        CallColumn("country", gettext_lazy("Country"), sort="country", draw=country, is_default=False, rank=4),
        _text("company", gettext_lazy("Company")),
        _text("person", gettext_lazy("Person")),
        _text("email", gettext_lazy("E-mail")),
        _text("phone", gettext_lazy("Phone")),
        _text("whatsapp", gettext_lazy("WhatsApp")),
        _text("wechat", gettext_lazy("WeChat")),
        _text("website", gettext_lazy("Website")),
        _text("city", gettext_lazy("City")),
        _text("subject", gettext_lazy("Subject")),
        _text("product", gettext_lazy("Product")),
        CallColumn(
            "quantity",
            gettext_lazy("Quantity"),
            sort=Coalesce(F("quantity"), Value(0, Lead._meta.get_field("quantity"))),
            draw=lambda row, reading: quantity(row) if row.quantity is not None else DASH,
            plain=lambda row: row.quantity,
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        _text("unit", gettext_lazy("Unit")),
        CallColumn(
            "amount",
            gettext_lazy("Budget or value"),
            sort=Coalesce(F("amount"), Value(0, Lead._meta.get_field("amount"))),
            draw=lambda row, reading: money(row.amount, row.currency) if row.amount is not None else DASH,
            plain=lambda row: row.amount,
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        _text("currency", gettext_lazy("Currency")),
        _named("source", gettext_lazy("Source")),
        _named("campaign", gettext_lazy("Campaign")),
        _named("form", gettext_lazy("Inquiry form"), sort=Coalesce(F("form__name"), Value(""))),
        _named("team", gettext_lazy("Team")),
        _named("disqualify_reason", gettext_lazy("Why disqualified")),
        _date("asked", gettext_lazy("Asked"), "asked_at"),
        _date("contacted", gettext_lazy("Last contact"), "last_followed_at"),
        _date("created", gettext_lazy("Created"), "created_at", sort="created_at"),
        CallColumn(
            "message",
            gettext_lazy("Inquiry"),
            draw=lambda row, reading: format_html("<bdi class=l1>{}</bdi>", Truncator(row.said).chars(SHORT) or DASH),
            plain=lambda row: row.message,
            is_default=False,
            rank=4,
        ),
        _text("external_id", gettext_lazy("External id")),
    ]
    default_sort = "-created"

    def extra_columns(self) -> list[Column]:
        return [CustomColumn(one) for one in self.reading.extra.get("custom_fields", ())]
