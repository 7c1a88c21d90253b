"""Which tags are there, and how do several become one?"""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.requests import SignedInRequest
from core.admin import KeptWhileUsed

from ..models import Tag
from ..services import merge_tags
from .asking import asked


class MergeForm(forms.Form):
    keep = forms.ModelChoiceField(Tag.objects.none(), label=_("The tag that stays"), empty_label=None)

    def __init__(self, *args: Any, tags: QuerySet[Tag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["keep"]).queryset = tags


@admin.register(Tag)
class TagAdmin(KeptWhileUsed):
    list_display = ("name",)
    search_fields = ("name",)
    actions = ("merge",)

    @admin.action(description=_("Make one of these tags"))
    def merge(self, request: SignedInRequest, tags: QuerySet[Tag]) -> HttpResponse | None:
        if tags.count() < 2:
            self.message_user(request, _("Choose at least two tags."), messages.WARNING)
            return None
        form = MergeForm(request.POST if "act" in request.POST else None, tags=tags)
        if not form.is_valid():
            return asked(self, request, tags, form, "merge", _("Make one of these tags"))
        keep = form.cleaned_data["keep"]
        number = sum(
            merge_tags(keep=keep, gone=tag, by=request.user, now=timezone.now()) for tag in tags.exclude(pk=keep.pk)
        )
        said = ngettext("“%(tag)s” is now on %(number)d more.", "“%(tag)s” is now on %(number)d more.", number)
        self.message_user(request, said % {"tag": keep, "number": number}, messages.SUCCESS)
        return None
