"""What do lists read of follow-ups from the rows of customers, leads and opportunities?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from customers.facts import write_next_steps as write_next_steps_of_customers
from opportunities.models import Lead, Opportunity
from opportunities.part_facts import write_next_steps

from .models import Task


def refresh_next_steps(tasks: Iterable[Task]) -> None:
    """Make the next step of what these tasks are of anew: the open task due first, those without a day last."""
    tasks = list(tasks)
    refresh_customers(task.customer_id for task in tasks)
    refresh_deals(
        [task.lead_id for task in tasks if task.lead_id], [task.opportunity_id for task in tasks if task.opportunity_id]
    )


def refresh_customers(customers: Iterable[int | None]) -> None:
    """Make the next step of these customers anew."""
    if ids := {pk for pk in customers if pk}:
        write_next_steps_of_customers(ids, Task.objects.open())


def refresh_deals(leads: Sequence[int], opportunities: Sequence[int]) -> None:
    """Make the next step of these leads and opportunities anew; what a lead's customer has to do is none of it."""
    if leads:
        write_next_steps(Lead, leads, Task.objects.open().filter(customer=None))
    if opportunities:
        write_next_steps(Opportunity, opportunities, Task.objects.open())
