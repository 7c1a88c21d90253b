"""Which opportunities want somebody today?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.registries import TODAY, TodayLine, TodaySection
from core.templatetags.ui import money
from core.zones import business_day

from .models import Opportunity

if TYPE_CHECKING:
    from accounts.models import User

# One more than a section shows.
MOST_LINES = 6
NEEDED = (
    "title", "amount", "currency", "expected_on", "stage_at", "outcome", "archived_at", "customer__name",
    "customer__country", "stage__name_en", "stage__name_zh", "stage__stalls_after",
)  # fmt: skip


def past_close(user: User, now: datetime) -> Sequence[TodayLine]:
    """One's own open opportunities whose expected day is over, the oldest first."""
    day = business_day(now)
    rows = Opportunity.objects.past_close(day).filter(owner=user).order_by("expected_on", "pk")
    return [_line(one, _late((day - one.expected_on).days), "bad") for one in _drawn(rows) if one.expected_on]


def stalled(user: User, now: datetime) -> Sequence[TodayLine]:
    """One's own open opportunities too long in their stage; those past their close stand above already."""
    rows = Opportunity.objects.stalled(now).filter(owner=user).exclude(expected_on__lt=business_day(now))
    return [
        _line(one, _("%(days)s d in the stage") % {"days": (now - one.stage_at).days}, "warn")
        for one in _drawn(rows.order_by("stage_at", "pk"))
    ]


def _late(days: int) -> str:
    return ngettext("%(n)s day over", "%(n)s days over", days) % {"n": days}


def _drawn(rows: Any) -> list[Opportunity]:
    return list(rows.select_related("customer", "stage").only(*NEEDED)[:MOST_LINES])


def _line(deal: Opportunity, due: str, tone: str) -> TodayLine:
    worth = money(deal.amount, deal.currency) if deal.amount is not None else ""
    words = [deal.title if deal.customer else "", worth, deal.stage.name]
    return TodayLine(
        urgency=15,
        title=deal.customer.name if deal.customer else deal.title,
        url=deal.get_absolute_url(),
        text=" · ".join(filter(None, words)),
        icon="layout-kanban",
        country=str(deal.customer.country) if deal.customer else "",
        due_label=due,
        tone=tone,
        act_label=_("Change stage"),
        act_url=reverse("opportunities:move", args=[deal.pk]),
        act_icon="arrows-exchange",
        act_in_dialog=True,
    )


def register() -> None:
    """Add this floor's sections to the Today page."""
    mine = "whose=mine&outcome=open&m=1"
    TODAY["past_close"] = TodaySection(
        gettext_lazy("Past their close date"),
        5,
        past_close,
        url_name="opportunities:list",
        url_query=f"{mine}&past_close=1&sort=expected",
        most=5,
    )
    TODAY["stalled"] = TodaySection(
        gettext_lazy("Stalled opportunities"),
        6,
        stalled,
        url_name="opportunities:list",
        url_query=f"{mine}&stalled=1",
        most=5,
    )
