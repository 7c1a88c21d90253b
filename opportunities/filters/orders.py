"""By what can orders be filtered?"""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.filters import all_teams, everybody
from core.filters import DayRange, Filters, NumberRange, SearchFilter, YesNoFilter
from core.models import ImportRow
from customers.filters import AnyOf, AnyRow, own_imports
from customers.models import Customer

from ..models import Opportunity


def seen_customers(request: Any) -> QuerySet[Customer]:
    return Customer.objects.visible_to(request.user)


def seen_opportunities(request: Any) -> QuerySet[Opportunity]:
    return Opportunity.objects.visible_to(request.user)


class OrderFilters(Filters):
    q = SearchFilter()
    whose = django_filters.ChoiceFilter(
        label=_("Sold by"),
        method="by_relation",
        choices=[("mine", _("Me")), ("team", _("My team"))],
        empty_label=_("Anybody"),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("valid", _("Valid")), ("void", _("Void"))],
        method="by_state",
        empty_label=_("Any"),
    )
    ordered = DayRange(label=_("Date"), field_name="ordered_on")
    seller = AnyRow(label=_("Seller"), queryset=everybody)
    team = AnyRow(label=_("Team"), field_name="seller__team", queryset=all_teams)
    country = AnyOf(label=_("Customer's country"), field_name="customer__country", choices=[])
    currency = django_filters.CharFilter(label=_("Currency"), lookup_expr="iexact")
    amount = NumberRange(label=_("Amount in the base currency"), field_name="amount_base")
    payment_terms = django_filters.CharFilter(label=_("Payment terms contain"), lookup_expr="icontains")
    is_first = YesNoFilter(label=_("First order of its customer"), method="by_being_first")
    has_cost = YesNoFilter(label=_("Cost known"), field_name="cost", lookup_expr="isnull", exclude=True)
    external_id = django_filters.CharFilter(label=_("External id"), lookup_expr="iexact")
    customer = django_filters.ModelChoiceFilter(label=_("Customer"), queryset=seen_customers, widget=forms.HiddenInput)
    opportunity = django_filters.ModelChoiceFilter(
        label=_("Opportunity"), queryset=seen_opportunities, widget=forms.HiddenInput
    )
    # The result of an import leads here.
    imported = django_filters.ModelChoiceFilter(
        label=_("Import"), queryset=own_imports, method="by_import", widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "country" in self.filters:
            self.filters["country"].extra["choices"] = list(countries)

    def by_relation(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "mine":
            return queryset.filter(seller=self.user)
        return queryset.filter(seller__team_id__in=self.user.managed_team_ids)

    def by_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(voided_at__isnull=value == "valid")

    def by_being_first(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        firsts = queryset.valid().first_of_customers()  # type: ignore[attr-defined]
        return firsts if value else queryset.exclude(pk__in=firsts.order_by().values("pk"))

    def by_import(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        rows = ImportRow.objects.filter(run=value, target_id__isnull=False)  # unscoped: of an own run
        return queryset.filter(pk__in=rows.values("target_id"))
