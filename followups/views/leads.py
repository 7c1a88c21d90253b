"""The tasks of one lead: a tab of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opportunities.views.lead_page import LeadPage

from .. import permissions
from ..models import Task
from ..querysets import OPEN
from .plans import MOST_ENDED, told

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


class LeadTasks(LeadPage):
    """The open tasks of a lead and what has ended; after the conversion as far as the reader sees the customer."""

    tab = "tasks"
    part = "followups/_tasks_of.html"

    def tab_context(self) -> dict[str, Any]:
        user, lead = self.request.user, self.lead
        may_plan = lead.is_open and permissions.can_plan_at(user, None, lead, None)
        word = f"lead={lead.pk}"
        return tasks_of(Task.objects.visible_to(user).filter(lead=lead), user, self.now) | {
            "may_plan": may_plan,
            "word": word,
            "party": lead,
        }


def tasks_of(rows: Any, user: User, now: datetime) -> dict[str, Any]:
    """Open and ended tasks as rows of a card."""
    related = ("assignee", "team", "contact", "plan", "customer__owner", "lead__owner", "opportunity__owner")
    rows = rows.select_related(*related).defer("lead__message", "lead__search_text", "customer__search_text")
    open_ones = list(rows.filter(state__in=OPEN).order_by("due_at", "pk")[:100])
    ended = list(rows.exclude(state__in=OPEN).order_by("-ended_at", "-pk")[: MOST_ENDED + 1])
    return {
        "open_tasks": told(open_ones, user, now),
        "ended_tasks": told(ended[:MOST_ENDED], user, now),
        "more_ended": len(ended) > MOST_ENDED,
    }
