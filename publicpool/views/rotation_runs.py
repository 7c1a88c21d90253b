"""A run of a rotation by hand: first who would get what and why others not, then the run itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.forms import Submitted
from core.ids import id_of
from core.jobs import enqueue
from core.pages import get_visible_or_404
from core.pages.gate import allow

from ..models import Rotation
from ..permissions import can_edit_rotation, can_run_rotation
from ..rotation.turns import Decision
from ..rotation_jobs import AT_ONCE, KIND
from ..rotation_names import Named, named_customers, named_leads
from ..rotation_state import letters
from ..rotation_words import why_words
from ..services import run_rotation
from ..turns_ahead import MOST, run_ahead
from ..waiting import in_line, waiting
from ..waits_shown import what_waits

PAGE = 50
# How many to give out at most: the first is offered, None is all that waits.
AMOUNTS = (20, 100, None)


@dataclass(frozen=True)
class Going:
    """One that waits, by its name: whom it would go to by which turn, and whose turns pass before."""

    named: Named
    entered: datetime
    decision: Decision | None
    letters: Mapping[int, str]
    people: Mapping[int, User]

    @property
    def letter(self) -> str:
        return self.letters.get(self.decision.turn.member, "–") if self.decision else ""

    @property
    def person(self) -> User | None:
        return self.people.get(self.decision.turn.member) if self.decision else None

    @property
    def passed(self) -> list[tuple[str, str, str]]:
        """(effect, letter, why) of each turn that passes before."""
        passed = self.decision.passed if self.decision else ()
        return [(one.effect, self.letters.get(one.turn.member, "–"), why_words(one.why)) for one in passed]


@require_safe
def rotation_run(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whom the next ones that wait would go to, with the turns that are passed and why; nothing is given yet."""
    rotation = _asked(request, pk)
    return render(request, "publicpool/rotation_run.html", _preview(request, rotation))


@require_POST
def rotation_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give out what waits, at most so many; very many as work that shows how far it is."""
    rotation = _asked(request, pk)
    most = _most(request.POST)
    submitted = Submitted(request)

    def start() -> str:
        now = timezone.now()
        limit = AT_ONCE + 1 if most is None else min(most, AT_ONCE + 1)
        if waiting(rotation, now)[:limit].count() > AT_ONCE and rotation.is_active:
            params: dict[str, Any] = {"rotation": rotation.pk, "most": most}
            job = enqueue(KIND, by=request.user, now=now, params=params)
            return reverse("core:job", args=[job.pk])
        run = run_rotation(rotation=rotation, by=request.user, now=now, most=most)
        return run.get_absolute_url() if run else f"{rotation.get_absolute_url()}#runs"

    try:
        return redirect(submitted.once(start))
    except DomainError as refusal:
        context = _preview(request, rotation) | {"refusal": refusal}
        return render(request, "publicpool/rotation_run.html", context, status=refusal.status)


def _asked(request: SignedInRequest, pk: int) -> Rotation:
    rows = Rotation.objects.select_related("pool").prefetch_related("pool__members")  # unscoped: the gate scopes
    rotation = get_visible_or_404(rows, request.user, pk)
    allow(can_run_rotation(request.user, rotation))
    return rotation


def _most(asked: QueryDict) -> int | None:
    """How many at most; everything only where that is said."""
    return None if asked.get("most") == "all" else id_of(asked.get("most")) or AMOUNTS[0]


def _preview(request: SignedInRequest, rotation: Rotation) -> dict[str, Any]:
    now, most = timezone.now(), _most(request.POST or request.GET)
    among = in_line(rotation)
    ahead = run_ahead(rotation, now, among=among)
    members = ahead.members
    lettered = dict(zip((one.user_id for one in members), letters(len(members)), strict=True))
    people = {one.user_id: one.user for one in members}
    rows, given = [], 0
    for row, decision in ahead.given:
        if most is not None and given >= most:
            break
        rows.append((row, decision))
        given += decision is not None
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    name = named_leads if rotation.is_of_leads else named_customers
    names = name([row.pk for row, _decision in page], request.user)
    shares = Counter(decision.turn.member for _row, decision in rows if decision)

    waits = what_waits(rotation, request.user, now, among)
    number = waits["waiting"].number if waits["waiting"].is_exact else None
    return {
        "rotation": rotation,
        "submission": Submitted(request).token,
        "amounts": AMOUNTS,
        "most": most,
        "page": page,
        "rows": [Going(names[row.pk], row.entered, decision, lettered, people) for row, decision in page],
        "given": given,
        "left": len(rows) - given,
        "shares": [(lettered[pk], people[pk], n) for pk, n in shares.most_common()],
        "blocked": [(lettered[pk], people[pk], why_words(why)) for pk, why in ahead.blocked.items() if pk in people],
        **waits,
        # What comes after the last one that it would look at.
        "not_looked_at": max(0, number - len(rows)) if number else 0,
        "looked_at": MOST if ahead.is_more else None,
        "at_once": AT_ONCE,
        "may_edit": can_edit_rotation(request.user),
    }
