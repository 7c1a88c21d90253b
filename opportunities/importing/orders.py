"""Is a line a new order or one that stands, and how do hundreds of new ones come in at once?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from core.currencies import currency_of
from core.importing.targets import Entry, Group, Reason, Value, Work
from core.loading import load_rows, take_ids
from core.models import ImportRow
from core.money import Rates, rounded
from core.text import squash
from core.zones import business_day
from customers import ledger
from customers.importing.reading import incoterm_of
from customers.models import Customer, Event
from customers.services.locking import lock_customers

from ..models import Order
from ..revenue import note_orders
from ..services.winning import note_deals
from .cells import Cells
from .deals import RULE
from .naming import Found, Named, find_customers, make_customers

if TYPE_CHECKING:
    from accounts.models import User

Verdict, Outcome = ImportRow.Verdict, ImportRow.Outcome
_COLUMNS = (
    "id", "number", "customer_id", "seller_id", "ordered_on", "currency", "amount", "freight", "cost", "amount_base",
    "cost_base", "payment_terms", "incoterm", "remarks", "external_id", "created_by_id", "created_at", "updated_at",
)  # fmt: skip
_columns_of = attrgetter(*_COLUMNS)


@dataclass
class Sale:
    """What a line says of an order; ``ordered_on`` is None only where the line is in error."""

    number: str = ""
    external_id: str = ""
    named: Named = field(default_factory=Named)
    ordered_on: date | None = None
    seller: User | None = None
    currency: str = ""
    amount: Decimal | None = None
    freight: Decimal = Decimal(0)
    cost: Decimal | None = None
    payment_terms: str = ""
    incoterm: str = ""
    remarks: str = ""


class OrderWork(Work):
    """Orders of one run, in the name and scope of who brought the file."""

    def __init__(self, *, user: User, people: Mapping[str, User], options: Mapping[str, Any], now: datetime) -> None:
        self.user, self.people, self.options, self.now = user, people, options, now
        self.seller = next((one for one in people.values() if one.pk == options.get("seller")), None)

    # --- reading ----------------------------------------------------------------------------------

    def read(self, line: int, values: Mapping[str, Sequence[Value]]) -> Entry:
        cells = Cells(line, values)
        sale = Sale(
            number=cells.text("number", 60),
            external_id=cells.text("external_id", 80),
            named=Named(cells.text("customer_id", 80), cells.text("customer", 300)),
            ordered_on=cells.day("ordered_on"),
            seller=cells.known("seller", lambda text: self.people.get(squash(text)), "seller") or self.seller,
            payment_terms=cells.text("payment_terms", 120),
            incoterm=cells.known("incoterm", incoterm_of, "option") or "",
            remarks=cells.long_text("remarks", 4000),
        )
        currency = cells.known("currency", currency_of, "currency") or self.options.get("currency", "")
        amount, sale.currency = cells.money("amount", currency)
        freight, _of_freight = cells.money("freight", sale.currency)
        cost, _of_cost = cells.money("cost", sale.currency)
        sale.freight = rounded(freight or Decimal(0), sale.currency)
        sale.cost = rounded(cost, sale.currency) if cost is not None else None
        sale.amount = rounded(amount, sale.currency) if amount is not None else None
        self._check(sale, cells)
        entry = cells.entry
        entry.record, entry.title, entry.subtitle = sale, sale.number, sale.named.shown[:200]
        entry.keys = entry.seeks = [f"number|{sale.number}"] if sale.number else []
        return entry

    def _check(self, sale: Sale, cells: Cells) -> None:
        for key in ("number", "ordered_on"):
            if cells.one(key) is None:
                cells.wrong("empty", field=key)
        if not sale.named:
            cells.wrong("no_customer")
        if not sale.currency:
            cells.wrong("no_currency")
        if sale.ordered_on is not None and sale.ordered_on > business_day(self.now):
            cells.wrong("future", cells.one("ordered_on"))
        if sale.amount is None and not cells.entry.errors:
            if self.options.get("lines_follow"):
                cells.entry.notes.append(Reason("lines_follow"))
                sale.amount = sale.freight
            else:
                cells.wrong("no_amount")

    # --- judging ----------------------------------------------------------------------------------

    def judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> None:
        self._judge(groups, fresh)

    def _judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> dict[Named, Found]:
        entries = [entry for group in groups for entry in group.entries if not entry.errors]
        standing = self._standing({entry.record.number for entry in entries})
        customers = find_customers((entry.record.named for entry in entries), self.user, self.now)
        for group in groups:
            for entry in group.entries:
                if entry.line not in fresh or entry.errors:
                    continue
                sale: Sale = entry.record
                stands = standing.get(sale.number)
                if entry is not group.leader:
                    _set(entry, Verdict.CONFLICT, Reason("twice", about={"line": group.leader.line}))
                elif stands is not None and stands > 0:
                    entry.target_id = stands
                    _set(entry, Verdict.SAME, Reason("stands"))
                elif stands is not None:
                    _set(entry, Verdict.CONFLICT, Reason("foreign_id", value=sale.number))
                else:
                    self._judge_customer(entry, customers[sale.named])
        return customers

    def _judge_customer(self, entry: Entry, found: Found) -> None:
        named = entry.record.named
        if found.customer is not None:
            _set(entry, Verdict.NEW)
        elif found.code == "unknown" and named.name and self.options.get("unknown_customer") == "create":
            _set(entry, Verdict.NEW, Reason("new_customer", value=named.name))
        else:
            _set(entry, Verdict.CONFLICT, Reason(f"customer_{found.code}", value=named.shown))

    def _standing(self, numbers: set[str]) -> dict[str, int]:
        """Number → the valid order that has it, minus its id where the importer does not see it."""
        found = dict(Order.objects.valid().filter(number__among=numbers).values_list("number", "pk"))
        seen = set(Order.objects.visible_to(self.user).filter(pk__in=found.values()).values_list("pk", flat=True))
        return {word: pk if pk in seen else -pk for word, pk in found.items()}

    # --- writing ----------------------------------------------------------------------------------

    def write(self, groups: Sequence[Group]) -> None:
        """Judge again, the customers locked, then write what stands."""
        entries = [entry for group in groups for entry in group.entries]
        named = find_customers((entry.record.named for entry in entries), self.user, self.now)
        lock_customers(one.customer.pk for one in named.values() if one.customer)
        found = self._judge(groups, frozenset(entry.line for entry in entries))
        new = [entry for entry in entries if entry.verdict == Verdict.NEW]
        owners = [(entry, entry.record.seller or self.user) for entry in new]
        of = make_customers(owners, found, by=self.user, now=self.now)
        if new:
            self._write(new, of)
        for entry in entries:
            same = Outcome.UNCHANGED if entry.verdict == Verdict.SAME else Outcome.REFUSED
            entry.outcome = Outcome.MADE if entry.verdict == Verdict.NEW else same

    def _write(self, new: Sequence[Entry], of: Mapping[Named, Customer]) -> None:
        rates = Rates.for_days({(entry.record.currency, entry.record.ordered_on) for entry in new})
        ids = take_ids(Order, len(new))
        orders = [self._order(pk, entry.record, of[entry.record.named], rates)
                  for pk, entry in zip(ids, new, strict=True)]  # fmt: skip
        load_rows(Order, _COLUMNS, map(_columns_of, orders))
        for pk, entry in zip(ids, new, strict=True):
            entry.target_id = pk
        note_orders(ids)
        ledger.append_many(
            [
                Event(kind="order.created", customer_id=order.customer_id, at=self.now, by=self.user, rule=RULE,
                      target_label=Order._meta.label_lower, target_id=order.pk)
                for order in orders
            ],
            deliver=False,
        )  # fmt: skip
        customers = list({order.customer_id: order.customer for order in orders}.values())
        note_deals(customers, by=self.user, now=self.now, is_import=True, deliver=False)

    def _order(self, pk: int, sale: Sale, customer: Customer, rates: Rates) -> Order:
        def worth(amount: Decimal | None) -> Decimal | None:
            found = rates.convert(amount, sale.currency, sale.ordered_on) if amount is not None else None
            return found.amount if found else None

        assert sale.ordered_on is not None  # lines in error are not written
        assert sale.amount is not None
        return Order(
            pk=pk,
            number=sale.number,
            customer=customer,
            seller=sale.seller,
            ordered_on=sale.ordered_on,
            currency=sale.currency,
            amount=sale.amount,
            freight=sale.freight,
            cost=sale.cost,
            amount_base=worth(sale.amount),
            cost_base=worth(sale.cost),
            payment_terms=sale.payment_terms,
            incoterm=sale.incoterm,
            remarks=sale.remarks,
            external_id=sale.external_id,
            created_by=self.user,
            created_at=self.now,
            updated_at=self.now,
        )


def _set(entry: Entry, verdict: str, *reasons: Reason) -> None:
    entry.verdict, entry.reasons = verdict, list(reasons)
