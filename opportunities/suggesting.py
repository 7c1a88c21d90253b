"""Which deals and leads want the next step most?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.registries import Day
from core.templatetags.ui import day_words
from core.urgency import Point, day_ahead
from core.zones import business_day
from customers.registries import OWN_ROWS, SUGGESTIONS, StepAct, Suggestion

from .lead_today import new_leads
from .opportunity_today import line_of, near, worth


def _rows(day: Day) -> Sequence[list[dict[str, Any]]]:
    """Their customers may be another's, and nothing else may speak of them."""
    return [[{"of": one.customer_id} for _on, one in day.once(near) if one.customer_id]]


def closing(day: Day) -> list[Suggestion]:
    """A deal that closes, as a step at its customer, or of its own where it has none."""
    today, found = business_day(day.now), []
    for on, one in day.once(near):
        days = (on - today).days
        if days < 0:
            words = ngettext("%(deal)s: %(n)s day past its close", "%(deal)s: %(n)s days past its close", -days) % {
                "deal": one.title,
                "n": -days,
            }
            point = Point(35 + min(-days, 20), words)
        else:
            point = day_ahead(days, _("%(deal)s: closes %(day)s") % {"deal": one.title, "day": day_words(on)})
        why, fact = [point, *worth(one)], f"close:{one.pk}:{on}"
        act = StepAct(_("Change stage"), reverse("opportunities:move", args=[one.pk]), "arrows-exchange")
        if one.customer:
            found.append(Suggestion(why, fact, one.customer.pk, act=act))
        else:
            found.append(Suggestion(why, fact, about=f"deal-{one.pk}", line=line_of(one, point, "", "")))
    return found


def unbegun(day: Day) -> list[Suggestion]:
    """Own leads with which nobody has begun."""
    return [
        Suggestion(line.why, f"new:{line.url}", about="lead-" + line.url.strip("/").rpartition("/")[2], line=line)
        for line in day.once(new_leads)
    ]


def register() -> None:
    OWN_ROWS["closing"] = _rows
    SUGGESTIONS["closing"] = closing
    SUGGESTIONS["unbegun"] = unbegun
