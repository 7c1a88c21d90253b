"""By what is what was said filtered?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.filters import all_teams, everybody
from core.filters import DateRange, Filters, SearchFilter, YesNoFilter
from customers.filters import AnyRow

from .channels import choices as channel_choices
from .models import Communication

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
