"""The page of the pool's figures: what comes in, what is claimed, what becomes of it; its rows and its files."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Team, User
from accounts.requests import SignedInRequest
from core.exporting.at_once import FORMATS, MIME
from core.pages import get_visible_or_404
from core.pages.gate import allow
from core.paging import Order, paginate
from customers.models import Customer, Pool
from customers.permissions import can_export
from opportunities.figures.asked import PERIODS, Period, Words
from opportunities.figures.cells import Sheet
from opportunities.figures.leaving import sheet_response

from .. import figures as of_pool
from .. import member_figures
from ..figures import Asked, Figures, headline
from ..permissions import can_see_figures

PAGE = 50
# So many rows of a table stand there until all are asked for.
ROWS = 15
SHEETS = of_pool.SHEETS | member_figures.SHEETS
BEHIND = of_pool.BEHIND | member_figures.BEHIND


def _asked(request: SignedInRequest) -> Asked:
    """What the address asks. Raises Http404 for a pool or person that the reader does not see."""
    query, user, now = request.GET, request.user, timezone.now()
    pool = get_visible_or_404(Pool, user, query["pool"]) if query.get("pool") else None
    person = None
    if word := query.get("person"):
        person = get_visible_or_404(User, user, word).pk
    plain = Asked(user, Period("all"), now)
    return Asked(user, Period.asked(query, plain.today), now, pool, person, *_of_teams(request))


def _of_teams(request: SignedInRequest) -> tuple[frozenset[int] | None, Words]:
    """The people of the teams asked for, and the words that asked. Raises Http404 for a team that is not seen."""
    if not (asked := request.GET.getlist("team")):
        return None, ()
    teams = [get_visible_or_404(Team, request.user, word).pk for word in dict.fromkeys(asked)]
    people = User.objects.reporting_to(request.user).filter(team__in=teams)
    return frozenset(people.values_list("pk", flat=True)), tuple(("team", str(pk)) for pk in teams)


def _href(request: SignedInRequest, **changed: str) -> str:
    kept = {word: request.GET[word] for word in ("period", "from", "to", "pool") if request.GET.get(word)}
    named = [(word, value) for word, value in {**kept, **changed}.items() if value]
    return "?" + urlencode([*named, *(("team", word) for word in request.GET.getlist("team"))])


def _shown(sheet: Sheet, *, is_whole: bool) -> Sheet:
    """The first rows of a long table of people, and its sum; all rows where they are asked for. A file has all."""
    rows = [row for row in sheet.rows if not row.is_total]
    if is_whole or len(rows) <= ROWS or sheet.chart == "months":
        return sheet
    sums = [row for row in sheet.rows if row.is_total]
    return replace(sheet, rows=[*rows[:ROWS], *sums], hidden=len(rows) - ROWS)


@require_safe
def figures(request: SignedInRequest) -> HttpResponse:
    """Inflow, claims and what becomes of them, of a manager's teams, of everybody for an admin."""
    allow(can_see_figures(request.user))
    asked = _asked(request)
    found = Figures(asked)
    context = {
        "asked": asked,
        "figures": headline(asked, found),
        "sheets": [_shown(make(asked, found), is_whole="all" in request.GET) for make in SHEETS.values()],
        "whole_href": _href(request, all="1"),
        "periods": [
            {
                "label": label,
                "href": _href(request, period=key, **{"from": "", "to": ""}),
                "is_on": asked.period.key == key,
            }
            for key, label in PERIODS.items()
        ],
        "pools": Pool.objects.visible_to(request.user),
        "query": _href(request),
        "may_export": can_export(request.user),
        "kinds": FORMATS,
    }
    return render(request, "publicpool/figures.html", context)


@require_safe
def figure_rows(request: SignedInRequest, key: str) -> HttpResponse:
    """The customers behind one number: those that the reader may see now, in full or in the pool."""
    allow(can_see_figures(request.user))
    if key not in BEHIND:
        raise Http404
    asked = _asked(request)
    title, find, at = BEHIND[key]
    every = find(asked)
    seen = Customer.objects.visible_to(request.user).values("pk")
    pooled = Customer.objects.pooled_for(request.user).values("pk")  # unscoped: pooled_for is the scope
    rows = every.filter(Q(customer__in=seen) | Q(customer__in=pooled))
    joins = (
        "customer",
        "customer__owner",
        "customer__pool",
        "pool",
        *(("user",) if at == "claimed_at" else ("by", "owner")),
    )
    page = paginate(rows.select_related(*joins), Order("at", at, True), request.GET, PAGE)
    ids = [row.customer_id for row in page.rows]
    full = set(Customer.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True))
    context = {
        "title": title,
        "page": page,
        "lines": [(row, getattr(row, at), row.customer_id in full) for row in page.rows],
        "hidden": every.count() - rows.count(),
        "is_claim": at == "claimed_at",
        "back_query": _href(request),
    }
    return render(request, "publicpool/figure_rows.html", context)


def _period(period: Period) -> str:
    """The months in the name of a file."""
    if period.key:
        return str(PERIODS[period.key])
    return "–".join(f"{month:%Y-%m}" if month else "…" for month in (period.first, period.last))


@require_POST
def figure_export(request: SignedInRequest, key: str) -> HttpResponse:
    """One table as a file: CSV or XLSX, logged as every export is."""
    allow(can_see_figures(request.user) and can_export(request.user))
    kind = request.POST.get("kind", "")
    if kind not in MIME or key not in SHEETS:
        raise Http404
    asked = _asked(request)
    sheet = SHEETS[key](asked, Figures(asked))
    query = request.GET.urlencode()
    name = f"{_('Public pool')} {sheet.title} {_period(asked.period)} {asked.today.isoformat()}"
    return sheet_response(f"pool.{key}", name, kind, sheet, query=query, by=request.user, now=asked.now)
