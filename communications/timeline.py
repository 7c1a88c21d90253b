"""How does the timeline tell what was said? Made from the present state, once for a page of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.registries import EVENT_LINES, EventLine, Line
from customers.timeline import bdi, sentence

from .channels import channel_of
from .models import Communication

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Event

TONES = {"in": "accent", "both": "accent", "out": ""}


def draw_said(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """The communications themselves, each at its newest event; deleted ones are gone from here."""
    rows = Communication.objects.filter(deleted_at=None).select_related("author").prefetch_related("contacts")
    said = rows.defer("search_text").in_bulk([event.target_id for event in events])
    return {
        event.pk: Line(
            sentence(
                channel_of(one.channel).label,
                one.get_direction_display(),
                ", ".join(person.name for person in one.contacts.all()),
                format_html("· {}", bdi(one.author)),
            ),
            url="",
            tone=TONES[one.direction],
            template="communications/_said.html",
            context={"said": one, "channel": channel_of(one.channel)},
        )
        for event in events
        if (one := said.get(event.target_id)) and one.event_id == event.pk
    }


def draw_deleted(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """That something was taken back or brought back stays to be seen."""
    words = {"communication.deleted": _("Communication deleted"), "communication.restored": _("Communication restored")}
    return {event.pk: Line(sentence(words[event.kind], "·", bdi(event.by))) for event in events}


def register() -> None:
    """Add this floor's kinds to EVENT_LINES."""
    EVENT_LINES["communication.logged"] = EventLine("message", draw_said, family="communications")
    EVENT_LINES["communication.deleted"] = EventLine("trash", draw_deleted)
    EVENT_LINES["communication.restored"] = EventLine("arrow-back-up", draw_deleted)
