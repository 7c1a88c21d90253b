"""Which deals and leads want the next step most?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.ui import day_words
from core.urgency import Point, day_ahead
from core.zones import business_day
from customers.next_steps import AHEAD, MOST_OF_A_SOURCE, SOON
from customers.registries import SUGGESTIONS, StepAct, Suggestion

from .lead_today import new_leads
from .models import Opportunity
from .opportunity_today import drawn, line_of, worth

if TYPE_CHECKING:
    from accounts.models import User


def closing(user: User, now: datetime) -> list[Suggestion]:
    """Own open deals past their close or within a week of it, for which nothing is planned by tomorrow."""
    today = business_day(now)
    rows = Opportunity.objects.open().filter(owner=user, expected_on__lte=today + AHEAD)
    found = []
    rows = rows.exclude(next_task_at__lte=now + SOON).order_by("-expected_on", "pk")
    for one in drawn(rows, user, MOST_OF_A_SOURCE):
        assert one.expected_on is not None  # the filter asks for it
        days = (one.expected_on - today).days
        if days < 0:
            words = ngettext("%(deal)s: %(n)s day past its close", "%(deal)s: %(n)s days past its close", -days) % {
                "deal": one.title,
                "n": -days,
            }
            point = Point(35 + min(-days, 20), words)
        else:
            point = day_ahead(
                days, _("%(deal)s: closes %(day)s") % {"deal": one.title, "day": day_words(one.expected_on)}
            )
        why, fact = [point, *worth(one)], f"close:{one.pk}:{one.expected_on}"
        act = StepAct(_("Change stage"), reverse("opportunities:move", args=[one.pk]), "arrows-exchange")
        if one.customer:
            found.append(Suggestion(why, fact, one.customer.pk, act=act))
        else:
            found.append(Suggestion(why, fact, about=f"deal-{one.pk}", line=line_of(one, point, "", "")))
    return found


def unbegun(user: User, now: datetime) -> list[Suggestion]:
    """Own leads with which nobody has begun."""
    return [
        Suggestion(line.why, f"new:{line.url}", about="lead-" + line.url.strip("/").rpartition("/")[2], line=line)
        for line in new_leads(user, now)
    ]


def register() -> None:
    SUGGESTIONS["closing"] = closing
    SUGGESTIONS["unbegun"] = unbegun
