"""How does the list say in place what became of each row that somebody claimed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core.tables import Table
from core.templatetags.ui import icon
from customers.models import Contact, ContactPoint, Customer

from . import masked
from .allowance import in_words
from .services.claiming import Result


@dataclass(frozen=True)
class Answer:
    """One row: whose line it is, whether it was claimed, why not, and its cells as they are now.

    ``is_there``: it lies in the pool still, so that it can be ticked again.
    """

    customer: Customer
    is_claimed: bool
    words: str
    is_there: bool
    cells: SafeString


def answers_of(table: Table, results: Sequence[Result]) -> list[Answer]:
    """The rows of these results in the table's columns; a fixed number of statements."""
    user, extra = table.reading.user, table.reading.extra
    claimed = {one.customer.pk for one in results if one.refusal is None}
    refusals = {one.customer.pk: in_words(one.refusal) for one in results if one.refusal is not None}
    offer = extra.get("act")

    def act(row: Any) -> str:
        if row.pk in claimed:
            return format_html(
                '<span class="l1 text-ok">{} {}</span> <span class=l2><a href="{}">{}</a></span>',
                icon("circle-check"),
                _("Yours now"),
                row.get_absolute_url(),
                _("Open"),
            )
        return offer(row) if offer else ""

    extra |= {"refusals": refusals, "act": act, "reach": _reach(user, claimed) if "reach" in table.all else {}}
    rows = {row.pk: row for row in table.prepare(_whole_rows(user, claimed, refusals))}
    answers = []
    for one in results:
        pk, row = one.customer.pk, rows.get(one.customer.pk)
        cells = table.cells(row) if row else _gone(one.customer, refusals[pk], len(table.shown))
        answers.append(
            Answer(one.customer, pk in claimed, refusals.get(pk, ""), bool(row) and pk not in claimed, cells)
        )
    return answers


def _whole_rows(user: User, claimed: set[int], refusals: dict[int, str]) -> QuerySet[Any]:
    """The rows that are shown with their columns: one's own now, and what still lies in the pool."""
    mine = Customer.objects.visible_to(user).filter(pk__in=claimed)
    there = Customer.objects.pooled_for(user).filter(pk__in=refusals)
    return masked.shown(
        Customer.objects.filter(pk__in=[*mine.values_list("pk", flat=True), *there.values_list("pk", flat=True)])
    )


def _gone(customer: Customer, why: str, columns: int) -> SafeString:
    """A row that somebody else has now: its name, and who was quicker."""
    return format_html(
        "<td class=col-name id=r{}><bdi>{}</bdi><span class=l2>{}</span>"
        "<td colspan={} class=col-end><span class=text-bad>{} {}</span>",
        customer.pk,
        customer.name,
        why,
        columns,
        icon("circle-x"),
        _("Not claimed"),
    )


def _reach(user: User, ids: set[int]) -> dict[int, tuple[str, str]]:
    """By whom and where customers that one has just claimed are reached: a person and a phone."""
    if not ids:
        return {}
    people = Contact.objects.visible_to(user).filter(customer__in=ids, archived_at=None)
    names = dict(people.order_by("is_primary", "-pk").values_list("customer", "name"))
    points = ContactPoint.objects.visible_to(user).filter(customer__in=ids, kind__in=ContactPoint.PHONES)
    phones = dict(points.order_by("-position", "-pk").values_list("customer", "value"))
    return {pk: (names.get(pk, "—"), phones.get(pk, "")) for pk in ids}
