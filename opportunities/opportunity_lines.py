"""How is what happened to an opportunity told? Lines of its ledger, made from the present state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User as Person
from core.templatetags.ui import money
from customers.registries import EVENT_LINES, EventLine, Line
from customers.timeline import bdi, sentence

from .models import LostReason, Move, Opportunity, Stage

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Event

ICONS = {
    "opportunity.created": "layout-kanban",
    "opportunity.changed": "pencil",
    "opportunity.moved": "arrow-right",
    "opportunity.won": "trophy",
    "opportunity.lost": "circle-x",
    "opportunity.reopened": "rotate-clockwise",
    "opportunity.assigned": "user-share",
    "opportunity.shared": "users",
    "opportunity.archived": "archive",
    "opportunity.restored": "arrow-back-up",
}


class _Known:
    """Everything a page of events mentions: deals, people, stages, moves, reasons; six statements at most."""

    def __init__(self, events: Sequence[Event], user: User) -> None:
        ids = {event.target_id for event in events if event.target_id is not None}
        rows = Opportunity._default_manager.only("title", "amount", "currency")  # unscoped: of what its reader sees
        self.deals = rows.in_bulk(ids)
        self.seen = set(Opportunity.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
        self.people = _named(Person, events, ("from", "to"), "opportunity.assigned")
        people = {pk for event in events for pk in event.payload.get("with", ())}
        self.people |= Person._default_manager.in_bulk(people) if people else {}
        self.stages = _named(Stage, [one for one in events if one.kind != "opportunity.assigned"], ("from", "to"))
        self.moves = _named(Move, events, ("move",))
        self.reasons = _named(LostReason, events, ("reason",))


def _named(model: Any, events: Sequence[Event], words: Sequence[str], kind: str = "") -> dict[int, Any]:
    some = [event for event in events if not kind or event.kind == kind]
    ids = {event.payload[word] for event in some for word in words if isinstance(event.payload.get(word), int)}
    return model._default_manager.in_bulk(ids) if ids else {}


def draw_opportunities(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """What happened to opportunities, each with its name; a link only where the reader sees it."""
    known = _Known(events, user)
    drawn = {}
    for event in events:
        deal = known.deals.get(event.target_id)
        # Whoever sees the customer but not the deal (archived meanwhile) still reads that there was one.
        if deal is None:
            continue
        head, *rest = [part for part in WORDS[event.kind](event, known, deal) if part]
        who = bdi(event.by) if event.by else ""
        move = known.moves.get(event.payload.get("move"))
        url = deal.get_absolute_url() if deal.pk in known.seen else ""
        name = format_html('<a href="{}">{}</a>', url, bdi(deal.title)) if url else bdi(deal.title)
        title = sentence(head, name, *("·" if rest else "",), *rest, "·" if who else "", who)
        drawn[event.pk] = Line(title, body=move.reason if move else "")
    return drawn


def _created(event: Event, known: _Known, deal: Opportunity) -> tuple[Any, ...]:
    return _("Opportunity begun:"), money(deal.amount, deal.currency) if deal.amount is not None else ""


def _changed(event: Event, known: _Known, deal: Opportunity) -> tuple[Any, ...]:
    labels = [_label(name) for name in event.payload.get("fields", ())]
    return _("Opportunity changed:"), _(", ").join(labels)


FIELD_WORDS: dict[str, Callable[[], str]] = {
    "lines": lambda: _("product lines"),
    "people": lambda: _("people in the deal"),
    "custom": lambda: _("own fields"),
}


def _label(name: str) -> str:
    model: Any = Opportunity
    return FIELD_WORDS[name]() if name in FIELD_WORDS else str(model._meta.get_field(name).verbose_name)


def _way(event: Event, known: _Known) -> Any:
    before, after = (known.stages.get(event.payload.get(word)) for word in ("from", "to"))
    return format_html("{} → <b>{}</b>", before or "—", after or "—")


def _skipped(event: Event, known: _Known) -> str:
    move = known.moves.get(event.payload.get("move"))
    n = len(move.skipped) if move else 0
    return ngettext("without %(n)d checkpoint", "without %(n)d checkpoints", n) % {"n": n} if n else ""


def _moved(event: Event, known: _Known, deal: Opportunity) -> tuple[Any, ...]:
    move = known.moves.get(event.payload.get("move"))
    words = _("Opportunity moved back:") if move and move.kind == Move.Kind.BACK else _("Opportunity moved:")
    return words, _way(event, known), _skipped(event, known)


def _won(event: Event, known: _Known, deal: Opportunity) -> tuple[Any, ...]:
    return _("Opportunity won:"), money(deal.amount, deal.currency), _skipped(event, known)


def _lost(event: Event, known: _Known, deal: Opportunity) -> tuple[Any, ...]:
    return _("Opportunity lost:"), known.reasons.get(event.payload.get("reason"), "")


def _reopened(event: Event, known: _Known, deal: Opportunity) -> tuple[Any, ...]:
    return _("Opportunity taken up again:"), _way(event, known)


def _assigned(event: Event, known: _Known, deal: Opportunity) -> tuple[Any, ...]:
    former, to = (known.people.get(event.payload.get(word)) for word in ("from", "to"))
    return _("Opportunity given away:"), format_html("<bdi>{}</bdi> → <bdi>{}</bdi>", former or "—", to or "—")


def _shared(event: Event, known: _Known, deal: Opportunity) -> tuple[Any, ...]:
    people = [known.people[pk] for pk in event.payload.get("with", ()) if pk in known.people]
    names = format_html_join(_(", "), "<bdi>{}</bdi>", ((one,) for one in people))
    return _("Opportunity shared:"), names or _("with nobody any more")


def _plain(words: Callable[[], str]) -> Callable[[Event, _Known, Opportunity], tuple[Any, ...]]:
    return lambda event, known, deal: (words(),)


WORDS: dict[str, Callable[[Event, _Known, Opportunity], tuple[Any, ...]]] = {
    "opportunity.created": _created,
    "opportunity.changed": _changed,
    "opportunity.moved": _moved,
    "opportunity.won": _won,
    "opportunity.lost": _lost,
    "opportunity.reopened": _reopened,
    "opportunity.assigned": _assigned,
    "opportunity.shared": _shared,
    "opportunity.archived": _plain(lambda: _("Opportunity archived:")),
    "opportunity.restored": _plain(lambda: _("Opportunity brought back:")),
}


def register() -> None:
    """Add the kinds of opportunities to EVENT_LINES."""
    for kind, icon in ICONS.items():
        EVENT_LINES[kind] = EventLine(icon, draw_opportunities, family="opportunities")
