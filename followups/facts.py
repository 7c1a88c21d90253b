"""What do lists read of follow-ups from the customer's row?"""

from __future__ import annotations

from collections.abc import Iterable

from customers.facts import write_next_steps

from .models import Task


def refresh_next_steps(customers: Iterable[int | None]) -> None:
    """Make the next step of these customers anew: the open task due first, those without a due moment last."""
    ids = {pk for pk in customers if pk}
    if ids:
        write_next_steps(ids, Task.objects.open())
