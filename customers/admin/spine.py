"""What was written down of customers, and what was not delivered?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin import Actions, ReadOnly, among

from .. import ledger
from ..models import CustomerRequest, Event, EventDelivery, LookUp, OwnershipPeriod, SaidDifferent
from ..registries import CONSUMERS, EVENT_LINES


class OfCustomer(ReadOnly):
    """Rows that name their customer, the last written first: by their id, which every size of table serves at once."""

    ordering = ("-pk",)
    sortable_by = ()

    @admin.display(description=_("customer"), ordering="customer")
    def of(self, row: Any) -> SafeString | str:
        if row.customer is None:
            return ""
        url = reverse("admin:customers_customer_change", args=[row.customer_id])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', url, row.customer.name)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in ("customer", "customer__id__exact") or super().lookup_allowed(lookup, value, request)


@admin.register(Event)
class EventAdmin(OfCustomer):
    """The ledger: append-only, a trigger refuses changes."""

    list_display = ("at", "kind", "of", "by", "rule", "target")
    list_display_links = ("at",)
    list_filter = (among("kind", _("kind"), lambda: [(kind, kind) for kind in sorted(EVENT_LINES)]), "at")
    list_select_related = ("customer", "by")
    search_fields = ("=customer__id", "=kind")
    search_help_text = _("Number of a customer, or a kind such as owner.transferred")
    fields = (("kind", "at"), "customer", ("by", "rule"), ("target_label", "target_id"), "payload")

    @admin.display(description=_("about"))
    def target(self, event: Event) -> str:
        return f"{event.target_label} {event.target_id}" if event.target_id else ""


@admin.register(OwnershipPeriod)
class OwnershipPeriodAdmin(OfCustomer):
    list_display = ("started_at", "ended_at", "of", "owner", "pool", "reason", "by")
    list_filter = ("reason", "started_at")
    list_select_related = ("customer", "owner", "pool", "by")
    search_fields = ("=customer__id", "owner__name", "owner__username")


@admin.register(CustomerRequest)
class CustomerRequestAdmin(OfCustomer):
    list_display = ("at", "kind", "of", "by", "state", "decided_by")
    list_display_links = ("at",)
    list_filter = ("kind", "state", "at")
    list_select_related = ("customer", "by", "decided_by")
    search_fields = ("=customer__id", "by__name", "by__username")


@admin.register(SaidDifferent)
class SaidDifferentAdmin(ReadOnly):
    list_display = ("at", "one", "other", "kind", "by", "reason")
    list_display_links = ("at",)
    list_filter = ("kind", "at")
    list_select_related = ("one", "other", "by")
    search_fields = ("=one__id", "=other__id", "by__name")


@admin.register(LookUp)
class LookUpAdmin(ReadOnly):
    """That somebody looked companies up and how many; what they pasted is their own."""

    list_display = ("at", "by", "count")
    list_filter = ("at",)
    list_select_related = ("by",)
    search_fields = ("by__name", "by__username")
    fields = ("at", "by", "count")


@admin.register(EventDelivery)
class EventDeliveryAdmin(Actions):
    """Events that a consumer has not handled; parked ones failed too often."""

    list_display = ("event", "consumer", "attempts", "parked_at", "error")
    list_filter = (
        among("consumer", _("consumer"), lambda: [(name, name) for name in CONSUMERS]),
        ("parked_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("event",)
    search_fields = ("consumer", "=event__id")
    actions = ("deliver_again",)

    @admin.action(description=_("Deliver those set aside again"))
    def deliver_again(self, request: HttpRequest, rows: QuerySet[EventDelivery]) -> None:
        number = ledger.retry_parked(rows)
        said = ngettext("%(number)d delivery is tried again.", "%(number)d deliveries are tried again.", number)
        self.message_user(request, said % {"number": number}, messages.SUCCESS if number else messages.WARNING)
