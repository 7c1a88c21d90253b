"""How often should customers of a grade hear of us, where nobody has said anything else?"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.apps.registry import apps as installed  # a flush after a test names none
from django.db import router

# Customers without a grade, and those of D, have none.
DAYS = {"A": 7, "B": 14, "C": 30}


def make_defaults(sender: AppConfig, using: str, apps: Apps = installed, **kwargs: Any) -> None:
    """Give the table its first rows, after every migration and flush; one with any row belongs to the admins."""
    try:
        cycle = apps.get_model("followups", "FollowUpCycle")
    except LookupError:  # migrated back to before this table
        return
    if not router.allow_migrate_model(using, cycle):
        return
    rows = cycle._default_manager.using(using)
    if not rows.exists():
        rows.bulk_create([cycle(grade=grade, days=days) for grade, days in DAYS.items()])
