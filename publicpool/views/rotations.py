"""The pages of the rotations: which there are, where each stands, in which order they take, on or off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.ids import id_of
from core.pages import DetailPage, get_visible_or_404
from core.pages.gate import allow
from core.paging import paginate_list
from core.querysets import COUNT_LIMIT

from ..departed import gave
from ..models import Rotation, RotationEntry, RotationMember, Run
from ..permissions import can_edit_rotation, can_run_rotation, can_see_runs
from ..rotation.turns import Wheel
from ..rotation.weights import Figures, weigh
from ..rotation_state import (
    BEHIND,
    NOBODY,
    Account,
    accounts,
    became_of,
    changes,
    is_reordered,
    letters,
    lines,
    next_runs,
    rounds,
)
from ..rotation_state import spokes as strip_of
from ..rotation_words import conditions, schedule
from ..services import reorder_rotations, switch_rotation
from ..standing import Standing
from ..waiting import in_line
from ..waits_shown import what_waits

LAST_RUNS = 5
# So many members stand on a page, and so many changes of the next cycle before the rest is left to the ledger.
PAGE, CHANGES = 40, 12
# So many turns to come stand with their names.
FEW = 8


@require_safe
def rotations(request: SignedInRequest) -> HttpResponse:
    """Every rotation that the reader sees, in the order in which they take, with whose turns come next."""
    found = lines(request.user, timezone.now())
    context = {
        "lines": [(line, conditions(line.rotation), schedule(line.rotation)) for line in found],
        "most": COUNT_LIMIT,
        "may_edit": can_edit_rotation(request.user),
    }
    return render(request, "publicpool/rotations.html", context)


class RotationPage(DetailPage):
    """Where one rotation stands: the turns, the members with their accounts, what the next cycle changes."""

    model = Rotation
    template_name = "publicpool/rotation.html"

    request: SignedInRequest

    def get_queryset(self) -> Any:
        return Rotation.objects.select_related("pool").prefetch_related("pool__members")  # unscoped: the gate scopes

    def extra_context(self, record: Rotation) -> dict[str, Any]:
        user, now, asked = self.request.user, timezone.now(), self.request.GET
        among = in_line(record)
        rows = RotationMember.objects.visible_to(user).filter(rotation=record).select_related("user__deputy")
        everybody = list(rows.order_by("position", "pk"))
        members = [one for one in everybody if one.left_at is None]
        lettered = list(zip(letters(len(members)), members, strict=True))
        wheel = Wheel.of_data(record.wheel)
        standing = Standing(record, members, now)
        gone = [(NOBODY[0], one) for one in everybody if one.left_at is not None]
        following = Wheel.of_data(record.wheel).give(standing.blocked, {})
        blocked = standing.blocked if following else {}  # where nobody can, no turn is used
        strip = strip_of(wheel, lettered + gone, became_of(record), behind=BEHIND, ahead=FEW, blocked=blocked)
        counted = accounts(wheel, lettered, standing)
        former = [one for one in everybody if one.left_at is not None and one.passed]
        page = paginate_list([*counted, *former], asked, PAGE, "members")
        changed = changes(wheel, lettered, {one.user_id: one.user for one in everybody})
        figures = _figures(record, user, lettered, everybody)
        runs = Run.objects.visible_to(user).filter(rotation=record).with_starter().order_by("-started_at", "-pk")
        return {
            "conditions": conditions(record),
            "schedule": schedule(record),
            "wheel": wheel,
            "turns": sum(weight for _member, weight in wheel.plan),
            "rounds": rounds(strip),
            "following": following,
            "following_person": standing.people.get(following.turn.member) if following else None,
            "is_stuck": bool(members) and following is None,
            "changes": changed[:CHANGES],
            "more_changes": len(changed[CHANGES:]),
            "is_reordered": bool(wheel.cycle) and is_reordered(wheel),
            "closed": [one for one in members if not one.user.is_active],
            "page": page,
            "number": len(counted),
            "accounts": [one for one in page.rows if isinstance(one, Account)],
            "former": [one for one in page.rows if not isinstance(one, Account)],
            **what_waits(record, user, now, among),
            "figures": figures,
            "weighed": paginate_list(figures["weighed"], asked, PAGE, "figures") if figures else None,
            "runs": runs[:LAST_RUNS],
            "departed": gave(record, user, LAST_RUNS),
            "next_at": next_runs([record], now).get(record.pk),
            "may_see_runs": can_see_runs(user),
            "may_edit": can_edit_rotation(user),
            "may_run": can_run_rotation(user, record),
        }


def _figures(
    rotation: Rotation,
    user: User,
    lettered: Sequence[tuple[str, RotationMember]],
    everybody: Sequence[RotationMember],
) -> dict[str, Any] | None:
    """The figures behind the weights in force, as the ledger keeps them; None where they are set by hand."""
    if rotation.weights_by != Rotation.WeightsBy.CONVERSION:
        return None
    said = RotationEntry.objects.visible_to(user).filter(rotation=rotation, kind=RotationEntry.Kind.MEMBERS)
    line = said.filter(data__has_key="how").order_by("-seq").first()
    if line is None:
        return {}
    how, pool = line.data["how"], Figures(*line.data["how"]["pool"])
    weighed = weigh({pk: Figures(taken, won) for pk, taken, won in how["people"]}, pool, how["top"])
    letters = {member.user_id: letter for letter, member in lettered}
    people = {member.user_id: member.user for member in everybody}
    return {
        "pool": pool,
        "first": date.fromisoformat(how["first"]),
        "last": date.fromisoformat(how["last"]),
        "top": how["top"],
        "weighed": [(letters.get(pk, "–"), people.get(pk), one) for pk, one in weighed.items()],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def rotation_switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, with what waits, and switch a rotation on or off."""
    rotation = get_visible_or_404(Rotation, request.user, pk)
    allow(can_edit_rotation(request.user))
    if request.method == "POST":
        if (to := request.POST.get("to")) in ("on", "off"):
            switch_rotation(rotation=rotation, is_active=to == "on", by=request.user, now=timezone.now())
        return redirect(rotation)
    waits = what_waits(rotation, request.user, timezone.now(), in_line(rotation))
    context = {"rotation": rotation, "schedule": schedule(rotation)} | waits
    return render(request, "publicpool/rotation_switch.html", context)


@require_POST
def rotation_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a rotation one place up or down, or before the one that takes what fits it."""
    rotation = get_visible_or_404(Rotation, request.user, pk)
    allow(can_edit_rotation(request.user))
    ids = list(Rotation.objects.visible_to(request.user).order_by("position", "pk").values_list("pk", flat=True))
    place, to = ids.index(rotation.pk), request.POST.get("to")
    if (before := id_of(request.POST.get("before"))) in ids and before != rotation.pk:
        ids.remove(rotation.pk)
        ids.insert(ids.index(before), rotation.pk)
        reorder_rotations(ids=ids, by=request.user)
        return redirect(rotation)
    if to not in ("up", "down"):
        raise Http404
    other = place + (1 if to == "down" else -1)
    if 0 <= other < len(ids):
        ids[place], ids[other] = ids[other], ids[place]
        reorder_rotations(ids=ids, by=request.user)
    return redirect("publicpool:rotations")
