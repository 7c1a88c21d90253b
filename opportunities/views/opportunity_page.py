"""The page of one opportunity: head, tabs by URL, and what is known beside them."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views import View

from accounts.requests import SignedInRequest
from core.custom_fields import shown
from core.pages import get_visible_or_404
from core.querysets import counts_in_one
from core.zones import business_day
from customers.clock import local_clock
from customers.models import Customer

from .. import permissions, words
from ..models import Checkpoint, Opportunity, OpportunityContact, PassedCheckpoint, Stage
from ..querysets import OpportunityQuerySet
from ..registries import OPPORTUNITY_TABS
from .opportunity_form import open_in_group
from .opportunity_list import OpportunityList

ACTS = ("work", "share", "assign", "archive")


def find_opportunity(request: SignedInRequest, pk: int, rows: OpportunityQuerySet | None = None) -> Opportunity:
    """The opportunity, living or archived, if the reader may see it; Http404 else."""
    rows = Opportunity.objects.all() if rows is None else rows  # unscoped: both ways below scope it
    try:
        return get_visible_or_404(rows, request.user, pk)
    except Http404:
        archived = rows.archived_for(request.user).filter(pk=pk).first()
        if archived is None:
            raise
        return archived


def whole(user: Any) -> OpportunityQuerySet:
    """Opportunities with everything their page shows of them."""
    seen = Customer.objects.visible_to(user).filter(pk=OuterRef("customer"))
    people = OpportunityContact.objects.select_related("contact")  # unscoped: its own
    return (
        Opportunity.objects.select_related(  # unscoped: find_opportunity scopes it
            "stage", "pipeline", "owner__team", "owner__deputy", "customer__owner", "customer__status",
            "customer__group", "source", "campaign", "lost_reason", "lead", "created_by",
        )
        .defer("search_text", "customer__search_text", "customer__search_public")
        .annotate(is_customer_seen=Exists(seen))
        .prefetch_related("lines", "collaborators", "customer__collaborators", Prefetch("people", people))
    )  # fmt: skip


class OpportunityPage(View):
    """One tab of an opportunity's page; apps above subclass it and add their line to OPPORTUNITY_TABS.

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
        self.opportunity: Any = find_opportunity(request, pk, whole(request.user))
        if not self.may():
            raise Http404
        context = {
            "opportunity": self.opportunity,
            "customer": self.opportunity.customer,
            "part": self.part,
            "tabs": self.tabs(),
            "now": self.now,
            **self.rights(),
            **self.tab_context(),
        }
        if request.htmx and not request.htmx.history_restore_request:
            return render(request, "opportunities/detail.html#panel", context)
        return render(request, "opportunities/detail.html", context | self.head())

    # --- parts ------------------------------------------------------------------------------------

    def rights(self) -> dict[str, Any]:
        user = self.request.user
        found = {f"may_{act}": getattr(permissions, f"can_{act}_opportunity")(user, self.opportunity) for act in ACTS}
        is_away = self.opportunity.archived_at is not None
        return found | {"may_restore": is_away and permissions.heads_opportunity(user, self.opportunity)}

    def tabs(self) -> list[dict[str, Any]]:
        user = self.request.user
        all_tabs = sorted(OPPORTUNITY_TABS.values(), key=lambda tab: tab.order)
        counts = counts_in_one([tab.count(self.opportunity, user) if tab.count else None for tab in all_tabs])
        kept = f"?{urlencode({'in': self.list_query})}" if self.list_query is not None else ""
        return [
            {
                "key": tab.key,
                "label": tab.label,
                "href": reverse(tab.url_name, args=[self.opportunity.pk]) + kept,
                "is_current": tab.key == self.tab,
                "count": count,
            }
            for tab, count in zip(all_tabs, counts, strict=True)
        ]

    @cached_property
    def list_query(self) -> str | None:
        """The list this reader comes from: named by ``in`` of this page or of a form on it, else the referring page."""
        if "in" in self.request.GET:
            return self.request.GET["in"]
        came = urlsplit(self.request.headers.get("Referer", ""))
        if came.netloc != self.request.get_host():
            return None
        if came.path.startswith(self.opportunity.get_absolute_url()):
            return QueryDict(came.query).get("in")
        return came.query if came.path == reverse("opportunities:list") else None

    def neighbours(self) -> dict[str, Any]:
        if self.list_query is None:
            return {}
        page = OpportunityList.of_address(self.request, self.list_query)
        page.custom_fields = self.fields
        around = page.neighbours(self.opportunity)
        view = next((tab for tab in page.tabs() if tab.is_current), None)
        place = {"previous": around.before, "next": around.behind, "number": around.number, "total": around.total}
        return {**place, "list_query": self.list_query, "list_view": view}

    @cached_property
    def fields(self) -> list[Any]:
        return words.opportunity_fields()

    def head(self) -> dict[str, Any]:
        deal, user = self.opportunity, self.request.user
        stages = [one for one in words.stages().filter(pipeline=deal.pipeline_id) if one.is_active or self._is_at(one)]
        own = [(one.name, text) for one in self.fields if (text := shown(one, (deal.custom or {}).get(one.key)))]
        return {
            **self.neighbours(),
            "steps": [self._step(one) for one in stages if one.is_open],
            "ends": {one.kind: one for one in stages if not one.is_open},
            "checkpoints": self.checkpoints(),
            "days": max(0, (self.now - deal.stage_at).days),
            "is_stalled": deal.is_stalled(self.now),
            "is_past_close": deal.is_past_close(business_day(self.now)),
            "clock": local_clock(deal.customer, self.now) if deal.customer else None,
            "own_fields": own,
            "group_deals": open_in_group(deal.customer, user) if deal.is_customer_seen else [],
            "moves": self.moves(),
        }

    def _is_at(self, stage: Stage) -> bool:
        return stage.pk == self.opportunity.stage_id

    def _step(self, stage: Stage) -> dict[str, Any]:
        """One stage of the bar: behind, here or ahead; of one that ended, how far it came."""
        deal = self.opportunity
        here = deal.stage if deal.outcome == Opportunity.Outcome.OPEN else None
        if here is not None and stage.pk == here.pk:
            state = "here"
        elif here is None:
            reached = deal.stage.kind == Stage.Kind.WON or stage.position <= self._reached_position
            state = "behind" if reached else "ahead"
        else:
            state = "behind" if stage.position < here.position else "ahead"
        return {"stage": stage, "state": state}

    @cached_property
    def _reached_position(self) -> int:
        return words.stages().filter(pk=self.opportunity.reached_id).values_list("position", flat=True).get()

    def checkpoints(self) -> list[Any]:
        """What is to be done in the present stage, and whether it is."""
        done = PassedCheckpoint.objects.visible_to(self.request.user).filter(
            opportunity=self.opportunity, checkpoint=OuterRef("pk")
        )
        rows = Checkpoint.objects.filter(stage=self.opportunity.stage_id, is_active=True)  # unscoped: words of the firm
        return list(rows.annotate(is_done=Exists(done)))

    def moves(self) -> list[Any]:
        """Its stays, the newest first, each with how long it lasted."""
        rows: list[Any] = list(self.opportunity.moves.select_related("before", "after", "by").order_by("-at", "-pk"))
        for one in rows:
            one.days = max(0, ((one.left_at or self.now) - one.at).days)
        return rows
