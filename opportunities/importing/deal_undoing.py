"""What did an import of deals make, was it touched since, and how is it taken back?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.importing.targets import Reason, Undoing
from core.models import ImportRow, ImportRun
from customers import ledger
from customers.models import Collaborator, Customer, Event, StatusChange
from customers.services.locking import lock_customers
from customers.services.status import change_statuses_by_rule
from customers.services.undoing import archive_made

from ..facts import write_open_opportunities
from ..models import Opportunity
from ..revenue import FIRST, SECOND, deals_made
from ..rollup import kept

if TYPE_CHECKING:
    from accounts.models import User

Undone = ImportRow.Undone
RULE = "import_undone"


class Since:
    """What happened since a run was written, other than by it and by taking it back."""

    def __init__(self, run: ImportRun, by: User) -> None:
        assert run.write_job is not None  # it was written
        assert run.write_job.started_at is not None
        self.run, self.at = run, run.write_job.started_at
        with translation.override(by.language or None):
            self.reason = _("Import taken back: %(file)s") % {"file": run.filename}

    def events(self) -> Any:
        """The run's own events all bear one moment and its person."""
        later = Event.objects.filter(at__gte=self.at).exclude(at=self.at, by=self.run.created_by_id)
        return later.exclude(rule__in=(RULE, "import"))

    def touched(self, label: str, ids: Iterable[int]) -> set[int | None]:
        """Those of these rows that something happened to."""
        own = self.events().filter(target_label=label, target_id__in=list(ids))
        return set(own.values_list("target_id", flat=True))

    def touched_customers(self, ids: Iterable[int]) -> set[int | None]:
        return set(self.events().filter(customer__in=list(ids)).values_list("customer_id", flat=True))


class DealUndoing(Undoing):
    """Archives deals that the run made and nobody touched since, and customers that it made and nobody uses."""

    def __init__(self, run: ImportRun, *, by: User, now: datetime) -> None:
        self.since, self.by, self.now = Since(run, by), by, now

    def undo(self, rows: Sequence[ImportRow], *, is_trial: bool) -> None:
        ids = [row.target_id for row in rows if row.target_id]
        named = set(Opportunity.objects.filter(pk__in=ids).values_list("customer_id", flat=True)) - {None}
        made = {row.before["customer"] for row in rows if "customer" in row.before}
        customers = {} if is_trial else {one.pk: one for one in lock_customers(named | made)}
        deals = Opportunity.objects.visible_to(self.by).in_bulk(ids)
        touched = self.since.touched(Opportunity._meta.label_lower, ids)
        gone = []
        for row in rows:
            row.left = []
            deal = deals.get(row.target_id or 0)
            if deal is None:
                row.undone = Undone.BACK
            elif deal.pk in touched or deal.orders.valid().exists():
                row.undone, row.left = Undone.STAYS, [Reason("touched", about={"deal": deal.pk}).stored()]
            else:
                row.undone = Undone.BACK
                gone.append(deal)
        if is_trial:
            return
        self._archive(gone)
        self._hide(rows)
        living = [one for one in customers.values() if not one.is_archived]
        lower_statuses(living, self.since, by=self.by, now=self.now)
        archive_customers(rows, customers, self.since, by=self.by, now=self.now)

    def _archive(self, deals: Sequence[Opportunity]) -> None:
        ids = [deal.pk for deal in deals]
        with kept(ids):
            Opportunity.objects.filter(pk__in=ids).update(
                archived_at=self.now, archive_reason=self.since.reason, external_id="", updated_at=self.now
            )
        write_open_opportunities({deal.customer_id for deal in deals})
        ledger.append_many(
            [
                Event(kind="opportunity.archived", customer_id=deal.customer_id, at=self.now, by=self.by, rule=RULE,
                      target_label=Opportunity._meta.label_lower, target_id=deal.pk)
                for deal in deals
            ],
            deliver=False,
        )  # fmt: skip

    def _hide(self, rows: Sequence[ImportRow]) -> None:
        """Owners of deals whom the run let see a customer see it no more, unless they hold another deal there."""
        pairs = {
            (pair[0], pair[1]) for row in rows if row.undone == Undone.BACK for pair in row.before.get("seen_by", ())
        }
        if not pairs:
            return
        held = Opportunity.objects.living().filter(customer__in={customer for customer, _user in pairs})
        pairs -= set(held.values_list("customer_id", "owner_id"))
        shared = Collaborator.objects.filter(customer__in={customer for customer, _user in pairs})
        gone = [one for one in shared if (one.customer_id, one.user_id) in pairs]
        Collaborator.objects.filter(pk__in=[one.pk for one in gone]).delete()
        ledger.append_many(
            [
                Event(kind="collaborator.removed", customer_id=one.customer_id, at=self.now, by=self.by, rule=RULE,
                      payload={"user": one.user_id})
                for one in gone
            ],
            deliver=False,
        )  # fmt: skip


def archive_customers(
    rows: Sequence[ImportRow], customers: Mapping[int, Customer], since: Since, *, by: User, now: datetime
) -> None:
    """Archive the locked customers that these rows made and nobody uses; of the others the rows say that they stay."""
    made = {row.before["customer"] for row in rows if "customer" in row.before}
    living = [customers[pk] for pk in made if pk in customers and not customers[pk].is_archived]
    used = deals_made(made) | Counter(
        pk for pk in Opportunity.objects.living().filter(customer__in=made).values_list("customer_id", flat=True) if pk
    )
    touched = since.touched_customers(one.pk for one in living)
    stay = {one.pk for one in living if one.pk in touched or used[one.pk]}
    archive_made([one for one in living if one.pk not in stay], reason=since.reason, by=by, now=now)
    for row in rows:
        if row.before.get("customer") in stay:
            row.undone = Undone.PARTLY if row.undone == Undone.BACK else row.undone
            row.left = [*row.left, Reason("customer_stays", about={"customer": row.before["customer"]}).stored()]


def lower_statuses(customers: Sequence[Customer], since: Since, *, by: User, now: datetime) -> None:
    """Give customers whom a run made won or retained their old status again, where no deal is left and nobody acted."""
    made = deals_made(one.pk for one in customers)
    ids = [one.pk for one in customers if not made[one.pk]]
    first: dict[int, StatusChange] = {}
    last: dict[int, StatusChange] = {}
    for change in StatusChange.objects.filter(customer__in=ids).select_related("before").order_by("at", "pk"):
        last[change.customer_id] = change
        if change.at == since.at and change.rule in (FIRST, SECOND):
            first.setdefault(change.customer_id, change)
    back: dict[str, list[Customer]] = defaultdict(list)
    for one in customers:
        risen, newest = first.get(one.pk), last.get(one.pk)
        if risen and newest and newest.at == since.at and newest.rule in (FIRST, SECOND) and risen.before:
            back[risen.before.key].append(one)
    for key, those in back.items():
        change_statuses_by_rule(customers=those, key=key, rule=RULE, by=by, now=now, deliver=False)
