"""Is a line of a list of inquiries new, here already, an update or like somebody we know; and how is it written?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model

from core.exceptions import DomainError
from core.importing.targets import Entry, Group, Reason, Undoing, Value, Work
from core.models import ImportRow, ImportRun
from customers import conflicts
from customers.importing.judging import similar
from customers.models import Customer
from customers.reveals import lines_of_others, reveal, strangers

from .. import permissions
from ..inputs import LeadData
from ..models import Lead
from ..models.lead import EDITED
from ..services import create_lead, update_lead
from ..services.leads import archive_imported_leads, put_back_leads
from .deal_undoing import Since
from .lead_reading import LIKENESS, LeadReader, likeness_of

if TYPE_CHECKING:
    from accounts.models import Team, User

Verdict, Outcome, Undone = ImportRow.Verdict, ImportRow.Outcome, ImportRow.Undone
LABEL = Lead._meta.label_lower


class LeadWork(Work):
    """Leads of one run, in the name of who brought the file. ``owner`` or ``team`` get what a line gives to nobody."""

    def __init__(
        self, *, user: User, reader: LeadReader, owner: User | None, team: Team | None, updates: bool, now: datetime
    ) -> None:
        self.user, self.reader, self.now = user, reader, now
        self.owner, self.team, self.updates = owner, team, updates

    def read(self, line: int, values: Mapping[str, Sequence[Value]]) -> Entry:
        return self.reader.read(line, values)

    # --- judging ------------------------------------------------------------------------------------

    def judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> None:
        entries = [entry for group in groups for entry in group.entries if not entry.errors]
        by_id = self._by_id(entries)
        alike = self._alike(entries)
        for group in groups:
            told = [entry for entry in group.entries if not entry.errors]
            for place, entry in enumerate(told):
                if entry.line not in fresh:
                    continue
                if place:
                    _set(entry, Verdict.SAME, Reason("repeats", about={"line": told[0].line}))
                else:
                    self._judge(entry, by_id.get(entry.record.data.external_id), alike.get(entry.record.likeness))

    def _judge(self, entry: Entry, standing: Lead | None, twin: int | None) -> None:
        data: LeadData = entry.record.data
        if standing is not None:
            self._judge_standing(entry, standing)
        elif twin is not None and not data.external_id:
            entry.target_id = twin
            _set(entry, Verdict.SAME, Reason("lead_twin", about={"lead": twin}))
        elif not permissions.can_create_lead_for(self.user, *self._whose(data)):
            entry.errors.append(Reason("lead_owner"))
            _set(entry, Verdict.ERROR)
        else:
            _set(entry, Verdict.NEW)

    def _judge_standing(self, entry: Entry, lead: Lead) -> None:
        """A lead of the same id; what the importer does not see is not named."""
        if not self._sees(lead):
            _set(entry, Verdict.CONFLICT, Reason("foreign_id", value=lead.external_id))
            return
        entry.target_id = lead.pk
        changes = self._changes(entry.record.data, lead)
        about: dict[str, Any] = {"lead": lead.pk}
        if not self.updates or not changes or not lead.is_open:
            _set(entry, Verdict.SAME, Reason("lead_stands", about=about))
        else:
            _set(entry, Verdict.UPDATE, Reason("lead_changes", about=about | {"fields": sorted(changes)}))

    def _sees(self, lead: Lead) -> bool:
        return lead.archived_at is None and permissions.can_work_lead(self.user, lead)

    def _changes(self, data: LeadData, lead: Lead) -> dict[str, Any]:
        """What the file says otherwise; what it does not say stays."""
        found = {}
        for name in EDITED:
            value = getattr(data, name)
            if value not in ("", None, {}) and value != getattr(lead, name):
                found[name] = (lead.custom | value) if name == "custom" else value
        return {name: value for name, value in found.items() if value != getattr(lead, name)}

    def _whose(self, data: LeadData) -> tuple[User | None, Team | None]:
        if data.owner is not None or data.team is not None:
            return data.owner, data.team or (data.owner.team if data.owner else None)
        return (self.owner, self.team) if self.owner or self.team else (self.user, None)

    def _by_id(self, entries: Sequence[Entry]) -> dict[str, Lead]:
        ids = {entry.record.data.external_id for entry in entries} - {""}
        rows = Lead.objects.filter(external_id__in=ids).select_related("owner", "source", "campaign")
        return {lead.external_id: lead for lead in rows.defer("search_text")} if ids else {}

    def _alike(self, entries: Sequence[Entry]) -> dict[str, int]:
        """Leads that the importer sees and that say the same, by likeness."""
        subjects = {entry.record.data.subject for entry in entries if not entry.record.data.external_id}
        rows = Lead.objects.visible_to(self.user).filter(subject__in=subjects, external_id="")
        return {likeness_of(lead): lead.pk for lead in rows.only(*LIKENESS, "quantity").order_by("-pk")}

    warns = True

    def warn(self, groups: Sequence[Group]) -> list[Reason | None]:
        """Hold back inquiries of somebody like a customer or lead that stands; a person lets them in all the same."""
        found = conflicts.find([group.leader.record.probe for group in groups], but_archived=True)
        every = [hit for hits in found for hit in hits]
        ids = {hit.customer_id for hit in every if hit.customer_id}
        mine = set(Customer.objects.visible_to(self.user).filter(pk__in=ids).values_list("pk", flat=True))
        named = reveal(strangers(every, self.user), by=self.user, now=self.now)
        near = {subject for subject, line in lines_of_others(every, self.user).items() if line.url}
        return [similar(hits, {*mine, *named, *near}) for hits in found]

    # --- writing ------------------------------------------------------------------------------------

    def write(self, groups: Sequence[Group]) -> None:
        self.judge(groups, frozenset(entry.line for group in groups for entry in group.entries))
        for group in groups:
            for entry in group.entries:
                self._settle(entry)

    def _settle(self, entry: Entry) -> None:
        if entry.verdict not in (Verdict.NEW, Verdict.UPDATE):
            entry.outcome = Outcome.UNCHANGED if entry.verdict == Verdict.SAME else Outcome.REFUSED
            return
        try:
            with transaction.atomic():
                self._create(entry) if entry.verdict == Verdict.NEW else self._update(entry)
        except DomainError as error:
            _set(entry, Verdict.CONFLICT, Reason("refused", value=str(error.message)))
            entry.outcome = Outcome.REFUSED

    def _create(self, entry: Entry) -> None:
        data: LeadData = entry.record.data
        data.owner, data.team = self._whose(data)
        lead = create_lead(data=data, by=self.user, now=self.now, deliver=False)
        entry.target_id, entry.outcome = lead.pk, Outcome.MADE

    def _update(self, entry: Entry) -> None:
        assert entry.target_id is not None  # the lead it was found to be
        lead = Lead.objects.get(pk=entry.target_id)
        changes = self._changes(entry.record.data, lead)
        old = {name: plain(getattr(lead, name)) for name in changes}
        lead = update_lead(lead=lead, changes=changes, by=self.user, now=self.now)
        entry.before = {"fields": {name: [old[name], plain(getattr(lead, name))] for name in changes}}
        entry.outcome = Outcome.UPDATED


class LeadUndoing(Undoing):
    """Archives leads that the run made and nobody touched since; puts back what it changed in others."""

    def __init__(self, run: ImportRun, *, by: User, now: datetime) -> None:
        self.since, self.by, self.now = Since(run, by), by, now

    def undo(self, rows: Sequence[ImportRow], *, is_trial: bool) -> None:
        ids = {row.target_id for row in rows if row.target_id}
        leads = Lead.objects.visible_to(self.by).in_bulk(ids)
        archived = set(Lead.objects.filter(pk__in=ids, archived_at__isnull=False).values_list("pk", flat=True))
        touched = self.since.touched(LABEL, ids)
        gone, back = [], []
        for row in rows:
            lead = leads.get(row.target_id or 0)
            row.left = []
            if lead is None:
                row.undone = Undone.BACK if row.target_id in archived else Undone.STAYS
                row.left = [] if row.undone == Undone.BACK else [Reason("lead_not_yours").stored()]
            elif row.outcome == Outcome.UPDATED:
                back += self._put_back(row, lead)
            elif lead.pk in touched or not lead.is_open:
                row.undone, row.left = Undone.STAYS, [Reason("lead_touched", about={"lead": lead.pk}).stored()]
            else:
                row.undone = Undone.BACK
                gone.append(lead)
        if not is_trial:
            archive_imported_leads(gone, by=self.by, now=self.now)
            put_back_leads(back, by=self.by, now=self.now)

    def _put_back(self, row: ImportRow, lead: Lead) -> list[tuple[Lead, dict[str, Any]]]:
        """The columns that are still as the run left them."""
        pairs = row.before.get("fields", {})
        stay = sorted(name for name, (_old, new) in pairs.items() if plain(getattr(lead, name)) != new)
        old: dict[str, Any] = {name: pair[0] for name, pair in pairs.items() if name not in stay}
        row.undone = Undone.BACK if not stay else Undone.PARTLY if old else Undone.STAYS
        row.left = [Reason("changed_since", about={"fields": stay}).stored()] if stay else []
        return [(lead, old)] if old else []


def plain(value: Any) -> Any:
    """A column's value as JSON."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if value is None or isinstance(value, (bool, int, dict)) else str(value)


def _set(entry: Entry, verdict: str, *reasons: Reason) -> None:
    entry.verdict, entry.reasons = verdict, list(reasons)
