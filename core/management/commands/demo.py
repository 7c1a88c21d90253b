"""Load the demo firm into an empty database."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from core.demo import World, build

# What performance is measured with: every other number is in proportion.
SIZES = {"bench": 100_000, "large": 1_000_000}


def moment(text: str) -> datetime:
    """An aware datetime; one without zone is in the business time zone. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=settings.BUSINESS_ZONE)


class Command(BaseCommand):
    help = "Load the demo firm into an empty database: people, customers, contacts, history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where anybody has an account")
        size = parser.add_mutually_exclusive_group()
        size.add_argument("--customers", type=int, default=3000, help="how many, 50 to 1,000,000 (3000)")
        size.add_argument("--size", choices=SIZES, help="as many as performance is measured with: 100,000 or 1,000,000")
        parser.add_argument(
            "--now", type=moment, default=None, help="the present moment of the demo, ISO 8601 (this moment)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        size = SIZES.get(options["size"], options["customers"])
        if not 50 <= size <= 1_000_000:
            raise CommandError("--customers takes a number from 50 to 1000000.")
        if get_user_model()._default_manager.exists():
            if options["if_empty"]:
                return
            raise CommandError("This database is in use: the demo is loaded into an empty one only.")
        began = time.monotonic()
        with transaction.atomic():
            build(world := World(size), options["now"] or timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # or the first readers get plans for empty tables
        took = time.monotonic() - began
        speed = f"{world.rows:,} rows, {world.rows / took:,.0f}/s"
        self.stdout.write(f"The demo firm is here: {size:,} customers in {took:.1f} s ({speed}).")
