"""Check what must always hold in the database, and say which rows break it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.invariants import verdicts

from ... import facts
from ...models import Customer

SAMPLE = 2000


class Command(BaseCommand):
    help = "Check the promises of every app (INVARIANTS) and a sample of search texts; exit 1 where one is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, default=SAMPLE, help=f"how many search texts to make anew ({SAMPLE})")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for verdict in verdicts():
            self._say(verdict.broken, verdict.says, verdict.rows)
            broken += verdict.broken
        wrong = stale_search_texts(options["sample"])
        self._say(len(wrong), f"I5: search texts hold what the rows say (sample of {options['sample']:,})", wrong[:10])
        if broken + len(wrong):
            raise CommandError(f"{broken + len(wrong)} rows break a promise; `manage.py recompute` mends facts.")

    def _say(self, broken: int, says: str, rows: Any) -> None:
        mark = self.style.ERROR(f"{broken:>6}") if broken else self.style.SUCCESS("    ok")
        self.stdout.write(f"{mark}  {says}" + (f": {', '.join(map(str, rows))}" if broken else ""))


def stale_search_texts(sample: int) -> list[int]:
    """Ids of customers, of evenly spread ones, whose search texts are not what their rows say."""
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    chosen = ids[:: max(1, len(ids) // sample)] if sample else []
    wrong = []
    for batch in facts.batches(chosen):
        for customer, public, full in facts.search_texts(batch):
            if (customer.search_public, customer.search_text) != (public, full):
                wrong.append(customer.pk)
    return wrong
