"""Where do the reports stand in the shell?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.registries import NAV, TODAY_PARTS, NavItem, TodayPart
from opportunities.nav import answers_for_others


def register() -> None:
    """Add one's own month to Today, and the targets: among the first lines, or under the heading of the team."""
    lights, own = ("reports",), ("reports:changes",)
    TODAY_PARTS["month"] = TodayPart(_("My month"), "reports:month", 10)
    NAV["targets"] = NavItem(
        _("Targets"),
        "reports:targets",
        "trophy",
        30,
        shown_to=lambda user: not answers_for_others(user),
        lights=lights,
        lights_not=own,
    )
    NAV["targets_of_team"] = NavItem(
        _("Targets"),
        "reports:targets",
        "trophy",
        63,
        section=_("Team"),
        shown_to=answers_for_others,
        lights=lights,
        lights_not=own,
    )
    NAV["changes"] = NavItem(
        _("What changed"), "reports:changes", "activity", 31, shown_to=lambda user: not answers_for_others(user)
    )
    NAV["changes_of_team"] = NavItem(
        _("What changed"), "reports:changes", "activity", 61, section=_("Team"), shown_to=answers_for_others
    )
