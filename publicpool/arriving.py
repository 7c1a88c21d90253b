"""What wakes the rotations when something arrives, instead of the next minute?

Only what comes one by one: an import of thousands, or a customer that somebody may still take back, waits for the beat.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core.jobs import wake
from customers.registries import CONSUMERS, Consumer

if TYPE_CHECKING:
    from customers.models import Event

KINDS = frozenset({"lead.created"})


def wake_rotations(event: Event, now: datetime) -> None:
    """Wake the sweep after commit; it asks the rows, so that twice is harmless."""
    wake("publicpool.rotate")


def register() -> None:
    CONSUMERS["publicpool.rotations"] = Consumer(KINDS, wake_rotations, order=20)
