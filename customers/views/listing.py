"""The list of customers."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.ids import ids_of
from core.models import CustomField
from core.pages import BulkVerb, FilterPanel, ListPage, Preset, Quick
from core.pages.listing import SIZES
from core.search import matching
from core.tables import Reading
from core.text import clean

from .. import words
from ..filters import CustomerFilters
from ..models import CategoryDimension, Customer
from ..permissions import can_create, can_export, can_import
from ..registries import BULK_ACTS, COLUMNS
from ..tables import CustomerTable, acts, with_points

PRESETS = (
    Preset("mine", _("My customers"), "whose=mine"),
    Preset("shared", _("Shared with me"), "whose=shared"),
    Preset("team", _("My team's"), "whose=team"),
    Preset("all", _("All I may see")),
    Preset("never", _("Never contacted"), "contacted=never"),
    Preset("archived", _("Archived"), "archived=1"),
)
FOR_MANAGERS = {"team": lambda user: user.is_manager, "archived": lambda user: user.is_manager or user.is_admin}


class CustomerList(ListPage):
    """Customers that the reader may see in full; the archived ones in a view of their own."""

    request: SignedInRequest
    key = "customers"
    model = Customer
    table_class = CustomerTable
    filters_class = CustomerFilters
    template_name = "customers/list.html"
    title = _("Customers")
    presets = PRESETS
    quicks = (
        Quick(_("Never contacted"), "message-circle", {"contacted": "never"}),
        Quick(_("Not for 30 days"), "clock-pause", {"contacted": "-30"}),
        Quick(_("Key date within 30 days"), "calendar-due", {"key_date": "30"}),
    )
    count_url_name = "customers:count"
    edit_path = "edit/"

    def visible_presets(self) -> tuple[Preset, ...]:
        user = self.request.user
        return tuple(p for p in self.presets if p.key not in FOR_MANAGERS or FOR_MANAGERS[p.key](user))

    @property
    def shows_archived(self) -> bool:
        return self.params.get("archived") == "1"

    def get_queryset(self) -> QuerySet[Any]:
        if self.shows_archived:
            rows = Customer.objects.archived_for(self.request.user)
        else:
            rows = Customer.objects.visible_to(self.request.user)
        return rows.defer(
            "search_text", "search_public", "needs", "competitors", "reasons_not_won", "remarks", "address"
        )

    @cached_property
    def custom_fields(self) -> list[CustomField]:
        return words.custom_fields()

    @cached_property
    def dimensions(self) -> list[CategoryDimension]:
        return words.dimensions()

    def reading(self) -> Reading:
        reading = super().reading()
        more = [make(reading) for make in COLUMNS.values()]
        reading.extra = {"custom_fields": self.custom_fields, "dimensions": self.dimensions, "columns": more}
        return reading

    def make_filters(self, queryset: QuerySet[Any], whole: bool = False) -> CustomerFilters:
        return CustomerFilters(
            self.params,
            queryset,
            user=self.request.user,
            request=self.request,
            dimensions=self.dimensions,
            custom_fields=self.custom_fields,
            whole=whole,
        )

    def bulk_verbs(self) -> list[BulkVerb]:
        if self.shows_archived:
            return []
        user = self.request.user
        verbs: list[tuple[str, Any, str]] = [
            ("tag", _("Tag"), "tag"),
            ("status", _("Status"), "arrow-right"),
            ("field", _("Set a field"), "edit"),
        ]
        if user.is_manager or user.is_admin:
            verbs.append(("transfer", _("Transfer"), "transfer"))
        verbs += [(key, act.label, act.icon) for key, act in BULK_ACTS.items()]
        found = [BulkVerb(key, label, icon, reverse("customers:bulk", args=[key])) for key, label, icon in verbs]
        if can_export(user):
            url = reverse("core:export", args=[self.key])
            found.append(BulkVerb("export", _("Export"), "download", url, {"is_page": True}))
        return found

    def context(self) -> dict[str, Any]:
        found = super().context()
        ids = ",".join(str(row.pk) for row in found["page"].rows)
        return found | {"cards_url": f"{reverse('customers:reach')}?pk={ids}"}

    def extra_context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "panel_url": f"{reverse('customers:filters')}?{self.query_to_keep()}",
            "may_create": can_create(user),
            "may_import": can_import(user),
            "may_export": can_export(user),
        }


class CustomerFilterPanel(FilterPanel, CustomerList):
    list_url_name = "customers:list"


@require_safe
def find(request: SignedInRequest) -> JsonResponse:
    """Customers for a field in which one types: {"results": [{"id", "text"}]}, those that the reader sees."""
    text = clean(request.GET.get("q", ""))
    rows = Customer.objects.visible_to(request.user)
    found = matching(rows, text) if text else rows.filter(owner=request.user)
    names = found.order_by("name", "pk").values("pk", "name", "country")[:20]
    results = [{"id": one["pk"], "text": f"{one['name']} · {one['country']}"} for one in names]
    return JsonResponse({"results": results})


@require_safe
def reach(request: SignedInRequest) -> HttpResponse:
    """By which taps the customers ``pk`` (1,2,3) of a page are reached: asked for only where the list shows cards."""
    ids = ids_of(request.GET.get("pk", "").split(","))[: max(SIZES)]
    rows = with_points(Customer.objects.visible_to(request.user).filter(pk__in=ids))
    shown = [(row.pk, acts(row._points)) for row in rows]
    return render(request, "customers/reach.html", {"rows": shown})
