"""Is a line new, the same, an update or a conflict? The dry run and the writing ask the same function."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from core.importing.targets import Entry, Group, Reason, Work
from core.models import ImportRow

from .. import conflicts
from ..facts import normal_form
from ..identity import name_key
from ..identity_keys import keys_of, lock_keys, taken_keys
from ..inputs import CustomerData
from ..models import Customer
from ..reveals import lines_of_others, reveal, strangers
from ..services.bulk import Filling, create_customers, fill_customers
from ..services.locking import lock_customers
from .completing import Completed, as_new, as_they_stand, single_categories
from .matching import EMAIL, ID, NUMBER, Match, editable, find
from .reading import Reader
from .reading import keys_of as keys_of_record
from .undoing import Kept

if TYPE_CHECKING:
    from accounts.models import User
    from core.importing.targets import Value

Verdict, Outcome = ImportRow.Verdict, ImportRow.Outcome
# What becomes of a line when it is written; any other verdict keeps it out.
OUTCOMES: dict[str, str] = {
    Verdict.NEW: Outcome.MADE,
    Verdict.UPDATE: Outcome.UPDATED,
    Verdict.SAME: Outcome.UNCHANGED,
}


class CustomerWork(Work):
    """Customers and contacts of one run, in the name and scope of who brought the file."""

    def __init__(self, *, user: User, reader: Reader, now: datetime) -> None:
        self.user = user
        self.reader = reader
        self.now = now
        self.single = single_categories()
        self.overwrite = frozenset(reader.options.get("overwrite", ()))

    def read(self, line: int, values: Mapping[str, Sequence[Value]]) -> Entry:
        entry = self.reader.read(line, values)
        entry.keys, entry.seeks = keys_of_record(entry.record)
        return entry

    # --- judging ----------------------------------------------------------------------------------

    def judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> None:
        self._judge(groups, fresh, lock=False)

    warns = True

    def warn(self, groups: Sequence[Group]) -> list[Reason | None]:
        """Hold back new customers that are like one that stands.

        Only the dry run does: what became alike meanwhile is a warning that comes too late, not a second entry.
        """
        found = conflicts.find([_probe(group.leader.record.data) for group in groups], but_archived=True)
        every = [hit for hits in found for hit in hits]
        mine = editable({hit.customer_id for hit in every if hit.customer_id}, self.user)
        named = reveal(strangers(every, self.user), by=self.user, now=self.now)
        near = {subject for subject, line in lines_of_others(every, self.user).items() if line.url}
        return [similar(hits, {*mine, *named, *near}) for hits in found]

    def _judge(self, groups: Sequence[Group], fresh: frozenset[int], *, lock: bool) -> list[Completed | None]:
        """Judge, and return for each group the customer as it will be; None where nothing is to be written."""
        groups_read = [Group([entry for entry in group.entries if not entry.errors]) for group in groups]
        matches = find([[entry.record for entry in group.entries] for group in groups_read], self.user)
        if lock:
            lock_customers(pk for match in matches for pk in match.ids)
        mine = editable((pk for match in matches for pk in match.ids), self.user)
        strangers = sorted({pk for match in matches for pk in match.ids if pk not in mine})
        named = reveal(strangers, by=self.user, now=self.now)
        standing = as_they_stand({match.ids[0]: mine[match.ids[0]] for match in matches if _is_mine(match, mine)})
        completed: list[Completed | None] = []
        for group, match in zip(groups_read, matches, strict=True):
            if not group.entries:
                completed.append(None)
            elif _is_mine(match, mine):
                # Two groups of a file may be one customer: the second adds to what the first left.
                completed.append(self._complete(group, fresh, standing[match.ids[0]], match))
            elif match.ids and not (match.by == EMAIL and group.leader.is_forced):
                _conflict(group, fresh, match, mine, named)
                completed.append(None)
            else:
                completed.append(self._complete(group, fresh, as_new(group.leader.record.data), match))
        return completed

    def _complete(self, group: Group, fresh: frozenset[int], whole: Completed, match: Match) -> Completed:
        whole.single = self.single
        if whole.customer is not None:
            whole.overwrite = self.overwrite
        stands = whole.customer
        first_line = group.leader.line
        for entry in group.entries:
            line: CustomerData = entry.record.data
            other_id = whole.data.external_id
            if line.external_id and other_id and line.external_id != other_id:
                _set(
                    entry,
                    fresh,
                    Verdict.CONFLICT,
                    Reason("other_id", value=line.external_id, about=_which(stands, first_line)),
                )
                continue
            change = whole.add(line)
            if stands is not None and match.by in (NUMBER, ID) and name_key(line.name) != name_key(stands.name):
                change.differs.append("name")
            if change.differs:
                entry.notes.append(Reason("kept", about={"fields": change.differs}))
            if stands is None and entry is group.leader:
                _set(entry, fresh, Verdict.NEW)
            elif not change:
                code = "nothing_new" if stands else "repeats"
                _set(entry, fresh, Verdict.SAME, Reason(code, about=_which(stands, first_line) | {"by": match.by}))
            elif stands is None:
                _set(entry, fresh, Verdict.NEW, Reason("joins", about={"line": first_line} | change.about()))
            else:
                entry.target_id = stands.pk
                about = _which(stands, first_line) | {"by": match.by} | change.about()
                _set(entry, fresh, Verdict.UPDATE, Reason("fills", about=about))
        return whole

    # --- writing ----------------------------------------------------------------------------------

    def write(self, groups: Sequence[Group]) -> None:
        lock_keys(key for group in groups for entry in group.entries for key in _blocking(entry.record.data))
        fresh = frozenset(entry.line for group in groups for entry in group.entries)
        whole = self._judge(groups, fresh, lock=True)
        self._refuse_taken(groups, whole)
        made = [(group, one) for group, one in zip(groups, whole, strict=True) if one and one.customer is None]
        created = create_customers(
            [(one.data, group.leader.record.owner) for group, one in made], by=self.user, now=self.now
        )
        fillings: dict[int, Filling] = {
            one.customer.pk: one.filling for one in whole if one and one.customer and one.filling
        }
        wanted = [filling for filling in fillings.values() if _is_filled(filling)]
        if wanted:
            kept = Kept(wanted)
            fill_customers(wanted, by=self.user, now=self.now)
            self._note(groups, whole, kept.changed())
        for (group, _one), pk in zip(made, created, strict=True):
            for entry in group.entries:
                entry.target_id = pk
        for group in groups:
            for entry in group.entries:
                _settle(entry)

    @staticmethod
    def _note(
        groups: Sequence[Group], whole: Sequence[Completed | None], changed: dict[int, dict[str, object]]
    ) -> None:
        """Let the first line that changes a customer keep how it was, so that it can go back."""
        for group, one in zip(groups, whole, strict=True):
            if one and one.customer and (change := changed.pop(one.customer.pk, None)):
                entry = next((entry for entry in group.entries if entry.verdict == Verdict.UPDATE), group.leader)
                entry.before = change

    def _refuse_taken(self, groups: Sequence[Group], whole: list[Completed | None]) -> None:
        """Completing may make one customer out of two (a country filled in): such a group stays out, as a conflict."""
        keys = {
            place: keys_of(kind=one.data.kind, name=one.data.name, country=one.data.country, code=one.data.code)
            for place, one in enumerate(whole)
            if one and (one.filling is None or "country" in one.filling.changes or one.filling.code)
        }
        holders = taken_keys([key for found in keys.values() for key in found])
        seen: dict[object, int] = {}
        for place, found in keys.items():
            one = whole[place]
            own = one.customer.pk if one and one.customer else -place - 1
            other = next((pk for key in found for pk in (*holders.get(key, ()), seen.get(key, own)) if pk != own), None)
            if other is None:
                seen |= dict.fromkeys(found, own)
                continue
            whole[place] = None
            for entry in groups[place].entries:
                entry.verdict, entry.reasons = Verdict.CONFLICT, [Reason("blocked")]


def similar(hits: Sequence[conflicts.Hit], known: Collection[conflicts.Subject]) -> Reason | None:
    """What the best of the hits says, and which of them the importer may know."""
    if not hits:
        return None
    shown = [hit.subject for hit in hits if hit.subject in known]
    best = hits[0].reasons[0]
    about = {"hidden": len(hits) - len(shown), "field": best.field, "how": best.how}
    about["customers"] = [one for one in shown if isinstance(one, int)][:3]
    if others := [one for one in shown if not isinstance(one, int)][:3]:
        about["others"] = others
    return Reason("similar", about=about | {"score": best.score})


def _probe(data: CustomerData) -> conflicts.Probe:
    points = [point for points in (data.points, *(one.points for one in data.contacts)) for point in points]
    return conflicts.Probe(
        name=data.name,
        country=data.country,
        code=data.code,
        kind=data.kind,
        website=data.website,
        points=tuple((point.kind, point.value, normal_form(point.kind, point.value, data.country)) for point in points),
    )


def _is_mine(match: Match, mine: Mapping[int, Customer]) -> bool:
    return match.is_same and match.ids[0] in mine


def _conflict(
    group: Group,
    fresh: frozenset[int],
    match: Match,
    mine: Mapping[int, Customer],
    named: Collection[conflicts.Subject],
) -> None:
    shown = [pk for pk in match.ids if pk in mine or pk in named]
    about = {"by": match.by, "customers": shown[:5], "hidden": len(match.ids) - len(shown)}
    code = "several" if len(match.ids) > 1 else "looks_like" if match.by == EMAIL else "held"
    for entry in group.entries:
        # An e-mail alone warns; whatever blocks stays with whoever holds it.
        entry.is_open = match.by == EMAIL
        entry.target_id = match.ids[0] if len(match.ids) == 1 and match.ids[0] in mine else None
        _set(entry, fresh, Verdict.CONFLICT, Reason(code, about=about))


def _set(entry: Entry, fresh: frozenset[int], verdict: str, *reasons: Reason) -> None:
    if entry.line in fresh:
        entry.verdict, entry.reasons = verdict, list(reasons)


def _which(customer: Customer | None, line: int) -> dict[str, int]:
    return {"customer": customer.pk} if customer else {"line": line}


def _blocking(data: CustomerData) -> list:
    return keys_of(kind=data.kind, name=data.name, country=data.country, code=data.code)


def _is_filled(one: Filling) -> bool:
    return bool(one.changes or one.code or one.points or one.contacts or one.people or one.tags or one.categories)


def _settle(entry: Entry) -> None:
    entry.outcome = OUTCOMES.get(entry.verdict, Outcome.REFUSED)
