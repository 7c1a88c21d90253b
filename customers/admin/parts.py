"""What belongs to a customer, as its page shows it?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from ..models import Collaborator, Contact, CustomerName, KeyDate, OwnershipPeriod, StatusChange


class Looked(admin.TabularInline):
    """Rows of a customer, to be looked at."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class HeaderInline(Looked):
    model = CustomerName
    fields = ("name", "kind", "country", "code", "is_main", "created_at")


class ContactInline(Looked):
    model = Contact
    fields = ("name", "title", "is_primary", "is_decision_maker", "is_do_not_contact", "archived_at")


class PeriodInline(Looked):
    model = OwnershipPeriod
    fk_name = "customer"
    fields = ("owner", "pool", "started_at", "ended_at", "reason", "by", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("owner", "pool", "by")


class StatusChangeInline(Looked):
    model = StatusChange
    fields = ("at", "before", "after", "by", "lost_reason", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("before", "after", "by")


class CollaboratorInline(Looked):
    model = Collaborator
    fields = ("user", "role", "added_by", "added_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "added_by")


class KeyDateInline(Looked):
    model = KeyDate
    fields = ("kind", "on", "source")
