"""Which words of the firm may everybody read? Statuses, sources, categories, tags, own fields: no customer's row."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.custom_fields import fields_of
from core.models import CustomField

from .models import Category, CategoryDimension, Source, Status, Tag

CUSTOMER = "customers.customer"
CONTACT = "customers.contact"


def statuses(*, in_use: bool = False) -> QuerySet[Status]:
    return Status.objects.filter(is_active=True) if in_use else Status.objects.all()


def sources(*, in_use: bool = False) -> QuerySet[Source]:
    return Source.objects.filter(is_active=True) if in_use else Source.objects.all()


def tags() -> QuerySet[Tag]:
    return Tag.objects.all()


def categories(dimension: CategoryDimension, *, in_use: bool = False) -> QuerySet[Category]:
    rows = Category.objects.filter(dimension=dimension.pk)
    return rows.filter(is_active=True) if in_use else rows


def dimensions() -> list[CategoryDimension]:
    """The dimensions in use, in order. One statement."""
    return list(CategoryDimension.objects.filter(is_active=True))


def custom_fields() -> list[CustomField]:
    """The customers' own fields in use, in order. One statement."""
    return fields_of(CUSTOMER)


def defined() -> dict[str, Any]:
    """Dimensions and own fields, as forms and filters take them."""
    return {"dimensions": dimensions(), "custom_fields": custom_fields()}
