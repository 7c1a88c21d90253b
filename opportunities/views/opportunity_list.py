"""The list of opportunities, and what is filtered summed up."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.requests import SignedInRequest
from core.models import CustomField
from core.money import Rates, Total
from core.pages import BulkVerb, FilterPanel, ListPage, Preset, Quick
from core.tables import Reading, Table

from .. import words
from ..filters.opportunities import OpportunityFilters
from ..models import Opportunity
from ..permissions import can_create_opportunity, can_export, can_import
from ..tables.opportunities import OpportunityTable, today_of
from .summed import SummedList

PRESETS = (
    Preset("mine", _("My open ones"), "whose=mine&outcome=open"),
    Preset("shared", _("Shared with me"), "whose=shared&outcome=open"),
    Preset("team", _("My team's"), "whose=team&outcome=open"),
    Preset("open", _("All open"), "outcome=open"),
    Preset("won", _("Won"), "outcome=won&sort=-closed"),
    Preset("lost", _("Lost"), "outcome=lost&sort=-closed"),
    Preset("all", _("All I may see")),
    Preset("archived", _("Archived"), "archived=1"),
)
FOR_MANAGERS = {"team": lambda user: user.is_manager, "archived": lambda user: user.is_manager or user.is_admin}
# What no page of many shows.
HEAVY = (
    "search_text", "details", "customer__search_text", "customer__search_public", "customer__needs",
    "customer__competitors", "customer__reasons_not_won", "customer__remarks", "customer__address",
)  # fmt: skip


class OpportunityPageOfMany(ListPage):
    """What the list, the board and the export share: rows, views, filters."""

    request: SignedInRequest
    key = "opportunities"
    model = Opportunity
    table_class = OpportunityTable
    filters_class = OpportunityFilters
    title = _("Opportunities")
    presets = PRESETS
    quicks = (
        Quick(_("Past its close date"), "calendar-due", {"past_close": "1"}),
        Quick(_("Stalled"), "clock-pause", {"stalled": "1"}),
        Quick(_("Without next step"), "help-circle", {"next_step": "none"}),
    )

    def visible_presets(self) -> tuple[Preset, ...]:
        user = self.request.user
        return tuple(p for p in self.presets if p.key not in FOR_MANAGERS or FOR_MANAGERS[p.key](user))

    @cached_property
    def opens_with(self) -> str:
        user = self.request.user
        return super().opens_with or ("open" if user.is_manager or user.is_admin else "mine")

    @property
    def shows_archived(self) -> bool:
        return self.params.get("archived") == "1"

    def get_queryset(self) -> QuerySet[Any]:
        user = self.request.user
        if self.shows_archived:
            return Opportunity.objects.archived_for(user)
        return Opportunity.objects.visible_to(user)

    @cached_property
    def custom_fields(self) -> list[CustomField]:
        return words.opportunity_fields()

    def reading(self) -> Reading:
        reading = super().reading()
        reading.extra = {"custom_fields": self.custom_fields, "today": today_of(reading)}
        return reading

    def make_filters(self, queryset: QuerySet[Any], whole: bool = False) -> OpportunityFilters:
        return OpportunityFilters(
            self.params,
            queryset,
            user=self.request.user,
            request=self.request,
            custom_fields=self.custom_fields,
            whole=whole,
        )

    def rights(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "panel_url": f"{reverse('opportunities:filters')}?{self.query_to_keep()}",
            "may_create": can_create_opportunity(user),
            "may_import": can_import(user),
            "may_export": can_export(user),
        }


class OpportunityList(SummedList, OpportunityPageOfMany):
    """Opportunities that the reader may see; the archived ones in a view of their own."""

    summed = (*SummedList.summed, "outcome")
    totals: ClassVar = {
        "total": "sum(amount)",
        "open": "sum(amount) FILTER (WHERE outcome = 'open')",
        "closed": "sum(amount_base) FILTER (WHERE outcome <> 'open')",
        "unrated": "count(amount) FILTER (WHERE outcome <> 'open' AND amount_base IS NULL)",
    }

    template_name = "opportunities/list.html"
    count_url_name = "opportunities:count"
    edit_path = "edit/"

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("stage", "customer").defer(*HEAVY)

    def bulk_verbs(self) -> list[BulkVerb]:
        if self.shows_archived:
            return []
        user = self.request.user
        verbs = []
        if user.is_manager or user.is_admin:
            verbs = [("assign", _("Give to somebody"), "user-share"), ("archive", _("Archive"), "archive")]
        found = [BulkVerb(key, label, icon, reverse("opportunities:bulk", args=[key])) for key, label, icon in verbs]
        if can_export(user):
            url = reverse("core:export", args=[self.key])
            found.append(BulkVerb("export", _("Export"), "download", url, {"is_page": True}))
        return found

    def sums(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        """What the filtered ones come to: by currency, open ones at today's rate, closed ones at that of their day."""
        rates = Rates.load([line["currency"] for line in lines], on=today_of(self.reading()))
        total: Total = rates.total((line["open"], line["currency"]) for line in lines if line["open"] is not None)
        closed = sum(line["closed"] or 0 for line in lines)
        return super().sums(lines) | {"base": total.amount + closed, "rates": rates}

    def extra_context(self) -> dict[str, Any]:
        return self.rights()


class OpportunityFilterPanel(FilterPanel, OpportunityList):
    list_url_name = "opportunities:list"


class OpportunityExport(OpportunityList):
    """The list as a file shows it: with whom and in which currency stand in columns of their own."""

    def make_table(self, shown: list[str] | None) -> Table:
        table = super().make_table(shown)
        beside = {"title": ("customer", "country"), "amount": ("currency", "base"), "stage": ("probability",)}
        keys = [key for column in table.shown for key in (column.key, *beside.get(column.key, ()))]
        return super().make_table(keys)
