"""Where do the reports stand in the shell?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.registries import NAV, TODAY_PARTS, NavItem, TodayPart
from opportunities.nav import answers_for_others


def register() -> None:
    """Add one's own month to Today, and the targets: among the first lines, or under the heading of the team."""
    lights = ("reports",)
    TODAY_PARTS["month"] = TodayPart(_("My month"), "reports:month", 10)
    NAV["targets"] = NavItem(
        _("Targets"), "reports:targets", "trophy", 30, shown_to=lambda user: not answers_for_others(user), lights=lights
    )
    NAV["targets_of_team"] = NavItem(
        _("Targets"), "reports:targets", "trophy", 63, section=_("Team"), shown_to=answers_for_others, lights=lights
    )
