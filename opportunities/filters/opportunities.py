"""By what can opportunities be filtered? The list, the board, the export and the links of the funnel share it."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.filters import all_teams, everybody
from core.custom_fields import PREFIX, filters_for
from core.filters import DayRange, Filters, Marked, NumberRange, SearchFilter
from core.models import CustomField, ImportRow
from customers.filters import AnyOf, AnyRow, own_groups, own_imports
from customers.models import Customer
from customers.words import sources

from .. import words
from ..models import Opportunity, Stage

NONE = "none"
Outcome = Opportunity.Outcome


def seen_customers(request: Any) -> QuerySet[Customer]:
    return Customer.objects.visible_to(request.user)


class OpportunityFilters(Filters):
    """The words stand in docs/rules.md: the funnel's links are made of them."""

    q = SearchFilter()
    whose = django_filters.ChoiceFilter(
        label=_("Whose"),
        method="by_relation",
        choices=[("mine", _("Mine")), ("shared", _("Shared with me")), ("team", _("My team's"))],
        empty_label=_("All I may see"),
    )
    pipeline = django_filters.ModelChoiceFilter(label=_("Pipeline"), queryset=words.pipelines(), empty_label=_("Any"))
    stage = AnyRow(label=_("Stage"), queryset=words.stages())
    reached = django_filters.ModelChoiceFilter(
        label=_("Reached the stage or a later one"),
        queryset=words.stages().exclude(kind=Stage.Kind.LOST),
        method="by_reached",
        empty_label=_("Any"),
    )
    # A number of the funnel leads here.
    reached_only = django_filters.ModelChoiceFilter(
        label=_("Came as far as"), queryset=words.stages(), field_name="reached", widget=forms.HiddenInput
    )
    outcome = AnyOf(label=_("Outcome"), choices=Outcome.choices)
    owner = AnyRow(label=_("Owner"), queryset=everybody, null_label=_("nobody"))
    team = AnyRow(label=_("Team"), field_name="owner__team", queryset=all_teams)
    country = AnyOf(label=_("Customer's country"), choices=[], method="by_country")
    source = AnyRow(label=_("Source"), queryset=sources(), null_label=_("not known"))
    campaign = AnyRow(label=_("Campaign"), queryset=words.campaigns(), null_label=_("none"))
    product = django_filters.CharFilter(label=_("Product contains"), lookup_expr="icontains")
    competitor = django_filters.CharFilter(label=_("Competitor contains"), method="by_competitor")
    reason = AnyRow(
        label=_("Why lost"), field_name="lost_reason", queryset=words.lost_reasons(), null_label=_("not said")
    )
    amount = NumberRange(label=_("Amount in the base currency"), field_name="amount_base")
    currency = django_filters.CharFilter(label=_("Currency"), method="by_currency")
    unrated = Marked(_("no rate is known"), label=_("Amount"), method="by_unrated", widget=forms.HiddenInput)
    expected = DayRange(label=_("Expected close"), field_name="expected_on")
    undated = Marked(_("not set"), label=_("Expected close"), method="by_undated")
    opened = DayRange(label=_("Begun"), field_name="opened_on")
    unopened = Marked(_("not known"), label=_("Begun"), method="by_unopened", widget=forms.HiddenInput)
    closed = DayRange(label=_("Closed"), field_name="closed_on")
    unclosed = Marked(_("not known"), label=_("Closed"), method="by_unclosed", widget=forms.HiddenInput)
    stalled = Marked(_("yes"), label=_("Stalled"), method="by_stalled")
    past_close = Marked(_("yes"), label=_("Past its close date"), method="by_past_close")
    next_step = django_filters.ChoiceFilter(
        label=_("Next step"),
        choices=[(NONE, _("None planned")), ("late", _("Overdue")), ("planned", _("Planned"))],
        method="by_next_step",
        empty_label=_("Any"),
    )
    # Numbers of the funnel lead here: what they count, and nothing that only contains it.
    held = Marked(_("anybody"), label=_("Owner"), method="by_being_held", widget=forms.HiddenInput)
    left = django_filters.ModelChoiceFilter(
        label=_("Left the stage"), queryset=words.stages(), method="by_stage_left", widget=forms.HiddenInput
    )
    line = django_filters.CharFilter(label=_("Product"), method="by_line", widget=forms.HiddenInput)
    rival = django_filters.CharFilter(label=_("Competitor"), method="by_rival", widget=forms.HiddenInput)
    customer = django_filters.ModelChoiceFilter(label=_("Customer"), queryset=seen_customers, widget=forms.HiddenInput)
    group = AnyRow(label=_("Group"), field_name="customer__group", queryset=own_groups)
    external_id = django_filters.CharFilter(label=_("External id"), lookup_expr="iexact")
    # The result of an import leads here.
    imported = django_filters.ModelChoiceFilter(
        label=_("Import"), queryset=own_imports, method="by_import", widget=forms.HiddenInput
    )
    # Chosen above the list by a view of its own; here so that it shows as a chip and is kept.
    archived = Marked(_("only archived"), label=_("Archived"), method="by_archive", widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        custom_fields: list[CustomField] = (),  # type: ignore[assignment]
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if "country" in self.filters:
            self.filters["country"].extra["choices"] = [(NONE, _("not known")), *countries]
        for definition in custom_fields:
            if not self.takes_part(PREFIX + definition.key):
                continue
            own = filters_for(definition)
            own.parent, own.model = self, Opportunity
            self.filters[PREFIX + definition.key] = own

    # --- methods ----------------------------------------------------------------------------------

    def by_relation(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "mine":
            return queryset.filter(owner=self.user)
        if value == "team":
            return queryset.filter(owner__team_id__in=self.user.managed_team_ids)
        named = Opportunity.objects.visible_to(self.user).filter(collaborators=self.user)
        customers = Customer.objects.visible_to(self.user).filter(collaborators__user=self.user)
        shared = Q(pk__in=named.values("pk")) | Q(customer__in=customers.values("pk"))
        return queryset.filter(shared).exclude(owner=self.user)

    def by_reached(self, queryset: QuerySet[Any], name: str, value: Stage) -> QuerySet[Any]:
        return queryset.filter(reached__pipeline=value.pipeline_id, reached__position__gte=value.position)

    def by_country(self, queryset: QuerySet[Any], name: str, values: list[str]) -> QuerySet[Any]:
        if not values:
            return queryset
        wanted = Q(customer__country__in=[value for value in values if value != NONE])
        return queryset.filter(wanted | Q(customer=None) | Q(customer__country="") if NONE in values else wanted)

    def by_competitor(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(competitors__icontains=value) | Q(lost_to__icontains=value))

    def by_being_held(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.exclude(owner=None)

    def by_stage_left(self, queryset: QuerySet[Any], name: str, value: Stage) -> QuerySet[Any]:
        return queryset.that_left(value)  # type: ignore[attr-defined]

    def by_line(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.with_product("" if value == NONE else value)  # type: ignore[attr-defined]

    def by_rival(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.with_rival(value)  # type: ignore[attr-defined]

    def by_currency(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value.lower() == NONE:
            return queryset.filter(amount=None)
        return queryset.filter(currency=value.upper(), amount__isnull=False)

    def by_unrated(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(amount__isnull=False, amount_base=None)

    def by_undated(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(expected_on=None)

    def by_unopened(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(opened_on=None)

    def by_unclosed(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(closed_on=None).exclude(outcome=Outcome.OPEN)

    def by_stalled(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.stalled(timezone.now())  # type: ignore[attr-defined]

    def by_past_close(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.past_close(timezone.localdate(timezone=settings.BUSINESS_ZONE))  # type: ignore[attr-defined]

    def by_next_step(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == NONE:
            return queryset.without_next_step()  # type: ignore[attr-defined]
        if value == "late":
            return queryset.filter(next_task_at__lte=timezone.now())
        return queryset.exclude(next_task_title="")

    def by_import(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        made = value.rows.filter(outcome__in=(ImportRow.Outcome.MADE, ImportRow.Outcome.UPDATED))
        return queryset.filter(pk__in=made.values("target_id"))

    def by_archive(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset  # the page starts from the archived rows
