"""Where do the reports stand in the shell?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.registries import SHOWN_AT
from core.registries import NAV, NavItem
from opportunities.nav import add_own_or_team, answers_for_others
from opportunities.registries import BESIDE


def register() -> None:
    """Add the pages of targets, of what changed and of the overview."""
    NAV["overview"] = NavItem(
        _("Overview"),
        "reports:board",
        "category",
        60,
        section=_("Team"),
        shown_to=answers_for_others,
        lights=("reports:board", "reports:question"),
    )
    SHOWN_AT["weekly_on"] = (_("So it looks"), "reports:weekly")
    BESIDE["forecast"] = (_("Forecasts and what became of them"), "reports:forecasts")
    changes, weekly = "reports:changes", "reports:weekly"
    targets = NavItem(
        _("Targets"),
        "reports:targets",
        "trophy",
        30,
        lights=("reports",),
        lights_not=(changes, weekly, "reports:board", "reports:question", "opportunities:funnel"),
    )
    add_own_or_team("targets", targets, 63)
    add_own_or_team("changes", NavItem(_("What changed"), changes, "activity", 31), 61)
