"""Targets and what was reached of them: one's own, or those of one's teams; the table as a file."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.exporting.at_once import FORMATS, MIME, table_response
from core.pages.gate import allow
from customers.permissions import can_export
from opportunities.figures.asked import NotAsked
from opportunities.figures.cells import COUNT, SHARE, TEXT, Cell, heading

from ..achievement import Line, lines_of
from ..asked import Asked
from ..measures import without_rate
from ..permissions import can_set_target, can_set_targets


def asked_by(request: SignedInRequest) -> Asked:
    """What the address asks. Raises Http404 for a scope that its reader does not see."""
    try:
        return Asked.of(request.GET, request.user, timezone.localdate(timezone=settings.BUSINESS_ZONE))
    except NotAsked:
        raise Http404 from None


@require_safe
def targets(request: SignedInRequest) -> HttpResponse:
    """The targets of a period beside what was reached."""
    asked = asked_by(request)
    lines = lines_of(asked)
    day, days = asked.passed
    context = {
        "asked": asked,
        "measures": asked.measures(),
        "rows": [_row(line, asked) for line in lines],
        "day": day,
        "days": days,
        "time": round(100 * day / days),
        "is_amount": asked.measure.kind != COUNT,
        "base": settings.BASE_CURRENCY,
        "may_set": can_set_targets(request.user),
        "may_export": can_export(request.user),
        "kinds": FORMATS,
        "has_targets": any(line.goal for line in lines),
    }
    return render(request, "reports/targets.html", context)


def _row(line: Line, asked: Asked) -> dict[str, Any]:
    kind, goal = asked.measure.kind, line.goal
    share = line.share
    return {
        "line": line,
        "url": f"{reverse(f'reports:{line.party.kind}', args=[line.party.pk])}{asked.words(scope='')}",
        "may_set": can_set_target(asked.user, line.named),
        "done": Cell(line.done, kind, line.url, without_rate(line.unrated)),
        "target": Cell(goal.target if goal else None, kind),
        "to_go": Cell(line.to_go, kind),
        "sprint": Cell(goal.sprint if goal else None, kind),
        "challenge": Cell(goal.challenge if goal else None, kind),
        "share": Cell(share, SHARE),
        "bar": bar_of(share),
        "is_behind": line.is_behind(asked.passed),
    }


def bar_of(share: Fraction | None) -> int | None:
    """How long the bar of a share is, in percent and at most whole."""
    return None if share is None else min(round(float(share) * 100), 100)


@require_POST
def export(request: SignedInRequest) -> HttpResponse:
    """The table as a file: CSV or XLSX, logged as every export is."""
    allow(can_export(request.user))
    asked, kind = asked_by(request), request.POST.get("kind", "")
    if kind not in MIME:
        raise Http404
    of = asked.measure.kind
    labels = [(_("Person or team"), TEXT), (_("Target"), of), (_("Achieved"), of), (_("Reached"), SHARE)]
    labels += [(_("To go"), of), (_("Sprint"), of), (_("Challenge"), of)]
    lines = lines_of(asked)
    rows = ([cell.plain for cell in _cells(line, of)] for line in lines)
    name = f"{_('Targets')} {asked.measure.label} {asked.period.key}"
    header = [heading(label, kind) for label, kind in labels]
    query, now = asked.words(), timezone.now()
    return table_response("reports.targets", name, kind, header, rows, query=query, by=request.user, now=now)


def _cells(line: Line, kind: str) -> list[Cell]:
    goal = line.goal
    numbers = (goal.sprint, goal.challenge) if goal else (None, None)
    return [
        Cell(str(line.named), TEXT),
        Cell(goal.target if goal else None, kind),
        Cell(line.done, kind),
        Cell(line.share, SHARE),
        Cell(line.to_go, kind),
        *(Cell(number, kind) for number in numbers),
    ]
