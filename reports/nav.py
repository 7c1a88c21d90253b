"""Where do the reports stand in the shell?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.registries import NAV, NavItem
from opportunities.nav import answers_for_others


def register() -> None:
    """Add the targets: one's own among the first lines, those of one's people under their heading."""
    lights = ("reports",)
    NAV["targets"] = NavItem(
        _("Targets"), "reports:targets", "trophy", 30, shown_to=lambda user: not answers_for_others(user), lights=lights
    )
    NAV["targets_of_team"] = NavItem(
        _("Targets"), "reports:targets", "trophy", 63, section=_("Team"), shown_to=answers_for_others, lights=lights
    )
