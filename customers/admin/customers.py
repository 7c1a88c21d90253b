"""How do staff look at a customer and repair it? Every change goes through the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from core.admin import Actions, ReadOnly, state_badge
from core.custom_fields import fields_of, shown
from core.search import matching
from core.templatetags.ui import country_name, flag, grade_square, status_dot

from .. import facts
from ..history import changes_of
from ..models import Customer, CustomerGroup
from ..services import archive_customer, transfer_customer
from .asking import asked
from .parts import CollaboratorInline, ContactInline, HeaderInline, KeyDateInline, PeriodInline, StatusChangeInline

HISTORY_SHOWN = 200


class HeldFilter(admin.SimpleListFilter):
    title = _("held")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("owner", _("by somebody")), ("pool", _("in a public pool")), ("nobody", _("archived"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "owner":
                return queryset.filter(owner__isnull=False)
            case "pool":
                return queryset.filter(pool__isnull=False)
            case "nobody":
                return queryset.filter(archived_at__isnull=False)
        return queryset


class TransferForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.active(), label=_("To"))
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class ArchiveForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


@admin.register(Customer)
class CustomerAdmin(Actions):
    """Search and look; transfer, archive and repair by the services."""

    list_display = ("named", "country_shown", "status_shown", "grade_shown", "holder", "last_followed_at", "created_at")
    list_display_links = ("named",)
    list_filter = ("status", "grade", HeldFilter, "source", "kind")
    list_select_related = ("owner", "pool", "status")
    search_fields = ("name",)
    search_help_text = _("Any part of a name, header, contact, e-mail, number or code")
    actions = ("transfer", "archive", "recompute")
    sortable_by = ("named", "created_at")
    inlines = (HeaderInline, ContactInline, CollaboratorInline, StatusChangeInline, PeriodInline, KeyDateInline)
    object_history_template = "admin/kept_history.html"
    OPEN = (
        (None, {"fields": (("name", "kind"), ("country", "size", "source"), ("group", "group_role"))}),
        (
            _("Where it stands"),
            {
                "fields": (
                    ("status", "status_at"),
                    ("grade", "grade_reason", "grade_until"),
                    ("protected_until", "protected_reason"),
                    ("owner", "pool", "owned_since"),
                    ("last_followed_at", "idle_since", "completeness"),
                    ("created_at", "created_by", "updated_at"),
                    ("archived_at", "archive_reason"),
                )
            },
        ),
    )
    # In a public pool these are masked, for staff too.
    MASKED = (
        (
            _("Details"),
            {
                "fields": (
                    ("region", "city", "postal_code"),
                    "address",
                    ("website", "language", "time_zone"),
                    ("payment_terms", "currency", "incoterm", "tariff_preference"),
                    ("purchase_cycle_days", "annual_purchase", "our_share"),
                    "needs",
                    "competitors",
                    "reasons_not_won",
                    "remarks",
                    ("external_id", "own_fields"),
                )
            },
        ),
    )

    # The list.

    @admin.display(description=_("customer"), ordering="name")
    def named(self, customer: Customer) -> SafeString:
        return format_html("<bdi>{}</bdi>", customer.name)

    @admin.display(description=_("country"))
    def country_shown(self, customer: Customer) -> SafeString | str:
        code = str(customer.country)
        return format_html("{} {}", flag(code, False), country_name(code)) if code else ""

    @admin.display(description=_("status"))
    def status_shown(self, customer: Customer) -> SafeString:
        return status_dot(customer.status.shape, customer.status.name)

    @admin.display(description=_("grade"))
    def grade_shown(self, customer: Customer) -> SafeString | str:
        return grade_square(customer.grade) if customer.grade else ""

    @admin.display(description=_("held by"))
    def holder(self, customer: Customer) -> Any:
        if customer.archived_at:
            return state_badge("", _("Archived"))
        return customer.owner or state_badge("accent", customer.pool)

    @admin.display(description=_("own fields"))
    def own_fields(self, customer: Customer) -> str:
        said = [(field.name, shown(field, customer.custom.get(field.key))) for field in fields_of("customers.customer")]
        return "\n".join(f"{name}: {value}" for name, value in said if value)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return super().get_queryset(request).defer("search_text", "search_public")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Served by the indexes of the search texts; in a pool names only are found by."""
        if not search_term.strip():
            return queryset, False
        in_full = matching(Customer.objects.filter(pool__isnull=True), search_term)
        by_name = matching(Customer.objects.filter(pool__isnull=False), search_term, "search_public")
        return queryset.filter(Q(pk__in=in_full.values("pk")) | Q(pk__in=by_name.values("pk"))), False

    # One customer.

    def get_fieldsets(self, request: HttpRequest, obj: Customer | None = None) -> Any:
        return self.OPEN if obj is not None and obj.pool_id else (*self.OPEN, *self.MASKED)

    def get_inlines(self, request: HttpRequest, obj: Customer | None = None) -> Any:
        if obj is not None and obj.pool_id:
            return (StatusChangeInline, PeriodInline)
        return self.inlines

    def get_view_on_site_url(self, obj: Customer | None = None) -> str | None:
        return obj.get_absolute_url() if obj is not None and obj.owner_id else None

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, from the rows that triggers keep."""
        customer = self.get_object(request, object_id)
        changes = changes_of(customer, HISTORY_SHOWN) if customer is not None and customer.pool_id is None else []
        more = {"changes": changes, "limit": HISTORY_SHOWN}
        return super().history_view(request, object_id, more | (extra_context or {}))

    # What can be done.

    @admin.action(description=_("Transfer to somebody else …"))
    def transfer(self, request: HttpRequest, rows: QuerySet[Customer]) -> HttpResponse | None:
        return self._with_form(
            request,
            rows,
            TransferForm,
            "transfer",
            _("Transfer to somebody else"),
            lambda customer, **said: transfer_customer(customer=customer, **said),
        )

    @admin.action(description=_("Archive …"))
    def archive(self, request: HttpRequest, rows: QuerySet[Customer]) -> HttpResponse | None:
        return self._with_form(
            request,
            rows,
            ArchiveForm,
            "archive",
            _("Archive"),
            lambda customer, **said: archive_customer(customer=customer, **said),
        )

    def _with_form(
        self,
        request: HttpRequest,
        rows: QuerySet[Customer],
        form_class: type[forms.Form],
        action: str,
        title: str | Promise,
        act: Callable[..., Any],
    ) -> HttpResponse | None:
        form = form_class(request.POST if "act" in request.POST else None)
        if not form.is_valid():
            return asked(self, request, rows, form, action, title)
        now = timezone.now()
        self.each(request, rows, lambda customer: act(customer, **form.cleaned_data, by=request.user, now=now))
        return None

    @admin.action(description=_("Make holder, search text and completeness anew"))
    def recompute(self, request: HttpRequest, rows: QuerySet[Customer]) -> None:
        ids = list(rows.values_list("pk", flat=True))
        facts.refresh_holding(ids)
        facts.refresh_text_facts(ids)
        said = ngettext("%(number)d customer was made anew.", "%(number)d customers were made anew.", len(ids))
        self.message_user(request, said % {"number": len(ids)}, messages.SUCCESS)


@admin.register(CustomerGroup)
class CustomerGroupAdmin(ReadOnly):
    list_display = ("name", "created_by", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("name",)
