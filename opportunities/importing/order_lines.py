"""Which lines of orders does a file bring, and what do the orders come to with them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.importing.targets import Entry, Group, Reason, Value, Work
from core.importing.values import is_blank, number_of
from core.loading import load_rows
from core.models import ImportRow
from core.money import Rates
from core.querysets import update_rows
from customers import ledger
from customers.models import Event
from customers.services.locking import lock_customers

from ..inputs import LineData
from ..models import Order, OrderLine
from ..revenue import amount_of, note_orders
from .cells import Cells
from .deals import RULE

if TYPE_CHECKING:
    from accounts.models import User

Verdict, Outcome = ImportRow.Verdict, ImportRow.Outcome
# How a column writes discounts: 0.15 or 15.
SHARE, PERCENT = "share", "percent"
PRICE = Decimal(1).scaleb(-6)
AMOUNT = Decimal(1).scaleb(-3)


def discounts_are(texts: Iterable[str]) -> str:
    """Does a column write 15 % as 0.15 ("share") or as 15 ("percent")? "" where its values do not tell.

    Any value above 1, or with the sign, makes per cent; else any real fraction makes shares; 0 and 1 alone do not tell.
    """
    found = ""
    for text in texts:
        if is_blank(text):
            continue
        number = number_of(text)
        if number is None:
            continue
        if number > 1 or "%" in text or "％" in text:
            return PERCENT
        if 0 < number < 1:
            found = SHARE
    return found


@dataclass(frozen=True)
class Line:
    number: str
    data: LineData

    @property
    def likeness(self) -> tuple[Any, ...]:
        """By which a line that stands is known again."""
        one = self.data
        return one.product, one.quantity, one.unit, one.price, one.discount


class LineWork(Work):
    """Lines of one run; ``discounts`` is how their column writes them."""

    def __init__(self, *, user: User, discounts: str, now: datetime) -> None:
        self.user, self.discounts, self.now = user, discounts, now

    def read(self, line: int, values: Mapping[str, Sequence[Value]]) -> Entry:
        cells = Cells(line, values)
        number, product = cells.text("number", 60), cells.text("product", 300)
        quantity, price = cells.number("quantity"), cells.number("price", Decimal(10) ** 12)
        discount = self._discount(cells)
        for key in ("number", "product", "quantity", "price"):
            if cells.one(key) is None:
                cells.wrong("empty", field=key)
        data = LineData(
            product,
            _rounded(quantity, AMOUNT),
            cells.text("unit", 40),
            _rounded(price, PRICE),
            discount.quantize(AMOUNT),
        )
        entry = cells.entry
        entry.record, entry.title, entry.subtitle = Line(number, data), number, product[:200]
        entry.keys = entry.seeks = [f"number|{number}"] if number else []
        return entry

    def _discount(self, cells: Cells) -> Decimal:
        value = cells.one("discount")
        number = number_of(value.text, value.decimal) if value is not None else Decimal(0)
        if value is None or not number:
            if number is None:
                cells.wrong("discount", value)
            return Decimal(0)
        if "%" in value.text or "％" in value.text:
            percent = number
        elif not self.discounts:
            cells.wrong("discount_which", value)
            return Decimal(0)
        else:
            percent = number * 100 if self.discounts == SHARE else number
        if not 0 <= percent <= 100:
            cells.wrong("discount", value)
            return Decimal(0)
        return percent

    # --- judging ----------------------------------------------------------------------------------

    def judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> None:
        self._judge(groups, fresh)

    def _judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> dict[str, Order]:
        """Judge, and return the orders by number."""
        numbers = {entry.record.number for group in groups for entry in group.entries if not entry.errors}
        rows = Order.objects.valid().visible_to(self.user).filter(number__among=numbers)
        orders = {order.number: order for order in rows.defer("search_text").prefetch_related("lines")}
        void = set(
            Order.objects.visible_to(self.user)
            .filter(number__among=numbers - orders.keys(), voided_at__isnull=False)
            .values_list("number", flat=True)
        )
        for group in groups:
            entries = [entry for entry in group.entries if not entry.errors]
            if not entries:
                continue
            number = entries[0].record.number
            order = orders.get(number)
            if order is None:
                code = "void" if number in void else "no_order"
                for entry in entries:
                    _set(entry, fresh, Verdict.CONFLICT, Reason(code, value=number))
                continue
            self._judge_lines(entries, order, fresh)
        return orders

    def _judge_lines(self, entries: Sequence[Entry], order: Order, fresh: frozenset[int]) -> None:
        standing = Counter((one.product, one.quantity, one.unit, one.price, one.discount) for one in order.lines.all())
        is_bare = not standing
        for entry in entries:
            entry.target_id = order.pk
            likeness = entry.record.likeness
            if is_bare:
                other = entry is entries[0] and order.amount != order.freight
                about = {"amount": f"{order.amount.normalize():f}", "order": order.pk}
                _set(entry, fresh, Verdict.NEW, *([Reason("other_amount", about=about)] if other else []))
            elif standing[likeness] > 0:
                standing[likeness] -= 1
                _set(entry, fresh, Verdict.SAME, Reason("stands"))
            else:
                _set(entry, fresh, Verdict.CONFLICT, Reason("hand_lines", value=order.number))

    # --- writing ----------------------------------------------------------------------------------

    def write(self, groups: Sequence[Group]) -> None:
        """Judge again, customers and orders locked; then add the lines and make the orders' amounts of them."""
        entries = [entry for group in groups for entry in group.entries]
        numbers = {entry.record.number for entry in entries}
        rows = Order.objects.valid().visible_to(self.user).filter(number__among=numbers)
        lock_customers(rows.values_list("customer_id", flat=True))
        list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))
        orders = self._judge(groups, frozenset(entry.line for entry in entries))
        of: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.verdict == Verdict.NEW:
                of.setdefault(entry.record.number, []).append(entry)
        self._write([(orders[number], lines) for number, lines in of.items()])
        for entry in entries:
            same = Outcome.UNCHANGED if entry.verdict == Verdict.SAME else Outcome.REFUSED
            entry.outcome = Outcome.MADE if entry.verdict == Verdict.NEW else same

    def _write(self, filled: Sequence[tuple[Order, Sequence[Entry]]]) -> None:
        if not filled:
            return
        load_rows(
            OrderLine,
            ("order_id", "position", "product", "quantity", "unit", "price", "discount"),
            [
                (order.pk, place, one.product, one.quantity, one.unit, one.price, one.discount)
                for order, entries in filled
                for place, one in enumerate(entry.record.data for entry in entries)
            ],
        )
        before = {order.pk: str(order.amount) for order, _entries in filled}
        for order, entries in filled:
            order.amount = amount_of((entry.record.data for entry in entries), order.freight, order.currency)
            for entry in entries:
                entry.before = {"amount": before[order.pk]}
        write_amounts([order for order, _entries in filled], self.user, self.now, RULE)


def write_amounts(orders: Sequence[Order], by: User, now: datetime, rule: str) -> None:
    """Save what these locked orders come to, and note it everywhere."""
    rates = Rates.for_days({(order.currency, order.ordered_on) for order in orders})
    rows = []
    for order in orders:
        worth = rates.convert(order.amount, order.currency, order.ordered_on)
        rows.append((order.pk, order.amount, worth.amount if worth else None, now))
    update_rows(Order, ("amount", "amount_base", "updated_at"), rows)
    note_orders([order.pk for order in orders])
    ledger.append_many(
        [
            Event(kind="order.changed", customer_id=order.customer_id, at=now, by=by, rule=rule,
                  target_label=Order._meta.label_lower, target_id=order.pk, payload={"fields": ["lines", "amount"]})
            for order in orders
        ],
        deliver=False,
    )  # fmt: skip


def _set(entry: Entry, fresh: frozenset[int], verdict: str, *reasons: Reason) -> None:
    if entry.line in fresh:
        entry.verdict, entry.reasons = verdict, list(reasons)


def _rounded(number: Decimal | None, step: Decimal) -> Decimal | None:
    """As its column keeps it."""
    return number.quantize(step) if number is not None else None
