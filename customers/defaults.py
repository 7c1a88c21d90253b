"""With which words for customers does a new installation begin?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.apps.registry import apps as installed  # a flush after a test names none
from django.db import models, router, transaction

# key, English, Chinese, sign
STATUSES = (
    ("potential", "Potential", "潜在", "ring"),
    ("contacted", "Contacted", "接触", "half"),
    ("proposal", "Proposal", "意向/提案", "full"),
    ("won", "Won", "成交", "won"),
    ("retained", "Retained", "维护", "retained"),
    ("dormant", "Dormant", "休眠", "dormant"),
    ("lost", "Lost", "流失", "lost"),
)

SOURCES = (
    ("canton_fair", "Canton Fair", "广交会"),
    ("exhibition", "Other exhibition", "其他展会"),
    ("alibaba", "Alibaba.com", "阿里巴巴国际站"),
    ("made_in_china", "Made-in-China.com", "中国制造网"),
    ("global_sources", "Global Sources", "环球资源"),
    ("website", "Our web site", "公司官网"),
    ("search_ads", "Search engine", "搜索引擎"),
    ("linkedin", "LinkedIn", "LinkedIn"),
    ("social_media", "Social media", "社交媒体"),
    ("cold_mail", "Cold e-mail", "开发信"),
    ("customs_data", "Customs data", "海关数据"),
    ("referral", "Referral", "客户介绍"),
    ("agent", "Agent", "代理商"),
    ("visit", "Visit", "来访"),
    ("other", "Other", "其他"),
)

# key, English, Chinese, several at once, categories
DIMENSIONS = (
    (
        "industry",
        "Industry",
        "行业",
        True,
        (
            ("hardware_tools", "Hardware and tools", "五金工具"),
            ("power_tools", "Power tools", "电动工具"),
            ("lighting", "Lighting", "照明灯具"),
            ("electrical", "Electrical", "电工电气"),
            ("building_materials", "Building materials", "建材"),
            ("machinery", "Machinery", "机械设备"),
            ("auto_parts", "Automotive parts", "汽车配件"),
            ("electronics", "Electronics", "电子产品"),
            ("furniture_home", "Furniture and home", "家居家具"),
            ("garden_outdoor", "Garden and outdoor", "园艺户外"),
            ("textiles", "Textiles and apparel", "纺织服装"),
            ("packaging", "Packaging", "包装印刷"),
            ("sports_toys", "Sports and toys", "体育玩具"),
            ("medical", "Medical supplies", "医疗用品"),
            ("food_agriculture", "Food and agriculture", "食品农业"),
            ("chemicals", "Chemicals", "化工"),
            ("other", "Other", "其他"),
        ),
    ),
    (
        "customer_type",
        "Customer type",
        "客户类型",
        False,
        (
            ("importer", "Importer", "进口商"),
            ("wholesaler", "Wholesaler", "批发商"),
            ("distributor", "Distributor", "经销商"),
            ("retail_chain", "Retail chain", "连锁零售"),
            ("online_seller", "Online seller", "电商卖家"),
            ("brand_owner", "Brand owner", "品牌商"),
            ("manufacturer", "Manufacturer", "制造商"),
            ("contractor", "Contractor", "工程商"),
            ("trading_company", "Trading company", "贸易公司"),
            ("buying_agent", "Buying agent", "采购代理"),
            ("end_user", "End user", "终端用户"),
        ),
    ),
    (
        "sales_region",
        "Sales region",
        "销售区域",
        False,
        (
            ("western_europe", "Western Europe", "西欧"),
            ("northern_europe", "Northern Europe", "北欧"),
            ("southern_europe", "Southern Europe", "南欧"),
            ("eastern_europe", "Eastern Europe", "东欧"),
            ("central_asia", "Central Asia", "中亚"),
            ("middle_east", "Middle East", "中东"),
            ("africa", "Africa", "非洲"),
            ("north_america", "North America", "北美"),
            ("latin_america", "Latin America", "拉丁美洲"),
            ("greater_china", "Greater China", "大中华区"),
            ("northeast_asia", "Japan and Korea", "日韩"),
            ("southeast_asia", "Southeast Asia", "东南亚"),
            ("south_asia", "South Asia", "南亚"),
            ("oceania", "Oceania", "大洋洲"),
        ),
    ),
)


def make_defaults(sender: AppConfig, using: str, apps: Apps = installed, **kwargs: Any) -> None:
    """Give each table that is empty its first rows, after every migration and flush.

    A table with any row belongs to the admins: nothing is changed, added or brought back there.
    """
    try:
        status, source, dimension, category, pool = (
            apps.get_model("customers", name) for name in ("Status", "Source", "CategoryDimension", "Category", "Pool")
        )
    except LookupError:  # migrated back to before these tables
        return
    if not router.allow_migrate_model(using, status):
        return
    with transaction.atomic(using=using):
        _fill(using, status, (_row(*words, shape=shape) for *words, shape in STATUSES))
        _fill(using, source, (_row(*words) for words in SOURCES))
        _fill(using, pool, [{"name_en": "Public pool", "name_zh": "公海", "is_default": True, "is_for_all": True}])
        if _fill(using, dimension, (_row(*words, is_multiple=several) for *words, several, _rows in DIMENSIONS)):
            ids = dict(dimension._default_manager.using(using).values_list("key", "id"))
            for key, _en, _zh, _several, rows in DIMENSIONS:
                _fill(using, category, (_row(*words) for words in rows), dimension_id=ids[key])


def _row(key: str, english: str, chinese: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "name_en": english, "name_zh": chinese, **more}


def _fill(using: str, model: type[models.Model], rows: Iterable[dict[str, Any]], **same: Any) -> bool:
    """Insert rows in their order where ``model`` has none (with the values in ``same``); say whether it did."""
    manager = model._default_manager.using(using)
    if manager.filter(**same).exists():
        return False
    manager.bulk_create([model(position=place, **row, **same) for place, row in enumerate(rows)])
    return True
