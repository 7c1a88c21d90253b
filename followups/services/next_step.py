"""How does what somebody typed beside an opportunity become its next step?"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from customers.services.locking import require
from opportunities.services.places import new_place

from .. import permissions
from ..due import day_of, zone_of
from ..facts import refresh_next_steps
from ..inputs import TaskData
from ..models import Task
from . import errors
from .rows import note
from .tasks import create_tasks, postpone_task

if TYPE_CHECKING:
    from accounts.models import User
    from opportunities.models import Opportunity


@transaction.atomic
def plan_next_step(opportunity: Opportunity, title: str, on: date | None, by: User, now: datetime) -> None:
    """Make this the next step: change one's own task that is due first, or make one for the opportunity's owner.

    Without a day the task keeps its own. A later day needs no reason here, as in the calendar: that it was moved
    beside the opportunity is written down as the reason. A task of a colleague is never changed by it.
    Raises TitleMissing, NotAllowed, CustomerIsArchived.
    """
    title = title.strip()[:200]
    if not title:
        raise errors.TitleMissing(field="next_step")
    place = new_place(opportunity.customer, None, opportunity)
    require(permissions.can_plan_at(by, place.customer, None, place.opportunity))
    mine = Task.objects.open().filter(opportunity=opportunity, assignee=by).select_for_update(no_key=True, of=("self",))
    task = mine.select_related("assignee").order_by("due_at", "pk").first()
    if task is None:
        data = TaskData(title=title, due_on=on, assignee=_doer(opportunity, by))
        create_tasks(place=place, tasks=[data], by=by, now=now)
        return
    if task.title != title:
        task.title, task.updated_at = title, now
        task.save(update_fields=["title", "updated_at"])
        note([task], "task.changed", by=by, now=now)
        refresh_next_steps([task])
    if on is not None and on != day_of(task, zone_of(task)):
        postpone_task(task=task, by=by, now=now, reason=_("moved beside the opportunity"), due_on=on)


def _doer(opportunity: Opportunity, by: User) -> User:
    owner = opportunity.owner
    return owner if owner is not None and owner.is_active else by
