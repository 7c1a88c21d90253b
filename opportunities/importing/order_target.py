"""Orders and their lines as something to import: who may, which fields, what holds for all rows, in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.currencies import currency_choices, currency_of
from core.forms import Form
from core.importing.columns import fields_fed
from core.importing.readers import Shape, preview
from core.importing.targets import Choices, Field, Target
from core.models import ImportRow, ImportRun
from customers.holders import by_word
from customers.importing.reading import incoterm_of
from customers.models.customer import Incoterm

from ..models import Order
from ..permissions import can_import
from . import words
from .deal_target import people_choices
from .order_fields import LINE_LABELS, LINES, ORDER_LABELS, ORDERS
from .order_lines import PERCENT, SHARE, LineWork, discounts_are
from .order_undoing import LineUndoing, OrderUndoing
from .orders import OrderWork

# So many rows tell how a column writes its discounts.
LOOKED_AT = 5000


class OrderOptions(Form):
    """What holds for every row of the file."""

    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices, help_text=_("Where a row names none."))
    unknown_customer = forms.ChoiceField(
        label=_("Customers that are not here"),
        choices=[("refuse", _("keep the row out")), ("create", _("are made, with the name only"))],
    )
    seller = forms.ModelChoiceField(
        label=_("Sold by"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody"),
        help_text=_("Where the file names none."),
    )
    lines_follow = forms.BooleanField(
        label=_("The lines follow in a file of their own"),
        required=False,
        help_text=_("Then an order needs no amount: it becomes the sum of its lines and the freight."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("currency", settings.BASE_CURRENCY)
        cast(forms.ModelChoiceField, self.fields["seller"]).queryset = everybody()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seller = data.get("seller")
        return {
            "seller": seller.pk if seller else None,
            "lines_follow": bool(data.get("lines_follow")),
            **{name: data.get(name, "") for name in ("currency", "unknown_customer")},
        }


class OrderTarget(Target):
    key = "orders"
    order = 30
    label = _("Orders")
    title_label, subtitle_label = _("Order number"), _("Customer")
    undo_words = (
        _("Orders that this import created and nobody touched since become void; their numbers are free again."),
        _("Customers that it made and nobody uses go to the archive, and statuses that it raised are lowered again."),
        _("What somebody worked on since stays, and is listed here."),
    )

    def may(self, user: User) -> bool:
        return can_import(user)

    def fields(self, user: User) -> list[Field]:
        return ORDERS

    def choices(self, user: User) -> Callable[[str], Choices | None]:
        found: dict[str, Callable[[], Choices]] = {
            "seller": lambda: people_choices(everybody()),
            "currency": lambda: Choices([], currency_of),
            "incoterm": lambda: Choices(Incoterm.values, incoterm_of),
        }
        return lambda key: found[key]() if key in found else None

    def options_form(self, user: User, data: Any = None, initial: Mapping[str, Any] | None = None) -> OrderOptions:
        return OrderOptions(data, initial=dict(initial or {}), user=user)

    def begin(self, run: ImportRun, now: datetime) -> OrderWork:
        people = by_word(list(everybody()))
        return OrderWork(user=run.created_by, people=people, options=run.options, now=now)

    def begin_undo(self, run: ImportRun, by: User, now: datetime) -> OrderUndoing:
        return OrderUndoing(run, by=by, now=now)

    def say(self, rows: Sequence[ImportRow], run: ImportRun, user: User) -> Mapping[int, list[Any]]:
        return words.say(rows, run, user, ORDER_LABELS, _("No order has this number."))

    def urls(self, rows: Sequence[ImportRow], user: User) -> dict[int, str]:
        return _urls(rows, user)

    def imported_url(self, run: ImportRun) -> str:
        return f"{reverse('opportunities:orders')}?imported={run.pk}"


class LineOptions(Form):
    discounts = forms.ChoiceField(
        label=_("Discounts"),
        choices=[
            ("", _("as the column shows: 0.15 or 15")),
            (SHARE, _("0.15 is 15 %")),
            (PERCENT, _("15 is 15 %")),
        ],
        required=False,
    )


class LineTarget(Target):
    key = "order_lines"
    order = 40
    label = _("Order lines")
    title_label, subtitle_label = _("Order"), _("Product")
    undo_words = (
        _("Lines that this import added are removed, and the orders have their old amount again."),
        _("Orders that somebody changed since stay as they are, and are listed here."),
    )

    def may(self, user: User) -> bool:
        return can_import(user)

    def fields(self, user: User) -> list[Field]:
        return LINES

    def options_form(self, user: User, data: Any = None, initial: Mapping[str, Any] | None = None) -> LineOptions:
        return LineOptions(data, initial=dict(initial or {}))

    def begin(self, run: ImportRun, now: datetime) -> LineWork:
        discounts = run.options.get("discounts") or discounts_are(_column(run, "discount"))
        return LineWork(user=run.created_by, discounts=discounts, now=now)

    def begin_undo(self, run: ImportRun, by: User, now: datetime) -> LineUndoing:
        return LineUndoing(run, by=by, now=now)

    def say(self, rows: Sequence[ImportRow], run: ImportRun, user: User) -> Mapping[int, list[Any]]:
        return words.say(rows, run, user, LINE_LABELS, _("The order has no such line yet."))

    def urls(self, rows: Sequence[ImportRow], user: User) -> dict[int, str]:
        return _urls(rows, user)

    def imported_url(self, run: ImportRun) -> str:
        return f"{reverse('opportunities:orders')}?imported={run.pk}"


def everybody() -> Any:
    """Who may have sold an order: also those who left since."""
    return User.objects.order_by("name", "pk")


def _column(run: ImportRun, key: str) -> list[str]:
    """The first cells of the column that feeds a field."""
    places = [place for place, entry in enumerate(run.mapping) if key in fields_fed(entry)]
    if not places:
        return []
    rows = preview(run.path, Shape.from_json(run.shape), n=LOOKED_AT).rows
    return [row.cells[place] for row in rows for place in places if place < len(row.cells)]


def _urls(rows: Sequence[ImportRow], user: User) -> dict[int, str]:
    mine = Order.objects.visible_to(user).in_bulk([row.target_id for row in rows if row.target_id])
    return {row.pk: mine[row.target_id].get_absolute_url() for row in rows if row.target_id in mine}
