"""In which pools do customers lie that nobody holds, and who may take how many out?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import KeptWhileUsed

from ..models import Pool, PoolMember


class PoolMemberInline(admin.TabularInline):
    """Limits that are filled here hold instead of the pool's; a person's own row comes before the team's."""

    model = PoolMember
    extra = 1
    autocomplete_fields = ("team", "user")
    fields = ("team", "user", *PoolMember.LIMITS, "is_admin", "position")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("team", "user")


@admin.register(Pool)
class PoolAdmin(KeptWhileUsed):
    """Where customers lie that nobody holds. The default one stays in use."""

    list_display = ("name_en", "name_zh", "is_default", "is_for_all", *Pool.LIMITS, "is_active", "position")
    list_display_links = ("name_en", "name_zh")
    search_fields = ("name_en", "name_zh")
    fieldsets = (
        (None, {"fields": (("name_en", "name_zh"), "is_for_all", ("is_active", "position"))}),
        (
            _("Limits of each member"),
            {
                "fields": (("a_day", "a_week", "a_month"), ("capacity", "counts_won"), "cool_down_days"),
                "description": _("Empty: no limit. Days, weeks and months are those of the business time zone."),
            },
        ),
    )
    inlines = (PoolMemberInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Pool | None = None) -> tuple[str, ...]:
        return ("is_active",) if obj is not None and obj.is_default else ()

    def has_delete_permission(self, request: HttpRequest, obj: Pool | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and not obj.is_default
