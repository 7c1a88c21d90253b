"""With which pipeline, reasons and questions does a new installation begin?"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.apps.registry import apps as installed  # a flush after a test names none
from django.db import router, transaction

PIPELINE = ("export", "Export", "外贸")
# key, English, Chinese, kind, probability in %, stalls after days, required fields
STAGES = (
    ("first_contact", "First contact", "初步接触", "open", 10, 14, ()),
    ("needs", "Needs confirmed", "需求确认", "open", 25, 14, ()),
    ("proposal", "Proposal", "方案制定", "open", 50, 21, ("customer", "amount")),
    ("negotiation", "Negotiation", "商务谈判", "open", 70, 21, ("customer", "amount", "expected_on")),
    ("contract", "Contract", "合同签订", "open", 90, 14, ("customer", "amount", "expected_on")),
    ("won", "Won", "赢单", "won", 100, None, ("customer", "amount")),
    ("lost", "Lost", "输单", "lost", 0, None, ()),
)
# stage, English, Chinese
CHECKPOINTS = (
    ("first_contact", "The right person is known", "找到对口联系人"),
    ("first_contact", "They know what we make", "已介绍公司与产品"),
    ("needs", "Specification and quantity are clear", "规格与数量已确认"),
    ("needs", "Destination and delivery date are clear", "目的港与交期已确认"),
    ("proposal", "Quotation sent", "报价已发出"),
    ("proposal", "Sample agreed or waived", "样品已确认或免样"),
    ("negotiation", "Price and payment terms agreed", "价格与付款方式已谈定"),
    ("contract", "Proforma invoice signed", "形式发票已签回"),
    ("contract", "Deposit or letter of credit received", "定金或信用证已到"),
)
# key, English, Chinese, asks for the competitor, asks for words
LOST_REASONS = (
    ("price", "Price", "价格", False, False),
    ("quality", "Quality", "质量", False, False),
    ("delivery", "Delivery time", "交期", False, False),
    ("competitor", "Went to a competitor", "被竞争对手拿走", True, False),
    ("budget", "No budget", "无预算", False, False),
    ("no_reply", "No reply", "无回复", False, False),
    ("other", "Other", "其他", False, True),
)
DISQUALIFY_REASONS = (
    ("no_demand", "No real demand", "无真实需求", False),
    ("not_ours", "We do not make it", "不在产品范围", False),
    ("too_small", "Too small for us", "量太小", False),
    ("unreachable", "Cannot be reached", "联系不上", False),
    ("duplicate", "The same inquiry twice", "重复询盘", False),
    ("spam", "Advertising or fraud", "广告或诈骗", False),
    ("region", "Sold by a partner there", "该区域由代理负责", False),
    ("other", "Other", "其他", True),
)
QUESTIONS = (
    ("Is it a company that buys such goods?", "对方公司是否采购这类产品？"),
    ("Do we make what they ask for?", "询问的产品我们能做吗？"),
    ("Is the quantity worth it?", "数量是否达到起订量？"),
    ("Can we ship to that country?", "能否出口到该国？"),
    ("Did they leave a way to reach them?", "是否留下有效联系方式？"),
)


def make_defaults(sender: AppConfig, using: str, apps: Apps = installed, **kwargs: Any) -> None:
    """Give each table its first rows, after every migration and flush; one with any row belongs to the admins."""
    try:
        pipeline = apps.get_model("opportunities", "Pipeline")
    except LookupError:  # migrated back to before this table
        return
    if not router.allow_migrate_model(using, pipeline):
        return

    def rows(name: str) -> Any:
        return apps.get_model("opportunities", name)._default_manager.using(using)

    with transaction.atomic(using=using):
        if not rows("Pipeline").exists():
            _make_pipeline(rows)
        _fill(rows("LostReason"), ("key", "name_en", "name_zh", "asks_who", "asks_why"), LOST_REASONS)
        _fill(rows("DisqualifyReason"), ("key", "name_en", "name_zh", "asks_why"), DISQUALIFY_REASONS)
        _fill(rows("ScreeningQuestion"), ("name_en", "name_zh"), QUESTIONS)


def _make_pipeline(rows: Any) -> None:
    key, english, chinese = PIPELINE
    made = rows("Pipeline").create(key=key, name_en=english, name_zh=chinese)
    columns = ("key", "name_en", "name_zh", "kind", "probability", "stalls_after")
    stages = {}
    for place, (*values, required) in enumerate(STAGES):
        named = dict(zip(columns, values, strict=True))
        stages[named["key"]] = rows("Stage").create(
            pipeline=made, position=place, required_fields=list(required), **named
        )
    for place, (stage, name_en, name_zh) in enumerate(CHECKPOINTS):
        rows("Checkpoint").create(stage=stages[stage], position=place, name_en=name_en, name_zh=name_zh)


def _fill(manager: Any, columns: tuple[str, ...], lines: Any) -> None:
    if not manager.exists():
        manager.bulk_create(
            [manager.model(**dict(zip(columns, line, strict=True)), position=place) for place, line in enumerate(lines)]
        )
