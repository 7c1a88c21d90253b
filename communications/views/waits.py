"""Who waited for an answer, since when, and who gave it: the rows behind "how fast do we answer"."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.requests import SignedInRequest
from core.pages import FilterPanel, ListPage, Preset
from core.rollups import oldest_mark

from ..filters import AnswerFilters
from ..models import Answer
from ..rollups import ANSWERS
from ..tables import AnswerTable

# Of customers, leads and people a page of many needs little.
NEEDED = (
    "party", "country", "asked_id", "asked_at", "answered_id", "answered_at", "customer__name", "lead__company",
    "lead__person", "lead__email", "lead__phone", "lead__subject", "answered_by__name", "answered_by__username",
)  # fmt: skip


class WaitList(ListPage):
    """Of the customers and leads that the reader sees."""

    request: SignedInRequest
    key = "waits"
    model = Answer
    table_class = AnswerTable
    filters_class = AnswerFilters
    title = _("Answers to customers")
    template_name = "communications/waits.html"
    presets = (
        Preset("all", _("All")),
        Preset("waiting", _("Waiting"), "state=waiting"),
    )

    def get_queryset(self) -> QuerySet[Any]:
        rows = Answer.objects.visible_to(self.request.user)
        return (
            rows.select_related("customer", "lead", "answered_by")
            .only(*NEEDED)
            .annotate(stale_since=oldest_mark(ANSWERS))
        )

    def context(self) -> dict[str, Any]:
        found, now = super().context(), timezone.now()
        return found | {"as_of": min([now, *(row.stale_since for row in found["page"].rows[:1] if row.stale_since)])}

    def extra_context(self) -> dict[str, Any]:
        panel = f"{reverse('communications:wait_filters')}?{self.query_to_keep()}&m=1"
        return {"panel_url": panel}


class WaitFilterPanel(FilterPanel, WaitList):
    list_url_name = "communications:waits"
