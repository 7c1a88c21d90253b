"""What becomes of tasks and plans when nobody holds their customer any more, and when somebody takes it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from core.querysets import update_rows

from ..models import Plan, Series, Task
from .rows import end_tasks, open_again

if TYPE_CHECKING:
    from accounts.models import User


def let_go(
    customers: Collection[int], *, by: User | None, now: datetime, rule: str, reason: str
) -> dict[int, list[int]]:
    """Cancel every open task of locked customers and end their repeating ones; {customer: cancelled tasks}.

    Colleagues' tasks too: they would go on naming a contact that is masked for them now.
    """
    rows = list(Task.objects.open().select_for_update(no_key=True).filter(customer__in=customers).order_by("pk"))
    if rows:
        end_tasks(rows, Task.State.CANCELLED, by=by, now=now, rule=rule, cancel_reason=reason)
    Series.objects.filter(customer__in=customers, ended_at=None).update(ended_at=now, next_at=None)
    found: dict[int, list[int]] = defaultdict(list)
    for task in rows:
        found[task.customer_id or 0].append(task.pk)
    return found


def take_over(holders: Mapping[int, int]) -> None:
    """Let open plans go with their customer to who took it ({customer: person}). Two statements.

    They are few beside the customers, so that those that there are are asked for first.
    """
    plans = Plan.objects.filter(customer__in=holders, state=Plan.State.OPEN).values_list("pk", "customer")
    update_rows(Plan, ["owner"], [(pk, holders[customer]) for pk, customer in plans])


def bring_back(tasks: Collection[int], *, by: User | None, now: datetime, rule: str) -> None:
    """Open cancelled tasks again."""
    rows = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("assignee", "team")
    found = list(rows.filter(pk__in=tasks, state=Task.State.CANCELLED).order_by("pk"))
    if found:
        open_again(found, by=by, now=now, rule=rule)
