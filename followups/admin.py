"""What do staff set about follow-ups, and what do they look at? Playbooks are written on their own pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnly, among

from .models import FollowUpCycle, Playbook, PlaybookRun, PlaybookVersion
from .playbooks import ENDINGS, ending_words
from .reasons import trigger_words


@admin.register(FollowUpCycle)
class FollowUpCycleAdmin(admin.ModelAdmin):
    """How often customers of a grade should hear of us; a row with a status counts before that of the grade alone."""

    list_display = ("grade", "status", "days")
    list_editable = ("days",)
    list_filter = ("grade",)
    list_select_related = ("status",)
    fields = (("grade", "status"), "days")


class VersionsInline(admin.TabularInline):
    model = PlaybookVersion
    fields = ("number", "when", "conditions", "stops", "made_by", "made_at")
    readonly_fields = ("when",)
    extra = 0
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("Called when"))
    def when(self, version: PlaybookVersion) -> str:
        return trigger_words(version)


@admin.register(Playbook)
class PlaybookAdmin(ReadOnly):
    list_display = ("__str__", "key", "is_active", "active_since", "page")
    list_filter = ("is_active",)
    search_fields = ("name_en", "name_zh", "key")
    fields = (("name_en", "name_zh"), "key", ("is_active", "active_since"), "created_at")
    inlines = (VersionsInline,)

    @admin.display(description=_("page"))
    def page(self, playbook: Playbook) -> SafeString:
        return format_html('<a href="{}">{}</a>', playbook.get_absolute_url(), _("Open"))


@admin.register(PlaybookRun)
class PlaybookRunAdmin(ReadOnly):
    """At which customers a playbook was at work, what had called it, and how it ended."""

    list_display = ("started_at", "playbook", "number", "customer", "key", "ended_at", "ending")
    list_display_links = ("started_at",)
    list_filter = (
        ("ended_at", admin.EmptyFieldListFilter),
        among("end_reason", _("why it ended"), lambda: list(ENDINGS.items())),
        "playbook",
    )
    list_select_related = ("playbook", "version", "customer")
    search_fields = ("=customer__id", "key")

    @admin.display(description=_("version"), ordering="version")
    def number(self, run: PlaybookRun) -> int:
        return run.version.number

    @admin.display(description=_("why it ended"))
    def ending(self, run: PlaybookRun) -> str:
        return ending_words(run.end_reason) if run.ended_at else ""
