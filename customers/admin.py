"""What do staff keep, look at and repair about customers? Every change to a customer goes through the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.requests import SignedInRequest
from core.admin import Actions, KeptWhileUsed, ReadOnly, among, is_used, state_badge
from core.custom_fields import fields_of, shown
from core.search import matching
from core.templatetags.ui import country_name, flag, grade_square, status_dot

from . import facts, ledger
from .history import changes_of
from .models import (
    Category,
    CategoryDimension,
    Collaborator,
    Contact,
    Customer,
    CustomerGroup,
    CustomerName,
    CustomerRequest,
    Event,
    EventDelivery,
    KeyDate,
    LookUp,
    OwnershipPeriod,
    Pool,
    PoolMember,
    SaidDifferent,
    Source,
    Status,
    StatusChange,
    Tag,
)
from .registries import CONSUMERS, EVENT_LINES
from .services import archive_customer, merge_tags, transfer_customer

HISTORY_SHOWN = 200


# --- words of the firm -------------------------------------------------------------------------------


@admin.register(Status)
class StatusAdmin(KeptWhileUsed):
    """Names, signs and order are the firm's; the keys that rules know stay."""

    list_display = ("shown", "name_en", "name_zh", "key", "is_known", "is_active", "position")
    list_display_links = ("shown",)
    list_editable = ("is_active", "position")
    search_fields = ("name_en", "name_zh", "key")
    fields = (("name_en", "name_zh"), "key", "shape", ("is_active", "position"))
    KNOWN = (Status.POTENTIAL, Status.CONTACTED, Status.WON, Status.RETAINED, Status.DORMANT, Status.LOST)

    @admin.display(description=_("status"))
    def shown(self, status: Status) -> SafeString:
        return status_dot(status.shape, status.name)

    @admin.display(description=_("rules know it"), boolean=True)
    def is_known(self, status: Status) -> bool:
        return status.key in self.KNOWN

    def get_readonly_fields(self, request: HttpRequest, obj: Status | None = None) -> tuple[str, ...]:
        return ("key",) if obj is not None and (obj.key in self.KNOWN or is_used(obj)) else ()

    def has_delete_permission(self, request: HttpRequest, obj: Status | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and obj.key not in self.KNOWN


@admin.register(Source)
class SourceAdmin(KeptWhileUsed):
    list_display = ("name_en", "name_zh", "key", "is_active", "position")
    list_display_links = ("name_en", "name_zh")
    list_editable = ("is_active", "position")
    search_fields = ("name_en", "name_zh", "key")
    fields = (("name_en", "name_zh"), "key", ("is_active", "position"))
    prepopulated_fields = {"key": ("name_en",)}
    actions = ("take_out", "use_again")


class CategoryFormSet(forms.BaseInlineFormSet):
    """A category on customers is taken out of use, not removed."""

    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk and form.instance.customers.exists():
                raise ValidationError(
                    _("“%(name)s” is on customers: take it out of use instead of deleting it.")
                    % {"name": form.instance.name}
                )


class CategoryInline(admin.TabularInline):
    model = Category
    formset = CategoryFormSet
    extra = 1
    fields = ("name_en", "name_zh", "key", "is_active", "position")
    prepopulated_fields = {"key": ("name_en",)}


@admin.register(CategoryDimension)
class CategoryDimensionAdmin(KeptWhileUsed):
    list_display = ("name_en", "name_zh", "key", "is_multiple", "is_active", "position")
    list_display_links = ("name_en", "name_zh")
    list_editable = ("is_active", "position")
    search_fields = ("name_en", "name_zh", "key")
    fields = (("name_en", "name_zh"), "key", "is_multiple", ("is_active", "position"))
    prepopulated_fields = {"key": ("name_en",)}
    inlines = (CategoryInline,)


class PoolMemberInline(admin.TabularInline):
    """Limits that are filled here hold instead of the pool's; a person's own row comes before the team's."""

    model = PoolMember
    extra = 1
    autocomplete_fields = ("team", "user")
    fields = ("team", "user", *PoolMember.LIMITS, "is_admin", "position")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("team", "user")


@admin.register(Pool)
class PoolAdmin(KeptWhileUsed):
    """Where customers lie that nobody holds. The default one stays in use."""

    list_display = ("name_en", "name_zh", "is_default", "is_for_all", *Pool.LIMITS, "is_active", "position")
    list_display_links = ("name_en", "name_zh")
    search_fields = ("name_en", "name_zh")
    fieldsets = (
        (None, {"fields": (("name_en", "name_zh"), "is_for_all", ("is_active", "position"))}),
        (
            _("Limits of each member"),
            {
                "fields": (("a_day", "a_week", "a_month"), ("capacity", "counts_won"), "cool_down_days"),
                "description": _("Empty: no limit. Days, weeks and months are those of the business time zone."),
            },
        ),
    )
    inlines = (PoolMemberInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Pool | None = None) -> tuple[str, ...]:
        return ("is_active",) if obj is not None and obj.is_default else ()

    def has_delete_permission(self, request: HttpRequest, obj: Pool | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and not obj.is_default


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


# --- what belongs to a customer ----------------------------------------------------------------------


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


# --- customers ---------------------------------------------------------------------------------------


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


# --- the spine ---------------------------------------------------------------------------------------


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
