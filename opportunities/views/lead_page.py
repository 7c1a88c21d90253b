"""The page of one lead: who asks for what, how it stands, tabs by URL, and what is known beside them."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.requests import SignedInRequest
from core.custom_fields import shown
from core.languages import language_name
from core.pages import Tab, get_visible_or_404
from core.querysets import counts_in_one
from customers.clock import place_clock
from customers.models import Attachment, Customer
from customers.reach import best

from .. import permissions, words
from ..lead_history import changes_of
from ..models import Conversion, Lead, LeadAnswer, Opportunity, ScreeningQuestion
from ..querysets import LeadQuerySet
from ..registries import LEAD_TABS
from ..services.converting import UNDONE_WITHIN
from ..tables.leads import SHAPES, points_of
from .lead_list import LeadList

CHANGES = 100


def find_lead(request: SignedInRequest, pk: int, queryset: LeadQuerySet | None = None) -> Lead:
    """The lead, living or archived, if the reader may see it; Http404 else."""
    rows = Lead.objects.all() if queryset is None else queryset  # unscoped: both ways below scope it
    try:
        return get_visible_or_404(rows, request.user, pk)
    except Http404:
        archived = rows.archived_for(request.user).filter(pk=pk).first()
        if archived is None:
            raise
        return archived


def files_of(lead: Lead) -> QuerySet[Attachment]:
    """Files of a lead, converted or not."""
    rows = Attachment.objects.filter(  # unscoped: of a visible lead
        target_label=Lead._meta.label_lower, target_id=lead.pk, deleted_at=None
    )
    return rows.select_related("blob", "by").order_by("-at", "-pk")


class LeadPage(View):
    """One tab of a lead's page; apps above subclass it and add their line to LEAD_TABS.

    ``part`` is the tab's template, ``tab_context`` what it needs. htmx gets the tabs' part only.
    """

    http_method_names = ["get", "head", "options"]
    request: SignedInRequest
    tab: ClassVar[str]
    part: ClassVar[str]

    def tab_context(self) -> dict[str, Any]:
        return {}

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get(self, request: SignedInRequest, pk: int) -> HttpResponse:
        joins = (
            "owner__team",
            "owner__deputy",
            "team",
            "source",
            "campaign",
            "form",
            "disqualify_reason",
            "created_by",
        )
        rows = Lead.objects.select_related(*joins).defer("search_text")  # unscoped: find_lead scopes it
        self.lead = find_lead(request, pk, rows)
        context = {"lead": self.lead, "part": self.part, "tabs": self.tabs(), **self.rights(), **self.tab_context()}
        if request.htmx and not request.htmx.history_restore_request:
            return render(request, "opportunities/lead.html#panel", context)
        return render(request, "opportunities/lead.html", context | self.head())

    # --- parts ------------------------------------------------------------------------------------

    def rights(self) -> dict[str, Any]:
        """What this reader may do with the lead as it stands."""
        user, lead = self.request.user, self.lead
        works = permissions.can_work_lead(user, lead)
        return {
            "may_work": works and lead.is_open,
            "may_edit": works and lead.state != Lead.State.CONVERTED,
            "may_reopen": works and lead.state == Lead.State.DISQUALIFIED,
            "may_assign": lead.is_open and permissions.can_assign_lead(user, lead),
            "may_archive": lead.state != Lead.State.CONVERTED and permissions.can_archive_lead(user, lead),
            "may_restore": lead.archived_at is not None,
        }

    def tabs(self) -> list[dict[str, Any]]:
        user = self.request.user
        tabs = sorted(LEAD_TABS.values(), key=lambda tab: tab.order)
        counts = counts_in_one([tab.count(self.lead, user) if tab.count else None for tab in tabs])
        kept = f"?{urlencode({'in': self.list_query})}" if self.list_query is not None else ""
        return [
            {
                "label": tab.label,
                "href": reverse(tab.url_name, args=[self.lead.pk]) + kept,
                "is_current": tab.key == self.tab,
                "count": count,
            }
            for tab, count in zip(tabs, counts, strict=True)
        ]

    @cached_property
    def list_query(self) -> str | None:
        """The list this reader comes from: named by ``in`` of this page, else the referring page."""
        if "in" in self.request.GET:
            return self.request.GET["in"]
        came = urlsplit(self.request.headers.get("Referer", ""))
        if came.netloc != self.request.get_host():
            return None
        if came.path.startswith(reverse("opportunities:lead", args=[self.lead.pk])):
            return QueryDict(came.query).get("in")
        return came.query if came.path == reverse("opportunities:leads") else None

    def neighbours(self) -> dict[str, Any]:
        if self.list_query is None:
            return {}
        page = LeadList.of_address(self.request, self.list_query)
        page.custom_fields = self.fields
        around = page.neighbours(self.lead)
        view = next((tab for tab in page.tabs() if tab.is_current), None)
        place = {"previous": around.before, "next": around.behind, "number": around.number, "total": around.total}
        return {**place, "list_query": self.list_query, "list_view": view}

    @cached_property
    def fields(self) -> list[Any]:
        return words.lead_fields()

    def head(self) -> dict[str, Any]:
        lead = self.lead
        return {
            **self.neighbours(),
            "now": self.now,
            "shape": SHAPES[Lead.State(lead.state)],
            "clock": place_clock(str(lead.country), lead.city, self.now),
            "reach": best(points_of(lead)),
            "held_days": (self.now - lead.owned_since).days if lead.owned_since else None,
            "language": language_name(lead.language),
            "own_facts": [(one.name, shown(one, lead.custom.get(one.key))) for one in self.fields],
            "became": self.became(),
            "log_url": _url("communications:log_lead", lead.pk),
            "task_url": _url("followups:task_create"),
        }

    def became(self) -> dict[str, Any] | None:
        """What a converted lead was made, each linked where this reader sees it, and whether it can be undone."""
        rows = Conversion.objects.visible_to(self.request.user)
        last = (
            rows.filter(lead=self.lead).select_related("customer", "contact", "opportunity", "by", "undone_by").first()
        )
        if last is None:
            return None
        user = self.request.user
        until = last.at + UNDONE_WITHIN
        deal = last.opportunity_id or 0
        sees_deal = Opportunity.objects.visible_to(user).filter(pk=deal).exists()
        return {
            "conversion": last,
            "sees_customer": Customer.objects.visible_to(user).filter(pk=last.customer_id).exists(),
            "sees_deal": sees_deal,
            "until": until,
            "may_undo": (last.undone_at is None and self.now < until and permissions.can_undo_conversion(user, last)),
            "stays": last.made.get("stays", ()),
        }


def _url(name: str, *args: Any) -> str:
    """The address of a page of an app above, '' where it has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


class InquiryTab(LeadPage):
    """The inquiry itself and what was found out about it."""

    tab = "inquiry"
    part = "opportunities/_lead_inquiry.html"

    def tab_context(self) -> dict[str, Any]:
        return {"screening": screening_of(self.request, self.lead)}


def screening_of(request: SignedInRequest, lead: Lead) -> list[tuple[ScreeningQuestion, LeadAnswer | None]]:
    """The questions in use, and those answered, each with its answer."""
    answers = LeadAnswer.objects.visible_to(request.user).filter(lead=lead).select_related("by")
    said = {answer.question_id: answer for answer in answers}
    return [(one, said.get(one.pk)) for one in words.questions() if one.is_active or one.pk in said]


class FilesTab(LeadPage):
    tab = "files"
    part = "opportunities/_lead_files.html"

    def tab_context(self) -> dict[str, Any]:
        return {"files": list(files_of(self.lead))}


class HistoryTab(LeadPage):
    """Who changed what."""

    tab = "history"
    part = "opportunities/_lead_history.html"

    def tab_context(self) -> dict[str, Any]:
        return {"changes": changes_of(self.lead, CHANGES), "most": CHANGES}


def register() -> None:
    """Add this floor's tabs of a lead."""
    LEAD_TABS["inquiry"] = Tab("inquiry", _("Inquiry"), "opportunities:lead", 10)
    LEAD_TABS["files"] = Tab(
        "files", _("Files"), "opportunities:lead_files", 60, lambda lead, user: files_of(lead).select_related(None)
    )
    LEAD_TABS["history"] = Tab("history", _("History"), "opportunities:lead_history", 90)
