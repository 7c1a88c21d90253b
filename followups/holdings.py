"""What does a person hold on the follow-ups' floor, for the day they leave?"""

from django.utils.translation import gettext_lazy as _

from accounts.registries import BYLINES, HOLDINGS, Holding

from .models import Plan, Series, Task


def register() -> None:
    """Add this floor's lines to HOLDINGS, in lock order, and name the columns that only say who did something."""
    HOLDINGS["tasks"] = Holding(
        _("Open tasks"),
        50,
        lambda user: Task.objects.open().filter(assignee=user),
        covers=("followups.Task.assignee",),
        party=lambda task: task.party,
        joins=("customer__owner", "lead__owner"),
    )
    HOLDINGS["plans"] = Holding(
        _("Follow-up plans"),
        60,
        # At a customer in a pool they wait for whoever takes it.
        lambda user: Plan.objects.filter(owner=user, state=Plan.State.OPEN, customer__pool=None),
        covers=("followups.Plan.owner",),
        party=lambda plan: plan.customer,
        joins=("customer__owner",),
    )
    HOLDINGS["series"] = Holding(
        _("Repeating tasks"),
        70,
        lambda user: Series.objects.filter(assignee=user, ended_at=None),
        covers=("followups.Series.assignee",),
        party=lambda series: series.customer,
        joins=("customer__owner",),
    )
    BYLINES.update(
        {
            "followups.ChecklistItem.done_by",
            "followups.Feed.user",
            "followups.Plan.created_by",
            "followups.PlaybookVersion.made_by",
            "followups.Postponement.by",
            "followups.Series.created_by",
            "followups.Task.created_by",
            "followups.Task.ended_by",
            "followups.TaskComment.author",
            "followups.WorkReport.read_by",
            "followups.WorkReport.user",
        }
    )
