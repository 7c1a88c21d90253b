"""The tabs of an opportunity's page: details, files, history; and the customer's tab of opportunities."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import SignedInRequest
from core.audit import Change, changes_in, merged
from core.forms import Submitted
from core.pages import Tab, get_visible_or_404
from core.pages.gate import allow
from core.zones import business_day
from customers import services as customer_services
from customers.files import KINDS, FileData, sorted_out
from customers.forms import FilesInput
from customers.history import own_fields
from customers.models import Attachment
from customers.permissions import can_edit
from customers.views.record import CustomerPage

from .. import permissions, words
from ..models import Opportunity
from ..registries import OPPORTUNITY_TABS
from .opportunity_form import open_in_group
from .opportunity_list import HEAVY
from .opportunity_page import OpportunityPage
from .opportunity_verbs import with_relations

SHOWN = 200
CHANGES = 100


class DetailsPage(OpportunityPage):
    """What is offered to whom: lines, people, words."""

    tab = "details"
    part = "opportunities/_details.html"

    def tab_context(self) -> dict[str, Any]:
        lines: list[Any] = list(self.opportunity.lines.all())
        for line in lines:
            line.sum = line.quantity * line.price if line.quantity is not None and line.price is not None else None
        sums = [line.sum for line in lines]
        return {
            "lines": lines,
            "total": sum(sums) if sums and all(one is not None for one in sums) else None,
            "people": list(self.opportunity.people.all()),
        }


def files_of(opportunity: Opportunity) -> QuerySet[Attachment]:
    """Files that hang on the opportunity itself."""
    return Attachment.objects.filter(  # unscoped: of a visible opportunity
        target_label=opportunity._meta.label_lower, target_id=opportunity.pk, deleted_at=None
    )


class FilesPage(OpportunityPage):
    """Its own files. They hang on the customer too: without one there is no place for them."""

    tab = "files"
    part = "opportunities/_files.html"
    refused: Sequence[Any] = ()

    def tab_context(self) -> dict[str, Any]:
        deal = self.opportunity
        sees = deal.is_customer_seen
        shown: list[Any] = list(files_of(deal).select_related("blob", "by")[: SHOWN + 1]) if sees else []
        for one in shown:
            one.kind_name = KINDS.get(one.kind, "")
            one.is_expired = bool(one.expires_on and one.expires_on < timezone.localdate(self.now))
        return {
            "files": shown[:SHOWN],
            "has_more": len(shown) > SHOWN,
            "may_bring": sees and can_edit(self.request.user, deal.customer) and deal.archived_at is None,
            "field": FilesInput().render("files", None, {"id": "id_files"}),
            "submission": uuid.uuid4(),
            "refused": self.refused,
        }

    def post(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """Keep what may be kept; what may not is named with its reason, and nothing else is lost."""
        opportunity = get_visible_or_404(with_relations(), request.user, pk)
        allow(permissions.can_work_opportunity(request.user, opportunity))
        customer = opportunity.customer
        allow(customer is not None and can_edit(request.user, customer))
        assert customer is not None  # else it was not allowed
        given = [FileData(one.name or "", one) for one in request.FILES.getlist("files")]
        good, self.refused = sorted_out(given)
        here = reverse("opportunities:files", args=[pk])

        def save() -> str:
            customer_services.add_files(
                customer=customer, target=opportunity, files=good, by=request.user, now=self.now
            )
            return here

        if good:
            Submitted(request).once(save)
        if good and not self.refused:
            return HttpResponseRedirect(here)
        response = self.get(request, pk)
        response.status_code = 422
        return response


class HistoryPage(OpportunityPage):
    """Who changed which field from what to what."""

    tab = "history"
    part = "opportunities/_history.html"
    more: ClassVar[int] = 1000

    def tab_context(self) -> dict[str, Any]:
        limit = self.more if "all" in self.request.GET else CHANGES
        changes = changes_of(self.opportunity, limit + 1)
        return {"changes": changes[:limit], "more": "?all=1" if len(changes) > limit else ""}


def changes_of(opportunity: Opportunity, limit: int) -> list[Change]:
    """The last changes of an opportunity that the reader sees, newest first."""
    kept = apps.get_model("opportunities", "OpportunityHistory")._default_manager.filter(  # unscoped: of a visible one
        pgh_obj=opportunity.pk
    )
    parts = own_fields(words.OPPORTUNITY)
    return merged(
        [changes_in(kept, limit, what=_("Opportunity"), parts=parts)],
        limit,
        User.objects.in_bulk,  # unscoped: names of colleagues
    )


class OfCustomerPage(CustomerPage):
    """The customer's tab: its opportunities, open ones first."""

    tab = "opportunities"
    part = "opportunities/_of_customer.html"

    def tab_context(self) -> dict[str, Any]:
        user = self.request.user
        rows = Opportunity.objects.visible_to(user).filter(customer=self.customer)
        rows = rows.select_related("stage", "customer", "owner").defer(*HEAVY)
        found: list[Any] = list(rows.order_by("-created_at", "-pk")[:SHOWN])
        found.sort(key=lambda one: not one.is_open)
        today = business_day(self.now)
        for one in found:
            one.days = max(0, (self.now - one.stage_at).days)
            one.stalls, one.is_late = one.is_stalled(self.now), one.is_past_close(today)
        return {
            "opportunities": found,
            "may_create": permissions.can_create_opportunity(user, self.customer),
            "group_deals": open_in_group(self.customer, user),
            "now": self.now,
        }


def register_tabs() -> None:
    """Add this floor's tabs."""
    OPPORTUNITY_TABS["details"] = Tab("details", _("Details"), "opportunities:detail", 10)
    OPPORTUNITY_TABS["files"] = Tab(
        "files", _("Files"), "opportunities:files", 60, lambda opportunity, user: files_of(opportunity)
    )
    OPPORTUNITY_TABS["history"] = Tab("history", _("History"), "opportunities:history", 90)
