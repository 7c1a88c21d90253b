"""Who works here: the list, the page of one person, and what an admin does with an account."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from core.pages import DetailPage, FilterPanel, ListPage, Preset, UpdatePage, get_visible_or_404
from core.pages.gate import allow
from core.querysets import counts_in_one

from ..filters import PeopleFilters
from ..forms import PersonForm
from ..fresh import fresh_sign_in
from ..history import changes_of
from ..models import Departure, User
from ..permissions import (
    can_deactivate,
    can_edit_person,
    can_let_go,
    can_reactivate,
    can_reset_second_factor,
    can_see_people,
)
from ..registries import HOLDINGS
from ..requests import SignedInRequest
from ..services import change_absence, change_person, deactivate_person, reactivate_person, reset_second_factor
from ..tables import PeopleTable
from .absence import say_deputy_is_away

MOST_COUNTED = 1000
MOST_CHANGES = 50


class PeopleList(ListPage):
    request: SignedInRequest
    key = "people"
    model = User
    table_class = PeopleTable
    filters_class = PeopleFilters
    title = _("People")
    template_name = "accounts/list.html"
    presets = (
        Preset("active", _("Active"), "is_active=true"),
        Preset("all", _("All")),
        Preset("left", _("Deactivated"), "is_active=false"),
    )

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        allow(can_see_people(request.user))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def opens_with(self) -> str:
        return super().opens_with or "active"

    def extra_context(self) -> dict[str, Any]:
        return {"panel_url": f"{reverse('accounts:filters')}?{self.query_to_keep()}&m=1"}


class PeopleFilterPanel(FilterPanel, PeopleList):
    list_url_name = "accounts:list"


class PersonPage(DetailPage):
    request: SignedInRequest
    model = User
    template_name = "accounts/detail.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        allow(can_see_people(request.user))
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("team", "deputy")

    def extra_context(self, record: User) -> dict[str, Any]:
        user = self.request.user
        return {
            "person": record,
            "holdings": holdings_of(record),
            "has_second_factor": is_mfa_enabled(record),
            "changes": changes_of(record, MOST_CHANGES),
            "is_away": record.is_away(timezone.now()),
            "can_edit": can_edit_person(user, record),
            "can_deactivate": can_deactivate(user, record),
            "can_let_go": can_let_go(user, record),
            "departures": Departure.objects.visible_to(user).filter(person=record)[:5],
            "can_reactivate": can_reactivate(user, record),
            "can_reset_second_factor": can_reset_second_factor(user, record),
        }


@method_decorator(fresh_sign_in, name="dispatch")
class PersonUpdate(UpdatePage):
    request: SignedInRequest
    model = User
    title = _("Edit person")
    template_name = "accounts/form.html"

    def may(self, user: Any, record: Any) -> bool:
        return can_edit_person(user, record)

    def form(self, data: Any = None, files: Any = None) -> PersonForm:
        return PersonForm(data, instance=self.record, by=self.request.user)

    def extra_context(self) -> dict[str, Any]:
        return {"back": self.record}

    def save(self, form: PersonForm) -> str:
        data = dict(form.cleaned_data)
        absence = {name: data.pop(name) for name in ("away_from", "away_to", "deputy")}
        by = self.request.user
        with transaction.atomic():
            change_person(person=self.record, **data, by=by, now=timezone.now())
            change_absence(person=self.record, **absence, by=by, now=timezone.now())
        say_deputy_is_away(self.request, **absence)
        return self.record.get_absolute_url()


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def deactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tell what the person holds, then close the account."""
    person = get_visible_or_404(User, request.user, pk)
    allow(can_deactivate(request.user, person))
    if request.method == "POST":
        deactivate_person(person=person, by=request.user, now=timezone.now())
        return HttpResponseRedirect(person.get_absolute_url())
    return render(request, "accounts/deactivate.html", {"person": person, "holdings": holdings_of(person)})


@require_POST
@fresh_sign_in
def reactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_visible_or_404(User, request.user, pk)
    allow(can_reactivate(request.user, person))
    reactivate_person(person=person, by=request.user, now=timezone.now())
    return HttpResponseRedirect(person.get_absolute_url())


@require_POST
@fresh_sign_in
def reset_factor(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_visible_or_404(User, request.user, pk)
    allow(can_reset_second_factor(request.user, person))
    reset_second_factor(person=person, by=request.user, now=timezone.now())
    return HttpResponseRedirect(person.get_absolute_url())


def holdings_of(person: User) -> list[dict[str, Any]]:
    """What somebody holds, in lock order, counted in one statement; kinds of which there are none are left out."""
    kinds = sorted(HOLDINGS.values(), key=lambda holding: holding.order)
    counts = counts_in_one([kind.rows(person) for kind in kinds], MOST_COUNTED)
    return [
        {
            "label": kind.label,
            "count": count,
            "is_more": count >= MOST_COUNTED,
            "url": kind.url(person) if kind.url else "",
        }
        for kind, count in zip(kinds, counts, strict=True)
        if count
    ]
