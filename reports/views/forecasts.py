"""How good were the forecasts? By month, the rows behind a month by person, and both as files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.exporting.at_once import FORMATS, MIME
from core.pages.gate import allow
from customers.permissions import can_export
from opportunities import words
from opportunities.figures.asked import NotAsked, Scope, Scopes
from opportunities.figures.cells import Sheet
from opportunities.figures.leaving import sheet_response
from opportunities.models import Pipeline

from ..periods import TargetPeriod
from ..questions import accuracy

# The funnel's entry of the sidebar is lit: this is about its forecast.
FUNNEL = "opportunities:funnel"


@dataclass(frozen=True)
class Asked:
    """Whose forecasts, of one pipeline or of all."""

    scopes: Scopes
    scope: Scope
    pipelines: list[Pipeline]
    pipeline: Pipeline | None
    today: date

    @classmethod
    def of(cls, request: SignedInRequest) -> Asked:
        """Raises Http404 for a scope that its reader does not see, and for a pipeline that is not there."""
        scopes = Scopes.of(request.user)
        scopes.offered.pop("nobody", None)
        pipelines, key = list(words.pipelines()), request.GET.get("pipeline", "")
        found = [one for one in pipelines if str(one.pk) == key]
        if key and not found:
            raise Http404
        try:
            scope = scopes.asked(request.GET.get("scope", ""))
        except NotAsked:
            raise Http404 from None
        return cls(
            scopes, scope, pipelines, found[0] if found else None, timezone.localdate(timezone=settings.BUSINESS_ZONE)
        )

    @property
    def people(self) -> dict[int, User]:
        """Those whom the reader sees, in this scope."""
        return self.scopes.within(self.scope)

    @property
    def query(self) -> str:
        of = {"pipeline": str(self.pipeline.pk)} if self.pipeline else {}
        return f"?{urlencode({'scope': self.scope.key, **of})}"


@require_safe
def forecasts(request: SignedInRequest) -> HttpResponse:
    """What was forecast when the last months began, beside what was won in them."""
    asked = Asked.of(request)
    return _page(request, asked, accuracy.sheet(asked, asked.pipeline), "reports/forecasts.html")


@require_safe
def forecast(request: SignedInRequest, month: str) -> HttpResponse:
    """The rows behind one month: its people."""
    asked, of = Asked.of(request), _month(month)
    sheet = accuracy.people_of(asked, of, asked.people, asked.pipeline)
    return _page(request, asked, sheet, "reports/forecast.html", of=TargetPeriod(of, 1))


def _page(request: SignedInRequest, asked: Asked, sheet: Sheet, template: str, **more: Any) -> HttpResponse:
    request.lit_as = FUNNEL
    context = {
        "asked": asked,
        "sheet": sheet,
        "base": settings.BASE_CURRENCY,
        "query": asked.query,
        "may_export": can_export(request.user),
        "kinds": FORMATS,
        **more,
    }
    return render(request, template, context)


@require_POST
def export(request: SignedInRequest, key: str) -> HttpResponse:
    """One of the tables as a file; ``key`` is a month for its people, else all months. Logged as every export is."""
    allow(can_export(request.user))
    asked, kind = Asked.of(request), request.POST.get("kind", "")
    if kind not in MIME:
        raise Http404
    if key == "accuracy":
        sheet, name = accuracy.sheet(asked, asked.pipeline), date_format(asked.today, "Y-m-d")
    else:
        sheet, name = accuracy.people_of(asked, _month(key), asked.people, asked.pipeline), key
    title, now = f"{sheet.title} {name}", timezone.now()
    page = f"reports.forecasts.{key}"
    return sheet_response(page, title, kind, sheet, query=asked.query[1:], by=request.user, now=now)


def _month(key: str) -> date:
    """The first day of 2026-11. Raises Http404."""
    period = TargetPeriod.read(key)
    if period is None or period.key != key or period.span != 1:
        raise Http404
    return period.first_on
