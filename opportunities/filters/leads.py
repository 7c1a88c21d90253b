"""By what can leads be filtered?"""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.filters import all_teams, everybody
from core.custom_fields import PREFIX, filters_for
from core.filters import DateRange, Filters, SearchFilter
from core.models import CustomField, ImportRow
from customers.filters import AnyOf, AnyRow, own_imports
from customers.words import sources

from .. import words
from ..models import Lead

NONE = "none"
STATES = [("open", _("Open")), *Lead.State.choices]


class LeadFilters(Filters):
    q = SearchFilter()
    whose = django_filters.ChoiceFilter(
        label=_("Whose"),
        method="by_relation",
        choices=[("mine", _("Mine")), ("team", _("My team's")), ("nobody", _("To give away"))],
        empty_label=_("All I may see"),
    )
    state = AnyOf(label=_("State"), choices=STATES, method="by_state")
    owner = AnyRow(label=_("Owner"), queryset=everybody, null_label=_("nobody"))
    team = AnyRow(label=_("Team"), queryset=all_teams)
    source = AnyRow(label=_("Source"), queryset=sources(), null_label=_("not known"))
    campaign = AnyRow(label=_("Campaign"), queryset=words.campaigns(), null_label=_("none"))
    form = AnyRow(label=_("Inquiry form"), queryset=words.inquiry_forms(), null_label=_("none"))
    country = AnyOf(label=_("Country"), choices=[], method="by_country")
    product = django_filters.CharFilter(label=_("Product contains"), lookup_expr="icontains")
    asked = DateRange(label=_("Asked"), field_name="asked_at")
    created = DateRange(label=_("Created"), field_name="created_at")
    contacted = django_filters.ChoiceFilter(
        label=_("Last contact"),
        choices=[("never", _("Never")), ("ever", _("Contacted"))],
        method="by_contact",
        empty_label=_("Any"),
    )
    next_step = django_filters.ChoiceFilter(
        label=_("Next step"),
        choices=[(NONE, _("None planned")), ("late", _("Overdue")), ("planned", _("Planned"))],
        method="by_next_step",
        empty_label=_("Any"),
    )
    reason = AnyRow(label=_("Why disqualified"), field_name="disqualify_reason", queryset=words.disqualify_reasons())
    external_id = django_filters.CharFilter(label=_("External id"), lookup_expr="iexact")
    # The result of an import leads here.
    imported = django_filters.ModelChoiceFilter(
        label=_("Import"), queryset=own_imports, method="by_import", widget=forms.HiddenInput
    )
    # Chosen above the list by a view of its own; here so that it shows as a chip and is kept.
    archived = django_filters.ChoiceFilter(
        label=_("Archived"), choices=[("1", _("only archived"))], method="by_archive", widget=forms.HiddenInput
    )

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
            own.parent, own.model = self, Lead
            self.filters[PREFIX + definition.key] = own

    # --- methods ----------------------------------------------------------------------------------

    def by_relation(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "mine":
            return queryset.filter(owner=self.user)
        if value == "team":
            return queryset.filter(owner__team_id__in=self.user.managed_team_ids)
        return queryset.to_give_away()  # type: ignore[attr-defined]

    def by_state(self, queryset: QuerySet[Any], name: str, values: list[str]) -> QuerySet[Any]:
        wanted = {state for value in values for state in (Lead.OPEN if value == "open" else (value,))}
        return queryset.filter(state__in=wanted) if values else queryset

    def by_country(self, queryset: QuerySet[Any], name: str, values: list[str]) -> QuerySet[Any]:
        return queryset.filter(country__in=["" if value == NONE else value for value in values]) if values else queryset

    def by_contact(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(last_followed_at__isnull=value == "never")

    def by_next_step(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == NONE:
            return queryset.open().filter(next_task_at=None, next_task_title="")  # type: ignore[attr-defined]
        if value == "late":
            return queryset.filter(next_task_at__lte=timezone.now())
        return queryset.exclude(next_task_title="")

    def by_import(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        made = value.rows.filter(outcome__in=(ImportRow.Outcome.MADE, ImportRow.Outcome.UPDATED))
        return queryset.filter(pk__in=made.values("target_id"))

    def by_archive(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset  # the page starts from the archived rows
