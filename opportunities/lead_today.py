"""Which leads want somebody today?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registries import TODAY, Day, TodayLine, TodaySection
from core.urgency import Point, waits
from customers.clock import place_zone
from customers.reach import best
from customers.today import days_ago

from .models import Lead
from .tables.leads import called, points_of

# One more than a section shows.
MOST_LINES = 11


def new_leads(day: Day) -> Sequence[TodayLine]:
    """One's own leads that nobody has begun with, the oldest first: whoever asks first is answered first."""
    own = [one for one in day.once(_leads) if one.owner_id]
    lines, now = [], day.now
    for one in sorted(own, key=lambda lead: (lead.owned_since or lead.created_at, lead.pk)):
        since = one.owned_since or one.created_at
        point = waits(since, now, _("asked, and nobody has begun"))
        lines.append(_line(one, days_ago(since, now), point, **_reached(one)))
    return lines


def to_give_away(day: Day) -> Sequence[TodayLine]:
    """Leads that wait for an owner in the teams that one manages; all of them for an admin."""
    now = day.now
    return [
        _line(
            one,
            days_ago(one.created_at, now),
            waits(one.created_at, now, _("asked, and nobody has it")),
            act_label=_("Give away"),
            act_url=reverse("opportunities:lead_assign", args=[one.pk]),
            act_icon="user-share",
            act_in_dialog=True,
        )
        for one in day.once(_leads)
        if not one.owner_id
    ]


def _leads(day: Day) -> Sequence[Any]:
    """The first leads of both kinds, the oldest first. One statement."""
    seen = Lead.objects.visible_to(day.user)
    new = seen.filter(owner=day.user, state=Lead.State.NEW).order_by("owned_since", "pk")
    free = seen.to_give_away().order_by("created_at", "pk")
    ids = new.values("pk")[:MOST_LINES].union(free.values("pk")[:MOST_LINES], all=True)
    rows = Lead.objects.filter(pk__in=ids)  # unscoped: chosen out of those that are seen
    return list(rows.brief().order_by("created_at", "pk"))


def _reached(lead: Lead) -> dict[str, Any]:
    """The act of a line: call, else write; none where neither is known."""
    reach = best(points_of(lead))
    if reach.call:
        return {"act_label": _("Call"), "act_url": reach.call, "act_icon": "phone"}
    return {"act_label": _("Mail"), "act_url": reach.mail, "act_icon": "mail"} if reach.mail else {}


def _line(lead: Any, due_label: str, point: Point, **act: Any) -> TodayLine:
    zone = place_zone(str(lead.country), lead.city)
    return TodayLine(
        title=called(lead),
        url=lead.get_absolute_url(),
        why=(point,),
        text=lead.product or lead.subject or lead.said[:120],
        icon="target-arrow",
        country=str(lead.country),
        zone=zone.name if zone else "",
        place=lead.city,
        due_label=due_label,
        **act,
    )


def register() -> None:
    """Add this floor's sections to TODAY."""
    TODAY["new_leads"] = TodaySection(
        gettext_lazy("New leads"),
        4,
        lambda day: day.once(new_leads),
        "opportunities:leads",
        "m=1&whose=mine&state=new",
        most=MOST_LINES - 1,
    )
    TODAY["leads_to_give"] = TodaySection(
        gettext_lazy("Leads to give away"),
        6,
        to_give_away,
        "opportunities:leads",
        "m=1&whose=nobody",
        most=MOST_LINES - 1,
    )
