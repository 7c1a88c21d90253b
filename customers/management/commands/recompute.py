"""Make every fact on the customers' rows, and every identity key, anew from the truth behind it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ... import facts, identity_keys


class Command(BaseCommand):
    help = "Make every fact on every customer's row, and its identity keys, anew."

    def handle(self, *args: Any, **options: Any) -> None:
        seen = facts.recompute_all(progress=lambda seen: self.stdout.write(f"{seen:,} …", ending="\r"))
        identity_keys.refresh_all()
        self.stdout.write(f"{seen:,} customers looked at.")
