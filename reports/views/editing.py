"""How targets are set: a year of one person or team, copied from the year before, shared out among a team."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Team, User
from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.forms import refuse
from core.pages import get_visible_or_404
from core.pages.form import FormPage
from core.pages.gate import allow
from core.pages.told import say
from opportunities.figures.cells import COUNT, SHARE, Cell

from ..achievement import done_by, party_of
from ..asked import Asked
from ..forms import CopyForm, ShareForm, SheetForm
from ..goals import LEVELS, Party
from ..measures import without_rate
from ..models import Target
from ..periods import TargetPeriod
from ..permissions import can_set_target, can_set_targets
from ..services import Levels, copy_year, save_targets, share_out
from ..services.targets import seen_of, shares_of, targets_of
from .targets import asked_by


@require_http_methods(["GET", "HEAD", "POST"])
def sheet_of_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """The year of somebody whose figures one sees."""
    person = get_visible_or_404(User, request.user, pk)
    asked = asked_by(request)
    allow(person.pk in asked.scopes.people)
    return _sheet(request, asked, person, "person")


@require_http_methods(["GET", "HEAD", "POST"])
def sheet_of_team(request: SignedInRequest, pk: int) -> HttpResponse:
    """The year of a team whose figures one sees."""
    team = get_visible_or_404(Team, request.user, pk)
    asked = asked_by(request)
    allow(team.pk in asked.scopes.teams)
    return _sheet(request, asked, team, "team")


def _sheet(request: SignedInRequest, asked: Asked, named: User | Team, kind: str) -> HttpResponse:
    """A form for who may set them, else the same table to read."""
    year, may = asked.period.first_on.year, can_set_target(request.user, named)
    rows = {row.period: row for row in targets_of(named, asked.key, year)}
    data = request.POST if request.method == "POST" else None
    allow(may or data is None)
    initial = {"seen": seen_of(rows.values())}
    form = SheetForm(data, measure=asked.measure, year=year, rows=rows, initial=initial)
    refusal, status = None, 200
    if data is not None:
        status = 422
        if form.is_valid():
            seen = form.cleaned_data["seen"]
            try:
                changed = save_targets(
                    party=named,
                    measure=asked.key,
                    year=year,
                    levels=form.levels,
                    seen=seen,
                    by=request.user,
                    now=timezone.now(),
                )
            except DomainError as error:
                refusal, status = error, error.status
                refuse(form, error)
                form.show_anew(initial["seen"])
            else:
                words = ngettext("%(n)s target changed.", "%(n)s targets changed.", changed)
                say(request, words % {"n": changed} if changed else _("Nothing was changed."))
                return redirect(f"{request.path}{asked.words(scope='')}")
    context = {
        "asked": asked,
        "named": named,
        "kind": kind,
        "year": year,
        "form": form,
        "may_set": may,
        "refusal": refusal,
        "rows": _rows_of_year(asked, named, kind, form, rows),
        "measures": asked.measures(scope=""),
        "years": [(one, asked.words(period=asked.period.in_year(one).key, scope="")) for one in (year - 1, year + 1)],
        "base": settings.BASE_CURRENCY if asked.measure.kind != COUNT else "",
    }
    return render(request, "reports/sheet.html", context, status=status)


def _rows_of_year(
    asked: Asked, named: User | Team, kind: str, form: SheetForm, rows: dict[TargetPeriod, Target]
) -> list[dict[str, Any]]:
    """Each period with its fields, what holds where nothing was set, and what was done then and a year before."""
    party = party_of(asked.scopes, named, kind)
    year = form.periods[0]
    first = year.in_year(year.first_on.year - 1).first_on
    sums = asked.measure.reads(party.people, first, year.months[-1])
    goals = asked.goals()
    may, share_url = can_set_target(asked.user, named), reverse("reports:share", args=[named.pk])
    found = []
    for period in form.periods:
        goal = goals.goal(party, period)
        done, unrated = done_by(sums, party, period.months)
        before = done_by(sums, party, period.in_year(period.first_on.year - 1).months).number
        found.append(
            {
                "period": period,
                "fields": form.row(period),
                "row": rows.get(period),
                "goal": goal,
                "follows": Cell(goal.target, asked.measure.kind) if goal and not goal.is_set else None,
                "levels": [Cell(getattr(goal, name) if goal else None, asked.measure.kind) for name in LEVELS],
                "done": Cell(done, asked.measure.kind, note=without_rate(unrated)),
                "share": Cell(Fraction(done) / Fraction(goal.target) if goal else None, SHARE),
                "before": Cell(before, asked.measure.kind),
                "share_url": share_url + asked.words(period=period.key) if may and kind == "team" else "",
                "is_now": asked.today.replace(day=1) in period.months,
            }
        )
    return found


class CopyPage(FormPage):
    """The targets of the year before, for everybody whose targets one sets; what is set stays."""

    template_name = "reports/copy.html"
    title = gettext_lazy("Copy targets from the year before")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        allow(can_set_targets(request.user))
        self.asked = asked_by(request)
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> CopyForm:
        return CopyForm(data)

    def parties(self) -> list[User | Team]:
        """Those of the scope whose targets one sets."""
        asked = self.asked
        people: list[User | Team] = [one for one in asked.inside.values() if one.is_active]
        teams = {one.team_id for one in people if isinstance(one, User)}
        seen = [one for pk, one in asked.scopes.teams.items() if asked.scope.is_everybody or pk in teams]
        user: Any = self.request.user
        return [one for one in [*seen, *people] if can_set_target(user, one)]

    def cancel_url(self) -> str:
        return reverse("reports:targets") + self.asked.words()

    def extra_context(self) -> dict[str, Any]:
        year = self.asked.period.first_on.year
        rows = Target.objects.visible_to(self.request.user).filter(measure=self.asked.key)  # type: ignore[arg-type]
        return {
            "asked": self.asked,
            "year": year,
            "year_before": year - 1,
            "there": rows.of_year(year - 1).count(),
            "set": rows.of_year(year).count(),
        }

    def save(self, form: CopyForm) -> str:
        copied = copy_year(
            parties=self.parties(),
            measure=self.asked.key,
            year=self.asked.period.first_on.year,
            percent=form.cleaned_data["percent"],
            by=self.request.user,  # type: ignore[arg-type]
            now=timezone.now(),
        )
        say(self.request, ngettext("%(n)s target set.", "%(n)s targets set.", copied) % {"n": copied})
        return self.cancel_url()


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: SignedInRequest, pk: int) -> HttpResponse:
    """A team's target of a period shared out among its people: a look first, then saved."""
    team = get_visible_or_404(Team, request.user, pk)
    asked = asked_by(request)
    allow(can_set_target(request.user, team))
    party = party_of(asked.scopes, team, "team")
    people = [one for one in map(asked.scopes.people.get, party.people) if one and can_share_with(request.user, one)]
    row = targets_of(team, asked.key, asked.period.first_on.year).filter(
        first_on=asked.period.first_on, span=asked.period.span
    )
    data = request.POST if request.method == "POST" else None
    form = ShareForm(data, measure=asked.measure, period=asked.period, row=row.first(), people=people)
    before = _before(asked, people)
    parts: dict[int, Levels] = {}
    status = 200
    if data is not None:
        if form.is_valid():
            weights = form.weights(before)
            if "save" in data:
                made = share_out(
                    team=team,
                    people=people,
                    measure=asked.key,
                    period=asked.period,
                    levels=form.levels,
                    weights=weights,
                    by=request.user,
                    now=timezone.now(),
                )
                say(request, ngettext("%(n)s target changed.", "%(n)s targets changed.", made) % {"n": made})
                return redirect(reverse("reports:targets") + asked.words(scope=f"t{team.pk}"))
            parts = shares_of(form.levels, weights, asked.measure.step)
        else:
            status = 422
    kind = asked.measure.kind
    goals = asked.goals()
    context = {
        "asked": asked,
        "team": team,
        "form": form,
        "is_tried": bool(parts),
        "lines": [
            {
                "person": one,
                "weight": form[f"weight_{one.pk}"],
                "before": Cell(before[one.pk], kind),
                "now": Cell(goal.target if (goal := goals.goal(Party.person(one.pk), asked.period)) else None, kind),
                "parts": _cells_of(parts.get(one.pk), kind),
            }
            for one in people
        ],
        "base": settings.BASE_CURRENCY if kind != COUNT else "",
    }
    return render(request, "reports/share.html", context, status=status)


def can_share_with(user: User, person: User) -> bool:
    """Only those who are here, and whose targets one sets."""
    return person.is_active and can_set_target(user, person)


def _before(asked: Asked, people: list[User]) -> dict[int, Decimal]:
    """What each did in the same period a year before."""
    period = asked.period.in_year(asked.period.first_on.year - 1)
    sums = asked.measure.reads([one.pk for one in people], period.months[0], period.months[-1])
    return {one.pk: done_by(sums, Party.person(one.pk)).number for one in people}


def _cells_of(levels: Levels | None, kind: str) -> list[Cell]:
    if levels is None:
        return []
    return [Cell(one, kind) for one in levels.rising()]
