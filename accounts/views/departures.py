"""The pages of a departure: what somebody holds and where it goes, the preview, carrying out, taking back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.exceptions import DomainError
from core.ids import id_of
from core.pages import get_visible_or_404
from core.pages.gate import allow
from core.pages.told import say
from core.paging import Order, paginate
from core.querysets import count_in_one

from ..departing import SHEETS
from ..departure_forms import PlanForm
from ..departure_jobs import DO, TRY, ask
from ..departures_shown import Words, apart, apart_counts, shares_of, things_shown, undone_counts
from ..fresh import fresh_sign_in
from ..models import Departure, User
from ..permissions import can_let_go, can_see_people
from ..registries import HOLDINGS
from ..requests import SignedInRequest
from ..services.departures import (
    HoldsOtherThings,
    PlanIncomplete,
    amounts,
    carry_out,
    drop_plan,
    is_large,
    plan_departure,
    take_back,
    try_departure,
)

PAGE = 50
# So many people of each kind stand in the table until all are asked for.
SHARES = 15
# From so many things on, carrying out asks once more.
ASKED_FROM = 100
# So far a kind is counted on the page of the plan.
COUNTED = 10_000


@require_safe
def departures(request: SignedInRequest) -> HttpResponse:
    """Who left, or is about to, the newest first."""
    allow(can_see_people(request.user))
    rows = Departure.objects.visible_to(request.user).select_related("person", "planned_by", "done_by")
    page = paginate(rows, Order("planned", "planned_at", True), request.GET, PAGE)
    now = timezone.now()
    found = [(one, one.can_be_undone(now), _counted(one)) for one in page.rows]
    return render(request, "accounts/departures.html", {"page": page, "size": PAGE, "rows": found})


def _counted(departure: Departure) -> list[tuple[Any, int]]:
    kinds = sorted((kind for kind in departure.counts if kind in HOLDINGS), key=lambda kind: HOLDINGS[kind].order)
    return [(HOLDINGS[kind].label, departure.counts[kind]) for kind in kinds]


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the person holds, and of each kind who gets it."""
    person = get_visible_or_404(User, request.user, pk)
    allow(can_let_go(request.user, person))
    held = amounts(person, COUNTED)
    standing = Departure.objects.visible_to(request.user).filter(person=person, state=Departure.State.PLANNED).first()
    planned = standing.plan if standing else {}
    data = request.POST if request.method == "POST" else None
    # Without a script everybody is listed in each line where that is asked for; nothing is planned by that.
    lists, is_full = "everybody" in request.POST, "everybody" in request.POST or "listed" in request.POST
    form = PlanForm(data, person=person, by=request.user, held=held, plan=planned, is_full=is_full)
    if data is not None and not lists and form.is_valid():
        now = timezone.now()
        try:
            departure = plan_departure(person=person, plan=form.plan(), by=request.user, now=now)
        except PlanIncomplete as refusal:
            form.refused = refusal.field or ""
        else:
            return _tried(request, departure)
    lines = [
        {
            "kind": kind,
            "label": HOLDINGS[kind].label,
            "count": held[kind],
            "url": url(person) if (url := HOLDINGS[kind].url) else "",
            "named": named(person) if (named := HOLDINGS[kind].named) else (),
            "set": one,
            "is_refused": kind == form.refused,
        }
        for kind, one in form.sets.items()
    ]
    wrong = [one for one in lines if data is not None and (one["is_refused"] or one["set"].total_error_count())]
    context = {
        "person": person,
        "form": form,
        "lines": lines,
        "wrong": wrong,
        "standing": standing,
        "most": COUNTED - 1,
        "is_full": is_full,
    }
    return render(request, "accounts/departure_plan.html", context, status=200 if data is None or lists else 422)


def _tried(request: SignedInRequest, departure: Departure) -> HttpResponse:
    """On to the preview, by way of background work where there is very much."""
    now = timezone.now()
    if is_large(departure.person):
        return redirect("core:job", pk=ask(TRY, departure, by=request.user, now=now).pk)
    try_departure(departure=departure, by=request.user, now=now)
    return redirect(departure)


@require_safe
def departure(request: SignedInRequest, pk: int) -> HttpResponse:
    """The preview of a plan; or what was done, with the way back."""
    found = Departure.objects.select_related("person", "done_by", "planned_by")  # unscoped: the gate adds the scope
    return _page(request, get_visible_or_404(found, request.user, pk))


def _page(request: SignedInRequest, found: Departure, refusal: DomainError | None = None) -> HttpResponse:
    now = timezone.now()
    kind, to = request.GET.get("kind", ""), id_of(request.GET.get("to"))
    rows: Any = found.handed.select_related("to")
    if kind in HOLDINGS:
        rows = rows.filter(kind=kind)
    if to:
        rows = rows.filter(to=to)
    only = request.GET.get("only", "")
    rows = rows.filter(**ONLY[only]) if only in ONLY else apart(rows) if only == "apart" else rows
    page = paginate(rows, Order("id", "pk"), request.GET, PAGE, count_in_one(rows))
    words = Words()
    shares = shares_of(found, words)
    every = [one for _label, _kind, _n, of_kind in shares for one in of_kind]
    people = sorted({one.to for one in every if one.to}, key=lambda one: (one.name, one.pk))
    most = len(every) if "all" in request.GET else SHARES
    context = {
        "departure": found,
        "person": found.person,
        "shares": [(label, key, n, some[:most], len(some[most:])) for label, key, n, some in shares],
        "people": people,
        "absent": [one for one in people if not one.is_active or one.is_away(now)],
        "left_over": sum(one.number for one in every if one.is_rest),
        "apart": apart_counts(found),
        "asks": found.total >= ASKED_FROM,
        "undone": undone_counts(found) if found.is_done else {},
        "can_undo": found.can_be_undone(now) and can_let_go(request.user, found.person),
        "page": page,
        "size": PAGE,
        "rows": things_shown(page.rows, request.user, words),
        "kind": kind,
        "to": to,
        "only": only,
        "sheets": [(HOLDINGS[one].label, url(found.pk)) for one, url in SHEETS.items() if one in found.counts],
        "refusal": refusal,
    }
    name = "departure"
    if "sure" in request.GET and not found.is_done and found.tried_at and can_let_go(request.user, found.person):
        name = "departure_sure"
    return render(request, f"accounts/{name}.html", context, status=refusal.status if refusal else 200)


# What of the things is asked for.
ONLY: dict[str, dict[str, Any]] = {
    "rest": {"is_rest": True},
    "back": {"undone_at__isnull": False},
    "stays": {"stays__gt": ""},
}


def _asked(request: SignedInRequest, pk: int) -> Departure:
    """The departure for whoever sees it and may let its person go."""
    rows = Departure.objects.select_related("person")  # unscoped: the gate adds the scope
    found = get_visible_or_404(rows, request.user, pk)
    allow(can_let_go(request.user, found.person))
    return found


@require_POST
@fresh_sign_in
def carry_out_now(request: SignedInRequest, pk: int) -> HttpResponse:
    """Do it. Where things have changed since the preview it is tried anew, and asked again."""
    found = _asked(request, pk)
    now = timezone.now()
    if not found.is_done and request.POST.get("seen", found.seen) != found.seen:
        return _page(request, found, HoldsOtherThings())  # another tab, or admin, has made another plan
    if not found.is_done and is_large(found.person):
        return redirect("core:job", pk=ask(DO, found, by=request.user, now=now).pk)
    try:
        carry_out(departure=found, by=request.user, now=now)
    except PlanIncomplete:
        return redirect("accounts:departure_plan", pk=found.person_id)
    except DomainError as refusal:
        if not found.is_done:
            found = try_departure(departure=found, by=request.user, now=now)
        return _page(request, found, refusal)
    return redirect(found)


@require_POST
@fresh_sign_in
def try_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the preview anew."""
    found = _asked(request, pk)
    allow(not found.is_done)
    try:
        return _tried(request, found)
    except PlanIncomplete:
        return redirect("accounts:departure_plan", pk=found.person_id)


@require_POST
@fresh_sign_in
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back what is selected, or everything that nobody worked on since."""
    found = _asked(request, pk)
    units = None if "all" in request.POST else [unit.replace("\0", "") for unit in request.POST.getlist("unit")]
    reactivates, now = "reactivate" in request.POST, timezone.now()
    if units == [] and not reactivates and found.can_be_undone(now):
        say(request, _("Nothing is selected."))
        return redirect(f"{found.get_absolute_url()}#list")
    try:
        stay = take_back(departure=found, by=request.user, now=now, units=units, reactivates=reactivates)
    except DomainError as refusal:
        return _page(request, found, refusal)
    back = found.handed.filter(undone_at=now).count()
    said = [ngettext("%(n)s thing taken back.", "%(n)s things taken back.", back) % {"n": back}]
    if stay:
        words = ngettext("%(n)s thing stays; the list says why.", "%(n)s things stay; the list says why.", len(stay))
        said.append(words % {"n": len(stay)})
    say(request, " ".join(said))
    return redirect(f"{found.get_absolute_url()}?only=stays#list" if stay else found.get_absolute_url())


@require_POST
@fresh_sign_in
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a plan away."""
    found = _asked(request, pk)
    drop_plan(departure=found, by=request.user)
    return redirect(found.person)
