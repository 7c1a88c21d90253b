"""How does what was said with a lead go over to its customer, and back where the conversion is undone?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from customers.models import Attachment
from opportunities.carrying import retell
from opportunities.registries import FACTS, PARTS, Part

from .facts import refresh_contacts_made, refresh_deals, refresh_searched
from .models import Communication
from .services.logbook import move_status

if TYPE_CHECKING:
    from accounts.models import User
    from opportunities.models import Conversion

LABEL = Communication._meta.label_lower


def carry(conversion: Conversion, by: User, now: datetime) -> list[int]:
    """Give everything said with the lead to the customer, about the opportunity, with the person of the conversion."""
    said = _locked(Communication.objects.filter(lead=conversion.lead_id, customer=None))
    ids = [one.pk for one in said]
    _put(conversion, said, origin=None, to=conversion.customer_id)
    rows = Communication.objects.filter(pk__in=ids)
    rows.update(opportunity=Coalesce(F("opportunity"), conversion.opportunity_id))
    if conversion.contact_id is not None:
        links = Communication.contacts.through
        links._default_manager.bulk_create(
            [links(communication_id=pk, contact_id=conversion.contact_id) for pk in ids], ignore_conflicts=True
        )
    _refresh(conversion, rows)
    for one in rows.counted().order_by("happened_at", "pk"):
        move_status(conversion.customer, one, by, now)
    return ids


def bring_back(conversion: Conversion, ids: list[int], by: User, now: datetime) -> None:
    """Take these communications off the customer again; its people cannot be named there any more."""
    said = _locked(Communication.objects.filter(pk__in=ids, lead=conversion.lead_id, customer=conversion.customer_id))
    found = [one.pk for one in said]
    Communication.contacts.through._default_manager.filter(communication__in=found).delete()
    _put(conversion, said, origin=conversion.customer_id, to=None)
    rows = Communication.objects.filter(pk__in=found)
    rows.update(opportunity=None)
    _refresh(conversion, rows)


def _locked(rows: QuerySet[Communication]) -> list[Communication]:
    return list(rows.select_for_update(no_key=True).only("pk", "event_id").order_by("pk"))


def _put(conversion: Conversion, said: list[Communication], *, origin: int | None, to: int | None) -> None:
    """Hang rows and their files on a customer (an id) or on none; each remembers its line there."""
    lines = retell(LABEL, [one.pk for one in said], origin=origin, to=to)
    for one in said:
        one.customer_id = to
        one.event_id = lines.get(one.event_id or 0)
    Communication.objects.bulk_update(said, ["customer", "event_id"], batch_size=500)
    files = Attachment.objects.filter(target_label=LABEL, target_id__in=[one.pk for one in said])
    files.update(customer=to)


def _refresh(conversion: Conversion, rows: QuerySet[Any]) -> None:
    refresh_searched(rows)
    refresh_contacts_made([conversion.customer_id])
    conversion.customer.refresh_from_db(fields=["last_followed_at", "last_outbound_at", "last_inbound_at"])
    refresh_deals([conversion.lead_id], [conversion.opportunity_id] if conversion.opportunity_id else [])


def register() -> None:
    """Add this floor's lines to PARTS and FACTS of opportunities."""
    PARTS[LABEL] = Part(
        _("Communications"),
        LABEL,
        lambda lead: Communication.objects.filter(lead=lead),
        lambda opportunity: Communication.objects.filter(opportunity=opportunity),
        carry,
        bring_back,
    )
    FACTS["last_contact"] = refresh_deals
