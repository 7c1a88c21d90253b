"""How is what happened to a lead told? Lines of its ledger, made from the present state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User as Person
from customers.registries import EVENT_LINES, EventLine, Line
from customers.timeline import bdi, sentence

from .models import DisqualifyReason, Lead, ScreeningQuestion

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Event

ICONS = {
    "lead.created": "target-arrow",
    "lead.assigned": "user-share",
    "lead.changed": "pencil",
    "lead.working": "player-play",
    "lead.screened": "list-check",
    "lead.files_added": "paperclip",
    "lead.disqualified": "ban",
    "lead.reopened": "rotate-clockwise",
    "lead.converted": "arrows-exchange",
    "lead.conversion_undone": "arrow-back-up",
    "lead.archived": "archive",
    "lead.restored": "arrow-back-up",
}


class _Known:
    """Everything a page of events mentions: leads, people, questions, reasons; four statements at most."""

    def __init__(self, events: Sequence[Event], user: User) -> None:
        ids = {event.target_id for event in events if event.target_id}
        self.leads = Lead._default_manager.defer("search_text").in_bulk(ids)  # unscoped: of what its reader sees
        self.seen = set(Lead.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
        self.people = _named(Person, events, ("from", "to", "owner"))
        self.questions = _named(ScreeningQuestion, events, ("question",))
        self.reasons = _named(DisqualifyReason, events, ("reason",))


def _named(model: Any, events: Sequence[Event], words: Sequence[str]) -> dict[int, Any]:
    ids = {event.payload[word] for event in events for word in words if isinstance(event.payload.get(word), int)}
    return model._default_manager.in_bulk(ids) if ids else {}


def draw_leads(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """What happened to leads; of a conversion on the customer's timeline the inquiry too, folded."""
    known = _Known(events, user)
    drawn = {}
    for event in events:
        lead = known.leads.get(event.target_id)
        if lead is None:
            continue
        said = [part for part in WORDS[event.kind](event, known) if part]
        who = bdi(event.by) if event.by else (_("by the inquiry form") if event.kind == "lead.created" else "")
        title = sentence(said[0], *said[1:], "·" if who else "", who)
        is_seen = lead.pk in known.seen and event.customer_id is not None
        if event.kind == "lead.converted" and event.customer_id is not None:
            context = {"lead": lead, "is_seen": is_seen}
            drawn[event.pk] = Line(title, template="opportunities/_lead_line.html", context=context)
        else:
            drawn[event.pk] = Line(title, url=lead.get_absolute_url() if is_seen else "")
    return drawn


def _assigned(event: Event, known: _Known) -> tuple[Any, ...]:
    former, to = known.people.get(event.payload.get("from")), known.people.get(event.payload.get("to"))
    return (
        _("Given to"),
        format_html("<bdi>{}</bdi>", to or "—"),
        _("before: %(who)s") % {"who": former} if former else "",
    )


def _changed(event: Event, known: _Known) -> tuple[Any, ...]:
    model: Any = Lead
    labels = [str(model._meta.get_field(name).verbose_name) for name in event.payload.get("fields", ())]
    return _("Details changed"), _(", ").join(labels)


def _screened(event: Event, known: _Known) -> tuple[Any, ...]:
    answers = {True: _("yes"), False: _("no"), None: _("not known")}
    question = known.questions.get(event.payload.get("question"))
    return _("Screened"), bdi(question or "—"), answers.get(event.payload.get("answer"), "")


def _disqualified(event: Event, known: _Known) -> tuple[Any, ...]:
    return _("Disqualified"), known.reasons.get(event.payload.get("reason"), "")


def _files(event: Event, known: _Known) -> tuple[Any, ...]:
    number = len(event.payload.get("files", ()))
    return _("Files added"), ngettext("%(n)d file", "%(n)d files", number) % {"n": number}


def _undone(event: Event, known: _Known) -> tuple[Any, ...]:
    names = {"customer": _("the customer"), "contact": _("the contact"), "opportunity": _("the opportunity")}
    stays = [names[word] for word in event.payload.get("stays", ()) if word in names]
    words = _("stays, worked on since: %(what)s") % {"what": _(", ").join(stays)} if stays else ""
    return _("Conversion undone"), words


def _plain(words: Callable[[], str]) -> Callable[[Event, _Known], tuple[Any, ...]]:
    return lambda event, known: (words(),)


WORDS: dict[str, Callable[[Event, _Known], tuple[Any, ...]]] = {
    "lead.created": _plain(lambda: _("Lead entered")),
    "lead.assigned": _assigned,
    "lead.changed": _changed,
    "lead.working": _plain(lambda: _("Work on the lead began")),
    "lead.screened": _screened,
    "lead.files_added": _files,
    "lead.disqualified": _disqualified,
    "lead.reopened": _plain(lambda: _("Lead reopened")),
    "lead.converted": _plain(lambda: _("Lead converted")),
    "lead.conversion_undone": _undone,
    "lead.archived": _plain(lambda: _("Lead archived")),
    "lead.restored": _plain(lambda: _("Lead brought back")),
}


def register() -> None:
    """Add the kinds of leads to EVENT_LINES."""
    for kind, icon in ICONS.items():
        EVENT_LINES[kind] = EventLine(icon, draw_leads)
