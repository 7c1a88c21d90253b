"""What is done to one lead with a small form or one tap: assign, disqualify, reopen, archive, answer, files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.forms import Form
from core.pages import UpdatePage, get_visible_or_404
from core.pages.gate import allow
from customers.models import Attachment
from customers.views.files import hand_out, hand_out_small

from .. import permissions, services, words
from ..forms.leads import AssignForm, DisqualifyForm, LeadFilesForm
from ..models import Lead
from .lead_list import receivers
from .lead_page import files_of, find_lead, screening_of

ANSWERS = {"yes": True, "no": False, "": None}


class LeadVerb(UpdatePage):
    """A form with one service call; ``can`` is asked of the user and the lead."""

    request: SignedInRequest
    model = Lead
    can: ClassVar[Callable[..., bool]] = staticmethod(permissions.can_work_lead)
    act: ClassVar[Callable[..., Any]]
    save_word: ClassVar[Any] = _("Save")

    def may(self, user: Any, record: Any) -> bool:
        return type(self).can(user, record)

    def form(self, data: Any = None, files: Any = None) -> Any:
        return Form(data)

    def save(self, form: Any) -> str:
        type(self).act(lead=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        still = Lead.objects.visible_to(self.request.user).filter(pk=self.record.pk).exists()
        return self.record.get_absolute_url() if still else reverse("opportunities:leads")

    def extra_context(self) -> dict[str, Any]:
        return {"save": self.save_word}


class AssignPage(LeadVerb):
    title = _("Give to somebody")
    save_word = _("Give it")
    can = staticmethod(permissions.can_assign_lead)
    act = staticmethod(services.assign_lead)

    def form(self, data: Any = None, files: Any = None) -> AssignForm:
        return AssignForm(data, people=receivers(self.request.user).exclude(pk=self.record.owner_id))


class DisqualifyPage(LeadVerb):
    title = _("Disqualify")
    save_word = _("Disqualify")
    act = staticmethod(services.disqualify_lead)

    def form(self, data: Any = None, files: Any = None) -> DisqualifyForm:
        return DisqualifyForm(data)


class FilesAdd(LeadVerb):
    title = _("Add files")
    save_word = _("Upload")
    act = staticmethod(services.add_lead_files)

    def form(self, data: Any = None, files: Any = None) -> LeadFilesForm:
        return LeadFilesForm(data, files)

    def save(self, form: Any) -> str:
        super().save(form)
        return reverse("opportunities:lead_files", args=[self.record.pk])


# --- without a form ---------------------------------------------------------------------------------


def _lead(request: SignedInRequest, pk: int, can: Callable[..., bool] = permissions.can_work_lead) -> Lead:
    lead = get_visible_or_404(Lead, request.user, pk)
    allow(can(request.user, lead))
    return lead


@require_POST
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    lead = _lead(request, pk)
    services.start_lead(lead=lead, by=request.user, now=timezone.now())
    return redirect(lead)


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    lead = _lead(request, pk)
    services.reopen_lead(lead=lead, by=request.user, now=timezone.now())
    return redirect(lead)


@require_POST
def archive(request: SignedInRequest, pk: int) -> HttpResponse:
    lead = _lead(request, pk, permissions.can_archive_lead)
    services.archive_lead(lead=lead, by=request.user, now=timezone.now())
    return HttpResponseRedirect(lead.get_absolute_url())


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    lead = find_lead(request, pk)
    allow(lead.archived_at is not None)
    services.restore_lead(lead=lead, by=request.user, now=timezone.now())
    return redirect(lead)


@require_POST
def answer(request: SignedInRequest, pk: int, question_pk: int) -> HttpResponse:
    """Write down yes, no or not known; htmx gets the checklist anew."""
    lead = _lead(request, pk)
    question = words.questions().filter(pk=question_pk).first()
    said = request.POST.get("answer", "")
    if question is None or said not in ANSWERS:
        raise Http404
    refusal: DomainError | None = None
    try:
        services.answer_question(
            lead=lead, question=question, is_yes=ANSWERS[said], by=request.user, now=timezone.now()
        )
    except DomainError as error:
        refusal = error
    if not request.htmx and refusal is None:
        return redirect(lead)
    context = {
        "lead": lead,
        "screening": screening_of(request, lead),
        "may_work": lead.is_open,
        "refusal": refusal,
    }
    # htmx draws what a refusal says only from an answer that went well.
    return render(request, "opportunities/_lead_screening.html", context)


def find_file(request: SignedInRequest, pk: int, file_pk: int) -> Attachment:
    """A file of a lead that the reader sees, else Http404."""
    file = files_of(find_lead(request, pk)).filter(pk=file_pk).first()
    if file is None:
        raise Http404
    return file


@require_safe
def lead_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """Hand out the bytes to whoever sees the lead: to be saved, never to be run or drawn here."""
    return hand_out(find_file(request, pk, file_pk))  # type: ignore[arg-type]


@require_safe
def lead_file_thumbnail(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """The picture in small, drawn by us."""
    return hand_out_small(find_file(request, pk, file_pk))  # type: ignore[arg-type]
