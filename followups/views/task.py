"""The page of one task: what is to be done, for whom, how far it is, what was said of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.pages import DetailPage

from ..models import Task


class TaskPage(DetailPage):
    model = Task
    template_name = "followups/task.html"

    def get_queryset(self) -> QuerySet[Any]:
        related = ("customer__owner", "contact", "plan", "assignee", "team", "created_by", "ended_by")
        return Task.objects.all().select_related(*related)  # unscoped: the page's gate scopes it
