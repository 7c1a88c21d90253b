"""How do targets come in from files: a line for each person or team, measure and period?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team, User
from core.forms import Form
from core.importing.targets import Choices, Entry, Field, Group, Reason, Undoing, Value, Work
from core.importing.targets import Target as ImportTarget
from core.importing.words import say_common
from core.models import ImportRow, ImportRun
from core.text import squash
from customers.holders import by_word
from opportunities.importing.cells import Cells

from .errors import LevelsFall
from .goals import LEVELS
from .measures import MEASURES
from .models import Target
from .periods import TargetPeriod
from .permissions import can_set_target, can_set_targets
from .services.targets import Levels, Slot, lock_parties, set_levels, standing_of

if TYPE_CHECKING:
    from core.registries import Label

Verdict, Outcome, Undone = ImportRow.Verdict, ImportRow.Outcome, ImportRow.Undone
WHOSE, WHAT, HOW_MUCH = gettext_lazy("Whose"), gettext_lazy("What and when"), gettext_lazy("How much")
FIELDS = [
    Field("person", gettext_lazy("Person"), WHOSE,
          ("person", "name", "salesperson", "salesrep", "salesagent", "owner", "user", "业务员", "销售", "姓名",
           "负责人")),
    Field("team", gettext_lazy("Team"), WHOSE, ("team", "department", "group", "团队", "部门", "小组")),
    Field("measure", gettext_lazy("What is measured"), WHAT,
          ("measure", "metric", "kpi", "goal", "type", "指标", "目标类型")),
    Field("period", gettext_lazy("Month, quarter or year"), WHAT,
          ("period", "month", "quarter", "date", "月份", "期间", "季度", "时间"), is_required=True, is_joined=True,
          parts=("year", "年", "年份", "月")),
    Field("target", gettext_lazy("Target"), HOW_MUCH,
          ("target", "quota", "amount", "plan", "目标", "目标值", "任务", "保底"), is_number=True, is_required=True),
    Field("sprint", gettext_lazy("Sprint"), HOW_MUCH, ("sprint", "stretch", "冲刺", "冲刺目标"), is_number=True),
    Field("challenge", gettext_lazy("Challenge"), HOW_MUCH, ("challenge", "挑战", "挑战目标"), is_number=True),
]  # fmt: skip
WORDS: dict[str, Label] = {
    "nobody": gettext_lazy("“%(value)s” is nobody here, or more than one."),
    "no_team": gettext_lazy("“%(value)s” is no team, or more than one."),
    "whose": gettext_lazy("Name a person or a team, one of both."),
    "measure": gettext_lazy("“%(value)s” is nothing that is measured: %(known)s."),
    "no_measure": gettext_lazy("Say what is measured, in a column or above."),
    "period": gettext_lazy("“%(value)s” is no month, quarter or year: write 2026-11, 2026Q4 or 2026."),
    "levels": gettext_lazy("A sprint is at least the target, a challenge at least the sprint."),
    "zero": gettext_lazy("A target is more than nothing."),
    "foreign": gettext_lazy("You do not set the targets of “%(value)s”."),
    "twice": gettext_lazy("Line %(line)s sets the same target."),
    "instead": gettext_lazy("Takes the place of %(value)s."),
    "stands": gettext_lazy("Is set just so already."),
    "changed_since": gettext_lazy("Stays: it was changed since."),
}
MOST = Decimal(10) ** 14


def measure_of(text: str) -> str | None:
    """The key of what a word names, in either language."""
    more = {"revenue": "won", "sales": "won", "销售额": "won", "业绩": "won", "成交额": "won", "回款": "ordered",
            "订单额": "ordered", "订单金额": "ordered", "订单数": "orders", "ordercount": "orders", "新客户": "buyers",
            "newcustomers": "buyers", "新成交客户": "buyers", "跟进": "said", "跟进数": "said", "activities": "said",
            "touches": "said", "沟通": "said"}  # fmt: skip
    known = {squash(word): key for key, one in MEASURES.items() for word in (key, str(one.label))}
    return (more | known).get(squash(text))


@dataclass
class Wanted:
    """What a line says; None where it is in error."""

    party: User | Team | None = None
    measure: str = ""
    period: TargetPeriod | None = None
    levels: Levels = field(default_factory=Levels)

    @property
    def slot(self) -> Slot:
        assert self.party is not None and self.period is not None  # noqa: PT018  lines in error are left out
        return Slot.of(self.party, self.measure, self.period)


class TargetWork(Work):
    """Targets of one run, in the name of who brought the file."""

    def __init__(self, run: ImportRun, now: datetime) -> None:
        self.user, self.now, self.options = run.created_by, now, run.options
        self.people = by_word(list(User.objects.active()))
        self.teams = _teams()

    def read(self, line: int, values: Mapping[str, Sequence[Value]]) -> Entry:
        cells, wanted = Cells(line, values), Wanted()
        person: Any = cells.known("person", lambda text: self.people.get(squash(text)), "nobody")
        team = cells.known("team", lambda text: self.teams.get(squash(text)), "no_team")
        wanted.party = person or team
        if not cells.entry.errors and (person is None) == (team is None):
            cells.wrong("whose", cells.one("person") or cells.one("team"))
        wanted.measure = cells.known("measure", measure_of, "measure") or self.options.get("measure", "")
        if not wanted.measure and cells.one("measure") is None:
            cells.wrong("no_measure")
        wanted.period = self._period(cells)
        wanted.levels = _levels(cells)
        entry = cells.entry
        entry.record = wanted
        entry.title = str(wanted.party or cells.text("person", 120) or cells.text("team", 120))
        if not entry.errors:
            entry.subtitle = f"{MEASURES[wanted.measure].label} · {wanted.period}"
            entry.keys = entry.seeks = [f"slot|{wanted.slot}"]
        return entry

    def _period(self, cells: Cells) -> TargetPeriod | None:
        text = " ".join(value.text.strip() for value in cells.values.get("period", ()))
        found = TargetPeriod.read(text) if text else None
        if text and found is None:
            cells.wrong("period", cells.one("period"))
        elif not text:
            cells.wrong("empty", field="period")
        return found

    def judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> None:
        entries = [one for group in groups for one in group.entries if not one.errors]
        standing = standing_of(one.record.slot for one in entries) if entries else {}
        for group in groups:
            for entry in group.entries:
                if entry.line in fresh and not entry.errors:
                    self._judge(entry, group, standing.get(entry.record.slot))

    def _judge(self, entry: Entry, group: Group, row: Target | None) -> None:
        entry.reasons = []
        if not can_set_target(self.user, entry.record.party):
            _set(entry, Verdict.CONFLICT, Reason("foreign", value=entry.title))
        elif entry is not group.leader:
            _set(entry, Verdict.CONFLICT, Reason("twice", about={"line": group.leader.line}))
        elif row is None:
            _set(entry, Verdict.NEW)
        elif Levels.of(row) == entry.record.levels:
            entry.target_id = row.pk
            _set(entry, Verdict.SAME, Reason("stands"))
        else:
            entry.target_id = row.pk
            _set(entry, Verdict.UPDATE, Reason("instead", value=f"{row.target:f}"))

    def write(self, groups: Sequence[Group]) -> None:
        entries = [one for group in groups for one in group.entries]
        right = [one for one in entries if not one.errors and can_set_target(self.user, one.record.party)]
        lock_parties([one.record.party for one in right], self.user)
        before = standing_of(one.record.slot for one in right) if right else {}
        self.judge(groups, frozenset(one.line for one in entries))
        writing = [one for one in right if one.verdict in (Verdict.NEW, Verdict.UPDATE)]
        if writing:
            set_levels({one.record.slot: one.record.levels for one in writing}, by=self.user, now=self.now)
            after = standing_of(one.record.slot for one in writing)
        for entry in entries:
            if entry in writing:
                row = before.get(entry.record.slot)
                entry.target_id = after[entry.record.slot].pk
                entry.before = {"levels": _plain(row) if row else None, "set": _plain(after[entry.record.slot])}
                entry.outcome = Outcome.UPDATED if row else Outcome.MADE
            else:
                entry.outcome = Outcome.UNCHANGED if entry.verdict == Verdict.SAME else Outcome.REFUSED


class TargetUndoing(Undoing):
    """Gives targets back what stood there before, or nothing, where nobody changed them since."""

    def __init__(self, by: User, now: datetime) -> None:
        self.by, self.now = by, now

    def undo(self, rows: Sequence[ImportRow], *, is_trial: bool) -> None:
        ids = [row.target_id for row in rows if row.target_id]
        found = Target.objects.visible_to(self.by).select_related("user", "team").in_bulk(ids)
        back: dict[Slot, Levels] = {}
        parties: dict[Slot, User | Team] = {}
        for row in rows:
            target = found.get(row.target_id or 0)
            row.undone, row.left = Undone.BACK, []
            if target is None:  # removed by now
                continue
            party: Any = target.team or target.user
            if _plain(target) != row.before.get("set") or not can_set_target(self.by, party):
                row.undone, row.left = Undone.STAYS, [Reason("changed_since").stored()]
                continue
            old = row.before.get("levels")
            slot = Slot.of_row(target)
            back[slot] = Levels(*(Decimal(one) if one is not None else None for one in old)) if old else Levels()
            parties[slot] = party
        if back and not is_trial:
            lock_parties(list(parties.values()), self.by)
            set_levels(back, by=self.by, now=self.now)


class Options(Form):
    """What holds for every row of the file."""

    measure = forms.ChoiceField(
        label=gettext_lazy("What is measured"),
        required=False,
        help_text=gettext_lazy("Where a row does not say it. Amounts are in the base currency."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, one.label) for key, one in MEASURES.items()]
        self.fields["measure"].choices = [("", _("as the file says")), *choices]  # type: ignore[attr-defined]


class TargetsOfPeople(ImportTarget):
    key = "targets"
    order = 60
    label = gettext_lazy("Targets")
    title_label, subtitle_label = gettext_lazy("Person or team"), gettext_lazy("What and when")
    undo_words = (
        gettext_lazy("Targets that this import set have again what stood there before, or are removed."),
        gettext_lazy("What somebody changed since stays, and is listed here."),
    )

    def may(self, user: User) -> bool:
        return can_set_targets(user)

    def fields(self, user: User) -> list[Field]:
        return FIELDS

    def choices(self, user: User) -> Callable[[str], Choices | None]:
        found: dict[str, Callable[[], Choices]] = {
            "person": lambda: _choices(by_word(list(User.objects.active()))),
            "team": lambda: _choices(_teams()),
            "measure": lambda: Choices([str(one.label) for one in MEASURES.values()], measure_of),
        }
        return lambda key: found[key]() if key in found else None

    def options_form(self, user: User, data: Any = None, initial: Mapping[str, Any] | None = None) -> Options:
        return Options(data, initial=dict(initial or {}))

    def begin(self, run: ImportRun, now: datetime) -> TargetWork:
        return TargetWork(run, now)

    def begin_undo(self, run: ImportRun, by: User, now: datetime) -> TargetUndoing:
        return TargetUndoing(by, now)

    def say(self, rows: Sequence[ImportRow], run: ImportRun, user: User) -> dict[int, list[Any]]:
        labels = {one.key: str(one.label) for one in FIELDS}
        return {row.pk: [_words(reason, run, labels) for reason in (*row.left, *row.reasons)] for row in rows}

    def urls(self, rows: Sequence[ImportRow], user: User) -> dict[int, str]:
        found = Target.objects.visible_to(user).in_bulk([row.target_id for row in rows if row.target_id])
        return {row.pk: found[row.target_id].get_absolute_url() for row in rows if row.target_id in found}

    def imported_url(self, run: ImportRun) -> str:
        return reverse("reports:targets")


def _levels(cells: Cells) -> Levels:
    numbers = [cells.number(key, MOST) for key in LEVELS]
    if cells.entry.errors:
        return Levels()
    if not numbers[0]:
        cells.wrong("zero" if numbers[0] is not None else "empty", cells.one("target"), field="target")
        return Levels()
    try:
        return Levels(*(round(one, 2) if one else None for one in numbers))
    except LevelsFall:
        cells.wrong("levels")
        return Levels()


def _plain(row: Target) -> list[str | None]:
    """The levels as plain JSON."""
    return [None if number is None else f"{number:.2f}" for number in (row.target, row.sprint, row.challenge)]


def _choices(known: Mapping[str, Any]) -> Choices:
    return Choices(sorted({str(one) for one in known.values()}), lambda text: known.get(squash(text)))


def _teams() -> dict[str, Team]:
    """Teams by their names; a name that two share names none."""
    found: dict[str, Team | None] = {}
    for team in Team.objects.all():
        for word in {squash(name) for name in (team.name_en, team.name_zh) if name}:
            found[word] = None if word in found else team
    return {word: team for word, team in found.items() if team}


def _set(entry: Entry, verdict: str, *reasons: Reason) -> None:
    entry.verdict, entry.reasons = verdict, list(reasons)


def _words(reason: Mapping[str, Any], run: ImportRun, labels: Mapping[str, str]) -> str:
    code = reason["code"]
    if code not in WORDS:
        return say_common(reason, run, labels)
    known = _(", ").join(str(one.label) for one in MEASURES.values())
    return str(WORDS[code]) % (reason.get("about", {}) | {"value": reason.get("value", ""), "known": known})
