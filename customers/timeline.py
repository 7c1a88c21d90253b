"""How is what happened to a customer told? The ledger's events as lines, made from the present state.

Each kind names a function in EVENT_LINES; kinds that share one are drawn together, so that a page
of events costs the same number of queries whatever is in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.html import escape, format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import User
from core.labels import BilingualLabel, name_of
from core.registries import Label
from core.templatetags.ui import day, grade_square, status_dot

from .mentions import mark
from .models import (
    Attachment,
    Contact,
    CustomerGroup,
    CustomerName,
    CustomerRequest,
    Event,
    KeyDate,
    Note,
    Pool,
    SaidDifferent,
    StatusChange,
    Tag,
)
from .registries import EVENT_LINES, RULE_WORDS, EventLine, Line

if TYPE_CHECKING:
    from .models import Customer

PAGE = 30
# Which payload words and target labels hold ids of what.
PEOPLE = ("owner", "from", "to", "user")


class Names:
    """Names of everything that a page of events mentions, looked up in one statement."""

    def __init__(self, events: Sequence[Event]) -> None:
        wanted: dict[type, set[int]] = defaultdict(set)
        for event in events:
            if event.kind in ("customer.created", "customer.imported") or event.kind.startswith(
                ("owner.", "collaborator.", "customer.archived", "customer.restored", "request.")
            ):
                wanted[User] |= {event.payload[word] for word in PEOPLE if isinstance(event.payload.get(word), int)}
            if pool := event.payload.get("pool") if event.kind.startswith(("customer.", "owner.")) else None:
                wanted[Pool].add(pool)
            if event.kind == "tags.changed":
                wanted[Tag] |= {*event.payload.get("added", ()), *event.payload.get("removed", ())}
            for model in (Contact, CustomerName, CustomerGroup):
                if event.target_label == model._meta.label_lower and event.target_id:
                    wanted[model].add(event.target_id)
        self.known: dict[tuple[str, int], str] = {}
        parts = [self._named(model, ids) for model, ids in wanted.items() if ids]
        if parts:
            rows = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
            self.known = {(label, pk): name for label, pk, name in rows}

    @staticmethod
    def _named(model: Any, ids: set[int]) -> QuerySet[Any]:
        rows = model._default_manager.filter(pk__in=ids).order_by()  # unscoped: names on a customer one sees
        label = Value(model._meta.label_lower, CharField())
        name = name_of() if issubclass(model, BilingualLabel) else "name"
        return rows.annotate(_label=label, _name=Cast(name, CharField())).values_list("_label", "pk", "_name")

    def of(self, model: Any, pk: Any) -> str:
        """The name, or a dash for what is gone."""
        return self.known.get((model._meta.label_lower, pk), "—")

    def target(self, event: Event) -> str:
        return self.known.get((event.target_label, event.target_id or 0), "")


def sentence(head: Label, *rest: Any) -> SafeString:
    """A bold word for what happened, then the rest of it."""
    shown = mark_safe(" ".join(format_html("<span>{}</span>", part) for part in rest if part))  # noqa: S308  escaped
    return format_html("<b>{}</b> {}", head, shown)


def bdi(name: Any) -> SafeString:
    return format_html("<bdi>{}</bdi>", name)


# --- system lines -------------------------------------------------------------------------------------


def draw_system(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """Everything that happened to the customer's own row and what hangs on it."""
    names = Names(events)
    drawn = {}
    for event in events:
        words = WORDS[event.kind](event, names)
        who = bdi(event.by) if event.by else event.rule
        said = [word for word in words[1:] if word]
        drawn[event.pk] = Line(sentence(words[0], *said, "·" if said else "", who))
    return drawn


def _entered(words: Callable[[], str]) -> Callable[[Event, Names], tuple[Any, ...]]:
    def drawn(event: Event, names: Names) -> tuple[Any, ...]:
        owner = event.payload.get("owner")
        if pool := event.payload.get("pool"):
            return words(), _("into the pool %(name)s") % {"name": names.of(Pool, pool)}
        given = _("for %(name)s") % {"name": names.of(User, owner)} if owner and owner != event.by_id else ""
        return words(), given

    return drawn


def _updated(event: Event, names: Names) -> tuple[Any, ...]:
    model: Any = event._meta.get_field("customer").related_model
    labels = [
        UPDATED_WORDS[name]() if name in UPDATED_WORDS else str(model._meta.get_field(name).verbose_name)
        for name in event.payload.get("fields", ())
    ]
    return _("Details changed"), _(", ").join(labels)


UPDATED_WORDS: dict[str, Callable[[], str]] = {
    "contact_points": lambda: _("phones and addresses"),
    "custom": lambda: _("own fields"),
}


def _transferred(event: Event, names: Names) -> tuple[Any, ...]:
    former, to = names.of(User, event.payload.get("from")), names.of(User, event.payload.get("to"))
    return _("Transferred"), format_html("<bdi>{}</bdi> → <bdi>{}</bdi>", former, to)


def _departed(event: Event, names: Names) -> tuple[Any, ...]:
    former, to = names.of(User, event.payload.get("from")), event.payload.get("to")
    now = names.of(User, to) if to else names.of(Pool, event.payload.get("pool"))
    return _("Handed over at a departure"), format_html("<bdi>{}</bdi> → <bdi>{}</bdi>", former, now)


def _came_back(event: Event, names: Names) -> tuple[Any, ...]:
    return _("Departure taken back"), bdi(names.of(User, event.payload.get("to")))


def _protected(event: Event, names: Names) -> tuple[Any, ...]:
    return _("Protected"), format_html(_("until {day}"), day=day(date.fromisoformat(event.payload["until"])))


def _graded(event: Event, names: Names) -> tuple[Any, ...]:
    before, after = event.payload.get("from"), event.payload.get("to")
    return _("Grade"), format_html("{} → {}", grade_square(before) or "—", grade_square(after) or "—")


def _tags(event: Event, names: Names) -> tuple[Any, ...]:
    added = [f"+ {names.of(Tag, pk)}" for pk in event.payload.get("added", ())]
    removed = [f"− {names.of(Tag, pk)}" for pk in event.payload.get("removed", ())]
    return _("Tags"), ", ".join(added + removed)


def _person(words: Callable[[], str]) -> Callable[[Event, Names], tuple[Any, ...]]:
    return lambda event, names: (words(), bdi(names.of(User, event.payload.get("user"))))


def _thing(words: Callable[[], str]) -> Callable[[Event, Names], tuple[Any, ...]]:
    return lambda event, names: (words(), bdi(names.target(event)) if names.target(event) else "")


def _plain(words: Callable[[], str]) -> Callable[[Event, Names], tuple[Any, ...]]:
    return lambda event, names: (words(),)


def _asked(event: Event, names: Names) -> tuple[Any, ...]:
    return _("Asked:"), _request(event)


def _asked_back(event: Event, names: Names) -> tuple[Any, ...]:
    return _("Request withdrawn:"), _request(event)


def _decided(words: Callable[[], str]) -> Callable[[Event, Names], tuple[Any, ...]]:
    return lambda event, names: (words(), _request(event), bdi(names.of(User, event.payload.get("user"))))


def _request(event: Event) -> str:
    return str(dict(CustomerRequest.Kind.choices).get(event.payload.get("asked", ""), ""))


def _told_apart(event: Event, names: Names) -> tuple[Any, ...]:
    """The other company's name is not said: who reads may not see it."""
    is_branch = event.payload.get("kind") == SaidDifferent.Kind.BRANCH
    return _("Told apart from a similar customer"), _("a branch") if is_branch else _("a different company")


def _key_dates(event: Event, names: Names) -> tuple[Any, ...]:
    labels = dict(KeyDate.Kind.choices)
    said = [
        format_html("{} {}", labels.get(kind, kind), day(date.fromisoformat(on)) if on else "—")
        for kind, on in event.payload["dates"].items()
    ]
    return _("Key dates"), format_html_join(_(", "), "{}", ((one,) for one in said))


WORDS: dict[str, Callable[[Event, Names], tuple[Any, ...]]] = {
    "customer.created": _entered(lambda: _("Customer entered")),
    "customer.imported": _entered(lambda: _("Customer imported")),
    "customer.updated": _updated,
    "customer.archived": _plain(lambda: _("Archived")),
    "customer.restored": _plain(lambda: _("Brought back")),
    "customer.protected": _protected,
    "customer.unprotected": _plain(lambda: _("Protection ended")),
    "owner.transferred": _transferred,
    "owner.departed": _departed,
    "owner.came_back": _came_back,
    "grade.set": _graded,
    "tags.changed": _tags,
    "key_dates.changed": _key_dates,
    "header.added": _thing(lambda: _("Header added")),
    "header.changed": _thing(lambda: _("Header corrected")),
    "header.main": _thing(lambda: _("Main header")),
    "header.removed": _plain(lambda: _("Header removed")),
    "contact.added": _thing(lambda: _("Contact added")),
    "contact.changed": _thing(lambda: _("Contact changed")),
    "contact.archived": _thing(lambda: _("Contact archived")),
    "contact.restored": _thing(lambda: _("Contact brought back")),
    "collaborator.added": _person(lambda: _("Shared with")),
    "collaborator.removed": _person(lambda: _("No longer shared with")),
    "group.joined": _thing(lambda: _("Joined the group")),
    "group.left": _plain(lambda: _("Left the group")),
    "note.deleted": _plain(lambda: _("Note deleted")),
    "request.asked": _asked,
    "request.accepted": _decided(lambda: _("Request accepted")),
    "request.refused": _decided(lambda: _("Request refused")),
    "request.withdrawn": _asked_back,
    "identity.told_apart": _told_apart,
}
ICONS = {
    "customer.created": "plus",
    "customer.imported": "table-import",
    "customer.updated": "pencil",
    "customer.archived": "archive",
    "customer.restored": "arrow-back-up",
    "customer.protected": "lock",
    "customer.unprotected": "lock-open",
    "owner.transferred": "transfer",
    "owner.departed": "user-minus",
    "owner.came_back": "arrow-back-up",
    "grade.set": "star",
    "tags.changed": "tag",
    "key_dates": "calendar-due",
    "header": "id",
    "contact": "user",
    "collaborator.added": "user-share",
    "collaborator.removed": "user-minus",
    "group": "sitemap",
    "note.deleted": "trash",
    "request": "user-share",
    "identity": "sitemap",
}


# --- status and notes -----------------------------------------------------------------------------------


def draw_status(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """From which status to which, and why."""
    changes = StatusChange._default_manager.select_related("before", "after").in_bulk(
        [event.target_id for event in events]
    )
    drawn = {}
    for event in events:
        if (change := changes.get(event.target_id)) is None:
            continue
        before = status_dot(change.before.shape, change.before.name) if change.before else ""
        moved = format_html("{} → {}", before, status_dot(change.after.shape, change.after.name))
        lost = change.get_lost_reason_display() if change.lost_reason else ""
        rule = str(RULE_WORDS.get(event.rule, ""))
        why = " · ".join(filter(None, (str(event.by or event.rule), rule, lost, change.reason)))
        drawn[event.pk] = Line(sentence(_("Status"), moved, why))
    return drawn


def draw_notes(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """The notes themselves; deleted ones are gone from here and stay in the history."""
    notes = (
        Note._default_manager.filter(deleted_at=None)
        .select_related("author")
        .annotate(told=ArraySubquery(User._default_manager.filter(mentioned_in=OuterRef("pk")).values("username")))
        .in_bulk([event.target_id for event in events])
    )
    return {
        event.pk: Line(
            sentence(_("Note"), bdi(note.author)),
            template="customers/_note.html",
            context={"note": note, "body": note_html(note.body, note.told)},
        )
        for event in events
        if (note := notes.get(event.target_id))
    }


def note_html(body: str, told: Iterable[str] = ()) -> SafeString:
    """A note as HTML: escaped, with its line breaks, and set apart the names of those who were told."""
    names = {name.lower() for name in told}
    shown = mark(escape(body), names, lambda name: f'<span class="mention">{name}</span>')
    return mark_safe(linebreaks(shown))  # noqa: S308  escaped above


def draw_files(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """Names of files as they are now; those that hang on something are told by its own line."""
    label = Attachment._meta.label_lower
    events = [event for event in events if event.target_label == label]
    ids = {pk for event in events for pk in event.payload.get("files", [event.target_id])}
    files = Attachment._default_manager.in_bulk(ids)
    drawn = {}
    for event in events:
        some = [files[pk] for pk in event.payload.get("files", [event.target_id]) if pk in files]
        words = _("File deleted") if event.kind == "file.removed" else _("Files added")
        names = format_html_join(
            _(", "), '<a href="{}"><bdi>{}</bdi></a>', [(file.get_absolute_url(), file.name) for file in some]
        )
        if event.kind == "file.removed":
            names = format_html_join(_(", "), "<bdi>{}</bdi>", [(file.name,) for file in some])
        drawn[event.pk] = Line(sentence(words, names, "·", bdi(event.by)))
    return drawn


# --- a page of the timeline -----------------------------------------------------------------------------


def register() -> None:
    """Add this floor's kinds to EVENT_LINES."""
    for kind in WORDS:
        icon = ICONS.get(kind) or ICONS[kind.partition(".")[0]]
        EVENT_LINES[kind] = EventLine(icon, draw_system)
    EVENT_LINES["status.changed"] = EventLine("arrow-right", draw_status)
    for kind in ("file.added", "file.removed"):
        EVENT_LINES[kind] = EventLine("paperclip", draw_files)
    EVENT_LINES["note.added"] = EventLine("note", draw_notes, family="notes")


def events_of(customer: Customer, family: str = "") -> QuerySet[Event]:
    """Events of a customer that have lines, newest first; ``family`` narrows to notes or system."""
    kinds = [kind for kind, line in EVENT_LINES.items() if not family or line.family == family]
    return Event._default_manager.filter(customer=customer, kind__in=kinds).select_related("by").order_by("-at", "-pk")


def told(events: Iterable[Event], user: User) -> list[dict[str, Any]]:
    """Events with their lines, in their order; those that are not for this reader are left out."""
    events = list(events)
    by_draw: dict[Any, list[Event]] = defaultdict(list)
    for event in events:
        by_draw[EVENT_LINES[event.kind].draw].append(event)
    lines: dict[int, Line] = {}
    for draw, some in by_draw.items():
        lines.update(draw(some, user))
    return [
        {"event": event, "line": lines[event.pk], "icon": EVENT_LINES[event.kind].icon}
        for event in events
        if event.pk in lines
    ]
