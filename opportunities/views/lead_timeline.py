"""What happened to one lead: a tab of its page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.pages import Tab

from ..registries import LEAD_TABS
from ..timeline import events_of_lead, page_of
from .lead_page import LeadPage


class LeadTimeline(LeadPage):
    """Everything of the lead and of what hangs on it, newest first."""

    tab = "timeline"
    part = "opportunities/_timeline.html"

    def tab_context(self) -> dict[str, Any]:
        user = self.request.user
        return page_of(events_of_lead(self.lead, user), user, self.request.GET)


def register() -> None:
    LEAD_TABS["timeline"] = Tab("timeline", _("Timeline"), "opportunities:lead_timeline", 15)
