"""With which reasons, limits and rules does a new installation begin?"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.apps.registry import apps as installed  # a flush after a test names none
from django.db import router, transaction
from django.utils import timezone

from .rules import Spec

# key, English, Chinese, asks for words
REASONS = (
    ("no_need", "No need for what we make", "没有需求", False),
    ("unreachable", "Cannot be reached", "联系不上", False),
    ("price", "Price too far apart", "价格差距大", False),
    ("out_of_business", "Out of business", "已停业", False),
    ("not_mine", "Better looked after by a colleague", "更适合其他同事跟进", False),
    ("other", "Another reason", "其他原因", True),
)
# English, Chinese, kind, days, for every customer. Switched off: an admin previews them first.
RULES = (
    ("Claimed, then not touched", "有人领没人跟", "untouched", 7, True),
    ("Idle for 30 days", "30 天未跟进", "idle", 30, True),
)


def make_defaults(
    sender: AppConfig, using: str = "default", apps: Apps = installed, interactive: bool = False, **kwargs: Any
) -> None:
    """Fill what is still empty, after the first migration and after a flush."""
    reason, rule, version = (
        apps.get_model("publicpool", name) for name in ("ReleaseReason", "ReclaimRule", "ReclaimRuleVersion")
    )
    if not router.allow_migrate_model(using, reason):
        return
    with transaction.atomic(using=using):
        if not reason.objects.using(using).exists():
            for position, (key, english, chinese, asks) in enumerate(REASONS, 1):
                reason.objects.using(using).create(
                    key=key, name_en=english, name_zh=chinese, asks_why=asks, position=position * 10
                )
        if not rule.objects.using(using).exists():
            now = timezone.now()
            for position, (english, chinese, kind, days, is_for_all) in enumerate(RULES, 1):
                made = rule.objects.using(using).create(
                    name_en=english,
                    name_zh=chinese,
                    kind=kind,
                    days=days,
                    is_for_all=is_for_all,
                    position=position * 10,
                    created_at=now,
                    updated_at=now,
                )
                version.objects.using(using).create(
                    rule=made,
                    number=1,
                    data=Spec(kind, days).as_data(),
                    is_active=False,
                    made_at=now,
                    made_by=None,
                )
