"""The customers that ordered: how often, when the next order is expected, and who is late."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.requests import SignedInRequest
from core.pages import FilterPanel, ListPage, Preset
from core.rollups import oldest_mark

from ..filters.rhythm import RhythmFilters
from ..models import Rhythm
from ..permissions import can_export
from ..rhythm import RHYTHM
from ..tables.rhythm import RhythmTable

# Of customers and their owners a page of many needs little.
NEEDED = (
    "orders", "first_on", "last_on", "usual_days", "next_on", "usual_base", "customer__name", "customer__country",
    "customer__owner__name", "customer__owner__username",
)  # fmt: skip


class RhythmList(ListPage):
    """Of the customers that the reader sees; whoever is latest stands first."""

    request: SignedInRequest
    key = "rhythm"
    model = Rhythm
    table_class = RhythmTable
    filters_class = RhythmFilters
    template_name = "opportunities/rhythm.html"
    title = _("Reorder rhythm")
    presets = (
        Preset("late", _("Overdue"), "standing=late"),
        Preset("soon", _("Due within 14 days"), "standing=soon"),
        Preset("on_time", _("Not due yet"), "standing=on_time"),
        Preset("all", _("All who ordered")),
    )

    @cached_property
    def opens_with(self) -> str:
        return super().opens_with or "late"

    def get_queryset(self) -> QuerySet[Any]:
        return (
            Rhythm.objects.visible_to(self.request.user)
            .select_related("customer__owner")
            .only(*NEEDED)
            .annotate(stale_since=oldest_mark(RHYTHM))
        )

    def context(self) -> dict[str, Any]:
        found, now = super().context(), timezone.now()
        return found | {"as_of": min([now, *(row.stale_since for row in found["page"].rows[:1] if row.stale_since)])}

    def extra_context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "panel_url": f"{reverse('opportunities:rhythm_filters')}?{self.query_to_keep()}&m=1",
            "may_export": can_export(user),
        }


class RhythmFilterPanel(FilterPanel, RhythmList):
    list_url_name = "opportunities:rhythm"
