"""The board: what a manager asks, answered on one page; each answer whole on a page of its own and as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from communications.rollups import ANSWERS
from core.exporting.at_once import FORMATS, MIME
from core.pages.gate import allow
from core.rollups import as_of
from customers.permissions import can_export
from opportunities.figures.asked import NotAsked
from opportunities.figures.cells import Sheet
from opportunities.figures.leaving import sheet_response
from opportunities.rhythm import RHYTHM

from ..questions import Question, questions_for
from ..questions.asked import Asked
from ..questions.headline import headline


def _asked(request: SignedInRequest) -> Asked:
    """What the address asks. Raises Http404 for what its reader does not see."""
    try:
        return Asked.at(request.GET.dict(), request.user, timezone.now())
    except NotAsked:
        raise Http404 from None


def _context(request: SignedInRequest, asked: Asked) -> dict[str, Any]:
    """What the head of both pages needs."""
    day, days = asked.passed
    return {
        "asked": asked,
        "day": day,
        "days": days,
        "time": round(100 * day / days),
        "base": settings.BASE_CURRENCY,
        # Of what is kept summed up by a sweep; all else is of this moment.
        "as_of": as_of([ANSWERS, RHYTHM], asked.now),
        "query": asked.words(),
        "may_export": can_export(request.user),
        "kinds": FORMATS,
    }


@require_safe
def board(request: SignedInRequest) -> HttpResponse:
    """All questions, the first rows of each answer."""
    asked = _asked(request)
    answers = [(one, _beginning(one, one.sheet(asked))) for one in questions_for(request.user).values()]
    return render(
        request,
        "reports/board.html",
        {**_context(request, asked), "figures": headline(asked), "answers": answers},
    )


def _beginning(question: Question, sheet: Sheet) -> Sheet:
    """The first rows, with the sums; the chart only where it is drawn from these."""
    whole = question.order(sheet.rows)
    rows = [row for row in whole if not row.is_total or row.depth]
    sums = [row for row in whole if row.is_total and not row.depth]
    kept = whole if len(rows) <= question.most else [*rows[: question.most], *sums]
    return replace(
        sheet,
        rows=kept,
        chart=sheet.chart if question.charted else "",
        hidden=len(sheet.rows) - len(kept),
    )


@require_safe
def question(request: SignedInRequest, key: str) -> HttpResponse:
    """One answer with all its rows and its chart."""
    asked, found = _asked(request), _question(request, key)
    context = {**_context(request, asked), "question": found, "sheet": found.sheet(asked)}
    return render(request, "reports/question.html", context)


def _question(request: SignedInRequest, key: str) -> Question:
    try:
        return questions_for(request.user)[key]
    except KeyError:
        raise Http404 from None


@require_POST
def export(request: SignedInRequest, key: str) -> HttpResponse:
    """One answer as a file: CSV or XLSX, logged as every export is."""
    allow(can_export(request.user))
    asked, kind = _asked(request), request.POST.get("kind", "")
    sheet = _question(request, key).sheet(asked)
    if kind not in MIME:
        raise Http404
    name = f"{_('Overview')} {sheet.title} {asked.period.key}"
    return sheet_response(f"board.{key}", name, kind, sheet, query=asked.words(), by=request.user, now=asked.now)
