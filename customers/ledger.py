"""How is a fact written down for good, and how does it reach whoever waits for it?"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction

from core.jobs import wake
from core.loading import load_rows, take_ids

from .models import Customer, Event, EventDelivery
from .registries import CONSUMERS

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

# From so many on, COPY is faster than INSERT by more than what its extra statement takes.
MANY = 50
_COLUMNS = tuple(field.attname for field in Event._meta.concrete_fields)


def append(
    *,
    kind: str,
    customer: Customer | None,
    by: User | None,
    at: datetime,
    rule: str = "",
    target: models.Model | None = None,
    payload: dict[str, Any] | None = None,
    deliver: bool = True,
) -> Event:
    """Append one event in the present transaction. ``payload`` holds ids, codes and numbers only."""
    event = Event(
        kind=kind,
        customer=customer,
        at=at,
        by=by,
        rule=rule,
        target_label=target._meta.label_lower if target is not None else "",
        target_id=target.pk if target is not None else None,
        payload=payload or {},
    )
    append_many([event], deliver=deliver)
    return event


def append_many(events: list[Event], *, deliver: bool = True) -> None:
    """Append prepared events in the present transaction, and a delivery per consumer that wants them."""
    if len(events) < MANY:
        Event.objects.bulk_create(events)
    else:
        _load(events)
    if not deliver:
        return
    consumers = sorted(CONSUMERS.items(), key=lambda line: line[1].order)
    deliveries = [
        EventDelivery(event=event, consumer=name)
        for event in events
        for name, consumer in consumers
        if event.kind in consumer.kinds
    ]
    if deliveries:
        EventDelivery.objects.bulk_create(deliveries, batch_size=2000)
        wake("customers.deliver_events")


def _load(events: Sequence[Event]) -> None:
    for event, pk in zip(events, take_ids(Event, len(events)), strict=True):
        event.pk = pk
    load_rows(Event, _COLUMNS, map(attrgetter(*_COLUMNS), events))


def deliver_due(now: datetime, limit: int = 1000) -> int:
    """Hand waiting events to their consumers, each in a transaction of its own; returns how many went well.

    Two at once share the work (SKIP LOCKED). After EventDelivery.MAX_ATTEMPTS failures a delivery is
    parked with its error.
    """
    done = 0
    passed: list[int] = []
    for _step in range(limit):
        outcome = _deliver_next(now, passed)
        if outcome is None:
            break
        done += outcome
    return done


def _deliver_next(now: datetime, passed: list[int]) -> bool | None:
    """True for delivered, False for failed, None when nothing is left. Failed ones wait for the next sweep."""
    with transaction.atomic():
        waiting = EventDelivery.objects.select_for_update(skip_locked=True, of=("self",))
        delivery = (
            waiting.select_related("event").filter(parked_at__isnull=True).exclude(pk__in=passed).order_by("pk").first()
        )
        if delivery is None:
            return None
        try:
            with transaction.atomic():
                if consumer := CONSUMERS.get(delivery.consumer):
                    consumer.handle(delivery.event, now)
                connection.check_constraints()  # a broken one must fail here, not the whole sweep at commit
                EventDelivery.objects.filter(pk=delivery.pk).delete()
            return True
        except Exception as error:  # one poisoned event must not stop the others; its row keeps the reason
            log.exception("event %s for %s", delivery.event_id, delivery.consumer)
            passed.append(delivery.pk)
            delivery.attempts += 1
            delivery.error = f"{type(error).__name__}: {error}"[:2000].replace("\0", "")
            if delivery.attempts >= EventDelivery.MAX_ATTEMPTS:
                delivery.parked_at = now
            delivery.save()
            return False


def retry_parked(deliveries: Iterable[EventDelivery]) -> int:
    """Take parked deliveries up again; returns how many."""
    parked = EventDelivery.objects.filter(pk__in=[one.pk for one in deliveries], parked_at__isnull=False)
    found = parked.update(parked_at=None, attempts=0, error="")
    wake("customers.deliver_events")
    return found
