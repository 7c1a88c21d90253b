"""What do staff set about leads and deals? Pipelines with their stages, reasons, questions and campaigns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import KeptWhileUsed, KeyedWords

from .models import (
    Campaign,
    Checkpoint,
    DisqualifyReason,
    LostReason,
    Opportunity,
    Pipeline,
    ScreeningQuestion,
    Stage,
)
from .requirements import REQUIRED


class StageFormSet(forms.BaseInlineFormSet):
    """A pipeline has an open stage, one won and one lost; a stage in which deals stand stays in use."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        left = [form for form in self.forms if form.has_changed() or form.instance.pk]
        stages = [form.instance for form in left if not form.cleaned_data.get("DELETE")]
        for form in self.deleted_forms:
            if form.instance.pk and form.instance.moves.exists():
                raise ValidationError(
                    _("Deals have been in “%(name)s”: take it out of use instead of deleting it.")
                    % {"name": form.instance.name}
                )
        for stage in stages:
            if not stage.is_active and stage.pk and _has_open_deals(stage):
                raise ValidationError(
                    _("Deals stand in “%(name)s”. Move them before you take it out of use.") % {"name": stage.name}
                )
        kinds = [stage.kind for stage in stages if stage.is_active]
        if kinds.count(Stage.Kind.WON) != 1 or kinds.count(Stage.Kind.LOST) != 1 or Stage.Kind.OPEN not in kinds:
            raise ValidationError(_("A pipeline needs at least one stage under way, one won and one lost, in use."))


class StageInline(admin.TabularInline):
    model = Stage
    formset = StageFormSet
    extra = 0
    fields = ("name_en", "name_zh", "key", "kind", "probability", "stalls_after", "is_active", "position", "more")
    readonly_fields = ("more",)
    prepopulated_fields = {"key": ("name_en",)}
    ordering = ("position", "pk")

    @admin.display(description=_("checkpoints and required fields"))
    def more(self, stage: Stage) -> SafeString | str:
        if not stage.pk:
            return ""
        number = stage.checkpoints.filter(is_active=True).count()
        url = reverse("admin:opportunities_stage_change", args=[stage.pk])
        return format_html('<a href="{}">{} · {}</a>', url, number, len(stage.required_fields))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stage]:
        return super().get_queryset(request).prefetch_related("checkpoints")


@admin.register(Pipeline)
class PipelineAdmin(KeyedWords):
    """The order of stages that deals go through. Deals in a pipeline that is out of use go on in it."""

    list_display = ("name_en", "name_zh", "key", "is_active", "position")
    fields = (("name_en", "name_zh"), "key", ("is_active", "position"))
    inlines = (StageInline,)


class CheckpointInline(admin.TabularInline):
    model = Checkpoint
    extra = 1
    fields = ("name_en", "name_zh", "is_active", "position")
    ordering = ("position", "pk")


class StageForm(forms.ModelForm):
    required_fields = forms.MultipleChoiceField(
        label=_("Must be known before a deal enters"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(key, required.label) for key, required in REQUIRED.items()],
    )

    class Meta:
        model = Stage
        fields = ("name_en", "name_zh", "probability", "stalls_after", "required_fields", "is_active", "position")

    def clean_is_active(self) -> bool:
        is_active = bool(self.cleaned_data["is_active"])
        if not is_active and _has_open_deals(self.instance):
            raise ValidationError(
                _("Deals stand in “%(name)s”. Move them before you take it out of use.") % {"name": self.instance.name}
            )
        return is_active


@admin.register(Stage)
class StageAdmin(admin.ModelAdmin):
    """What a stage asks for. Its kind and key are set with the pipeline."""

    form = StageForm
    list_display = ("__str__", "pipeline", "kind", "probability", "stalls_after", "is_active", "position")
    list_filter = ("pipeline", "kind")
    list_select_related = ("pipeline",)
    search_fields = ("name_en", "name_zh", "key")
    fields = (
        ("name_en", "name_zh"),
        ("probability", "stalls_after"),
        "required_fields",
        ("is_active", "position"),
    )
    inlines = (CheckpointInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LostReason)
class LostReasonAdmin(KeyedWords):
    list_display = ("name_en", "name_zh", "key", "asks_who", "asks_why", "is_active", "position")
    fields = (("name_en", "name_zh"), "key", ("asks_who", "asks_why"), ("is_active", "position"))


@admin.register(DisqualifyReason)
class DisqualifyReasonAdmin(KeyedWords):
    list_display = ("name_en", "name_zh", "key", "asks_why", "is_active", "position")
    fields = (("name_en", "name_zh"), "key", "asks_why", ("is_active", "position"))


@admin.register(ScreeningQuestion)
class ScreeningQuestionAdmin(KeptWhileUsed):
    list_display = ("name_en", "name_zh", "is_active", "position")
    list_display_links = ("name_en", "name_zh")
    list_editable = ("is_active", "position")
    search_fields = ("name_en", "name_zh")
    fields = (("name_en", "name_zh"), ("is_active", "position"))


@admin.register(Campaign)
class CampaignAdmin(KeptWhileUsed):
    list_display = ("name_en", "name_zh", "key", "source", "starts_on", "ends_on", "is_active")
    list_display_links = ("name_en", "name_zh")
    list_editable = ("is_active",)
    list_filter = ("is_active", "source")
    list_select_related = ("source",)
    search_fields = ("name_en", "name_zh", "key")
    fields = (("name_en", "name_zh"), "key", "source", ("starts_on", "ends_on"), "is_active")
    prepopulated_fields = {"key": ("name_en",)}


def _has_open_deals(stage: Stage) -> bool:
    return Opportunity.objects.open().filter(stage=stage).exists()
