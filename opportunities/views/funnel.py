"""How far do deals come, how long does it take, what is won and to be expected? The page and its tables as files."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.exporting.at_once import FORMATS, MIME
from core.pages.gate import allow

from .. import permissions, words
from ..figures import reading, sheets
from ..figures.asked import PERIODS, Asked, NotAsked, Period, Scopes, add_months
from ..figures.leaving import sheet_response
from ..models import Pipeline
from ..registries import BESIDE


class FunnelPage:
    """What one request asks, and the sheets that answer it. Raises Http404 for a scope that its reader does not see."""

    def __init__(self, request: SignedInRequest) -> None:
        self.query = request.GET
        self.user = request.user
        self.today = timezone.localdate(timezone=settings.BUSINESS_ZONE)
        self.scopes = Scopes.of(self.user)
        try:
            scope = self.scopes.asked(self.query.get("scope", ""))
        except NotAsked:
            raise Http404 from None
        self.pipelines = list(words.pipelines())
        self.asked = Asked(scope, self._pipeline(), Period.asked(self.query, self.today), self.today)
        self.pipe = reading.Pipe.of(self.asked)
        self.by = self._dimension()
        self.is_whole = "whole" in self.query

    def _pipeline(self) -> Pipeline:
        """The one asked for, else the first in use. Raises Http404 where there is none."""
        key = self.query.get("pipeline", "")
        found = [one for one in self.pipelines if (str(one.pk) == key if key else one.is_active)]
        if not found:
            raise Http404
        return found[0]

    @property
    def dimensions(self) -> dict[str, Any]:
        """By what win rates may be asked: people and teams where there is more than one's own."""
        many = len(self.scopes.offered) > 1
        return {key: label for key, label in sheets.DIMENSIONS.items() if many or key not in sheets.OF_MANY}

    def _dimension(self) -> str:
        key = self.query.get("by", "")
        usual = "person" if "person" in self.dimensions else "source"
        return key if key in self.dimensions else usual

    def read(self) -> None:
        """Read all that the page shows; eight statements, whatever the number of deals."""
        asked, pipe = self.asked, self.pipe
        self.cohort = reading.cohort(asked, pipe)
        self.ahead = reading.ahead(asked, pipe)
        self.by_month = reading.closed(asked, pipe, "closed", "month")
        since = add_months(asked.month, -sheets.BEHIND)
        self.sheets = [
            sheets.funnel(asked, self.cohort),
            sheets.now(asked, self.ahead, pipe),
            sheets.forecast(asked, self.ahead, reading.closed(asked, pipe, "closed", "month", since=since)),
            sheets.time_in_stage(asked, reading.stays(asked), self.ahead, pipe),
            sheets.months(asked, self.by_month),
        ]
        self.rates = sheets.win_rates(asked, pipe, self.scopes, self.by, is_whole=self.is_whole)

    def beside(self) -> str:
        """The query of a page beside this one, which knows scope and pipeline, and without a pipeline means all."""
        pipeline = str(self.asked.pipeline.pk) if len(self.pipelines) > 1 else ""
        words = {"scope": self.query.get("scope", ""), "pipeline": pipeline}
        return f"?{urlencode({name: value for name, value in words.items() if value})}"

    def href(self, **changed: str) -> str:
        """This page with some words of its query changed; an empty one goes."""
        kept = {
            name: self.query[name]
            for name in ("scope", "pipeline", "period", "from", "to", "by")
            if self.query.get(name)
        }
        query = {name: value for name, value in {**kept, **changed}.items() if value}
        return f"?{urlencode(query)}"


@require_safe
def funnel(request: SignedInRequest) -> HttpResponse:
    """The funnel of one's own deals, or of those one answers for."""
    page = FunnelPage(request)
    page.read()
    asked = page.asked
    context = {
        "asked": asked,
        "page": page,
        "sheets": {sheet.key: sheet for sheet in page.sheets},
        "by_sheet": page.rates,
        "figures": sheets.headline(asked, page.cohort, page.ahead, page.by_month),
        "periods": [
            {
                "label": label,
                "href": page.href(**{"period": key, "from": "", "to": ""}),
                "is_on": asked.period.key == key,
            }
            for key, label in PERIODS.items()
        ],
        "tabs": [
            {"label": label, "href": f"{page.href(by=key)}#by", "is_current": key == page.by}
            for key, label in page.dimensions.items()
        ],
        "base": settings.BASE_CURRENCY,
        "tabs_label": _("By what"),
        "nobody": page.scopes.offered.get("nobody"),
        "nobody_href": page.href(scope="nobody"),
        "is_nobody": asked.scope.key == "nobody",
        "query": page.href(),
        "whole_href": f"{page.href(whole='1')}#by",
        "may_export": permissions.can_export(request.user),
        "kinds": FORMATS,
        "beside": BESIDE.get("forecast"),
        "beside_query": page.beside(),
    }
    return render(request, "opportunities/funnel.html", context)


@require_POST
def export(request: SignedInRequest, key: str) -> HttpResponse:
    """One table as a file: CSV or XLSX, logged as every export is."""
    allow(permissions.can_export(request.user))
    page = FunnelPage(request)
    kind = request.POST.get("kind", "")
    if kind not in MIME:
        raise Http404
    if key in page.dimensions:
        sheet = sheets.win_rates(page.asked, page.pipe, page.scopes, key, is_whole=True)
    else:
        page.read()
        found = {one.key: one for one in page.sheets}
        if key not in found:
            raise Http404
        sheet = found[key]
    query, now = request.GET.urlencode(), timezone.now()
    name = f"{_('Funnel')} {sheet.title} {date.isoformat(page.today)}"
    return sheet_response(f"funnel.{key}", name, kind, sheet, query=query, by=request.user, now=now)
