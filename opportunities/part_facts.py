"""What do lists read of a lead or an opportunity from what hangs on it: last contact, next step?

One writer for each fact, one recomputation (the FACTS of registries), one line in INVARIANTS that compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from customers import ledger
from customers.facts import batches

from .models import Lead, Opportunity
from .registries import FACTS

if TYPE_CHECKING:
    from accounts.models import User

Model = type[Lead] | type[Opportunity]
BATCH = 1000


def write_next_steps(model: Model, ids: Iterable[int], open_tasks: QuerySet[Any]) -> None:
    """Make ``next_task_at`` and ``next_task_title`` anew from the open tasks of the floor above; one statement a batch.

    ``open_tasks`` has ``lead`` or ``opportunity``, ``due_at`` and ``title``.
    """
    first = open_tasks.filter(**{_link(model): OuterRef("pk")}).order_by(F("due_at").asc(nulls_last=True), "pk")
    for batch in batches(ids):
        model.objects.filter(pk__in=batch).update(
            next_task_at=Subquery(first.values("due_at")[:1]),
            next_task_title=Coalesce(Subquery(first.values("title")[:1]), Value("")),
        )


def write_last_contacts(model: Model, ids: Iterable[int], said: QuerySet[Any]) -> None:
    """Make ``last_followed_at`` anew from the living, not automatic communications of the floor above."""
    link = _link(model)
    past = said.filter(**{link: OuterRef("pk")}).order_by().values(link)
    for batch in batches(ids):
        model.objects.filter(pk__in=batch).update(
            last_followed_at=Subquery(past.annotate(_last=Max("happened_at")).values("_last"))
        )


def note_lead_touched(lead: Lead, *, happened_at: datetime, by: User, now: datetime) -> None:
    """Add one communication to the facts of a locked lead; with it a new lead is being worked on."""
    lead.last_followed_at = max(filter(None, (lead.last_followed_at, happened_at)))
    changed = ["last_followed_at"]
    if lead.state == Lead.State.NEW:
        lead.state, lead.state_at = Lead.State.WORKING, now
        changed += ["state", "state_at"]
        ledger.append(kind="lead.working", customer=None, by=by, at=now, target=lead)
    lead.save(update_fields=changed)


def note_opportunity_touched(opportunity: Opportunity, *, happened_at: datetime) -> None:
    """Add one communication to the facts of an opportunity."""
    Opportunity.objects.filter(pk=opportunity.pk).update(last_followed_at=Greatest("last_followed_at", happened_at))


def recompute() -> None:
    """Make every fact of every lead and opportunity anew, in batches."""
    for model in (Lead, Opportunity):
        last = model.objects.aggregate(last=Max("pk"))["last"] or 0
        for start in range(0, last + 1, BATCH):
            ids = list(model.objects.filter(Q(pk__gt=start), pk__lte=start + BATCH).values_list("pk", flat=True))
            for refresh in FACTS.values():
                refresh(ids if model is Lead else [], ids if model is Opportunity else [])


def _link(model: Model) -> str:
    return str(model._meta.model_name)
