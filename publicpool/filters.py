"""By what can pooled customers be filtered? By what masked.py shows, and by nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.filters import everybody
from core.filters import DateRange, Filters, SearchFilter, YesNoFilter
from customers import words
from customers.filters import AnyLinked, AnyOf, AnyRow
from customers.models import CategoryDimension, Customer, OwnershipPeriod

from . import masked
from .models import ReleaseReason

Began = OwnershipPeriod.Reason
CONTACTED = [
    ("never", _("Never")),
    ("90", _("Within 90 days")),
    ("-90", _("Not for 90 days")),
    ("-365", _("Not for a year")),
]
ENTERED = [("7", _("Within 7 days")), ("30", _("Within 30 days")), ("-90", _("Longer than 90 days"))]


def reasons(request: Any) -> QuerySet[ReleaseReason]:
    return ReleaseReason.objects.all()  # unscoped: words of the firm


class PoolFilters(Filters):
    """The filters of the list of a pool."""

    q = SearchFilter(column=masked.SEARCHED)
    status = AnyRow(label=_("Status"), queryset=words.statuses(), to_field_name="key")
    grade = AnyOf(label=_("Grade"), choices=[*Customer.Grade.choices, ("none", _("without"))], method="by_grade")
    country = AnyOf(label=_("Country"), choices=[])
    source = AnyRow(label=_("Source"), queryset=words.sources(), to_field_name="key")
    tags = AnyLinked(label=_("Tags"), queryset=words.tags())
    entered = django_filters.ChoiceFilter(
        label=_("In the pool"), choices=ENTERED, method="by_entering", empty_label=_("Any")
    )
    since = DateRange(label=_("In the pool since"), field_name="owned_since")
    came = AnyOf(
        label=_("How it came here"),
        choices=[
            (key, label)
            for key, label in Began.choices
            if key in {"created", "imported", "released", "reclaimed", "departure"}
        ],
        method="by_coming",
    )
    reason = AnyRow(label=_("Reason of the release"), queryset=reasons, to_field_name="key", method="by_reason")
    held = YesNoFilter(label=_("I held it before"), method="by_me")
    former = AnyRow(label=_("Held before by"), queryset=everybody, method="by_former")
    contacted = django_filters.ChoiceFilter(
        label=_("Last contact"), choices=CONTACTED, method="by_contact", empty_label=_("Any")
    )
    won = YesNoFilter(label=_("Ever bought"), method="by_won")
    created = DateRange(label=_("Created"), field_name="created_at")

    def __init__(self, *args: Any, dimensions: list[CategoryDimension] = (), **kwargs: Any) -> None:  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        if "country" in self.filters:
            self.filters["country"].extra["choices"] = list(countries)
        for dimension in dimensions:
            name = f"category_{dimension.key}"
            if not self.takes_part(name):
                continue
            self.filters[name] = own = AnyLinked(
                label=dimension.name,
                field_name="categories",
                queryset=words.categories(dimension),
                to_field_name="key",
            )
            own.parent, own.model = self, Customer

    # --- methods ------------------------------------------------------------------------------------

    def by_grade(self, queryset: QuerySet[Any], name: str, values: list[str]) -> QuerySet[Any]:
        return queryset.filter(grade__in=["" if value == "none" else value for value in values]) if values else queryset

    def by_entering(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        edge = timezone.now() - timedelta(days=abs(int(value)))
        return (
            queryset.filter(owned_since__lt=edge) if value.startswith("-") else queryset.filter(owned_since__gte=edge)
        )

    def by_coming(self, queryset: QuerySet[Any], name: str, values: list[str]) -> QuerySet[Any]:
        return queryset.filter(masked.came(reason__in=values)) if values else queryset

    def by_reason(self, queryset: QuerySet[Any], name: str, values: Any) -> QuerySet[Any]:
        return queryset.filter(masked.came(release__reason__in=values)) if values else queryset

    def by_me(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        mine = masked.held_by([self.user])
        return queryset.filter(mine if value else ~mine)

    def by_former(self, queryset: QuerySet[Any], name: str, values: Any) -> QuerySet[Any]:
        return queryset.filter(masked.held_by(values)) if values else queryset

    def by_contact(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "never":
            return masked.never_contacted(queryset)
        edge = timezone.localdate(timezone=settings.BUSINESS_ZONE) - timedelta(days=abs(int(value)))
        return masked.contacted(queryset, **{"before" if value.startswith("-") else "since": edge})

    def by_won(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return queryset.filter(masked.once_ours() if value else ~masked.once_ours())
