"""How do the tasks and communications of a lead come onto its customer's timeline, and off it again?

The ledger is append-only: lines are told anew at the other place, at their own times, and drawn only where their
row hangs now.
"""

from __future__ import annotations

from collections.abc import Iterable

from customers import ledger
from customers.models import Event

# Of a line that was told anew: the id of the line that it repeats.
OF = "of"


def retell(label: str, ids: Iterable[int], *, origin: int | None, to: int | None) -> dict[int, int]:
    """Append the lines of these targets anew, those that stand at ``origin`` and not yet at ``to`` (customers' ids,
    None for none); returns, by the id of each line at the origin, that of the one at the other place.

    Nobody is told: it happened long ago.
    """
    lines = Event.objects.filter(target_label=label, target_id__in=list(ids)).order_by("pk")
    here = list(lines.filter(customer=origin))
    standing = {root(event): event for event in lines.filter(customer=to)}
    new = [
        Event(
            kind=event.kind,
            customer_id=to,
            at=event.at,
            by_id=event.by_id,
            rule=event.rule,
            target_label=label,
            target_id=event.target_id,
            payload=event.payload | {OF: root(event)},
        )
        for event in here
        if root(event) not in standing
    ]
    ledger.append_many(new, deliver=False)
    standing |= {root(event): event for event in new}
    return {event.pk: standing[root(event)].pk for event in here}


def root(event: Event) -> int:
    """The id of the line that was told first."""
    return int(event.payload.get(OF) or event.pk)
