"""By what can tasks be filtered?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.filters import all_teams, everybody
from accounts.models import Team
from core.filters import DateRange, Filters
from core.text import clean

from .due import end_of_day
from .kinds import choices as kind_choices
from .models import Task

WHEN = [
    ("overdue", _("Overdue")),
    ("today", _("Due today")),
    ("week", _("Due within 7 days")),
    ("none", _("Without a date")),
]
STATES = [("open", _("Open")), ("ended", _("Ended")), *Task.State.choices]
WHOSE = [("mine", _("Mine")), ("team", _("Free to take")), ("given", _("Given by me"))]


class TaskFilters(Filters):
    q = django_filters.CharFilter(label=_("Contains"), method="containing")
    whose = django_filters.ChoiceFilter(
        label=_("Whose"), choices=WHOSE, method="whose_is", empty_label=_("Everybody's")
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state", empty_label=_("Any"))
    when = django_filters.ChoiceFilter(label=_("When"), choices=WHEN, method="due_when", empty_label=_("Any time"))
    due = DateRange(label=_("Due between"), method="due_between")
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind"), choices=kind_choices, widget=forms.SelectMultiple(attrs={"data-enhance": "1"})
    )
    priority = django_filters.MultipleChoiceFilter(
        label=_("Priority"), choices=Task.Priority.choices, widget=forms.SelectMultiple(attrs={"data-enhance": "1"})
    )
    assignee = django_filters.ModelChoiceFilter(label=_("For whom"), queryset=everybody, empty_label=_("Anybody"))
    team = django_filters.ModelChoiceFilter(
        label=_("Team"), queryset=all_teams, method="of_team", empty_label=_("Any team")
    )
    customer = django_filters.NumberFilter(label=_("Customer"), widget=forms.HiddenInput)
    lead = django_filters.NumberFilter(label=_("Lead"), widget=forms.HiddenInput)
    opportunity = django_filters.NumberFilter(label=_("Opportunity"), widget=forms.HiddenInput)

    class Meta:
        model = Task
        fields: list[str] = []

    def containing(self, tasks: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        text = clean(value)
        named = Q(customer__name__icontains=text) | Q(opportunity__title__icontains=text)
        leads = Q(customer=None) & (Q(lead__company__icontains=text) | Q(lead__person__icontains=text))
        return tasks.filter(Q(title__icontains=text) | Q(details__icontains=text) | named | leads)

    def whose_is(self, tasks: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "mine":
            return tasks.filter(assignee=self.user)
        if value == "given":
            return tasks.filter(created_by=self.user).exclude(assignee=self.user)
        return tasks.filter(assignee=None)

    def in_state(self, tasks: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "open":
            return tasks.filter(state__in=Task.OPEN)
        return tasks.exclude(state__in=Task.OPEN) if value == "ended" else tasks.filter(state=value)

    def due_when(self, tasks: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        now = timezone.now()
        zone = self.user.time_zone
        tonight = end_of_day(now.astimezone(ZoneInfo(zone)).date(), zone)
        return {
            "overdue": lambda: tasks.filter(due_at__lte=now),
            "today": lambda: tasks.filter(due_at__gt=now, due_at__lte=tonight),
            "week": lambda: tasks.filter(due_at__gt=now, due_at__lte=tonight + timedelta(days=6)),
            "none": lambda: tasks.filter(due_at=None),
        }[value]()

    def due_between(self, tasks: QuerySet[Any], name: str, value: slice) -> QuerySet[Any]:
        """Days where the reader is; the midnight that ends a day belongs to it."""
        if value.start:
            tasks = tasks.filter(due_at__gt=value.start)
        return tasks.filter(due_at__lte=value.stop + timedelta(microseconds=1)) if value.stop else tasks

    def of_team(self, tasks: QuerySet[Any], name: str, value: Team) -> QuerySet[Any]:
        return tasks.filter(Q(team=value) | Q(assignee__team=value))
