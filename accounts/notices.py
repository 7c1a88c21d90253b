"""What do notices say to this reader now? Words and scope are made at reading, a batch per kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from core.templatetags.ui import day_words

from .models import Notification, User
from .permissions import can_see_people
from .registries import HOLDINGS, NOTICES, NoticeLine


@dataclass(frozen=True)
class ReadNotice:
    """A notice and its words; None where the reader may not see any more what it was about."""

    notice: Notification
    line: NoticeLine | None


def lines_of(notices: Iterable[Notification], user: User) -> list[ReadNotice]:
    """Words for notices in their order; a fixed number of queries per kind."""
    notices = list(notices)
    by_kind: dict[str, list[Notification]] = {}
    for notice in notices:
        by_kind.setdefault(notice.kind, []).append(notice)
    lines: dict[int, NoticeLine] = {}
    for kind, batch in by_kind.items():
        if kind in NOTICES:  # a kind of an app that was taken out is not shown
            lines |= NOTICES[kind].render(batch, user)
    return [ReadNotice(notice, lines.get(notice.pk)) for notice in notices]


def render_deactivated(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A colleague's account was closed: for admins and those who manage their team."""
    reachable = User.objects.reporting_to(user).in_bulk({notice.target_id for notice in notices})
    found = {}
    for notice in notices:
        if person := reachable.get(notice.target_id):
            found[notice.pk] = NoticeLine(
                title=_("%(name)s was deactivated") % {"name": person.name},
                text=_("Customers and open work stay with them until somebody passes them on."),
                url=_what_is_left(person, user),
                icon="user-minus",
            )
    return found


def render_handed_over(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """What a colleague who left held is this person's now, or went back: one line with how many of what."""
    people = User.objects.in_bulk({notice.target_id for notice in notices if notice.target_id})
    words = {
        "accounts.handed_over": _("What %(name)s held is yours now"),
        "accounts.taken_back": _("What came to you from %(name)s went back"),
    }
    found = {}
    for notice in notices:
        person = people.get(notice.target_id or 0)
        counts = {kind: n for kind, n in notice.params.items() if kind in HOLDINGS}
        if person is None or not counts:
            continue
        kinds = sorted(counts, key=lambda kind: HOLDINGS[kind].order)
        opens = (HOLDINGS[kind].url for kind in kinds)
        found[notice.pk] = NoticeLine(
            words[notice.kind] % {"name": person.name},
            text=" · ".join(f"{HOLDINGS[kind].label}: {counts[kind]}" for kind in kinds),
            url=next((url(user) for url in opens if url is not None), ""),
            icon="user-share",
        )
    return found


def render_deputy(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A colleague named this person their deputy, as long as that is so."""
    people = User.objects.active().filter(deputy=user).in_bulk({notice.target_id for notice in notices})
    found = {}
    for notice in notices:
        if person := people.get(notice.target_id):
            days = {word: day_words(date.fromisoformat(notice.params[word])) for word in ("from", "to")}
            found[notice.pk] = NoticeLine(
                _("You stand in for %(name)s, %(from)s – %(to)s") % ({"name": person.name} | days),
                text=_("Their reminders come to you on these days, and you see the tasks that these are about."),
                icon="user-share",
            )
    return found


def _what_is_left(person: User, user: User) -> str:
    """Where this reader sees what somebody left behind: their page, or a manager's list of it."""
    if can_see_people(user):
        return reverse("accounts:detail", args=[person.pk])
    kinds = sorted(HOLDINGS.values(), key=lambda kind: kind.order)
    return next((kind.url(person) for kind in kinds if kind.url), "")
