"""What does an action of a list ask before it is done?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise


def asked(
    page: admin.ModelAdmin, request: HttpRequest, rows: Any, form: forms.Form, action: str, title: str | Promise
) -> TemplateResponse:
    """The page between an action and its doing: what is asked, and on which rows."""
    context = {
        **page.admin_site.each_context(request),
        "title": title,
        "opts": page.model._meta,
        "form": form,
        "rows": rows[:50],
        "chosen": request.POST.getlist("_selected_action"),
        "action": action,
        "media": page.media + form.media,
    }
    return TemplateResponse(request, "admin/asked.html", context)
