"""How does the timeline tell what was said? Made from the present state, once for a page of events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.models import Attachment
from customers.registries import EVENT_LINES, EventLine, Line
from customers.timeline import bdi, sentence

from .channels import channel_of
from .models import Communication

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Event

TONES = {"in": "accent", "both": "accent", "out": ""}


def draw_said(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """The communications themselves, each at its newest event; deleted ones are gone from here.

    On the timeline of a lead that has a customer by now the lead's own line tells of it, where it still holds.
    """
    rows = Communication.objects.filter(deleted_at=None).select_related("author").prefetch_related("contacts")
    said = rows.defer("search_text").in_bulk([event.target_id for event in events])
    files: dict[int, list[Attachment]] = defaultdict(list)
    for file in files_of(said):
        files[file.target_id].append(file)
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
            context={"said": one, "channel": channel_of(one.channel), "files": files[one.pk]},
        )
        for event in events
        if (one := said.get(event.target_id)) and (one.event_id == event.pk or _is_of_before(event, one))
    }


def _is_of_before(event: Event, one: Communication) -> bool:
    return event.customer_id is None and one.customer_id is not None and event.at == one.happened_at


def files_of(said: Iterable[int]) -> QuerySet[Any]:
    """The living files that hang on communications of these ids, which the reader sees."""
    rows = Attachment.objects.filter(target_label=Communication._meta.label_lower, target_id__in=said, deleted_at=None)
    return rows.select_related("blob").order_by("pk")


def draw_deleted(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """That something was taken back or brought back stays to be seen, where it hangs now."""
    words = {"communication.deleted": _("Communication deleted"), "communication.restored": _("Communication restored")}
    rows = Communication.objects.filter(pk__in=[event.target_id for event in events])
    at = dict(rows.values_list("pk", "customer_id"))
    return {
        event.pk: Line(sentence(words[event.kind], "·", bdi(event.by)))
        for event in events
        if event.customer_id is None or at.get(event.target_id or 0) is not None
    }


def register() -> None:
    """Add this floor's kinds to EVENT_LINES."""
    EVENT_LINES["communication.logged"] = EventLine("message", draw_said, family="communications")
    EVENT_LINES["communication.deleted"] = EventLine("trash", draw_deleted)
    EVENT_LINES["communication.restored"] = EventLine("arrow-back-up", draw_deleted)
