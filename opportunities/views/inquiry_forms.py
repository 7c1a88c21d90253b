"""The public inquiry forms: which there are, what each brings, how they are put on a site, made and changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.filters import all_teams, everybody
from accounts.requests import SignedInRequest
from core.pages import CreatePage, DetailPage, UpdatePage
from core.pages.gate import allow

from .. import permissions, services
from ..forms.inquiries import InquiryFormForm
from ..inquiries import ASKED
from ..models import Inquiry, InquiryForm

RECENT = timedelta(days=30)
State = Inquiry.State


@require_safe
def inquiry_forms(request: SignedInRequest) -> HttpResponse:
    """All forms, with how many inquiries came by each."""
    allow(permissions.can_see_inquiries(request.user))
    rows = InquiryForm.objects.visible_to(request.user).select_related("source", "campaign", "team", "assignee")
    rows = rows.annotate(**_counts()).order_by("-is_active", "name", "pk")
    context = {"rows": rows, "may_edit": permissions.can_edit_forms(request.user)}
    return render(request, "opportunities/inquiry_forms.html", context)


class InquiryFormPage(DetailPage):
    """One form: its address, the code for other sites, what it asks and what came by it."""

    model = InquiryForm
    template_name = "opportunities/inquiry_form.html"

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("source", "campaign", "team", "assignee", "created_by")
        return rows.annotate(**_counts())

    def extra_context(self, record: InquiryForm) -> dict[str, Any]:
        link = settings.PUBLIC_URL + reverse("opportunities:inquiry", args=[record.token])
        code = render_to_string("opportunities/_embed.html", {"link": link, "form": record})
        return {
            "link": link,
            "embed_code": code.strip(),
            "asked": [(one.label, record.fields[name]) for name, one in ASKED.items() if name in record.fields],
            "may_edit": permissions.can_edit_forms(self.request.user),  # type: ignore[arg-type]
        }


class _Editor:
    """The form of a form."""

    request: Any
    record: Any = None
    template_name = "opportunities/inquiry_form_edit.html"

    def form(self, data: Any = None, files: Any = None) -> InquiryFormForm:
        people, teams = everybody(self.request).active(), all_teams(self.request)
        return InquiryFormForm(data, instance=self.record, people=people, teams=teams)

    def save(self, form: InquiryFormForm) -> str:
        saved = services.save_inquiry_form(
            form=self.record, data=form.data_of(), by=self.request.user, now=timezone.now()
        )
        return saved.get_absolute_url()

    def cancel_url(self) -> str:
        return self.record.get_absolute_url() if self.record else reverse("opportunities:inquiry_forms")


class InquiryFormCreate(_Editor, CreatePage):
    model = InquiryForm
    title = _("New inquiry form")

    def may(self, user: Any) -> bool:
        return permissions.can_edit_forms(user)


class InquiryFormUpdate(_Editor, UpdatePage):
    model = InquiryForm
    title = _("Edit")

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_edit_forms(user)


def _counts() -> dict[str, Any]:
    recent = Q(inquiries__received_at__gte=timezone.now() - RECENT)
    return {
        "leads_made": Count("inquiries", filter=Q(inquiries__state=State.LEAD)),
        "leads_recent": Count("inquiries", filter=Q(inquiries__state=State.LEAD) & recent),
        "suspects": Count("inquiries", filter=Q(inquiries__state=State.SUSPECT)),
        "junk": Count("inquiries", filter=Q(inquiries__state=State.JUNK)),
        "last_at": Max("inquiries__received_at", filter=~Q(inquiries__state=State.JUNK)),
    }
