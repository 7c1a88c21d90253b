"""Is a line a new deal or one that stands, and how do a thousand new ones come in at once?

The dry run and the writing ask the same function. A deal begins in its stage, or in the first one where the file
tells only how it ended; its moves happened at the beginning of the days that the file names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from core.importing.targets import Entry, Group, Reason, Value, Work
from core.loading import load_rows, take_ids
from core.models import ImportRow
from core.money import Rates
from core.zones import business_day, midnight
from customers import ledger
from customers.models import Collaborator, Customer, Event
from customers.services.locking import lock_customers

from ..facts import searched, write_open_opportunities
from ..models import Move, Opportunity, OpportunityLine, Stage
from ..rollup import kept
from ..services.winning import note_deals
from .deal_reading import Deal, DealReader
from .naming import Found, Named, find_customers, make_customers

if TYPE_CHECKING:
    from accounts.models import User

Verdict, Outcome = ImportRow.Verdict, ImportRow.Outcome
RULE = "import"
_COLUMNS = (
    "id", "title", "customer_id", "owner_id", "pipeline_id", "stage_id", "stage_at", "outcome", "reached_id", "amount",
    "currency", "amount_base", "rated_on", "opened_on", "expected_on", "closed_on", "product", "competitors", "details",
    "lost_reason_id", "lost_to", "source_id", "external_id", "custom", "search_text", "created_by_id",
    "created_at", "updated_at",
)  # fmt: skip
_columns_of = attrgetter(*_COLUMNS)


class DealWork(Work):
    """Deals of one run, in the name and scope of who brought the file."""

    def __init__(self, *, user: User, reader: DealReader, now: datetime) -> None:
        self.user, self.reader, self.now = user, reader, now

    def read(self, line: int, values: Mapping[str, Sequence[Value]]) -> Entry:
        return self.reader.read(line, values)

    # --- judging ----------------------------------------------------------------------------------

    def judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> None:
        self._judge(groups, fresh)

    def _judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> dict[Named, Found]:
        """Judge, and return the customers by what lines call them."""
        entries = [entry for group in groups for entry in group.entries if not entry.errors]
        standing, twins = self._standing(entries), self._twins(entries)
        customers = find_customers((entry.record.named for entry in entries), self.user, self.now)
        for group in groups:
            for entry in group.entries:
                if entry.line not in fresh or entry.errors:
                    continue
                deal: Deal = entry.record
                if entry is not group.leader:
                    _set(entry, Verdict.CONFLICT, Reason("twice", about={"line": group.leader.line}))
                elif (stands := standing.get(deal.external_id)) is not None:
                    entry.target_id = stands if stands > 0 else None
                    _set(entry, Verdict.SAME if stands > 0 else Verdict.CONFLICT,
                         Reason("stands" if stands > 0 else "foreign_id", value=deal.external_id))  # fmt: skip
                elif (twin := twins.get(deal.likeness)) is not None and not entry.is_forced:
                    entry.target_id, entry.is_open = twin, True
                    _set(entry, Verdict.CONFLICT, Reason("twin", about={"deal": twin}))
                else:
                    self._judge_customer(entry, customers.get(deal.named))
        return customers

    def _judge_customer(self, entry: Entry, found: Found | None) -> None:
        deal: Deal = entry.record
        otherwise = self.reader.options.get("unknown_customer", "create")
        if found is None or found.customer is not None:
            _set(entry, Verdict.NEW)
        elif found.code == "unknown" and otherwise == "create" and deal.named.name:
            _set(entry, Verdict.NEW, Reason("new_customer", value=deal.named.name))
        elif otherwise == "without":
            _set(entry, Verdict.NEW, Reason(f"without_{found.code}", value=deal.named.shown))
        else:
            _set(entry, Verdict.CONFLICT, Reason(f"customer_{found.code}", value=deal.named.shown))

    def _standing(self, entries: Sequence[Entry]) -> dict[str, int]:
        """External id → the deal that has it, minus its id where the importer does not see it."""
        ids = {entry.record.external_id for entry in entries} - {""}
        found = dict(Opportunity.objects.filter(external_id__among=ids).values_list("external_id", "pk"))
        seen = set(Opportunity.objects.visible_to(self.user).filter(pk__in=found.values()).values_list("pk", flat=True))
        return {word: pk if pk in seen else -pk for word, pk in found.items()}

    def _twins(self, entries: Sequence[Entry]) -> dict[tuple, int]:
        """Deals that look like those without an id, as far as the importer sees them and this run did not make them."""
        titles = {entry.record.title for entry in entries if not entry.record.external_id}
        rows = Opportunity.objects.visible_to(self.user).filter(title__among=titles, external_id="")
        rows = rows.exclude(created_at=self.now, created_by=self.user)
        columns = ("title", "opened_on", "closed_on", "amount", "stage_id")
        return {tuple(values): pk for pk, *values in rows.values_list("pk", *columns)}

    # --- writing ----------------------------------------------------------------------------------

    def write(self, groups: Sequence[Group]) -> None:
        """Judge again, the customers locked, then write what stands."""
        entries = [entry for group in groups for entry in group.entries]
        named = find_customers((entry.record.named for entry in entries), self.user, self.now)
        lock_customers(one.customer.pk for one in named.values() if one.customer)
        fresh = frozenset(entry.line for entry in entries)
        customers = self._judge(groups, fresh)
        new = [entry for entry in entries if entry.verdict == Verdict.NEW]
        owners = [(entry, entry.record.owner or self.user) for entry in new]
        of = make_customers(owners, customers, by=self.user, now=self.now)
        if new:
            self._write(new, of)
        for entry in entries:
            same = Outcome.UNCHANGED if entry.verdict == Verdict.SAME else Outcome.REFUSED
            entry.outcome = Outcome.MADE if entry.verdict == Verdict.NEW else same

    def _write(self, new: Sequence[Entry], of: Mapping[Named, Customer]) -> None:
        rates = self._rates(entry.record for entry in new)
        ids = take_ids(Opportunity, len(new))
        deals = [self._deal(pk, entry.record, of.get(entry.record.named), rates)
                 for pk, entry in zip(ids, new, strict=True)]  # fmt: skip
        with kept(()) as keep:
            load_rows(Opportunity, _COLUMNS, map(_columns_of, deals))
            load_rows(
                Move,
                ("opportunity_id", "kind", "before_id", "after_id", "by_id", "at", "left_at"),
                [move for deal in deals for move in self._moves(deal)],
            )
            lines = ((deal.pk, deal.product) for deal in deals if deal.product)
            load_rows(OpportunityLine, ("opportunity_id", "product"), list(lines))
            keep.update(ids)
        for pk, entry in zip(ids, new, strict=True):
            entry.target_id = pk
        customers = list({customer.pk: customer for customer in of.values()}.values())
        self._let_see(new, deals)
        ledger.append_many(
            [
                Event(kind="opportunity.created", customer_id=deal.customer_id, at=self.now, by=self.user, rule=RULE,
                      target_label=Opportunity._meta.label_lower, target_id=deal.pk,
                      payload={"stage": deal.stage_id})
                for deal in deals
            ],
            deliver=False,
        )  # fmt: skip
        write_open_opportunities(customer.pk for customer in customers)
        won = {deal.customer_id for deal in deals if deal.outcome == Opportunity.Outcome.WON}
        buyers = [customer for customer in customers if customer.pk in won]
        note_deals(buyers, by=self.user, now=self.now, is_import=True, deliver=False)

    def _rates(self, deals: Iterable[Deal]) -> Rates:
        return Rates.for_days(
            {(one.currency, one.closed_on or business_day(self.now)) for one in deals if one.currency}
        )

    def _deal(self, pk: int, data: Deal, customer: Customer | None, rates: Rates) -> Opportunity:
        stage = data.stage
        assert stage is not None  # a line without one is in error
        is_open = stage.is_open
        closed_on = None if is_open else data.closed_on or business_day(self.now)
        deal = Opportunity(
            pk=pk,
            title=data.title,
            customer=customer,
            owner=data.owner,
            pipeline_id=stage.pipeline_id,
            stage=stage,
            stage_at=self._begin(data.opened_on) if is_open else self._begin(closed_on),
            outcome=stage.kind,
            reached=self.reader.first_stage if stage.kind == Stage.Kind.LOST else stage,
            amount=data.amount,
            currency=data.currency if data.amount is not None else "",
            opened_on=data.opened_on,
            expected_on=data.expected_on,
            closed_on=closed_on,
            product=data.product,
            competitors=data.competitors,
            details=data.details,
            lost_reason=data.lost_reason,
            lost_to=data.lost_to,
            source_id=data.source,
            external_id=data.external_id,
            custom=data.custom,
            created_by=self.user,
            created_at=self.now,
            updated_at=self.now,
        )
        if data.amount is not None and data.currency:
            worth = rates.convert(data.amount, data.currency, closed_on or business_day(self.now))
            deal.amount_base, deal.rated_on = (worth.amount, worth.rate_on) if worth else (None, None)
        deal.search_text = searched(deal, customer.name if customer else "")
        return deal

    def _moves(self, deal: Opportunity) -> list[tuple]:
        """How it came to where it is: (deal, kind, before, after, by, at, left)."""
        end, first = deal.stage_at, self.reader.first_stage.pk
        if deal.is_open:
            return [(deal.pk, Move.Kind.CREATED, None, deal.stage_id, self.user.pk, end, None)]
        began = min(end, self._begin(deal.opened_on)) if deal.opened_on else end
        return [
            (deal.pk, Move.Kind.CREATED, None, first, self.user.pk, began, end),
            (deal.pk, deal.outcome, first, deal.stage_id, self.user.pk, end, None),
        ]

    def _begin(self, day: date | None) -> datetime:
        """The first moment of a day in business time; now where the day is not known, or has only begun."""
        if day is None:
            return self.now
        return min(self.now, midnight(day))

    def _let_see(self, entries: Sequence[Entry], deals: Sequence[Opportunity]) -> None:
        """The owner of a deal is at least collaborator on its customer; the line that made them one keeps it."""
        wanted: dict[tuple[int, int], Entry] = {}
        for entry, deal in zip(entries, deals, strict=True):
            customer = deal.customer
            if customer is not None and deal.owner_id and customer.owner_id != deal.owner_id:
                wanted.setdefault((customer.pk, deal.owner_id), entry)
        customers = {customer for customer, _user in wanted}
        rows = Collaborator.objects.filter(customer__in=customers).values_list("customer_id", "user_id")
        new = sorted(wanted.keys() - set(rows))
        Collaborator.objects.bulk_create(
            Collaborator(customer_id=customer, user_id=user, added_by=self.user, added_at=self.now)
            for customer, user in new
        )
        role = Collaborator.Role.COLLABORATOR
        ledger.append_many(
            [
                Event(kind="collaborator.added", customer_id=customer, at=self.now, by=self.user, rule=RULE,
                      payload={"user": user, "role": role})
                for customer, user in new
            ],
            deliver=False,
        )  # fmt: skip
        for pair in new:
            wanted[pair].before.setdefault("seen_by", []).append(list(pair))


def _set(entry: Entry, verdict: str, *reasons: Reason) -> None:
    entry.verdict, entry.reasons = verdict, list(reasons)
