"""How do a lead's tasks go over to its customer, and back where the conversion is undone?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from opportunities.carrying import retell
from opportunities.registries import FACTS, PARTS, Part

from .facts import refresh_customers, refresh_deals
from .models import PlaybookRun, Task

if TYPE_CHECKING:
    from accounts.models import User
    from opportunities.models import Conversion

LABEL = Task._meta.label_lower


def carry(conversion: Conversion, by: User, now: datetime) -> list[int]:
    """Give every task of the lead to the customer, with the opportunity and the person of the conversion."""
    ids = _locked(Task.objects.filter(lead=conversion.lead_id, customer=None))
    Task.objects.filter(pk__in=ids).update(
        customer=conversion.customer,
        opportunity=Coalesce(F("opportunity"), conversion.opportunity_id),
        contact=conversion.contact,
    )
    retell(LABEL, ids, origin=None, to=conversion.customer_id)
    _refresh(conversion)
    return ids


def bring_back(conversion: Conversion, ids: list[int], by: User, now: datetime) -> None:
    """Take these tasks off the customer again, with what was done to them meanwhile."""
    found = _locked(Task.objects.filter(pk__in=ids, lead=conversion.lead_id, customer=conversion.customer_id))
    Task.objects.filter(pk__in=found).update(customer=None, opportunity=None, contact=None, plan=None)
    retell(LABEL, found, origin=conversion.customer_id, to=None)
    _refresh(conversion)


def _locked(tasks: QuerySet[Any]) -> list[int]:
    return list(tasks.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _refresh(conversion: Conversion) -> None:
    refresh_customers([conversion.customer_id])
    refresh_deals([conversion.lead_id], [conversion.opportunity_id] if conversion.opportunity_id else [])


def register() -> None:
    """Add this floor's lines to PARTS and FACTS of opportunities."""
    PARTS[LABEL] = Part(
        _("Tasks"),
        LABEL,
        lambda lead: Task.objects.filter(lead=lead),
        lambda opportunity: Task.objects.filter(opportunity=opportunity),
        carry,
        bring_back,
    )
    # A run of a playbook stays with the lead; its steps go with the tasks.
    runs = PlaybookRun._meta.label_lower
    PARTS[runs] = Part(
        _("Playbooks"),
        runs,
        lambda lead: PlaybookRun.objects.filter(lead=lead),
        lambda opportunity: PlaybookRun.objects.none(),
        lambda conversion, by, now: [],
        lambda conversion, ids, by, now: None,
    )
    FACTS["next_step"] = refresh_deals
