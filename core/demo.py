"""How does the demo firm come to life, the same every time?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from django.db import connection

from .registries import DEMO


@dataclass
class World:
    """What the steps of the demo share.

    ``size`` is the number of customers asked for, to which all else is proportional. ``made`` holds
    what a step leaves for later ones, by name; ``rows`` counts the rows that were written in bulk.
    """

    size: int
    made: dict[str, Any] = field(default_factory=dict)
    rows: int = 0

    def random(self, step: str) -> Random:
        """A generator of the step's own: a step that draws more numbers leaves the others' content alone."""
        return Random(f"gonghai {step}")  # noqa: S311  no secret


def build(world: World, now: datetime) -> None:
    """Run the steps that the apps registered, in order.

    Everything is dated relative to ``now`` (aware): two runs of one size on two days differ in dates only.
    """
    for _order, step in sorted(DEMO.values(), key=lambda line: line[0]):
        step(world, now)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # later steps and whoever reads first should not plan for empty tables
