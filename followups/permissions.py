"""Who may do what with tasks, plans, series, playbooks and reports? The whole table on one screen.

Every function presumes that the row is visible to the user (404 comes before 403). Source: access.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from customers.permissions import heads, works_on
from opportunities.permissions import can_work_lead, can_work_opportunity

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer
    from opportunities.models import Lead, Opportunity

    from .models import Plan, Series, Task, WorkReport


def manages(user: User, person: User | None) -> bool:
    """Does this user lead the person's team, or administer?"""
    return user.is_active and (user.is_admin or (person is not None and person.team_id in user.managed_team_ids))


def can_plan_for(user: User, customer: Customer) -> bool:
    """Make tasks and plans for a customer: whoever works on it or heads it."""
    return not customer.is_archived and (works_on(user, customer) or heads(user, customer))


def can_plan_at(user: User, customer: Customer | None, lead: Lead | None, opportunity: Opportunity | None) -> bool:
    """Make tasks for a customer, a lead, an opportunity: whoever works on one of what is named; else anybody."""
    if customer is not None and can_plan_for(user, customer):
        return True
    if opportunity is not None:
        return can_work_opportunity(user, opportunity)
    if lead is not None and customer is None:
        return can_work_lead(user, lead)
    return customer is None and user.is_active


def can_assign(user: User, person: User) -> bool:
    """Give a task to somebody: everybody may ask a colleague; it is theirs to do or to hand back."""
    return user.is_active and person.is_active


def stands_in_for(user: User, person: User | None) -> bool:
    """Is the person away now, and this user their deputy?"""
    return user.is_active and person is not None and person.deputy_id == user.pk and person.is_away(timezone.now())


def _has(user: User, task: Task) -> bool:
    if not user.is_active:
        return False
    if task.assignee_id == user.pk or manages(user, task.assignee) or stands_in_for(user, task.assignee):
        return True
    return (
        task.assignee_id is None and task.team_id is not None and task.team_id in {user.team_id, *user.managed_team_ids}
    )


def can_work_on(user: User, task: Task) -> bool:
    """Change, start, complete, postpone, cancel, reopen, give on: whoever has it, made it or works on what it is of."""
    if _has(user, task) or (user.is_active and task.created_by_id == user.pk):
        return True
    # Asked of a page of rows: what is not needed is not read.
    if task.customer is not None and can_plan_for(user, task.customer):
        return True
    if task.opportunity is not None and can_work_opportunity(user, task.opportunity):
        return True
    return task.customer_id is None and task.lead is not None and can_work_lead(user, task.lead)


def can_take(user: User, task: Task) -> bool:
    """Take a task that waits for somebody of the team."""
    return user.is_active and task.assignee_id is None and task.team_id is not None and task.team_id == user.team_id


def can_comment(user: User, task: Task) -> bool:
    return user.is_active


def can_edit_plan(user: User, plan: Plan) -> bool:
    return can_plan_for(user, plan.customer) or manages(user, plan.owner)


def can_edit_series(user: User, series: Series) -> bool:
    if user.pk in (series.assignee_id, series.created_by_id) or manages(user, series.assignee):
        return user.is_active
    return series.customer is not None and can_plan_for(user, series.customer)


def can_edit_playbooks(user: User) -> bool:
    return user.is_active and user.is_admin


def can_mark_read(user: User, report: WorkReport) -> bool:
    """Say that one has read it: those who answer for its writer."""
    return report.sent_at is not None and report.user_id != user.pk and manages(user, report.user)


def can_write_report(user: User, report: WorkReport) -> bool:
    return user.is_active and report.user_id == user.pk and report.sent_at is None


def can_see_task(user: User, task: Task) -> bool:
    """Seeing is decided by visible_to; taking is refused in words by the service."""
    return user.is_active
