"""How are imported orders, and imported lines of orders, taken back?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from core.importing.targets import Reason, Undoing
from core.models import ImportRow, ImportRun
from customers import ledger
from customers.models import Event
from customers.services.locking import lock_customers

from ..models import Order, OrderLine
from ..revenue import note_orders
from .deal_undoing import RULE, Since, archive_customers, lower_statuses
from .order_lines import write_amounts

if TYPE_CHECKING:
    from accounts.models import User

Undone = ImportRow.Undone
LABEL = Order._meta.label_lower


class OrderUndoing(Undoing):
    """Voids orders that the run made and nobody touched since, and archives customers that it made and nobody uses."""

    def __init__(self, run: ImportRun, *, by: User, now: datetime) -> None:
        self.since, self.by, self.now = Since(run, by), by, now

    def undo(self, rows: Sequence[ImportRow], *, is_trial: bool) -> None:
        ids = [row.target_id for row in rows if row.target_id]
        orders = Order.objects.visible_to(self.by).valid().in_bulk(ids)
        touched = self.since.touched(LABEL, ids)
        gone = []
        for row in rows:
            order = orders.get(row.target_id or 0)
            row.undone, row.left = Undone.BACK, []
            if order is not None and order.pk in touched:
                row.undone, row.left = Undone.STAYS, [Reason("touched", about={"order": order.pk}).stored()]
            elif order is not None:
                gone.append(order)
        if is_trial:
            return
        made = {row.before["customer"] for row in rows if "customer" in row.before}
        customers = {one.pk: one for one in lock_customers({order.customer_id for order in gone} | made)}
        self._void(gone)
        living = [one for one in customers.values() if not one.is_archived]
        lower_statuses(living, self.since, by=self.by, now=self.now)
        archive_customers(rows, customers, self.since, by=self.by, now=self.now)

    def _void(self, orders: Sequence[Order]) -> None:
        ids = [order.pk for order in orders]
        Order.objects.filter(pk__in=ids).update(
            voided_at=self.now, voided_by=self.by, void_reason=self.since.reason[:300], updated_at=self.now
        )
        note_orders(ids)
        ledger.append_many(
            [
                Event(kind="order.voided", customer_id=order.customer_id, at=self.now, by=self.by, rule=RULE,
                      target_label=LABEL, target_id=order.pk)
                for order in orders
            ],
            deliver=False,
        )  # fmt: skip


class LineUndoing(Undoing):
    """Takes the lines away again and gives orders their old amount, where nobody changed them since."""

    def __init__(self, run: ImportRun, *, by: User, now: datetime) -> None:
        self.since, self.by, self.now = Since(run, by), by, now

    def undo(self, rows: Sequence[ImportRow], *, is_trial: bool) -> None:
        ids = {row.target_id for row in rows if row.target_id}
        visible = Order.objects.visible_to(self.by).valid()
        if not is_trial:
            lock_customers(visible.filter(pk__in=ids).values_list("customer_id", flat=True))
        orders = visible.in_bulk(ids)
        touched = self.since.touched(LABEL, ids)
        bare: dict[int, Order] = {}
        for row in rows:
            order = orders.get(row.target_id or 0)
            row.undone, row.left = Undone.BACK, []
            if order is None:  # void by now: it counts nowhere
                continue
            if order.pk in touched:
                row.undone, row.left = Undone.STAYS, [Reason("touched", about={"order": order.pk}).stored()]
            else:
                order.amount = Decimal(row.before["amount"])
                bare[order.pk] = order
        if not is_trial and bare:
            OrderLine.objects.filter(order__in=bare).delete()
            write_amounts(list(bare.values()), self.by, self.now, RULE)
