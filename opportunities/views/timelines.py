"""What happened to one lead, to one opportunity: a tab of their pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.pages import Tab

from ..registries import LEAD_TABS, OPPORTUNITY_TABS
from ..timeline import events_of_lead, events_of_opportunity, page_of
from .lead_page import LeadPage
from .opportunity_page import OpportunityPage

TAB, PART = "timeline", "opportunities/_timeline.html"


class LeadTimeline(LeadPage):
    """Everything of the lead and of what hangs on it, newest first."""

    tab, part = TAB, PART

    def tab_context(self) -> dict[str, Any]:
        return page_of(events_of_lead(self.lead, self.request.user), self.request)


class OpportunityTimeline(OpportunityPage):
    """Everything of the opportunity and of what hangs on it, newest first."""

    tab, part = TAB, PART

    def tab_context(self) -> dict[str, Any]:
        return page_of(events_of_opportunity(self.opportunity, self.request.user), self.request)


def register() -> None:
    for tabs, url_name in ((LEAD_TABS, "opportunities:lead_timeline"), (OPPORTUNITY_TABS, "opportunities:timeline")):
        tabs[TAB] = Tab(TAB, _("Timeline"), url_name, 15)
