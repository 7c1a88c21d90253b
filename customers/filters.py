"""By what can customers be filtered? Every field of ours, the firm's own, and what is known of contact and holder."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.filters import all_teams, everybody
from core.custom_fields import PREFIX, filters_for
from core.filters import DateRange, Filters, NumberRange, SearchFilter, YesNoFilter
from core.models import CustomField, ImportRow, ImportRun

from . import words
from .models import CategoryDimension, Contact, Customer, CustomerGroup, KeyDate
from .models.customer import Incoterm
from .registries import FILTERS

MANY = {"data-enhance": "1"}


class AnyOf(django_filters.MultipleChoiceFilter):
    """Any of several words of a column."""

    def __init__(self, **extra: Any) -> None:
        extra.setdefault("widget", forms.SelectMultiple(attrs=MANY))
        super().__init__(distinct=False, **extra)


class AnyRow(django_filters.ModelMultipleChoiceFilter):
    """Any of several related rows, without a join that would double a customer.

    With a ``null_label`` the word "none" among them asks for rows that have none.
    """

    def __init__(self, **extra: Any) -> None:
        extra.setdefault("widget", forms.SelectMultiple(attrs=MANY))
        super().__init__(distinct=False, null_value="none", **extra)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        rows = [one for one in value or () if one != self.null_value]
        wanted = Q(**{f"{self.field_name}__in": rows}) if rows else Q()
        if len(rows) < len(value or ()):
            wanted |= Q(**{f"{self.field_name}__isnull": True})
        return qs.filter(wanted)


class AnyLinked(AnyRow):
    """Any of several rows behind a many-to-many relation."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if not value:
            return qs
        relation: Any = Customer._meta.get_field(self.field_name)
        through = relation.remote_field.through._default_manager  # unscoped: narrows visible rows
        linked = through.filter(**{"customer": OuterRef("pk"), f"{relation.m2m_reverse_field_name()}__in": value})
        return qs.filter(Exists(linked))


def own_groups(request: Any) -> QuerySet[CustomerGroup]:
    return CustomerGroup.objects.visible_to(request.user)


def own_imports(request: Any) -> QuerySet[ImportRun]:
    return ImportRun.objects.visible_to(request.user)


CONTACTED = [
    ("never", _("Never")),
    ("7", _("Within 7 days")),
    ("30", _("Within 30 days")),
    ("-14", _("Not for 14 days")),
    ("-30", _("Not for 30 days")),
    ("-90", _("Not for 90 days")),
]


class CustomerFilters(Filters):
    """The filters of the list; ``reading`` of the page hands over dimensions and custom fields."""

    q = SearchFilter()
    whose = django_filters.ChoiceFilter(
        label=_("Whose"),
        method="by_relation",
        choices=[("mine", _("Mine")), ("shared", _("Shared with me")), ("team", _("My team's"))],
        empty_label=_("All I may see"),
    )
    status = AnyRow(label=_("Status"), queryset=words.statuses(), to_field_name="key")
    grade = AnyOf(label=_("Grade"), choices=[*Customer.Grade.choices, ("none", _("without"))], method="by_grade")
    owner = AnyRow(label=_("Owner"), queryset=everybody)
    team = AnyRow(label=_("Team"), field_name="owner__team", queryset=all_teams)
    country = AnyOf(label=_("Country"), choices=[])
    city = django_filters.CharFilter(label=_("City contains"), lookup_expr="icontains")
    region = django_filters.CharFilter(label=_("State or province contains"), lookup_expr="icontains")
    source = AnyRow(label=_("Source"), queryset=words.sources(), to_field_name="key")
    tags = AnyLinked(label=_("Tags"), queryset=words.tags())
    size = AnyOf(label=_("Size"), choices=Customer.Size.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Customer.Kind.choices, empty_label=_("Any"))
    group = AnyRow(label=_("Group"), queryset=own_groups)
    contacted = django_filters.ChoiceFilter(
        label=_("Last contact"), choices=CONTACTED, method="by_contact", empty_label=_("Any")
    )
    next_step = django_filters.ChoiceFilter(
        label=_("Next step"),
        choices=[("none", _("None planned")), ("late", _("Overdue")), ("planned", _("Planned"))],
        method="by_next_step",
        empty_label=_("Any"),
    )
    waiting = YesNoFilter(label=_("Waits for our answer"), method="by_waiting")
    has_contact = YesNoFilter(label=_("Has a contact"), method="by_having_contact")
    protected = YesNoFilter(label=_("Protected"), method="by_protection")
    key_date = django_filters.ChoiceFilter(
        label=_("Key date"),
        choices=[("30", _("Within 30 days")), ("90", _("Within 90 days"))],
        method="by_key_date",
        empty_label=_("Any"),
    )
    completeness = NumberRange(label=_("Completeness in %"))
    annual_purchase = NumberRange(label=_("Annual purchase"))
    currency = django_filters.CharFilter(label=_("Currency"), lookup_expr="iexact")
    incoterm = AnyOf(label=_("Usual incoterm"), choices=Incoterm.choices)
    payment_terms = django_filters.CharFilter(label=_("Payment terms contain"), lookup_expr="icontains")
    external_id = django_filters.CharFilter(label=_("External id"), lookup_expr="iexact")
    created = DateRange(label=_("Created"), field_name="created_at")
    # The result of an import leads here.
    imported = django_filters.ModelChoiceFilter(
        label=_("Import"), queryset=own_imports, method="by_import", widget=forms.HiddenInput
    )
    # Chosen above the list by a view of its own; here so that it shows as a chip and is kept.
    archived = django_filters.ChoiceFilter(
        label=_("Archived"), choices=[("1", _("only archived"))], method="by_archive", widget=forms.HiddenInput
    )

    def __init__(
        self,
        *args: Any,
        dimensions: list[CategoryDimension] = (),  # type: ignore[assignment]
        custom_fields: list[CustomField] = (),  # type: ignore[assignment]
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if "country" in self.filters:
            self.filters["country"].extra["choices"] = list(countries)
        for dimension in dimensions:
            name = f"category_{dimension.key}"
            if not self.takes_part(name):
                continue
            self.filters[name] = own = AnyLinked(
                label=dimension.name,
                field_name="categories",
                queryset=words.categories(dimension),
                to_field_name="key",
            )
            own.parent, own.model = self, Customer
        for name, make in FILTERS.items():
            if self.takes_part(name):
                self.filters[name] = own = make()
                own.field_name, own.parent, own.model = name, self, Customer
        for definition in custom_fields:
            if not self.takes_part(PREFIX + definition.key):
                continue
            own = filters_for(definition)
            own.parent, own.model = self, Customer
            self.filters[PREFIX + definition.key] = own

    # --- methods ----------------------------------------------------------------------------------

    def by_relation(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "mine":
            return queryset.filter(owner=self.user)
        if value == "team":
            return queryset.filter(owner__team_id__in=self.user.managed_team_ids)
        shared = Customer.objects.visible_to(self.user).filter(collaborators__user=self.user)
        return queryset.exclude(owner=self.user).filter(pk__in=shared.values("pk"))

    def by_grade(self, queryset: QuerySet[Any], name: str, values: list[str]) -> QuerySet[Any]:
        return queryset.filter(grade__in=["" if value == "none" else value for value in values]) if values else queryset

    def by_contact(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "never":
            return queryset.filter(last_followed_at=None)
        since = timezone.now() - timedelta(days=abs(int(value)))
        if value.startswith("-"):
            return queryset.filter(Q(last_followed_at__lt=since) | Q(last_followed_at=None, created_at__lt=since))
        return queryset.filter(last_followed_at__gte=since)

    def by_next_step(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "none":
            return queryset.without_next_step()  # type: ignore[attr-defined]
        if value == "late":
            return queryset.filter(next_task_at__lte=timezone.now())
        return queryset.exclude(next_task_title="")

    def by_waiting(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        waiting = queryset.waiting_for_us()  # type: ignore[attr-defined]
        return waiting if value else queryset.exclude(pk__in=waiting.values("pk"))

    def by_having_contact(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        people = Contact.objects.filter(customer=OuterRef("pk"), archived_at=None)  # unscoped: narrows visible rows
        return queryset.filter(Exists(people) if value else ~Exists(people))

    def by_protection(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        today = timezone.localdate()
        if value:
            return queryset.filter(protected_until__gte=today)
        return queryset.filter(Q(protected_until=None) | Q(protected_until__lt=today))

    def by_key_date(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = timezone.localdate()
        dates = KeyDate.objects.visible_to(self.user).filter(
            customer=OuterRef("pk"), on__range=(today, today + timedelta(days=int(value)))
        )
        return queryset.filter(Exists(dates))

    def by_import(self, queryset: QuerySet[Any], name: str, value: ImportRun | None) -> QuerySet[Any]:
        if value is None:
            return queryset
        made = value.rows.filter(outcome__in=(ImportRow.Outcome.MADE, ImportRow.Outcome.UPDATED))
        return queryset.filter(pk__in=made.values("target_id"))

    def by_archive(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset  # the page starts from the archived rows
