"""Which playbooks does a new installation begin with? The admins change them as they like."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db import router, transaction

# key, in use, English, Chinese, trigger, figures, step (English, Chinese, days, kind, what closes it)
PLAYBOOKS: tuple[tuple[str, bool, str, str, str, dict[str, Any], tuple[str, str, int, str, str]], ...] = (
    (
        "first_touch",
        True,
        "New customer: first touch within 3 days",
        "新客户：领取后 3 天内首次跟进",
        "taken",
        {},
        ("First touch: {customer}", "首次跟进：{customer}", 3, "call", "touch"),
    ),
    (
        "not_replied",
        True,
        "Not replied: second follow-up after 7 days",
        "未回复：7 天后第二次跟进",
        "first_outbound",
        {},
        ("Second follow-up: {customer}", "第二次跟进：{customer}", 7, "mail", "answer"),
    ),
    (
        "lead_first_touch",
        True,
        "New lead: first touch within 24 working hours",
        "新线索：24 个工作小时内首次跟进",
        "lead_taken",
        {},
        ("First touch: {customer}", "首次跟进：{customer}", 1, "call", "touch"),
    ),
    (
        "silence",
        False,
        "No answer for 14 days: follow up again",
        "14 天未回复：再次跟进",
        "silence",
        {"days": 14},
        ("Follow up again: {customer}", "再次跟进：{customer}", 2, "mail", "answer"),
    ),
    (
        "renewal",
        False,
        "Renewal: talk 30 days ahead",
        "续约：提前 30 天沟通",
        "date",
        {"date": "renewal", "days": 30},
        ("Talk about the renewal: {customer}", "沟通续约/返单：{customer}", 5, "call", ""),
    ),
    (
        "holiday_greeting",
        False,
        "Holiday greeting",
        "节日问候",
        "holiday",
        {"days": 3, "holidays": "Christmas, New Year, Eid al-Fitr, Diwali"},
        ("Holiday greeting: {contact}", "节日问候：{contact}", 2, "message", ""),
    ),
    (
        "birthday_greeting",
        False,
        "Birthday greeting",
        "生日祝福",
        "birthday",
        {"days": 1},
        ("Birthday greeting: {contact}", "生日祝福：{contact}", 1, "message", ""),
    ),
)
# What a migration makes has no moment of its own; these were there from the first day.
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


def make_playbooks(sender: AppConfig, using: str, apps: Apps = installed, **kwargs: Any) -> None:
    """Make the built-in playbooks where there is none at all, after every migration and flush."""
    try:
        playbook, version, step = (
            apps.get_model("followups", name) for name in ("Playbook", "PlaybookVersion", "PlaybookStep")
        )
    except LookupError:  # migrated back to before these tables
        return
    if not router.allow_migrate_model(using, playbook) or playbook._default_manager.using(using).exists():
        return
    with transaction.atomic(using=using):
        for key, is_active, english, chinese, trigger, params, (title_en, title_zh, days, kind, closes) in PLAYBOOKS:
            made = playbook._default_manager.using(using).create(
                key=key, is_active=is_active, name_en=english, name_zh=chinese, created_at=MADE_AT
            )
            first = version._default_manager.using(using).create(
                playbook=made,
                number=1,
                trigger=trigger,
                params=params,
                # Whoever takes a customer while its first touch is still open gets the whole time for it.
                stops=[{"key": "owner"}] if trigger in ("taken", "lead_taken") else [],
                made_at=MADE_AT,
            )
            step._default_manager.using(using).create(
                version=first,
                title_en=title_en,
                title_zh=title_zh,
                offset=days,
                # A lead waits for working hours; customers are promised days.
                unit="working_days" if trigger == "lead_taken" else "days",
                kind=kind,
                closes_on=closes,
            )
