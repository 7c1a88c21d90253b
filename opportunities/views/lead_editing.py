"""Enter a lead, change what is known of it, and look up among the customers who it may be."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import Team
from accounts.requests import SignedInRequest
from core.pages import CreatePage, UpdatePage, get_visible_or_404
from customers.conflicts import Probe, find
from customers.hits_shown import Cards, show

from .. import permissions, services, words
from ..conflicts import subject_of
from ..forms.lead_probes import probe_of, typed_probe
from ..forms.leads import LeadForm, NewLeadForm
from ..models import Lead
from ..models.lead import EDITED
from .lead_list import receivers
from .lead_page import find_lead

# What the address of a new lead may fill in.
GIVEN = tuple(name for name in EDITED if name != "custom")


class LeadCreate(CreatePage):
    request: SignedInRequest
    model = Lead
    title = _("New lead")
    template_name = "opportunities/lead_form.html"

    def may(self, user: Any) -> bool:
        return permissions.can_create_lead(user)

    def cancel_url(self) -> str:
        return reverse("opportunities:leads")

    def form(self, data: Any = None, files: Any = None) -> NewLeadForm:
        user, asked = self.request.user, self.request.GET
        people: Any = None
        teams: Any = None
        if user.is_manager or user.is_admin:
            people = receivers(user).order_by("name", "pk")
            teams = Team.objects.visible_to(user)
            if not user.is_admin:
                teams = teams.filter(pk__in=user.managed_team_ids)
        given = {name: asked[name] for name in GIVEN if name in asked}
        return NewLeadForm(data, initial=given, custom_fields=words.lead_fields(), people=people, teams=teams)

    def save(self, form: NewLeadForm) -> str:
        lead = services.create_lead(data=form.lead_data(), by=self.request.user, now=timezone.now())
        seen = Lead.objects.visible_to(self.request.user).filter(pk=lead.pk).exists()
        return lead.get_absolute_url() if seen else self.cancel_url()


class LeadUpdate(UpdatePage):
    request: SignedInRequest
    model = Lead
    title = _("Edit")
    template_name = "opportunities/lead_form.html"

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_work_lead(user, record)

    def form(self, data: Any = None, files: Any = None) -> LeadForm:
        return LeadForm(data, instance=self.record, custom_fields=words.lead_fields())

    def save(self, form: LeadForm) -> str:
        services.update_lead(lead=self.record, changes=form.changes(), by=self.request.user, now=timezone.now())
        return self.record.get_absolute_url()


def shown_hits(request: SignedInRequest, probe: Probe, lead: Lead | None = None) -> Cards:
    """The records that may be what a probe says, not ``lead`` itself, as this reader may know them; noted if named."""
    but = [subject_of(lead)] if lead is not None else []
    hits = find([probe], but=but, but_archived=True)[0] if probe.name or probe.website or probe.points else []
    return show([(probe, hits)], to=request.user, now=timezone.now())[0]


@require_POST  # it writes down which strangers' records were named
def lead_check(request: SignedInRequest) -> HttpResponse:
    """Answer with the panel of hits for what stands in the form of a lead now."""
    but = request.POST.get("but", "")
    lead = get_visible_or_404(Lead, request.user, but) if but else None
    context = {"found": shown_hits(request, typed_probe(request.POST), lead), "is_live": True, "is_beside": True}
    return render(request, "customers/_conflicts.html", context)


@require_POST  # it writes down which strangers' records were named
def lead_same(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer with the customers that a lead may be, each with the way to put it there."""
    lead = find_lead(request, pk)
    may_convert = lead.is_open and permissions.can_work_lead(request.user, lead)
    onto = reverse("opportunities:lead_convert", args=[pk]) if may_convert else ""
    context = {"lead": lead, "found": shown_hits(request, probe_of(lead), lead), "onto": onto}
    return render(request, "opportunities/_lead_same.html", context)
