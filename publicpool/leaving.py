"""What ends when a customer goes to the pool? Told before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from core.querysets import counts_in_one
from customers.models import Collaborator, Customer
from followups.models import Series, Task
from opportunities.models import Opportunity


@dataclass(frozen=True)
class Leaving:
    """How many open tasks are cancelled, repeating ones and collaborations end, open deals lose their owner."""

    tasks: int
    series: int
    collaborations: int
    deals: int

    @property
    def is_nothing(self) -> bool:
        return not (self.tasks or self.series or self.collaborations or self.deals)


def leaving(customer: Customer) -> Leaving:
    """What goes with one customer that the reader sees. One statement."""
    counts = counts_in_one(
        [
            Task.objects.open().filter(customer=customer),
            Series.objects.filter(customer=customer, ended_at=None),
            Collaborator.objects.filter(customer=customer),
            Opportunity.objects.open().filter(customer=customer, owner__isnull=False),
        ]
    )
    return Leaving(*(count or 0 for count in counts))
