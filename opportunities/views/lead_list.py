"""The list of leads, and what is done to many of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.models import CustomField
from core.pages import BulkVerb, FilterPanel, ListPage, Preset, Quick
from core.pages.selection import kept_selection, selected
from core.tables import Reading

from .. import services, words
from ..filters.leads import LeadFilters
from ..forms.leads import AssignForm, DisqualifyForm
from ..models import Lead
from ..permissions import can_create_lead, can_export, can_import, can_see_inquiries
from ..tables.leads import LeadTable, called

if TYPE_CHECKING:
    from django.forms import Form

PRESETS = (
    Preset("mine", gettext_lazy("My open ones"), "whose=mine&state=open"),
    Preset("new", gettext_lazy("New"), "state=new"),
    Preset("nobody", gettext_lazy("To give away"), "whose=nobody"),
    Preset("team", gettext_lazy("My team's"), "whose=team&state=open"),
    Preset("open", gettext_lazy("All open"), "state=open"),
    Preset("converted", gettext_lazy("Converted"), "state=converted"),
    Preset("disqualified", gettext_lazy("Disqualified"), "state=disqualified"),
    Preset("all", gettext_lazy("All I may see")),
    Preset("archived", gettext_lazy("Archived"), "archived=1"),
)


def _heads(user: User) -> bool:
    return user.is_manager or user.is_admin


FOR_MANAGERS = {"nobody": _heads, "team": lambda user: user.is_manager, "archived": _heads}


class LeadList(ListPage):
    """Leads that the reader may see; the archived ones in a view of their own."""

    request: SignedInRequest
    key = "leads"
    model = Lead
    table_class = LeadTable
    filters_class = LeadFilters
    title = gettext_lazy("Leads")
    template_name = "opportunities/leads.html"
    count_url_name = "opportunities:lead_count"
    edit_path = "edit/"
    presets = PRESETS
    quicks = (
        Quick(gettext_lazy("New"), "inbox", {"state": "new"}),
        Quick(gettext_lazy("Never contacted"), "message-circle", {"contacted": "never"}),
        Quick(gettext_lazy("Without next step"), "help-circle", {"next_step": "none"}),
    )

    def visible_presets(self) -> tuple[Preset, ...]:
        user = self.request.user
        return tuple(p for p in self.presets if p.key not in FOR_MANAGERS or FOR_MANAGERS[p.key](user))

    @cached_property
    def opens_with(self) -> str:
        return super().opens_with or ("open" if _heads(self.request.user) else "mine")

    @property
    def shows_archived(self) -> bool:
        return self.params.get("archived") == "1"

    def get_queryset(self) -> QuerySet[Any]:
        user = self.request.user
        rows = Lead.objects.archived_for(user) if self.shows_archived else Lead.objects.visible_to(user)
        return rows.brief()

    @cached_property
    def custom_fields(self) -> list[CustomField]:
        return words.lead_fields()

    def reading(self) -> Reading:
        reading = super().reading()
        reading.extra = {"custom_fields": self.custom_fields}
        return reading

    def make_filters(self, queryset: QuerySet[Any], whole: bool = False) -> LeadFilters:
        return LeadFilters(
            self.params,
            queryset,
            user=self.request.user,
            request=self.request,
            custom_fields=self.custom_fields,
            whole=whole,
        )

    def bulk_verbs(self) -> list[BulkVerb]:
        if self.shows_archived:
            return []
        user = self.request.user
        verbs = [("disqualify", gettext_lazy("Disqualify"), "ban")]
        if _heads(user):
            verbs.insert(0, ("assign", gettext_lazy("Give to somebody"), "user-share"))
            verbs.append(("archive", gettext_lazy("Archive"), "archive"))
        found = [
            BulkVerb(key, label, icon, reverse("opportunities:lead_bulk", args=[key])) for key, label, icon in verbs
        ]
        if can_export(user):
            url = reverse("core:export", args=[self.key])
            found.append(BulkVerb("export", gettext_lazy("Export"), "download", url, {"is_page": True}))
        return found

    def extra_context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "panel_url": f"{reverse('opportunities:lead_filters')}?{self.query_to_keep()}&m=1",
            "may_create": can_create_lead(user),
            "may_import": can_import(user),
            "may_decide": can_see_inquiries(user),
            "may_export": can_export(user),
        }


class LeadFilterPanel(FilterPanel, LeadList):
    list_url_name = "opportunities:leads"


# --- many at once -----------------------------------------------------------------------------------

# So many are done within the request.
MOST_ROWS = 500


def _assign(leads: QuerySet[Any], form: Any, by: User, now: datetime) -> list[tuple[Lead, str]]:
    return services.assign_leads(ids=leads.values_list("pk", flat=True), to=form.cleaned_data["to"], by=by, now=now)


def _disqualify(leads: QuerySet[Any], form: Any, by: User, now: datetime) -> list[tuple[Lead, str]]:
    return _each(leads, lambda lead: services.disqualify_lead(lead=lead, by=by, now=now, **form.cleaned_data))


def _archive(leads: QuerySet[Any], form: Any, by: User, now: datetime) -> list[tuple[Lead, str]]:
    return _each(leads, lambda lead: services.archive_lead(lead=lead, by=by, now=now))


def _each(leads: QuerySet[Any], act: Callable[[Lead], object]) -> list[tuple[Lead, str]]:
    """Each row in a transaction of its own: one refusal never stops the others."""
    outcome = []
    for lead in leads:
        try:
            act(lead)
            outcome.append((lead, ""))
        except DomainError as refusal:
            outcome.append((lead, str(refusal.message)))
    return outcome


BULK: dict[str, tuple[Any, Callable[..., list[tuple[Lead, str]]]]] = {
    "assign": (gettext_lazy("Give to somebody"), _assign),
    "disqualify": (gettext_lazy("Disqualify"), _disqualify),
    "archive": (gettext_lazy("Archive"), _archive),
}


@require_POST
def lead_bulk(request: SignedInRequest, verb: str) -> HttpResponse:
    """First answer with the verb's form; sent with it (``go``), do it and answer with what became of each row."""
    if verb not in BULK:
        raise Http404
    title, act = BULK[verb]
    ids = selected(request, LeadList, MOST_ROWS)
    is_sent = "go" in request.POST
    form = _form(verb, request, is_sent)
    context: dict[str, Any] = {
        "title": title,
        "verb": verb,
        "form": form,
        "number": len(ids),
        "most": MOST_ROWS,
        "kept": kept_selection(request),
    }
    is_ready = is_sent and 0 < len(ids) <= MOST_ROWS and (form is None or form.is_valid())
    if not is_ready:
        status = 422 if form is not None and form.errors else 200
        return render(request, "opportunities/lead_bulk.html", context, status=status)
    rows = Lead.objects.visible_to(request.user).brief().filter(pk__in=ids).order_by("pk")
    outcome = act(rows, form, request.user, timezone.now())
    names = {lead.pk: called(lead) for lead in rows}
    lines = [(names.get(lead.pk, lead.name), lead, why) for lead, why in outcome]
    refused = sum(bool(why) for _lead, why in outcome)
    context |= {"lines": lines, "refused": refused, "done": len(outcome) - refused}
    return render(request, "opportunities/lead_bulk_result.html", context)


def _form(verb: str, request: SignedInRequest, is_sent: bool) -> Form | None:
    data = request.POST if is_sent else None
    if verb == "assign":
        return AssignForm(data, people=receivers(request.user))
    return DisqualifyForm(data) if verb == "disqualify" else None


def receivers(user: User) -> QuerySet[Any]:
    """Active people to whom this reader may give a lead."""
    return User.objects.reporting_to(user).filter(is_active=True)
