"""How do the lines of a file become verdicts, and verdicts records? The two jobs of an import.

Both work in batches, each batch one transaction that also moves the job's cursor: a killed worker
loses one batch and the next one goes on exactly there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..jobs import Progress
from ..loading import load_rows
from ..models import ImportRow, ImportRun, Job
from ..querysets import update_rows
from ..registries import IMPORT_TARGETS, JOBS, JobKind
from .columns import values_of
from .readers import Row, Shape, open_rows
from .targets import Entry, Group, Reason, Target, Work

if TYPE_CHECKING:
    from accounts.models import User

CHECK_BATCH = 1000
# Comparing names takes longest: a batch must end well before the job's lease does, and the bar should move.
WARN_BATCH = 100
# Each record takes a lock or two of the few thousand that the database holds at once.
WRITE_BATCH = 500
# A batch waits for another import that enters the same companies; it is over in seconds.
LOCK_WAIT_S = 60

Verdict, Outcome, Decision = ImportRow.Verdict, ImportRow.Outcome, ImportRow.Decision
WRITTEN_VERDICTS = (Verdict.NEW, Verdict.UPDATE)


CHECK, WRITE = "core.import_check", "core.import_write"


def page_of(job: Job) -> str:
    """Where the import that a job works on is looked at."""
    return reverse("core:import", args=[job.params["run"]])


def register() -> None:
    """Make the two jobs known; called when the app is ready."""
    JOBS[CHECK] = JobKind(_("Dry run of an import"), check, page_of)
    JOBS[WRITE] = JobKind(_("Import"), write, page_of)


def targets_for(user: User) -> list[Target]:
    """What this person may import."""
    targets: list[Target] = [target for target in IMPORT_TARGETS.values() if target.may(user)]
    return sorted(targets, key=lambda target: target.order)


# --- dry run ----------------------------------------------------------------------------------------


def check(job: Job, progress: Progress) -> None:
    """Judge every line of the file, then ask what new ones are like; nothing is written but the verdicts."""
    run = ImportRun.objects.select_related("created_by").get(pk=job.params["run"])
    assert job.started_at is not None  # it runs
    work = IMPORT_TARGETS[run.target].begin(run, job.started_at)
    leaders = _Leaders(run)
    done, last = job.done, job.cursor.get("line", 0)
    with closing(open_rows(run.path, Shape.from_json(run.shape), after=last)) as found:
        for batch in batches(found, CHECK_BATCH):
            with transaction.atomic():
                load_rows(ImportRow, _JUDGED, _judge(work, run, batch, leaders))
                done, last = done + len(batch), batch[-1].line
                progress.step(done, cursor={"line": last})
    if work.warns:
        _warn(work, run, progress)
    with transaction.atomic():
        counts: dict[str, int] = dict(run.rows.order_by().values_list("verdict").annotate(Count("pk")))
        ImportRun.objects.filter(pk=run.pk).update(counts=counts)
        progress.step(sum(counts.values()), total=sum(counts.values()))


_JUDGED = (
    "run_id", "line", "cells", "keys", "leader", "title", "subtitle", "country", "verdict", "reasons", "is_open",
    "target_id",
)  # fmt: skip


def _judge(work: Work, run: ImportRun, rows: Sequence[Row], leaders: _Leaders) -> list[tuple[Any, ...]]:
    """What the dry run knows of these rows, which follow all that are stored: the values of _JUDGED for each."""
    # PostgreSQL stores no NUL, in JSON either.
    cells = [[cell.replace("\0", "") for cell in row.cells] for row in rows]
    entries = [_read(work, run, row.line, texts) for row, texts in zip(rows, cells, strict=True)]
    for row, entry in zip(rows, entries, strict=True):
        if row.problem:  # a stray separator shifts what follows it: such a line is never guessed at
            entry.errors.insert(0, Reason(row.problem))
            entry.verdict = Verdict.ERROR
    leads = [entry.line if entry.errors else leaders.of(entry) for entry in entries]
    groups: dict[int, list[Entry]] = defaultdict(list)
    for leader, entry in zip(leads, entries, strict=True):
        groups[leader].append(entry)
    fresh = frozenset(row.line for row in rows)
    if earlier := [leader for leader in groups if leader not in fresh]:
        for stored in _stored(run.rows.filter(leader__in=earlier).exclude(verdict=Verdict.ERROR).order_by("-line")):
            groups[stored.leader].insert(0, read(work, run, stored))
    work.judge([Group(members) for members in groups.values()], fresh)
    return [
        (run.pk, one.line, texts, one.keys, leader, one.title, one.subtitle, one.country, one.verdict, _reasons(one),
         one.is_open, one.target_id)
        for texts, leader, one in zip(cells, leads, entries, strict=True)
    ]  # fmt: skip


def _reasons(entry: Entry) -> list[dict[str, Any]]:
    return [reason.stored() for reason in (*entry.errors, *entry.reasons, *entry.notes)]


def _warn(work: Work, run: ImportRun, progress: Progress) -> None:
    """Hold back new rows of which something warns; a second pass, for this takes longer than all that went before."""
    wanted = run.rows.filter(verdict=Verdict.NEW)
    cursor, done = progress.job.cursor, progress.job.done
    last = cursor.get("warned", 0)
    total = done + wanted.filter(leader__gt=last).count()
    while leaders := _next_leaders(wanted, last, WARN_BATCH):
        with transaction.atomic():
            groups: dict[int, list[Any]] = defaultdict(list)
            for row in _stored(run.rows.filter(leader__in=leaders).exclude(verdict=Verdict.ERROR).order_by("line")):
                groups[row.leader].append(row)
            warnings = work.warn([Group([read(work, run, row) for row in rows]) for rows in groups.values()])
            held = []
            for rows, warning in zip(groups.values(), warnings, strict=True):
                new = [row for row in rows if row.verdict == Verdict.NEW]
                done += len(new)
                if warning is not None:
                    held += [(row.pk, Verdict.CONFLICT, True, [warning.stored(), *row.reasons]) for row in new]
            update_rows(ImportRow, ("verdict", "is_open", "reasons"), held)
            last = leaders[-1]
            progress.step(done, total=total, cursor=cursor | {"warned": last})


def _next_leaders(rows: QuerySet[ImportRow], last: int, count: int) -> list[int]:
    """The lines that lead the next groups of these rows, behind line ``last``."""
    found = rows.filter(leader__gt=last).order_by("leader").values_list("leader", flat=True)
    return list(found.distinct()[:count])


class _Leaders:
    """Which earlier line of this file is of the same record? Kept in memory: some tens of bytes a line."""

    def __init__(self, run: ImportRun) -> None:
        self.by_key: dict[str, int] = {}
        stored = run.rows.exclude(verdict=Verdict.ERROR).order_by("line").values_list("leader", "keys")
        for leader, keys in stored.iterator(chunk_size=5000):
            self._keep(keys, leader)

    def of(self, entry: Entry) -> int:
        leader = next((self.by_key[key] for key in entry.seeks if key in self.by_key), entry.line)
        self._keep(entry.keys, leader)
        return leader

    def _keep(self, keys: Iterable[str], leader: int) -> None:
        for key in keys:
            self.by_key.setdefault(key, leader)


def _stored(rows: QuerySet[ImportRow]) -> Iterable[Any]:
    """What the jobs need of rows; a whole model a row would take as long as reading its cells."""
    return rows.values_list("pk", "line", "leader", "cells", "decision", "verdict", "reasons", named=True)


def read(work: Work, run: ImportRun, row: Any) -> Entry:
    """Make an entry of a stored row by the run's mapping."""
    entry = _read(work, run, row.line, row.cells)
    entry.is_forced = row.decision == Decision.CREATE
    return entry


def _read(work: Work, run: ImportRun, line: int, cells: Sequence[str]) -> Entry:
    entry = work.read(line, values_of(run.mapping, run.plan, cells))
    if entry.errors:
        entry.verdict = Verdict.ERROR
    return entry


# --- writing ----------------------------------------------------------------------------------------


def write(job: Job, progress: Progress) -> None:
    """Write what the dry run found and the person let stand, record by record in the order of the file."""
    run = ImportRun.objects.select_related("created_by").get(pk=job.params["run"])
    assert job.started_at is not None  # it runs
    work = IMPORT_TARGETS[run.target].begin(run, job.started_at)
    wanted = to_write(run)
    total = wanted.count() + job.done
    done, last = job.done, job.cursor.get("leader", 0)
    while leaders := _next_leaders(wanted, last, WRITE_BATCH):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'")
            last = leaders[-1]
            done += _write_batch(work, run, leaders)
            progress.step(done, total=total, cursor={"leader": last})
    with transaction.atomic():
        _settle(run)
        progress.step(done, total=total)


def to_write(run: ImportRun) -> QuerySet[ImportRow]:
    """The rows that writing will take up."""
    return run.rows.filter(
        Q(verdict__in=WRITTEN_VERDICTS, decision="") | Q(decision=Decision.CREATE, is_open=True), outcome=""
    )


def _write_batch(work: Work, run: ImportRun, leaders: Sequence[int]) -> int:
    rows = {row.line: row for row in _stored(to_write(run).filter(leader__in=leaders).order_by("line"))}
    entries = {line: read(work, run, row) for line, row in rows.items()}
    groups: dict[int, list[Entry]] = defaultdict(list)
    for line, entry in entries.items():
        if not entry.errors:
            groups[rows[line].leader].append(entry)
    work.write([Group(members) for members in groups.values()])
    done, changed, before = [], [], []
    for line, entry in entries.items():
        row = rows[line]
        done.append((row.pk, entry.outcome or Outcome.REFUSED, entry.target_id))
        if entry.verdict != row.verdict:  # the world has changed since the dry run
            changed.append((row.pk, entry.verdict, _reasons(entry)))
        if entry.before:
            before.append((row.pk, entry.before))
    update_rows(ImportRow, ("outcome", "target_id"), done)
    update_rows(ImportRow, ("verdict", "reasons"), changed)
    update_rows(ImportRow, ("before",), before)
    return len(rows)


def _settle(run: ImportRun) -> None:
    """Say of every row that was not taken up what became of it, and count."""
    left = run.rows.filter(outcome="")
    left.filter(verdict=Verdict.SAME).update(outcome=Outcome.UNCHANGED)
    left.filter(verdict__in=(Verdict.ERROR, Verdict.CONFLICT), decision="").update(outcome=Outcome.REFUSED)
    left.update(outcome=Outcome.SKIPPED)
    counts = Counter(dict(run.rows.order_by().values_list("outcome").annotate(Count("pk"))))
    ImportRun.objects.filter(pk=run.pk).update(written=dict(counts))


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
