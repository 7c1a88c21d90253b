"""By what is what was said filtered?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries import countries

from accounts.filters import all_teams, everybody
from accounts.models import User
from core.filters import DateRange, DayRange, Filters, Marked, SearchFilter, YesNoFilter
from customers.filters import AnyOf, AnyRow

from .answering import WITHIN
from .channels import choices as channel_choices
from .models import Answer, Communication

SINCE = [("7", _("7 days")), ("30", _("30 days")), ("90", _("90 days"))]


class CommunicationFilters(Filters):
    q = SearchFilter()
    whose = django_filters.ChoiceFilter(
        label=_("Whose"), choices=[("mine", _("Written by me"))], method="whose_is", empty_label=_("Everybody's")
    )
    channel = django_filters.MultipleChoiceFilter(
        label=_("Channel"), choices=channel_choices, widget=forms.SelectMultiple(attrs={"data-enhance": "1"})
    )
    direction = django_filters.ChoiceFilter(
        label=_("Direction"), choices=Communication.Direction.choices, empty_label=_("Any")
    )
    since = django_filters.ChoiceFilter(label=_("Within"), choices=SINCE, method="within", empty_label=_("Any time"))
    happened = DateRange(label=pgettext_lazy("moment", "When"), field_name="happened_at")
    author = AnyRow(label=_("By"), queryset=everybody)
    team = AnyRow(label=_("Team"), field_name="author__team", queryset=all_teams)
    is_automatic = YesNoFilter(label=_("Automatic"))
    customer = django_filters.NumberFilter(label=_("Customer"), widget=forms.HiddenInput)
    lead = django_filters.NumberFilter(label=_("Lead"), widget=forms.HiddenInput)
    opportunity = django_filters.NumberFilter(label=_("Opportunity"), widget=forms.HiddenInput)

    class Meta:
        model = Communication
        fields: list[str] = []

    def whose_is(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(author=self.user)

    def within(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(happened_at__gte=timezone.now() - timedelta(days=int(value)))


class AnswerFilters(Filters):
    """By person and team: what they answered, and what waits at those whom they hold (answering)."""

    state = django_filters.ChoiceFilter(
        label=_("Answer"), choices=[("waiting", _("Waiting")), ("answered", _("Answered"))], method="by_state",
        empty_label=_("Any"),
    )  # fmt: skip
    within = django_filters.ChoiceFilter(
        label=_("Answered within"), choices=[(str(hours), f"{hours} h") for hours in WITHIN], method="answered_within",
        empty_label=_("Any time"),
    )  # fmt: skip
    person = django_filters.ModelMultipleChoiceFilter(
        label=_("Person"), queryset=everybody, method="by_person", widget=forms.SelectMultiple({"data-enhance": "1"})
    )
    team = django_filters.ModelMultipleChoiceFilter(
        label=_("Team"), queryset=all_teams, method="by_team", widget=forms.SelectMultiple({"data-enhance": "1"})
    )
    # The board's numbers of everybody lead here: what waits at nobody's is not among them.
    counted = Marked(_("anybody"), label=_("Person"), method="by_being_counted", widget=forms.HiddenInput)
    country = AnyOf(label=_("Country"), choices=[])
    month = DayRange(label=_("Month of asking"))

    class Meta:
        model = Answer
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "country" in self.filters:
            self.filters["country"].extra["choices"] = list(countries)

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(answered_by__isnull=value == "waiting")

    def answered_within(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(answered_at__lte=F("asked_at") + timedelta(hours=int(value)))

    def by_person(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.counted_for([one.pk for one in value]) if value else rows  # type: ignore[attr-defined]

    def by_being_counted(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.counted_for_anybody()  # type: ignore[attr-defined]

    def by_team(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        people = User.objects.visible_to(self.user).filter(team__in=value)
        return rows.counted_for(people.values("pk")) if value else rows  # type: ignore[attr-defined]
