"""How much does the comparison of names cost beside the look-up of its candidates?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from django.db import connection

from customers.conflicts import Probe, find
from customers.models import Customer, GramCount
from customers.name_grams import grams, rarest

from .figures import Figures
from .floor.statements import statements
from .stage import Stage, timed

AT_ONCE = 20
UNIT_SEPARATOR = "\x1f"


def fuzzy(stage: Stage) -> Iterator[Figures]:
    """The fuzzy check of rows that no exact key decides, twenty at once; beside the raw query for their candidates.

    The raw query gets its terms ready made; the check finds them, reads the exact keys and compares letter by letter.
    """
    rows = Customer.objects.filter(kind="company").order_by("pk").values_list("name", "country")
    step = max(1, rows.count() // (AT_ONCE * 40))
    probes = [Probe(name=f"{name[:-2]}s", country=country) for name, country in rows[::step]]
    batches = [probes[start : start + AT_ONCE] for start in range(0, len(probes) - AT_ONCE + 1, AT_ONCE)]
    counts = dict(GramCount.objects.values_list("gram", "rows"))
    ready = [[UNIT_SEPARATOR.join(rarest(grams(probe.name), counts)) for probe in batch] for batch in batches]
    ours, raw = cycle(batches), cycle(ready)
    last: list[list[str]] = [ready[0]]

    def check() -> float:
        last[0] = next(raw)
        batch = next(ours)
        return timed(lambda: find(batch))

    def candidates() -> float:
        with connection.cursor() as cursor:
            return timed(lambda: cursor.execute(statements()["candidates"], {"terms": last[0]}).fetchall())

    yield stage.compare(lambda: Figures("fuzzy", f"{AT_ONCE} names at once", 2.0, rows=AT_ONCE), check, candidates)
