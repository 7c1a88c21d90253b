"""The conflict check beside forms while somebody types."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.pages import get_visible_or_404

from ..conflicts import Hit, Probe, Subject, find
from ..forms.probes import probe_of
from ..hits_shown import Cards, read_token, show
from ..identity_keys import no_conflicts_of
from ..models import Customer

if TYPE_CHECKING:
    from accounts.models import User

# What stands above the button of a form that is checked.
ABOVE_SAVE = "customers/_conflict_save.html"
# Below that a name says nothing; one Chinese character neither.
SHORTEST_NAME = 2


def hits_of(probe: Probe, customer: Customer | None = None, but: Collection[Subject] = ()) -> list[Hit]:
    """The records that may be what is entered; ``customer`` itself, those told apart from it and ``but`` are none."""
    but = {*but, *(no_conflicts_of(customer) if customer is not None else ())}
    if len(probe.name) < SHORTEST_NAME and not (probe.code or probe.website or probe.points):
        return []
    return find([probe], but=but)[0]


def cards_of(request: SignedInRequest, customer: Customer | None = None, but: Collection[Subject] = ()) -> Cards:
    """The hits of a form's data as its reader may know them."""
    probe = probe_of(request.POST)
    return show([(probe, hits_of(probe, customer, but))], to=request.user, now=timezone.now())[0]


def met(request: HttpRequest, token: str) -> tuple[Customer, Mapping[str, Any]]:
    """The customer that a hit named to this person, and what the hit's token proves. Raises Http404 for a false one."""
    told = read_token(token, cast("User", request.user))
    if told is None:
        raise Http404
    known = Customer._default_manager.filter(pk=told["customer"])  # unscoped: the token proves that they met it
    return get_object_or_404(known.select_related("owner__team")), told


@require_POST  # it writes down which strangers' records were named
def check(request: SignedInRequest) -> HttpResponse:
    """Answer with the panel of hits for what stands in the form now; ``but`` is the customer that is being edited."""
    customer: Any = None
    if but := request.POST.get("but", ""):
        customer = get_visible_or_404(Customer, request.user, but)
    context = {"found": cards_of(request, customer), "is_live": True}
    return render(request, "customers/_conflicts.html", context)
