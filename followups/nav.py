"""Where do follow-ups stand in the shell: sidebar, “New” menu and the tabs of a customer?"""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.pages.detail import Tab
from core.registries import CREATE, NAV, CreateItem, NavItem
from customers.registries import TABS
from opportunities.registries import LEAD_TABS, OPPORTUNITY_TABS

from .models import Task, WorkReport


def register() -> None:
    """Add this floor's lines to the registries of the shell."""
    NAV["tasks"] = NavItem(
        _("Tasks"),
        "followups:list",
        "square-check",
        15,
        count=lambda user: Task.objects.overdue(timezone.now()).filter(assignee=user),
        on_phone=True,
        lights=(
            "followups:task",
            "followups:task_create",
            "followups:task_update",
            "followups:plan",
            "followups:series",
            "followups:series_list",
            "followups:series_create",
            "followups:series_update",
        ),
    )
    NAV["reports"] = NavItem(
        _("Work reports"),
        "followups:reports",
        "file-text",
        18,
        count=lambda user: WorkReport.objects.visible_to(user).unread_by(user),
        lights=("followups:report",),
    )
    NAV["calendar"] = NavItem(
        _("Calendar"),
        "followups:calendar",
        "calendar",
        17,
        lights=("followups:calendar", "followups:feed", "followups:feed_make"),
    )
    NAV["playbooks"] = NavItem(
        _("Playbooks"),
        "followups:playbooks",
        "list-check",
        60,
        section=_("Rules"),
        lights=(
            "followups:playbook",
            "followups:playbook_create",
            "followups:playbook_update",
            "followups:playbook_replay",
            "followups:playbook_report",
            "followups:playbook_steps",
        ),
    )
    CREATE["task"] = CreateItem(_("Task"), "followups:task_create", "square-check", 20, key="t")
    CREATE["series"] = CreateItem(_("Repeating task"), "followups:series_create", "refresh", 25)
    TABS["tasks"] = Tab(
        "tasks",
        _("Tasks"),
        "followups:of_customer",
        30,
        lambda customer, user: Task.objects.open().filter(customer=customer),
    )
    LEAD_TABS["tasks"] = Tab(
        "tasks",
        _("Tasks"),
        "followups:of_lead",
        30,
        lambda lead, user: Task.objects.visible_to(user).open().filter(lead=lead),
    )
    OPPORTUNITY_TABS["tasks"] = Tab(
        "tasks",
        _("Tasks"),
        "followups:of_opportunity",
        30,
        lambda opportunity, user: Task.objects.visible_to(user).open().filter(opportunity=opportunity),
    )
