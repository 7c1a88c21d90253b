"""Load exchange rates of the European Central Bank from a file."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.ecb import FIRST_DAY, NotTheBanksFile, packaged_file, read_rates, save_rates


class Command(BaseCommand):
    help = "Load rates of the European Central Bank: a file of theirs, or the one that comes with the program."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="eurofxref-hist.csv or .zip")
        parser.add_argument(
            "--since", type=date.fromisoformat, default=FIRST_DAY, help=f"the first day to load ({FIRST_DAY})"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"] or packaged_file()
        today = timezone.localdate(timezone=settings.BUSINESS_ZONE)
        try:
            with path.open("rb") as file:
                reading = read_rates(file, today=today, since=options["since"])
        except (OSError, NotTheBanksFile) as why:
            raise CommandError(f"{path}: {why}") from None
        for problem in reading.problems:
            self.stderr.write(problem)
        done = save_rates(reading.rows)
        self.stdout.write(f"{done.new:,} new rates, {done.changed:,} corrected; the last are of {done.last}.")
