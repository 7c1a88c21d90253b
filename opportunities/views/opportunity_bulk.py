"""One thing done to the selected opportunities: a form that says how many, then a result for each row."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.exceptions import DomainError, NotAllowed
from core.forms import Submitted
from core.pages.selection import kept_selection, selected
from customers.forms import ReasonForm
from customers.views.verbs import receivers

from .. import permissions, services
from ..forms.opportunity_verbs import AssignForm
from .opportunity_list import OpportunityList
from .opportunity_verbs import with_relations

MOST_ROWS = 500
TITLES = {"assign": _("Give to somebody"), "archive": _("Archive")}


@require_POST
def bulk(request: SignedInRequest, verb: str) -> HttpResponse:
    """First answer with the verb's form; sent with it (``go``), do it and answer with what became of each row."""
    if verb not in TITLES:
        raise Http404
    user = request.user
    ids = selected(request, OpportunityList, MOST_ROWS)
    data = request.POST if "go" in request.POST else None
    form: Any = AssignForm(data, people=receivers(user)) if verb == "assign" else ReasonForm(data)
    context: dict[str, Any] = {
        "title": TITLES[verb],
        "verb": verb,
        "form": form,
        "number": len(ids),
        "most": MOST_ROWS,
        "kept": kept_selection(request),
        "submission": Submitted(request).token,
    }
    if data is None or not ids or len(ids) > MOST_ROWS or not form.is_valid():
        return render(request, "opportunities/bulk.html", context, status=422 if form.errors else 200)
    outcome = apply(verb, ids, form.cleaned_data, user)
    refused = [one for one in outcome if one[1]]
    context |= {"outcome": outcome, "refused": refused, "done": len(outcome) - len(refused)}
    return render(request, "opportunities/bulk_result.html", context)


def apply(verb: str, ids: list[int], values: dict[str, Any], user: Any) -> list[tuple[Any, str]]:
    """(opportunity, refusal or '') of each row, in the order of the ids."""
    rows = with_relations().visible_to(user).filter(pk__in=ids).order_by("pk")  # type: ignore[attr-defined]
    act = services.assign_opportunity if verb == "assign" else services.archive_opportunity
    can = permissions.can_assign_opportunity if verb == "assign" else permissions.can_archive_opportunity
    outcome = []
    for opportunity in rows:
        refusal = ""
        try:
            if not can(user, opportunity):
                raise NotAllowed
            act(opportunity=opportunity, by=user, now=timezone.now(), **values)
        except DomainError as error:
            refusal = str(error.message)
        outcome.append((opportunity, refusal))
    return outcome
