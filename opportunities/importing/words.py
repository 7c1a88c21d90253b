"""In which words does a row's verdict reach a person? Made when it is read, within what the reader may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.importing.words import column_name, say_common
from core.models import ImportRow, ImportRun
from core.registries import Label
from customers.models import Customer

from ..models import Opportunity, Order

if TYPE_CHECKING:
    from accounts.models import User

PLAIN: dict[str, Label] = {
    "twice": gettext_lazy("Line %(line)s has the same id."),
    "stands": gettext_lazy("Is here already: nothing of it is changed."),
    "foreign_id": gettext_lazy("“%(value)s” is the id of a record that you do not see."),
    "new_customer": gettext_lazy("Makes the customer “%(value)s”."),
    "customer_unknown": gettext_lazy("“%(value)s” is no customer here."),
    "customer_several": gettext_lazy("“%(value)s” may be several customers: name it by its id or code."),
    "customer_held": gettext_lazy("“%(value)s” is a colleague's customer or lies in the pool: ask for it first."),
    "customer_unnamed": gettext_lazy("“%(value)s” cannot be looked up today any more: it is no customer of yours."),
    "without_unknown": gettext_lazy("“%(value)s” is no customer here: comes in without one."),
    "without_several": gettext_lazy("“%(value)s” may be several customers: comes in without one."),
    "without_held": gettext_lazy("“%(value)s” is a colleague's customer or lies in the pool: comes in without it."),
    "without_unnamed": gettext_lazy("“%(value)s” is no customer of yours: comes in without it."),
    "owner": gettext_lazy("%(column)s: “%(value)s” is nobody whom you can make owner."),
    "seller": gettext_lazy("%(column)s: “%(value)s” is nobody here. Bring in your people first."),
    "stage": gettext_lazy("%(column)s: “%(value)s” is no stage of the pipeline."),
    "currency": gettext_lazy("%(column)s: “%(value)s” is no currency."),
    "lost_reason": gettext_lazy("%(column)s: “%(value)s” is none of the reasons for losing."),
    "left_out": gettext_lazy("%(column)s: “%(value)s” is not known and left out."),
    "untitled": gettext_lazy("Nothing says what the deal is called: neither title, product nor customer."),
    "future": gettext_lazy("%(column)s: “%(value)s” has not come yet."),
    "before_begin": gettext_lazy("%(column)s: “%(value)s” is before the deal began."),
    "no_begin": gettext_lazy("When it began is not known: no month of the funnel counts it."),
    "no_end": gettext_lazy("When it ended is not known: today."),
    "no_currency": gettext_lazy("In which currency? Choose one for all rows."),
    "no_customer": gettext_lazy("An order needs its customer."),
    "no_amount": gettext_lazy("Neither an amount nor lines: say above that the lines follow in a file of their own."),
    "lines_follow": gettext_lazy("Comes in with its freight only, until the file of its lines is brought."),
    "no_order": gettext_lazy("There is no order “%(value)s” that you can change: bring in the orders first."),
    "void": gettext_lazy("The order “%(value)s” is void."),
    "discount_which": gettext_lazy(
        "%(column)s: “%(value)s” may be 1 %% or 100 %%: choose above how discounts are written."
    ),
    "other_amount": gettext_lazy("The order's own amount of %(amount)s becomes the sum of its lines."),
    "hand_lines": gettext_lazy("The order “%(value)s” has other lines already: nothing is added."),
    "discount": gettext_lazy("%(column)s: “%(value)s” is no discount."),
}


def say(
    rows: Sequence[ImportRow], run: ImportRun, user: User, labels: Mapping[str, Label], otherwise: Label = ""
) -> dict[int, list[Any]]:
    """The reasons of each row as HTML-safe lines; ``otherwise`` where there is none. Three statements."""
    seen = _Seen(rows, user)
    named = {key: str(label) for key, label in labels.items()}
    return {
        row.pk: [_line(reason, run, named, seen) for reason in (*row.left, *row.reasons)] or [otherwise] for row in rows
    }


class _Seen:
    """The records that reasons are about, as far as the reader sees them."""

    def __init__(self, rows: Sequence[ImportRow], user: User) -> None:
        abouts = [reason.get("about", {}) for row in rows for reason in (*row.left, *row.reasons)]
        self.rows: dict[tuple[str, int], Model] = {}
        models = (("deal", Opportunity), ("order", Order), ("customer", Customer))
        for key, model in models:
            ids = {about[key] for about in abouts if key in about}
            if ids:
                found = model.objects.visible_to(user).in_bulk(ids)
                self.rows |= {(key, pk): row for pk, row in found.items()}

    def named(self, about: Mapping[str, Any]) -> Any:
        for key in ("deal", "order", "customer"):
            if key in about:
                row: Any = self.rows.get((key, about[key]))
                return format_html('<a href="{}"><bdi>{}</bdi></a>', row.get_absolute_url(), row) if row else _("it")
        return ""


def _line(reason: Mapping[str, Any], run: ImportRun, labels: Mapping[str, str], seen: _Seen) -> Any:
    about, code = reason.get("about", {}), reason["code"]
    if code in PLAIN:
        known = {"value": reason.get("value", ""), "column": column_name(run, reason.get("column"))}
        if "field" in about:
            known["field"] = labels.get(about["field"], about["field"])
        return str(PLAIN[code]) % (about | known)
    if code == "twin":
        return format_html(_("Looks like {named}, which is here already."), named=seen.named(about))
    if code == "touched":
        return format_html(_("Stays: {named} was worked on since."), named=seen.named(about))
    if code == "customer_stays":
        return format_html(_("The customer {named} stays: it was worked on since."), named=seen.named(about))
    return say_common(reason, run, labels)
