"""In which words is a countdown told? The same on the customer's page, in the list, on Today and in the digest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.ui import day_words
from core.zones import midnight

from .countdown import NEVER_ON
from .rules import RULES, Spec

if TYPE_CHECKING:
    from customers.models import Customer

    from .countdown import Countdown

# What the list of customers is asked for to show what goes soon, the next first.
SOON = {"reclaim": "7", "cols": "grade,status,reclaim,next_step,contacted", "sort": "reclaim", "m": "1"}
GOING_SOON = "&".join(f"{name}={word}" for name, word in {"whose": "mine", **SOON}.items())
# Days left up to which it is bad, and up to which one should see to it.
BAD, WARN = 3, 7


def cure(spec: Spec) -> str:
    return str(RULES[spec.kind].cure)


def tone(line: Countdown, today: date) -> str:
    days = line.days_left(today)
    return "bad" if days <= BAD else "warn" if days <= WARN else ""


def left(line: Countdown, now: datetime) -> str:
    """How long it has: “in 4 days”, on the last day “in 8 h”."""
    rest = midnight(line.on) - now
    if rest <= timedelta(0):
        return _("any moment")
    if rest < timedelta(days=1):
        hours = -(-rest // timedelta(hours=1))
        return ngettext("in %(n)s hour", "in %(n)s hours", hours) % {"n": hours}
    days = -(-rest // timedelta(days=1))
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": f"{days:,}"}


def leaves(line: Countdown, now: datetime) -> str:
    """Why it is urgent: “goes to the pool in 3 days”."""
    return _("goes to the pool %(left)s") % {"left": left(line, now)}


def exemptions(line: Countdown, customer: Customer, today: date, *, waits: bool = False) -> Iterator[str]:
    """What keeps the customer from the rule, and how long: the last day of each.

    ``waits``: more time is only asked for, of which is told apart.
    """
    for name, end in sorted(line.exempt.items(), key=lambda pair: pair[1], reverse=True):
        if end <= today:
            continue
        until = day_words(end - timedelta(days=1))
        if name == "deal":
            yield (
                _("an open deal keeps it")
                if end >= NEVER_ON
                else _("an open deal keeps it until %(day)s") % {"day": until}
            )
        elif name == "order" and customer.last_order_on:
            said = _("the order of %(on)s keeps it until %(day)s")
            yield said % {"on": day_words(customer.last_order_on), "day": until}
        elif name == "protected":
            yield _("protected until %(day)s") % {"day": until}
        elif name == "more" and not waits:
            yield _("more time until %(day)s") % {"day": until}
