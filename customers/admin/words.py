"""With which words does the firm describe customers: statuses, sources, categories?"""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import KeptWhileUsed, KeyedWords, is_used
from core.templatetags.ui import status_dot

from ..models import Category, CategoryDimension, Source, Status


@admin.register(Status)
class StatusAdmin(KeptWhileUsed):
    """Names, signs and order are the firm's; the keys that rules know stay."""

    list_display = ("shown", "name_en", "name_zh", "key", "is_known", "is_active", "position")
    list_display_links = ("shown",)
    list_editable = ("is_active", "position")
    search_fields = ("name_en", "name_zh", "key")
    fields = (("name_en", "name_zh"), "key", "shape", ("is_active", "position"))
    KNOWN = (Status.POTENTIAL, Status.CONTACTED, Status.WON, Status.RETAINED, Status.DORMANT, Status.LOST)

    @admin.display(description=_("status"))
    def shown(self, status: Status) -> SafeString:
        return status_dot(status.shape, status.name)

    @admin.display(description=_("rules know it"), boolean=True)
    def is_known(self, status: Status) -> bool:
        return status.key in self.KNOWN

    def get_readonly_fields(self, request: HttpRequest, obj: Status | None = None) -> tuple[str, ...]:
        return ("key",) if obj is not None and (obj.key in self.KNOWN or is_used(obj)) else ()

    def has_delete_permission(self, request: HttpRequest, obj: Status | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and obj.key not in self.KNOWN


@admin.register(Source)
class SourceAdmin(KeyedWords):
    list_display = ("name_en", "name_zh", "key", "is_active", "position")
    fields = (("name_en", "name_zh"), "key", ("is_active", "position"))
    actions = ("take_out", "use_again")


class CategoryFormSet(forms.BaseInlineFormSet):
    """A category on customers is taken out of use, not removed."""

    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk and form.instance.customers.exists():
                raise ValidationError(
                    _("“%(name)s” is on customers: take it out of use instead of deleting it.")
                    % {"name": form.instance.name}
                )


class CategoryInline(admin.TabularInline):
    model = Category
    formset = CategoryFormSet
    extra = 1
    fields = ("name_en", "name_zh", "key", "is_active", "position")
    prepopulated_fields = {"key": ("name_en",)}


@admin.register(CategoryDimension)
class CategoryDimensionAdmin(KeyedWords):
    list_display = ("name_en", "name_zh", "key", "is_multiple", "is_active", "position")
    fields = (("name_en", "name_zh"), "key", "is_multiple", ("is_active", "position"))
    inlines = (CategoryInline,)
