"""Where does what was said stand in the shell: sidebar, “New” menu and the tabs of a customer?"""

from django.utils.translation import gettext_lazy as _

from core.pages.detail import Tab
from core.registries import CREATE, NAV, CreateItem, NavItem
from opportunities.registries import LEAD_TABS, OPPORTUNITY_TABS

from .models import Communication


def register() -> None:
    """Add this floor's lines to the registries of the shell."""
    NAV["communications"] = NavItem(
        _("Communications"),
        "communications:list",
        "messages",
        25,
        lights=("communications:detail", "communications:update", "communications:deleted", "communications:waits"),
    )
    CREATE["communication"] = CreateItem(_("Log a contact"), "communications:choose", "message-plus", 15, key="l")
    LEAD_TABS["communications"] = Tab(
        "communications",
        _("Communications"),
        "communications:of_lead",
        20,
        lambda lead, user: Communication.objects.visible_to(user).filter(lead=lead),
    )
    OPPORTUNITY_TABS["communications"] = Tab(
        "communications",
        _("Communications"),
        "communications:of_opportunity",
        20,
        lambda opportunity, user: Communication.objects.visible_to(user).filter(opportunity=opportunity),
    )
