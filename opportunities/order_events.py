"""How does the timeline tell what became of orders? Made from the present state, once for a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.templatetags.ui import day, money
from customers.registries import EVENT_LINES, RULE_WORDS, EventLine, Line
from customers.timeline import bdi, sentence

from .models import Order
from .revenue import FIRST, SECOND

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Event

WORDS: dict[str, Callable[[], str]] = {
    "order.created": lambda: _("Order"),
    "order.changed": lambda: _("Order changed"),
    "order.voided": lambda: _("Order void"),
}
ICONS = {"order.voided": "ban"}


def draw(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """The number leads to the order; its amount and day beside it, the reason where it is void."""
    orders = Order.objects.visible_to(user).in_bulk([event.target_id for event in events if event.target_id])
    drawn = {}
    for event in events:
        if (order := orders.get(event.target_id or 0)) is None:
            continue
        name = format_html('<a href="{}">{}</a>', order.get_absolute_url(), bdi(order.number))
        by = bdi(event.by) if event.by else ""
        worth = format_html("{} · {}", money(order.amount, order.currency), day(order.ordered_on))
        is_void = event.kind == "order.voided"
        drawn[event.pk] = Line(
            sentence(WORDS[event.kind](), name, worth, "·", by),
            body=order.void_reason if is_void else "",
            tone="" if is_void else "ok",
        )
    return drawn


def register() -> None:
    """Add the kinds of orders to EVENT_LINES, and why a deal changes a customer's status to RULE_WORDS."""
    RULE_WORDS[FIRST] = gettext_lazy("by rule: the first deal")
    RULE_WORDS[SECOND] = gettext_lazy("by rule: the second deal")
    RULE_WORDS["import_undone"] = gettext_lazy("an import was taken back")
    for kind in WORDS:
        EVENT_LINES[kind] = EventLine(ICONS.get(kind, "receipt"), draw)
