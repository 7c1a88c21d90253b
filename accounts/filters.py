"""How are people found in their list, and whom do the filters of all lists offer?"""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import Filters, YesNoFilter
from core.text import clean

from .models import Team, User
from .querysets import UserQuerySet


def everybody(request: Any) -> UserQuerySet:
    """The people whom a filter offers its reader."""
    return User.objects.visible_to(request.user)


def all_teams(request: Any) -> QuerySet[Team]:
    """The teams which a filter offers its reader."""
    return Team.objects.visible_to(request.user)


class PeopleFilters(Filters):
    q = django_filters.CharFilter(label=_("Name or e-mail contains"), method="naming")
    role = django_filters.ChoiceFilter(label=_("Role"), choices=User.Role.choices, empty_label=_("Any role"))
    team = django_filters.ModelChoiceFilter(label=_("Team"), queryset=all_teams, empty_label=_("Any team"))
    is_active = YesNoFilter(label=_("Active"))

    class Meta:
        model = User
        fields: list[str] = []

    def naming(self, people: Any, name: str, value: str) -> Any:
        return people.naming(clean(value))
