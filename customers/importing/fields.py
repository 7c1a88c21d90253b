"""What can a column of a customer file mean, and by which headers is it known?

Words are compared folded, without spaces and case: “Company Name”, “company_name” and
“COMPANYNAME” are one. Admins' own fields and dimensions join with their names and keys.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.custom_fields import fields_of
from core.importing.targets import Field
from core.models import CustomField

from ..models import CategoryDimension
from .company_fields import COMPANY_FIELDS, REACHED_FIELDS
from .contact_fields import CONTACT_FIELDS
from .trade_fields import TRADE_FIELDS

OWN = _("Your own fields")
CATEGORY, CUSTOM, CONTACT_CUSTOM = "category:", "custom:", "contact_custom:"


def all_fields() -> list[Field]:
    """Every field a column can feed, the admins' own ones among them. Three queries."""
    dimensions = CategoryDimension.objects.filter(is_active=True)
    categories = [
        Field(f"{CATEGORY}{one.key}", one.name, OWN, (one.key, one.name_en, one.name_zh), is_many=one.is_multiple)
        for one in dimensions
    ]
    own = [_custom(CUSTOM, one) for one in fields_of("customers.customer")]
    people = [_custom(CONTACT_CUSTOM, one) for one in fields_of("customers.contact")]
    return [*COMPANY_FIELDS, *REACHED_FIELDS, *CONTACT_FIELDS, *TRADE_FIELDS, *categories, *own, *people]


def _custom(prefix: str, one: CustomField) -> Field:
    words = tuple(filter(None, (one.key, one.name_en, one.name_zh)))
    return Field(
        f"{prefix}{one.key}",
        one.name,
        OWN,
        words,
        is_date=one.kind == CustomField.Kind.DATE,
        is_number=one.kind in (CustomField.Kind.NUMBER, CustomField.Kind.MONEY),
        is_joined=one.kind == CustomField.Kind.TEXT,
        is_replaceable=True,
    )
