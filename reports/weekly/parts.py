"""What is a weekly summary made of, and which of its sections are alike for one's own work and for a team's?

Its lines are read on a phone, as plain text too: a few words and a number each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communications.models import Communication
from core.templatetags.ui import base_money, grouped
from core.zones import business_day, midnight
from opportunities.figures.changes import KINDS, changes

if TYPE_CHECKING:
    from accounts.models import User
    from opportunities.figures.asked import Scope

DAYS = 7
# So many lines of one kind; how many more there are is said.
MOST = 6
# Of a name, so that its line holds on a phone: the one that is all of it, and one of two.
NAME, HALF = 40, 23


@dataclass(frozen=True)
class Line:
    """A few words; ``url`` is a path of ours, '' for none."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Section:
    """Lines under a heading; at ``url`` stands all of it."""

    title: str
    lines: list[Line] = field(default_factory=list)
    url: str = ""


@dataclass(frozen=True)
class Week:
    """For whom, of whose work, the days before the one it is for (business time), and what is asked as of now."""

    user: User
    scope: Scope
    people: Mapping[int, User]
    day: date
    now: datetime

    @property
    def first(self) -> date:
        return self.day - timedelta(days=DAYS)

    @property
    def last(self) -> date:
        return self.day - timedelta(days=1)


def short_day(day: date) -> str:
    """26 Nov, by its reader's convention; never “today”, for a mail is read later."""
    return date_format(day, "MONTH_DAY_FORMAT")


def cut(name: Any, most: int = NAME) -> str:
    return Truncator(str(name)).chars(most)


def told(name: Any, text: str) -> str:
    """“Alice: 3”, with the colon of the language."""
    return _("%(name)s: %(text)s") % {"name": name, "text": text}


def listed(url_name: str, words: Iterable[tuple[str, Any]] = (), /, **more: Any) -> str:
    """A list with its filters."""
    return f"{reverse(url_name)}?{urlencode([*words, *more.items()])}"


def changed(week: Week) -> Section:
    """What happened to deals in these days, each kind once."""
    found = changes(
        week.user, week.scope.owners, midnight(week.first), midnight(week.day), today=business_day(week.now)
    )
    lines = [
        Line(told(label, f"{grouped(number)} · {base_money(found.amount(kind))}"))
        for kind, (label, _icon, _tone) in KINDS.items()
        if (number := found.number(kind))
    ]
    days = {"from": week.first.isoformat(), "to": week.last.isoformat()}
    title = _("What changed, %(first)s to %(last)s") % {
        "first": short_day(week.first), "last": short_day(week.last)
    }  # fmt: skip
    return Section(title, lines, listed("reports:changes", scope=week.scope.key, **days))


def said(week: Week) -> Section:
    """What these people wrote down, both ways, no automatic mails."""
    direction = Communication.Direction
    found = Communication.objects.filter(  # numbers alone, of the people of the scope
        author__in=week.people,
        deleted_at=None,
        is_automatic=False,
        happened_at__gte=midnight(week.first),
        happened_at__lt=midnight(week.day),
    ).aggregate(
        touches=Count("pk", filter=~Q(direction=direction.IN)), replies=Count("pk", filter=~Q(direction=direction.OUT))
    )
    if not any(found.values()):
        return Section(_("Communications"))
    line = _("Touches: %(touches)s · replies: %(replies)s") % {name: grouped(number) for name, number in found.items()}
    whose = [("author" if word == "owner" else word, one) for word, one in week.scope.words if word != "held"]
    days = {"happened_after": week.first.isoformat(), "happened_before": week.last.isoformat(), "is_automatic": "false"}
    return Section(_("Communications"), [Line(line)], listed("communications:list", whose, **days))


def by_person(found: Mapping[int | None, int], week: Week, url: Any) -> list[Line]:
    """“Alice: 3”, the most first; ``url`` makes the list behind of a person's id."""
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], str(week.people.get(pair[0] or 0, ""))))
    lines = [
        Line(told(cut(week.people[pk]) if pk else _("Nobody yet"), grouped(number)), url(pk) if pk else "")
        for pk, number in ordered[:MOST]
    ]
    if rest := ordered[MOST:]:
        words = ngettext("%(n)s more person: %(rows)s", "%(n)s more people: %(rows)s", len(rest))
        lines.append(Line(words % {"n": len(rest), "rows": grouped(sum(number for _pk, number in rest))}))
    return lines


def counted(rows: Any, column: str, week: Week) -> Counter[int | None]:
    """How many rows of each person of the scope, of none under None. One statement."""
    found = rows.order_by().values_list(column).annotate(n=Count("pk", distinct=True))
    return Counter({pk: n for pk, n in found if pk is None or pk in week.people})
