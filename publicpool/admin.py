"""What do staff set about the public pool, and what can they look at? Rules have pages of their own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import KeyedWords, ReadOnly, state_badge

from .models import (
    Claim,
    ExemptStage,
    FirmHoliday,
    PoolRoute,
    PoolSettings,
    ReclaimRule,
    Release,
    ReleaseReason,
    Rotation,
    RotationHead,
    Run,
)


class MovesCountdowns(admin.ModelAdmin):
    """What is set here moves the days of customers: its page leads to what the rules will do in the next 30 days."""

    show_facets = admin.ShowFacets.NEVER

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": self.get_fields(request, obj), "description": self.link()})]

    def link(self) -> SafeString:
        words = _("It moves the days on which customers go back to the pool. See the next 30 days before and after:")
        return format_html('{} <a href="{}">{}</a>', words, reverse("publicpool:preview"), _("Preview"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.message_user(request, self.link(), messages.INFO)


@admin.register(PoolSettings)
class PoolSettingsAdmin(MovesCountdowns):
    """The one row; until it is saved the usual numbers hold."""

    list_display = ("__str__", "warn_days", "order_days", "extension_days", "extension_waits")
    fields = ("warn_days", "order_days", "extension_days", "extension_waits", "heads_to")

    def link(self) -> SafeString:
        rotations = format_html('<a href="{}">{}</a>', reverse("publicpool:rotations"), _("Rotations"))
        return format_html("{} · {}", super().link(), rotations)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not PoolSettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FirmHoliday)
class FirmHolidayAdmin(MovesCountdowns):
    list_display = ("name", "first_on", "last_on")
    search_fields = ("name",)
    fields = ("name", ("first_on", "last_on"))


class ExemptStageForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        pipeline, stage = data.get("pipeline"), data.get("stage")
        if pipeline and stage and (stage.pipeline_id != pipeline.pk or not stage.is_open):
            raise ValidationError({"stage": _("Choose a stage of this pipeline in which deals are under way.")})
        return data


@admin.register(ExemptStage)
class ExemptStageAdmin(MovesCountdowns):
    form = ExemptStageForm
    list_display = ("pipeline", "stage")
    list_select_related = ("pipeline", "stage")
    fields = ("pipeline", "stage")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "stage" and field is not None:
            choice: Any = field
            choice.queryset = choice.queryset.select_related("pipeline")
            choice.label_from_instance = lambda stage: f"{stage.pipeline} · {stage}"
        return field


@admin.register(PoolRoute)
class PoolRouteAdmin(admin.ModelAdmin):
    """The first that fits decides; the default pool takes the rest."""

    show_facets = admin.ShowFacets.NEVER
    list_display = ("pool", "said", "is_active", "position")
    list_editable = ("is_active", "position")
    list_select_related = ("pool",)
    fields = ("pool", "countries", "sources", "teams", ("is_active", "position"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[PoolRoute]:
        return super().get_queryset(request).prefetch_related("sources", "teams")

    @admin.display(description=_("for"))
    def said(self, route: PoolRoute) -> str:
        countries: Any = route.countries
        words = [str(country.name) for country in countries]
        words += [str(one) for one in [*route.sources.all(), *route.teams.all()]]
        return ", ".join(words) or str(_("everything"))


@admin.register(ReleaseReason)
class ReleaseReasonAdmin(KeyedWords):
    list_display = ("name_en", "name_zh", "key", "asks_why", "is_active", "position")
    fields = (("name_en", "name_zh"), "key", "asks_why", ("is_active", "position"))
    actions = ("take_out", "use_again")


# --- to be looked at --------------------------------------------------------------------------------------


@admin.register(ReclaimRule)
class ReclaimRuleAdmin(ReadOnly):
    """Written, previewed and switched on its page, which keeps versions."""

    list_display = ("name_en", "name_zh", "kind", "days", "state", "version", "page")
    list_display_links = ("name_en", "name_zh")
    search_fields = ("name_en", "name_zh")
    fields = ("name_en", "name_zh", "kind", "days", "is_active", "version", "page")

    @admin.display(description=_("in use"))
    def state(self, rule: ReclaimRule) -> SafeString:
        return state_badge("ok" if rule.is_active else "", _("on") if rule.is_active else _("off"))

    @admin.display(description=_("page"))
    def page(self, rule: ReclaimRule) -> SafeString:
        return format_html('<a href="{}">{}</a>', rule.get_absolute_url(), _("Open the rule"))


@admin.register(Rotation)
class RotationAdmin(ReadOnly):
    """Set up, previewed and run on its pages; its ledger is written by its runs alone."""

    list_display = ("name_en", "name_zh", "pool", "state", "weights_by", "runs", "position", "page")
    list_display_links = ("name_en", "name_zh")
    list_select_related = ("pool",)
    search_fields = ("name_en", "name_zh")
    list_filter = ("pool",)
    fields = ("name_en", "name_zh", "pool", "is_active", "weights_by", "runs", "passes_on", "seq", "hash", "page")

    @admin.display(description=_("in use"))
    def state(self, rotation: Rotation) -> SafeString:
        return state_badge("ok" if rotation.is_active else "", _("on") if rotation.is_active else _("off"))

    @admin.display(description=_("page"))
    def page(self, rotation: Rotation) -> SafeString:
        return format_html('<a href="{}">{}</a>', rotation.get_absolute_url(), _("Open the rotation"))


@admin.register(RotationHead)
class RotationHeadAdmin(ReadOnly):
    list_display = ("rotation", "on", "seq", "hash", "made_at")
    list_select_related = ("rotation",)
    list_filter = ("rotation",)


@admin.register(Claim)
class ClaimAdmin(ReadOnly):
    list_display = ("customer", "user", "pool", "claimed_at", "pooled_at")
    list_select_related = ("customer", "user", "pool")
    search_fields = ("customer__name", "user__name")
    list_filter = ("pool",)


@admin.register(Release)
class ReleaseAdmin(ReadOnly):
    list_display = ("customer", "former", "pool", "by", "reason", "rule", "released_at", "undone_at")
    list_select_related = ("customer", "former", "pool", "by", "reason", "rule")
    search_fields = ("customer__name", "former__name")
    list_filter = ("pool", "reason", "rule")


@admin.register(Run)
class RunAdmin(ReadOnly):
    list_display = ("kind", "rotation", "on", "started_at", "ended_at", "looked_at", "done", "left_alone", "failed")
    list_select_related = ("rotation",)
    list_filter = ("kind", "rotation")
