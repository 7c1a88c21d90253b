"""One's own month: a strip of Today, and a page of the last months."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.registries import TODAY_PARTS, Day, TodayPart
from opportunities.figures.cells import BASE, COUNT, MONTH, SHARE, Cell
from publicpool.telling import GOING_SOON

from .. import efficiency
from .. import month as reading
from ..measures import MEASURES, without_rate
from ..periods import MONTH as ONE
from ..periods import TargetPeriod
from .targets import bar_of


@require_safe
def month(request: SignedInRequest) -> HttpResponse:
    """How the month stands, the months before it, and how one works."""
    user, now = request.user, timezone.now()
    months = reading.months_of(user, now)
    context = {
        "part": standing(Day(user, now), months[0]),
        "rows": [_row(one, user) for one in months],
        "base": settings.BASE_CURRENCY,
    }
    return render(request, "reports/month.html", context | how_i_work(user, now))


def strip(day: Day) -> dict[str, Any]:
    """What Today shows of it."""
    (this,) = reading.months_of(day.user, day.now, 1)
    return standing(day, this)


def register() -> None:
    """Add the strip to Today."""
    TODAY_PARTS["month"] = TodayPart("reports/_month.html", strip, 10)


def standing(day: Day, this: reading.Month) -> dict[str, Any]:
    """How one month, the present one, stands."""
    user, ahead = day.user, reading.still_expected(day.user, day.now)
    _whole, share = reading.outlook(this, ahead)
    going = reading.about_to_go(day)
    first = f"{this.first_on:%Y-%m}"
    due: dict[str, str | int] = {"outcome": "open", "owner": user.pk, "expected_from": first, "expected_to": first}
    return {
        "period": TargetPeriod(this.first_on, ONE),
        "won": Cell(this.won.number, BASE, _rows("won", user, this), without_rate(this.won.unrated)),
        "target": Cell(this.goal.target if this.goal else None, BASE),
        "share": Cell(this.share, SHARE),
        "bar": bar_of(this.share),
        "ahead": Cell(ahead.weighted, BASE, f"{reverse('opportunities:list')}?{urlencode(due)}"),
        "whole_share": Cell(share, SHARE),
        "said": Cell(this.said, COUNT, _rows("said", user, this)),
        "replies": this.replies,
        "going": Cell(going, COUNT, f"{reverse('customers:list')}?{GOING_SOON}"),
    }


def how_i_work(user: User, now: datetime) -> dict[str, Any]:
    """One's own figures, and to whom it is allowed the middle of their people beside them."""
    others = efficiency.people_beside(user)
    asked = efficiency.Asked(user, {user.pk, *others}, now)
    found = efficiency.measured(asked)
    figures = [_figure(one, asked, found[one.key], others) for one in efficiency.FIGURES]
    return {"figures": figures, "figure_days": efficiency.DAYS, "few": efficiency.FEW, "has_middle": bool(others)}


def _figure(
    figure: efficiency.Figure, asked: efficiency.Asked, found: efficiency.ByPerson, others: list[int]
) -> dict[str, Any]:
    own = found.get(asked.reader.pk, efficiency.NOTHING)
    middle = efficiency.middle({who: one for who, one in found.items() if who in others})
    return {
        "figure": figure,
        "own": own,
        "value": Cell(own.value, figure.kind),
        "part": Cell(own.part, COUNT, figure.part.url(asked) if figure.part else ""),
        "cases": Cell(own.cases, COUNT, figure.cases.url(asked) if figure.cases else ""),
        "middle": Cell(None if own.is_few else middle, figure.kind),
    }


def _row(one: reading.Month, user: User) -> dict[str, Cell]:
    return {
        "month": Cell(one.first_on, MONTH),
        "won": Cell(one.won.number, BASE, _rows("won", user, one), without_rate(one.won.unrated)),
        "target": Cell(one.goal.target if one.goal else None, BASE),
        "share": Cell(one.share, SHARE),
        "touches": Cell(one.touches, COUNT),
        "replies": Cell(one.replies, COUNT),
        "answered": Cell(one.answered, SHARE),
    }


def _rows(measure: str, user: User, one: reading.Month) -> str:
    of = MEASURES[measure]
    return of.rows_behind({of.whose: [user.pk]}, one.first_on, one.first_on)
