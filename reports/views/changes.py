"""What changed among the deals since Monday, in the week before, in thirty days? Counts, worth, and each by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.paging import paginate_list
from core.registries import Label
from core.zones import LAST_DAY, midnight
from opportunities.figures.asked import NotAsked, Scopes
from opportunities.figures.cells import BASE, COUNT, Cell
from opportunities.figures.changes import KINDS, Change, changes, deals_of
from opportunities.models import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PERIODS: dict[str, Label] = {"week": _("Since Monday"), "before": _("The week before"), "30": _("30 days")}
# So many of each kind stand there; all of one on a page of their own.
SHOWN, PAGE = 5, 50


# More days at once than these are asked of the other pages.
LONGEST = timedelta(days=366)


def days_of(key: str, today: date, asked: Mapping[str, str] | None = None) -> tuple[date, date]:
    """First day, and the first after: those asked for by ``from`` and ``to``, else of a period.

    Weeks begin on Monday, in business time.
    """
    if asked and (days := _asked(asked)):
        return days
    monday = today - timedelta(days=today.weekday())
    if key == "before":
        return monday - timedelta(days=7), monday
    return (today - timedelta(days=29) if key == "30" else monday), today + timedelta(days=1)


def _asked(query: Mapping[str, str]) -> tuple[date, date] | None:
    """The days that the weekly summary, or somebody by hand, names; None for what is none or too many."""
    try:
        first, last = (date.fromisoformat(query.get(word, "")) for word in ("from", "to"))
    except ValueError:
        return None
    return (first, last + timedelta(days=1)) if timedelta() <= last - first <= LONGEST and last < LAST_DAY else None


@require_safe
def what_changed(request: SignedInRequest) -> HttpResponse:
    """The changes of one's own deals, or of those one answers for."""
    query, now = request.GET, timezone.now()
    scopes = Scopes.of(request.user)
    scopes.offered.pop("nobody", None)
    try:
        scope = scopes.asked(query.get("scope", ""))
    except NotAsked:
        raise Http404 from None
    key = word if (word := query.get("period", "")) in PERIODS else "week"
    kind = word if (word := query.get("kind", "")) in KINDS else ""
    today = timezone.localdate(now, settings.BUSINESS_ZONE)
    first, after = days_of(key, today, query)
    # Days of one's own belong to no period; links keep them.
    own = {} if (first, after) == days_of(key, today) else {word: query[word] for word in ("from", "to")}
    found = changes(request.user, scope.owners, midnight(first), midnight(after), today=today)
    whole = {one: found.of(one) for one in KINDS}
    page = paginate_list(whole[kind], query, PAGE, "page") if kind else None
    shown = {kind: page.rows} if page else {one: rows[:SHOWN] for one, rows in whole.items() if rows}
    lines = _lines([row for rows in shown.values() for row in rows], request.user)

    def href(**changed: str) -> str:
        words = {"scope": scope.key, "period": "" if own else key, "kind": kind, **own} | changed
        return "?" + urlencode({name: word for name, word in words.items() if word})

    context: dict[str, Any] = {
        "scopes": scopes,
        "scope": scope,
        "key": key,
        "own": own,
        "kind": kind,
        "first": first,
        "last": after - timedelta(days=1),
        "periods": [
            (label, href(period=one, kind="", **{"from": "", "to": ""}), one == key and not own)
            for one, label in PERIODS.items()
        ],
        "figures": [
            (one, label, Cell(found.number(one), COUNT, href(kind=one)), Cell(found.amount(one), BASE))
            for one, (label, _icon, _tone) in KINDS.items()
        ],
        "sections": [
            (KINDS[one], len(whole[one]), href(kind=one), [lines[row] for row in rows if row in lines])
            for one, rows in shown.items()
        ],
        "page": page,
        "is_cut": found.is_cut,
        "back": href(kind=""),
        "base": settings.BASE_CURRENCY,
    }
    return render(request, "reports/changes.html", context)


def _lines(rows: Sequence[Change], user: User) -> dict[Change, dict[str, Any]]:
    """What each line shows; three statements."""
    deals = {deal.pk: deal for deal in deals_of(rows, user)}
    people = User.objects.visible_to(user).in_bulk({row.by for row in rows if row.by})
    stages = {stage.pk: stage for stage in Stage.objects.visible_to(user)}
    return {
        row: {
            "change": row,
            "deal": deals[row.deal],
            "by": people.get(row.by or 0),
            "before": _told(row.before, stages),
            "after": _told(row.after, stages),
            "worth": Cell(deals[row.deal].amount_base, BASE),
        }
        for row in rows
        if row.deal in deals
    }


def _told(value: Any, stages: dict[int, Stage]) -> Any:
    """A stage by its name; a day, or nothing, as it is."""
    return stages.get(value) if isinstance(value, int) else value
