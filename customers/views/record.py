"""The page of one customer: head, tabs by URL, and what is known beside them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.requests import SignedInRequest
from core.pages import Tab, get_visible_or_404
from core.querysets import counts_in_one

from .. import permissions, words
from ..clock import local_clock
from ..facts_shown import facts_of, missing_words
from ..key_dates import Occasion, birthday, occasion
from ..models import (
    Category,
    CategoryDimension,
    Collaborator,
    Contact,
    ContactPoint,
    Customer,
    CustomerName,
    KeyDate,
)
from ..querysets import CustomerQuerySet
from ..reach import best
from ..registries import ACTS as MORE_ACTS
from ..registries import PANELS, TABS
from .listing import CustomerList

ACTS = ("edit", "grade", "transfer", "protect", "archive", "manage_collaborators", "write_note")


def find_customer(request: SignedInRequest, pk: int, queryset: CustomerQuerySet | None = None) -> Customer:
    """The customer, living or archived, if the reader may see it; Http404 else."""
    user = request.user
    rows = Customer.objects.all() if queryset is None else queryset  # unscoped: both ways below scope it
    try:
        return get_visible_or_404(rows, user, pk)
    except Http404:
        archived = rows.archived_for(user).filter(pk=pk).first()
        if archived is None:
            raise
        return archived


def whole(user: Any, now: datetime) -> CustomerQuerySet:
    """Customers with everything the page shows of them, in four statements."""
    dates = KeyDate.objects.filter(customer=OuterRef("pk")).order_by("on")  # unscoped: its own
    born = Contact.objects.filter(  # unscoped: its own
        customer=OuterRef("pk"), birthday__isnull=False, archived_at=None
    )
    tags = words.tags().filter(customers=OuterRef("pk")).order_by("name")
    main = CustomerName.objects.filter(customer=OuterRef("pk"), is_main=True)  # unscoped: its own
    points = ContactPoint.objects.filter(contact__archived_at=None).select_related("contact")  # unscoped: its own
    return (
        Customer.objects.select_related(  # unscoped: find_customer scopes it
            "owner__team", "owner__deputy", "status", "source", "group"
        )
        .defer("search_text", "search_public")
        .annotate(
            main_code=Subquery(main.values("code")[:1]),
            tag_names=ArraySubquery(tags.values("name")),
            dates_known=ArraySubquery(dates.values(_json=JSONObject(kind="kind", on="on", note="note"))),
            born=ArraySubquery(born.values(_json=JSONObject(name="name", on="birthday"))),
        )
        .prefetch_related(
            Prefetch("collaborators", Collaborator.objects.select_related("user__deputy")),  # unscoped: its own
            Prefetch("categories", Category.objects.order_by("position", "pk")),  # unscoped: words
            Prefetch("contact_points", points.order_by("-contact__is_primary", "position", "pk")),
        )
    )


class CustomerPage(View):
    """One tab of a customer's page; apps above subclass it and add their line to TABS.

    ``part`` is the tab's template, ``tab_context`` what it needs. htmx gets the tabs' part only.
    """

    request: SignedInRequest
    tab: ClassVar[str]
    part: ClassVar[str]

    def tab_context(self) -> dict[str, Any]:
        return {}

    def may(self) -> bool:
        return True

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get(self, request: SignedInRequest, pk: int) -> HttpResponse:
        self.customer = find_customer(request, pk, whole(request.user, self.now))
        if not self.may():
            raise Http404
        self.shown_tabs = self.tabs()
        context = {"customer": self.customer, "part": self.part, "tabs": self.shown_tabs, **self.tab_context()}
        if request.htmx and not request.htmx.history_restore_request:
            return render(request, "customers/detail.html#panel", context | self.rights())
        return render(request, "customers/detail.html", context | self.head())

    # --- parts ------------------------------------------------------------------------------------

    def rights(self) -> dict[str, Any]:
        user = self.request.user
        return {f"may_{act}": getattr(permissions, f"can_{act}")(user, self.customer) for act in ACTS}

    def tabs(self) -> list[dict[str, Any]]:
        user = self.request.user
        shown = sorted(TABS.values(), key=lambda tab: tab.order)
        counts = counts_in_one([tab.count(self.customer, user) if tab.count else None for tab in shown])
        kept = f"?{urlencode({'in': self.list_query})}" if self.list_query is not None else ""
        return [
            {
                "key": tab.key,
                "label": tab.label,
                "href": reverse(tab.url_name, args=[self.customer.pk]) + kept,
                "is_current": tab.key == self.tab,
                "count": count,
            }
            for tab, count in zip(shown, counts, strict=True)
        ]

    @cached_property
    def list_query(self) -> str | None:
        """The list this reader comes from: named by ``in`` of this page or of a form on it, else the referring page."""
        if "in" in self.request.GET:
            return self.request.GET["in"]
        came = urlsplit(self.request.headers.get("Referer", ""))
        if came.netloc != self.request.get_host():
            return None
        if came.path.startswith(reverse("customers:detail", args=[self.customer.pk])):
            return QueryDict(came.query).get("in")
        return came.query if came.path == reverse("customers:list") else None

    def neighbours(self) -> dict[str, Any]:
        if self.list_query is None:
            return {}
        page = CustomerList.of_address(self.request, self.list_query)
        page.custom_fields, page.dimensions = self.fields, self.dimensions
        around = page.neighbours(self.customer)
        view = next((tab for tab in page.tabs() if tab.is_current), None)
        place = {"previous": around.before, "next": around.behind, "number": around.number, "total": around.total}
        return {**place, "list_query": self.list_query, "list_view": view}

    @cached_property
    def fields(self) -> list[Any]:
        return words.custom_fields()

    @cached_property
    def dimensions(self) -> list[CategoryDimension]:
        return words.dimensions()

    def head(self) -> dict[str, Any]:
        customer, user = self.customer, self.request.user
        points = [
            {"kind": point.kind, "value": point.value, "normal": point.normal}
            for point in customer.contact_points.all()
            if point.contact is None or not point.contact.is_do_not_contact
        ]
        facts = facts_of(customer, self.dimensions, self.fields)
        everyone = list(customer.contact_points.all())
        has_contact = any(tab["key"] == "contacts" and tab["count"] for tab in self.shown_tabs)
        today = timezone.localdate()
        return {
            **self.rights(),
            **self.neighbours(),
            "now": self.now,
            "clock": local_clock(customer, self.now),
            "held_days": (self.now - customer.owned_since).days if customer.owned_since else None,
            "is_protected": bool(customer.protected_until and customer.protected_until >= today),
            "protection_ends_soon": bool(
                customer.protected_until and today <= customer.protected_until <= today + timedelta(days=7)
            ),
            "reach": best(points),
            "own_points": [point for point in everyone if point.contact_id is None],
            "facts": [fact for fact in facts if not fact.is_empty],
            "empty_facts": [fact for fact in facts if fact.is_empty],
            "missing": missing_words(customer, has_contact, bool(everyone)),
            "members": self.members(user),
            "occasions": (occasions := self.occasions(today)),
            "next_occasion": next((one for one in occasions if one.on >= today), None),
            "may_restore": permissions.can_restore(user, customer),
            "may_export": permissions.exportable(user, customer),
            "more_acts": sorted(
                (act for act in MORE_ACTS.values() if act.shown_to(user, customer)), key=lambda act: act.order
            ),
            "panels": self.panels(),
        }

    def panels(self) -> list[dict[str, Any]]:
        """What upper floors say beside owner and next step."""
        shown = sorted(PANELS.values(), key=lambda panel: panel.order)
        drawn = ((panel, panel.context(self.customer, self.request.user, self.now)) for panel in shown)
        return [{"template": panel.template, **said} for panel, said in drawn if said is not None]

    def occasions(self, today: date) -> list[Occasion]:
        """Days that matter, the next first; of birthdays those within a quarter."""
        known: Any = self.customer
        written = [
            occasion(one["kind"], date.fromisoformat(one["on"]), one["note"], today) for one in known.dates_known
        ]
        born = [birthday(one["name"], date.fromisoformat(one["on"]), today) for one in known.born]
        near = [one for one in born if one.on <= today + timedelta(days=90)]
        return sorted(written + near, key=lambda one: one.on)

    def members(self, user: Any) -> list[Customer]:
        """The group's other companies: names, owners, status and dates are known to whoever sees one of them."""
        if self.customer.group_id is None:
            return []
        seen = Customer.objects.visible_to(user).filter(pk=OuterRef("pk"))
        others = Customer.objects.filter(group=self.customer.group_id, archived_at=None)  # unscoped: as domain.md says
        others = others.exclude(pk=self.customer.pk).select_related("owner", "status").annotate(is_seen=Exists(seen))
        return list(others.defer("search_text", "search_public").order_by("name", "pk")[:20])


def register_tabs() -> None:
    """Add this floor's tabs."""
    TABS["timeline"] = Tab("timeline", _("Timeline"), "customers:detail", 10)
    TABS["contacts"] = Tab(
        "contacts",
        _("Contacts"),
        "customers:contacts",
        20,
        lambda customer, user: customer.contacts.filter(archived_at=None),
    )
    TABS["headers"] = Tab(
        "headers", _("Headers and group"), "customers:headers", 70, lambda customer, user: customer.headers.all()
    )
    TABS["history"] = Tab("history", _("History"), "customers:history", 90)
