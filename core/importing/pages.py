"""What do the pages of an import have in common: steps, counts, where a run stands?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ..models import ImportRow, ImportRun, Job
from ..registries import IMPORT_TARGETS
from .engine import to_write
from .readers import Preview
from .targets import Target

if TYPE_CHECKING:
    from accounts.models import User

Verdict, Outcome = ImportRow.Verdict, ImportRow.Outcome
TONES = {
    Verdict.NEW: "new",
    Verdict.UPDATE: "update",
    Verdict.SAME: "same",
    Verdict.CONFLICT: "warn",
    Verdict.ERROR: "bad",
}

BADGES = {
    Verdict.NEW: "accent",
    Verdict.UPDATE: "accent",
    Verdict.SAME: "line",
    Verdict.CONFLICT: "warn",
    Verdict.ERROR: "bad",
}
MADE = (Outcome.MADE, Outcome.UPDATED)


# Rows that only a warning holds back, until somebody decides.
OPEN = "open"


def chosen_rows(run: ImportRun, chosen: str) -> QuerySet[ImportRow]:
    """The rows of a tab: of a verdict, of what undoing made of them, or those to be decided."""
    if chosen in Verdict.values:
        return run.rows.filter(verdict=chosen)
    if chosen in ImportRow.Undone.values:
        return run.rows.filter(undone=chosen)
    return run.rows.filter(is_open=True, decision="") if chosen == OPEN else run.rows.all()


def steps(at: int) -> dict[str, Any]:
    """The steps of an import and where this page stands, for parts/steps.html."""
    return {"steps": [_("Upload"), _("Reading"), pgettext("step", "Columns"), _("Dry run"), _("Result")], "at": at}


def step_of(run: ImportRun) -> str:
    """The URL name of the page where a run goes on."""
    if run.write_job_id is not None:
        return "core:import_result"
    if run.check_job_id is not None:
        return "core:import_check"
    return "core:import_columns" if run.is_shaped else "core:import_shape"


def undone(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Rows by what undoing makes of them, for a strip of figures; nothing where there are none."""
    return [
        {"key": one, "label": one.label, "count": counts.get(one, 0)} for one in ImportRow.Undone if counts.get(one)
    ]


# Before it is done nothing has been taken back.
FORESEEN = {
    ImportRow.Undone.BACK: gettext_lazy("Goes back"),
    ImportRow.Undone.PARTLY: gettext_lazy("Goes back in part"),
    ImportRow.Undone.STAYS: ImportRow.Undone.STAYS.label,
}


def foreseen(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Rows by what undoing would make of them, for the same strip."""
    return [one | {"label": FORESEEN[one["key"]]} for one in undone(counts)]


def summary(run: ImportRun) -> dict[str, Any]:
    """One line of the list of imports: what it brings, where it stands, how it went."""
    target = IMPORT_TARGETS.get(run.target)
    job = run.job
    if job is None:
        words, tone = _("Columns are to be chosen") if run.is_shaped else _("To be confirmed how it is read"), "warn"
    elif run.undo_job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING, Job.State.DONE):
        words, tone = (_("Taken back"), "line") if job.is_over else (_("Being taken back"), "accent")
    elif not job.is_over:
        words, tone = (_("Being written") if run.write_job else _("Being tried")), "accent"
    elif job.state == Job.State.DONE:
        words, tone = (_("Written"), "ok") if run.write_job else (_("Tried, nothing written yet"), "warn")
    else:
        words, tone = job.get_state_display(), "bad"
    return {"run": run, "label": target.label if target else run.target, "job": job, "words": words, "tone": tone}


def counts(run: ImportRun, chosen: str) -> dict[str, Any]:
    """The bar of verdicts and the tabs above the rows; of a written run with what became of them."""
    total = run.total or 1
    start = 0.0
    verdicts = []
    notes = _notes() | ({Verdict.UPDATE: _("blanks and the fields you chose")} if run.plan.get("overwrite") else {})
    for verdict in Verdict:
        number = run.counts.get(verdict, 0)
        share = 100 * number / total
        verdicts.append(
            {
                "tone": TONES[verdict],
                "label": verdict.label,
                "count": number,
                "note": notes[verdict],
                "href": f"?verdict={verdict}",
                "is_current": chosen == verdict,
                "start": start,
                "share": share,
            }
        )
        start += share
    waiting = 0 if run.write_job_id else chosen_rows(run, OPEN).count()
    tabs = [_tab("", _("All"), run.total, chosen)]
    if waiting or chosen == OPEN:
        tabs.append(_tab(OPEN, _("To decide"), waiting, chosen))
    tabs += [_tab(one["key"], one["label"], one["count"], chosen) for one in undone(run.undone)]
    tabs += [_tab(one, one.label, run.counts[one], chosen) for one in Verdict if run.counts.get(one)]
    return {"verdicts": verdicts, "tabs": tabs, "writable": to_write(run).count() if not run.write_job_id else 0}


def _tab(key: str, label: Any, count: int, chosen: str) -> dict[str, Any]:
    href = f"?verdict={key}" if key else "?"
    return {"label": label, "href": href, "count": f"{count:,}", "is_current": chosen == key}


def outcomes(run: ImportRun) -> list[dict[str, Any]]:
    """What became of the rows of a written run, in the order of people's interest; of one that was stopped, so far."""
    if not run.is_written:
        return []
    counts = run.written or dict(run.rows.order_by().values_list("outcome").annotate(Count("pk")))
    found = [{"label": one.label, "count": counts.get(one, 0)} for one in Outcome]
    return found + ([{"label": _("Not reached"), "count": counts[""]}] if counts.get("") else [])


def _notes() -> dict[str, str]:
    return {
        Verdict.NEW: _("will be created"),
        Verdict.UPDATE: _("only blanks are filled"),
        Verdict.SAME: _("nothing to do"),
        Verdict.CONFLICT: _("left out unless you decide otherwise"),
        Verdict.ERROR: _("mend them and import them again"),
    }


def names_of(seen: Preview | None) -> list[str]:
    """The columns' names, numbers where they have none."""
    if seen is None:
        return []
    return [name or _("Column %(number)s") % {"number": place} for place, name in enumerate(seen.headers, 1)]


def lines(rows: Sequence[ImportRow], said: Mapping[int, Any], target: Target, user: User) -> list[dict[str, Any]]:
    """The rows of the table of verdicts."""
    urls = target.urls(rows, user)
    return [
        {
            "row": row,
            "reasons": said[row.pk],
            "shown": decision_of(row),
            "tone": BADGES[Verdict(row.verdict)],
            "href": urls.get(row.pk, "") if row.outcome in MADE else "",
        }
        for row in rows
    ]


def decision_of(row: ImportRow) -> str:
    """What will happen to a row, or has happened, in one word."""
    if row.undone:
        return row.get_undone_display()
    if row.outcome:
        return row.get_outcome_display()
    if row.decision == ImportRow.Decision.SKIP:
        return _("left out")
    if row.decision == ImportRow.Decision.CREATE:
        return _("create anyway")
    return {
        Verdict.NEW: _("create"),
        Verdict.UPDATE: _("complete"),
        Verdict.SAME: _("nothing to do"),
    }.get(row.verdict, _("not imported"))  # type: ignore[call-overload]
