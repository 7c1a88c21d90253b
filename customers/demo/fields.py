"""Which fields, tags and groups of words has the demo firm added to its own?"""

from __future__ import annotations

from random import Random
from typing import Any

from core.models import CustomField

from ..models import Tag
from .lexicon import words

Kind = CustomField.Kind

# One of each type, so that every one can be tried.
FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "own_label", "kind": Kind.TEXT, "name_en": "Own label", "name_zh": "贴牌品牌"},
    {"key": "stores", "kind": Kind.NUMBER, "name_en": "Number of stores", "name_zh": "门店数"},
    {
        "key": "credit_limit",
        "kind": Kind.MONEY,
        "currency": "USD",
        "name_en": "Credit limit",
        "name_zh": "信用额度",
        "help_en": "Agreed with the finance department.",
        "help_zh": "以财务部确认为准。",
    },
    {"key": "next_audit", "kind": Kind.DATE, "name_en": "Next factory audit", "name_zh": "下次验厂"},
    {
        "key": "container",
        "kind": Kind.CHOICE,
        "name_en": "Usual container",
        "name_zh": "常用柜型",
        "options": [
            {"key": "lcl", "en": "LCL", "zh": "拼箱"},
            {"key": "20gp", "en": "20' GP", "zh": "20尺普柜"},
            {"key": "40gp", "en": "40' GP", "zh": "40尺普柜"},
            {"key": "40hq", "en": "40' HQ", "zh": "40尺高柜"},
            {"key": "air", "en": "Air freight", "zh": "空运"},
        ],
    },
    {
        "key": "certificates",
        "kind": Kind.MULTI_CHOICE,
        "name_en": "Certificates asked for",
        "name_zh": "认证要求",
        "options": [
            {"key": "ce", "en": "CE", "zh": "CE"},
            {"key": "gs", "en": "GS", "zh": "GS"},
            {"key": "rohs", "en": "RoHS", "zh": "RoHS"},
            {"key": "ul", "en": "UL / ETL", "zh": "UL / ETL"},
            {"key": "saa", "en": "SAA", "zh": "SAA"},
            {"key": "eac", "en": "EAC", "zh": "EAC"},
            {"key": "saso", "en": "SASO", "zh": "沙特 SASO"},
        ],
    },
    {"key": "is_oem", "kind": Kind.YES_NO, "name_en": "Buys OEM", "name_zh": "做 OEM"},
    {"key": "catalogue", "kind": Kind.LINK, "name_en": "Catalogue online", "name_zh": "在线目录"},
)
CONTACT_FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "form_of_address", "kind": Kind.TEXT, "name_en": "How to address", "name_zh": "称呼"},
    {"key": "gets_novelties", "kind": Kind.YES_NO, "name_en": "Gets news of products", "name_zh": "接收新品邮件"},
)

TAGS = (
    "广交会2024|广交会2025|科隆五金展|角磨机|LED|电动工具|VIP|欧标|美标|贴牌|验厂|低价敏感|返单|样品中|"
    "Big buyer|Tender|New range|Amazon seller|No Sunday calls|Promo spring"
)


def make_fields() -> None:
    """Define the custom fields of customers and contacts."""
    rows = [("customers.customer", FIELDS), ("customers.contact", CONTACT_FIELDS)]
    CustomField.objects.bulk_create(
        CustomField(target=target, position=place, **field)
        for target, fields in rows
        for place, field in enumerate(fields)
    )


def make_tags() -> list[Tag]:
    return Tag.objects.bulk_create([Tag(name=word.local) for word in words(TAGS)])


def custom_values(random: Random, domain: str, stem: str, next_year: int) -> dict[str, Any]:
    """Values of a customer's custom fields; an empty one has no entry."""
    values: dict[str, Any] = {
        "own_label": stem.upper(),
        "stores": random.choice((1, 1, 2, 3, 4, 6, 8, 12, 18, 25, 40, 65, 120)),
        "credit_limit": random.choice((5_000, 10_000, 20_000, 30_000, 50_000, 80_000, 150_000, 12_500.5)),
        "next_audit": f"{next_year}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        "container": random.choice(("lcl", "20gp", "20gp", "40gp", "40hq", "40hq", "40hq", "air")),
        "certificates": sorted(random.sample(("ce", "gs", "rohs", "ul", "saa", "eac", "saso"), random.randint(1, 3))),
        "is_oem": random.random() < 0.4,
        "catalogue": f"https://{domain}/catalogue.pdf",
    }
    chances = (0.2, 0.35, 0.18, 0.08, 0.5, 0.45, 0.5, 0.12)
    return {
        key: value for (key, value), chance in zip(values.items(), chances, strict=True) if random.random() < chance
    }
