"""By what are customers filtered that reorder?"""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.filters import all_teams, everybody
from core.filters import DayRange, Filters, NumberRange
from core.zones import business_day
from customers.filters import AnyOf, AnyRow

from ..models import Rhythm
from ..rhythm import DUE_SOON, LATE, ON_TIME


class RhythmFilters(Filters):
    standing = django_filters.ChoiceFilter(
        label=_("Reorder"),
        choices=[(LATE, _("Overdue")), (DUE_SOON, _("Due within 14 days")), (ON_TIME, _("Not due yet"))],
        method="by_standing",
        empty_label=_("Any"),
    )
    whose = django_filters.ChoiceFilter(
        label=_("Held by"),
        method="by_relation",
        choices=[("mine", _("Me")), ("team", _("My team"))],
        empty_label=_("Anybody"),
    )
    owner = AnyRow(label=_("Owner"), field_name="customer__owner", queryset=everybody)
    team = AnyRow(label=_("Team"), field_name="customer__owner__team", queryset=all_teams)
    country = AnyOf(label=_("Customer's country"), field_name="customer__country", choices=[])
    next = DayRange(label=_("Order expected"), field_name="next_on")
    last = DayRange(label=_("Last order"), field_name="last_on")
    usual = NumberRange(label=_("Usual amount"), field_name="usual_base")

    class Meta:
        model = Rhythm
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "country" in self.filters:
            self.filters["country"].extra["choices"] = list(countries)

    def by_standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return getattr(rows, value)(business_day(timezone.now()))

    def by_relation(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "mine":
            return rows.filter(customer__owner=self.user)
        return rows.filter(customer__owner__team_id__in=self.user.managed_team_ids)
