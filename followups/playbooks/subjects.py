"""Of what is a playbook a template: of customers, or of leads?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from customers.models import Customer, Event
from opportunities.models import Lead


@dataclass(frozen=True)
class Subject:
    """``key`` is the column of PlaybookRun and Task; ``living`` are those for whom somebody can do it."""

    key: str
    model: type[Any]
    living: Q

    def pk_of(self, event: Event) -> int | None:
        """Whom an event is of; None for one of something else."""
        if self.key == "customer" or event.customer_id is not None:
            return event.customer_id if self.key == "customer" else None
        if event.target_label == self.model._meta.label_lower:
            return event.target_id
        return event.payload.get("lead")


CUSTOMER = Subject("customer", Customer, Q(archived_at=None, owner__is_active=True))
LEAD = Subject("lead", Lead, Q(archived_at=None, state__in=Lead.OPEN, owner__is_active=True))
SUBJECTS = (CUSTOMER, LEAD)
