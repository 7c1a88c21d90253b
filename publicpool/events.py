"""How does the timeline tell what the pool did?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import User as Person
from core.registries import Label
from customers.models import Pool
from customers.registries import EVENT_LINES, EventLine, Line
from customers.timeline import bdi, sentence

from .models import Extension, Release, Reveal

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Event

ICONS = {
    "owner.claimed": "hand-grab",
    "owner.assigned": "user-share",
    "owner.rotated": "refresh",
    "owner.passed_on": "refresh",
    "owner.released": "arrow-back-up",
    "owner.reclaimed": "clock-pause",
    "owner.restored": "arrow-back-up",
    "extension": "calendar-due",
    "pool.revealed": "eye",
}


def draw_holding(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """Who took it from where, or where it went and why."""
    pools = Pool.objects.in_bulk({event.payload["pool"] for event in events if event.payload.get("pool")})
    wanted = {event.payload[word] for event in events for word in ("from", "to") if event.payload.get(word)}
    people = Person.objects.in_bulk(wanted)
    releases = Release.objects.select_related("reason", "rule").in_bulk(
        {event.payload["release"] for event in events if event.payload.get("release")}
    )
    drawn = {}
    for event in events:
        pool, to = pools.get(event.payload.get("pool")), people.get(event.payload.get("to"))
        release = releases.get(event.payload.get("release"))
        said, body = _said(event, pool, to, release)
        drawn[event.pk] = Line(sentence(*said, "·", bdi(event.by) if event.by else _("a rule")), body=body)
    return drawn


def _said(event: Event, pool: Pool | None, to: Person | None, release: Release | None) -> tuple[list[Label], str]:
    arrow = format_html("<bdi>{}</bdi> → <bdi>{}</bdi>", pool or "", to or "")
    if event.kind == "owner.claimed":
        return [_("Claimed"), arrow], ""
    if event.kind == "owner.assigned":
        return [_("Given out of the pool"), arrow], ""
    if event.kind == "owner.rotated":
        return [_("Given by rotation"), arrow], ""
    if event.kind == "owner.passed_on":
        return [_("Passed on by rotation, for nobody had touched it"), bdi(to)], ""
    if event.kind == "owner.restored":
        return [_("Release taken back"), bdi(to)], ""
    into = format_html("<bdi>{}</bdi>", pool or "")
    if event.kind == "owner.reclaimed":
        return [_("Reclaimed by a rule"), into], str(release.rule) if release else ""
    why = " · ".join(filter(None, (str(release.reason or ""), release.note))) if release else ""
    return [_("Given back to the pool"), into], why


def draw_extensions(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """Who wants more time, and what came of it."""
    words = {
        "extension.asked": _("Asked for more time"),
        "extension.granted": _("More time granted"),
        "extension.refused": _("More time refused"),
    }
    rows = Extension.objects.in_bulk({event.target_id for event in events})
    return {
        event.pk: Line(
            sentence(words[event.kind], "·", bdi(event.by)),
            body=row.reason if event.kind == "extension.asked" else row.answer,
        )
        for event in events
        if (row := rows.get(event.target_id))
    }


def draw_reveals(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """Which admin looked at contact data while it lay in the pool, and why."""
    rows = Reveal.objects.in_bulk({event.target_id for event in events})
    words = _("Contact data looked at in the pool")
    return {
        event.pk: Line(sentence(words, "·", bdi(event.by)), body=row.reason)
        for event in events
        if (row := rows.get(event.target_id))
    }


def register() -> None:
    for kind in (kind for kind in ICONS if kind.startswith("owner.")):
        EVENT_LINES[kind] = EventLine(ICONS[kind], draw_holding)
    for kind in ("extension.asked", "extension.granted", "extension.refused"):
        EVENT_LINES[kind] = EventLine(ICONS["extension"], draw_extensions)
    EVENT_LINES["pool.revealed"] = EventLine(ICONS["pool.revealed"], draw_reveals)
