"""Which columns has the list of people?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.labels import name_of
from core.tables import CallColumn, Column, Reading, Table, two_lines
from core.templatetags.ui import ago

from .models import User

# Sorts those who never signed in before all others.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class NameColumn(Column):
    css = "name"
    rank = 1

    def cell(self, row: User, reading: Reading) -> str:
        return two_lines(format_html('<a href="{}">{}</a>', row.get_absolute_url(), row.name), row.username)


class StateColumn(Column):
    """Deactivated, away today, or nothing to say."""

    rank = 2

    def cell(self, row: User, reading: Reading) -> str:
        if not row.is_active:
            return format_html('<span class="badge">{}</span>', _("deactivated"))
        if row.is_away(reading.now):
            return format_html('<span class="badge badge-warn">{}</span>', _("away"))
        return ""

    def export(self, row: User, reading: Reading) -> str:
        return "" if row.is_active else _("deactivated")


class TeamColumn(CallColumn):
    """Sorted as the reader sees it, in their language."""

    joins = ("team",)
    rank = 2

    @property
    def sort(self) -> Any:  # type: ignore[override]
        return name_of("team")


class SecondFactorColumn(Column):
    def prepare(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        of_person = {"user": OuterRef("pk"), "type": Authenticator.Type.TOTP}
        factors = Authenticator.objects.filter(**of_person)  # unscoped: a fact about rows that are
        return queryset.annotate(has_second_factor=Exists(factors))

    def cell(self, row: Any, reading: Reading) -> str:
        return _("yes") if row.has_second_factor else _("no")


class PeopleTable(Table):
    default_sort = "name"
    columns = [
        NameColumn("name", gettext_lazy("Name"), sort=Lower("name")),
        CallColumn("role", gettext_lazy("Role"), plain=User.get_role_display, sort="role", rank=2),
        TeamColumn("team", gettext_lazy("Team")),
        Column("email", gettext_lazy("E-mail"), sort="email", rank=3),
        SecondFactorColumn("has_second_factor", gettext_lazy("Second factor"), rank=4),
        CallColumn(
            "last_login",
            gettext_lazy("Last signed in"),
            draw=lambda row, reading: ago(row.last_login) if row.last_login else _("never"),
            sort=Coalesce("last_login", Value(LONG_AGO)),
            rank=3,
        ),
        StateColumn("is_active", gettext_lazy("State")),
    ]
