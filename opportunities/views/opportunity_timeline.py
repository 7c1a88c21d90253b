"""What happened to one opportunity: a tab of its page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.pages import Tab

from ..registries import OPPORTUNITY_TABS
from ..timeline import events_of_opportunity, page_of
from .opportunity_page import OpportunityPage


class OpportunityTimeline(OpportunityPage):
    """Everything of the opportunity and of what hangs on it, newest first."""

    tab = "timeline"
    part = "opportunities/_timeline.html"

    def tab_context(self) -> dict[str, Any]:
        user = self.request.user
        return page_of(events_of_opportunity(self.opportunity, user), user, self.request.GET)


def register() -> None:
    OPPORTUNITY_TABS["timeline"] = Tab("timeline", _("Timeline"), "opportunities:timeline", 15)
