"""The page of one communication, everything said in one list, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.audit import changes_in, merged
from core.pages import DetailPage, FilterPanel, ListPage, Preset, UpdatePage, get_visible_or_404
from core.pages.gate import allow
from core.pages.listing import Quick
from core.parsing.quoting import cut_quoted
from customers.views.files import hand_out
from opportunities.models import Lead, Opportunity

from .. import permissions, services
from ..channels import channel_of
from ..filters import CommunicationFilters
from ..forms import CommentForm
from ..models import Communication
from ..tables import CommunicationTable
from ..timeline import files_of

CHANGES = 50


class CommunicationList(ListPage):
    """Everything said, newest first; a search shows where the words stand."""

    request: SignedInRequest
    key = "communications"
    model = Communication
    table_class = CommunicationTable
    filters_class = CommunicationFilters
    title = _("Communications")
    template_name = "communications/list.html"
    presets = (
        Preset("all", _("All")),
        Preset("mine", _("Written by me"), "whose=mine"),
    )
    quicks = (
        Quick(_("They to us"), "arrow-left", {"direction": "in"}),
        Quick(_("We to them"), "arrow-right", {"direction": "out"}),
        Quick(_("7 days"), "calendar-event", {"since": "7"}),
    )

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().select_related("customer", "lead", "opportunity")
        return rows.defer("lead__message", "lead__search_text", "opportunity__search_text")

    def reading(self) -> Any:
        reading = super().reading()
        reading.extra["text"] = self.params.get("q", "")
        return reading

    def extra_context(self) -> dict[str, Any]:
        return {"panel_url": f"{reverse('communications:filters')}?{self.query_to_keep()}&m=1"}


class CommunicationFilterPanel(FilterPanel, CommunicationList):
    list_url_name = "communications:list"


class CommunicationPage(DetailPage):
    """What was said in full, with comments; managers and the author also see what stood there before."""

    model = Communication
    template_name = "communications/detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        rows = Communication.objects.select_related("customer__owner", "lead__owner")  # unscoped: the gate scopes it
        rows = rows.select_related("author", "opportunity")
        return rows.prefetch_related("contacts", "comments__author", "customer__collaborators")

    def extra_context(self, record: Communication) -> dict[str, Any]:
        user: Any = self.request.user
        shows_changes = permissions.can_see_original(user, record)
        is_mail = record.source == Communication.Source.MAIL
        words, quoted = cut_quoted(record.body) if is_mail else (record.body, "")
        return {
            "said": record,
            "words": words,
            "quoted": quoted,
            "channel": channel_of(record.channel),
            "files": files_of([record.pk]),
            "sees_lead": record.lead_id is not None
            and Lead.objects.visible_to(user).filter(pk=record.lead_id).exists(),
            "sees_deal": record.opportunity_id is not None
            and Opportunity.objects.visible_to(user).filter(pk=record.opportunity_id).exists(),
            "changes": changes_of(record) if shows_changes and record.edited_at else [],
            "may_correct": permissions.can_correct(user, record),
            "may_delete": permissions.can_delete(user, record),
            "may_comment": permissions.can_comment(user, record),
        }


def changes_of(said: Communication) -> list[Any]:
    """What stood there before, newest first."""
    history = apps.get_model("communications", "CommunicationHistory")
    kept = history._default_manager.filter(pgh_obj=said.pk)  # unscoped: of a communication that the reader sees
    people = User.objects.in_bulk  # unscoped: names of colleagues
    return merged([changes_in(kept, CHANGES, what=_("Communication"))], CHANGES, people)


class CommentPage(UpdatePage):
    """Say something about a follow-up (点评)."""

    request: SignedInRequest
    model = Communication
    title = _("Comment")

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_comment(user, record)

    def form(self, data: Any = None, files: Any = None) -> CommentForm:
        return CommentForm(data)

    def save(self, form: CommentForm) -> str:
        services.comment_communication(
            said=self.record, body=form.cleaned_data["body"], by=self.request.user, now=timezone.now()
        )
        return self.record.get_absolute_url()


@require_safe
def file(request: SignedInRequest, pk: int, file_pk: int) -> FileResponse:
    """Hand out a file of what was said to whoever sees that; of a lead's no customer's page shows it."""
    said = get_visible_or_404(Communication, request.user, pk)
    found = files_of([said.pk]).filter(pk=file_pk).first()
    if found is None:
        raise Http404
    return hand_out(found)


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it back; the customer's page offers to undo."""
    said = get_visible_or_404(Communication, request.user, pk)
    allow(permissions.can_delete(request.user, said))
    services.delete_communication(said=said, by=request.user, now=timezone.now())
    return redirect("communications:deleted", said.pk)


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    said = _deleted(request, pk)
    services.restore_communication(said=said, by=request.user, now=timezone.now())
    return HttpResponseRedirect(said.get_absolute_url())


@require_safe
def deleted(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was just taken back, with the way to undo it."""
    said = _deleted(request, pk)
    context = {"title": _("Deleted"), "said": said, "channel": channel_of(said.channel)}
    return render(request, "communications/deleted.html", context)


def _deleted(request: SignedInRequest, pk: int) -> Communication:
    """A deleted communication that the reader may bring back; Http404 else."""
    rows = Communication.objects.deleted_for(request.user).select_related("customer__owner", "lead__owner")
    said = rows.filter(pk=pk).first()
    if said is None:
        raise Http404
    allow(permissions.can_delete(request.user, said))
    return said
