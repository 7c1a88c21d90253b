"""Who changed which field of a record, when, from what to what? Read from the rows that triggers keep.

Triggers see every write, ``queryset.update()`` and raw SQL too. They keep the row as it was
before each change and before its end; the present row completes the chain.
"""

from __future__ import annotations

import pghistory


def kept_changes() -> tuple[pghistory.RowEvent, ...]:
    """Trackers for ``@pghistory.track``: new ones each time, because a tracker belongs to one model."""
    return pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent()
