"""Give a customer back to the pool, one or many, and take that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.pages import UpdatePage
from core.pages.told import offer_undo, say
from customers.models import Customer, Pool
from customers.registries import BULK_ACTS, BulkAct

from .. import permissions
from ..holder_forms import ReleaseForm
from ..leaving import leaving
from ..models import Release, ReleaseReason
from ..routing import Routes
from ..services import release_customer, undo_release

if TYPE_CHECKING:
    from accounts.models import User

# The same form sent twice: the second finds the customer gone and is led where the first was.
SAME_CLICK = timedelta(minutes=2)


class ReleasePage(UpdatePage):
    """Why it goes and where, with all that ends by it; back to the list as it stood."""

    request: SignedInRequest
    model = Customer
    title = gettext_lazy("Give back to the pool")
    template_name = "publicpool/release.html"

    def may(self, user: Any, record: Customer) -> bool:
        return permissions.can_release(user, record)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            if request.method == "POST" and self.is_done(kwargs["pk"]):
                return HttpResponseRedirect(self.list_url())
            raise

    def is_done(self, pk: int) -> bool:
        mine = Release.objects.filter(by=self.request.user, customer=pk)  # unscoped: one's own act
        return mine.filter(released_at__gte=timezone.now() - SAME_CLICK, undone_at=None).exists()

    @cached_property
    def routed(self) -> Pool:
        return Routes().pool_of(self.record)

    def form(self, data: Any = None, files: Any = None) -> ReleaseForm:
        return ReleaseForm(data, user=self.request.user, routed=self.routed)

    def save(self, form: ReleaseForm) -> str:
        data = form.cleaned_data
        release = release_customer(
            customer=self.record,
            reason=data["reason"],
            note=data["note"],
            pool=data.get("pool"),
            by=self.request.user,
            now=timezone.now(),
        )
        said = _("%(customer)s went to %(pool)s.") % {"customer": self.record, "pool": release.pool}
        offer_undo(self.request, said, undo_url(release))
        return self.list_url()

    def list_url(self) -> str:
        """The list one came from, at its place."""
        query = self.request.POST.get("in") or self.request.GET.get("in", "")
        return reverse("customers:list") + (f"?{query}" if query else "")

    def extra_context(self) -> dict[str, Any]:
        query = self.request.POST.get("in") or self.request.GET.get("in", "")
        return {"save": self.title, "leaving": leaving(self.record), "routed": self.routed, "list_query": query}


def undo_url(release: Release) -> str:
    return reverse("publicpool:release_undo", args=[release.pk])


@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back one's own release, with all that was given back by the same act; what was taken meanwhile stays."""
    mine = Release.objects.filter(by=request.user)  # unscoped: one's own acts
    release = mine.filter(pk=pk).first()
    if release is None:
        raise Http404
    act = list(mine.filter(released_at=release.released_at).select_related("customer").order_by("pk"))
    if len(act) == 1:
        undo_release(release=release, by=request.user, now=timezone.now())
        return redirect(release.customer)
    for one in act:
        try:
            with transaction.atomic():
                undo_release(release=one, by=request.user, now=timezone.now())
        except DomainError as refusal:
            say(request, f"{one.customer}: {refusal.message}")
    return redirect("customers:list")


# --- many -------------------------------------------------------------------------------------------------


def release_one(customer: Customer, values: Mapping[str, Any], by: User, now: datetime) -> None:
    """One of many: the reason and the pool come as ids."""
    release_customer(
        customer=customer,
        reason=ReleaseReason.objects.filter(pk=values["reason"]).first(),  # unscoped: words
        note=values["note"],
        pool=Pool.objects.visible_to(by).filter(pk=values["pool"]).first() if values["pool"] else None,
        by=by,
        now=now,
    )


def told(request: HttpRequest, ids: Sequence[int], now: datetime) -> None:
    """Offer to take all of them back."""
    mine = Release.objects.filter(by=request.user.pk)  # unscoped: one's own act
    release = mine.filter(released_at=now, customer__in=ids).first()
    if release is not None:
        said = ngettext("%(n)s customer went to the pool.", "%(n)s customers went to the pool.", len(ids))
        offer_undo(request, said % {"n": len(ids)}, undo_url(release))


def register() -> None:
    BULK_ACTS["release"] = BulkAct(gettext_lazy("Give back to the pool"), "ripple", ReleaseForm, release_one, told)
