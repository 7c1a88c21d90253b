"""The tasks of one opportunity: a tab of its page."""

from __future__ import annotations

from typing import Any

from opportunities.views.opportunity_page import OpportunityPage

from .. import permissions
from ..models import Task
from .leads import tasks_of


class OpportunityTasks(OpportunityPage):
    """The open tasks of an opportunity and what has ended."""

    tab = "tasks"
    part = "followups/_tasks_of.html"

    def tab_context(self) -> dict[str, Any]:
        user, deal = self.request.user, self.opportunity
        may_plan = deal.archived_at is None and permissions.can_plan_at(user, deal.customer, None, deal)
        rows = Task.objects.visible_to(user).filter(opportunity=deal)
        return tasks_of(rows, user, self.now) | {"may_plan": may_plan, "word": f"opportunity={deal.pk}"}
