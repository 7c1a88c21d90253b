"""An inquiry that somebody has as text: read, shown beside what it says, confirmed by the person, then a lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.filters import everybody
from accounts.requests import SignedInRequest
from core.forms import Form, refuse
from core.parsing.eml import Mail, MailRefused, parse_mail
from core.text import clean
from customers.identity import mail_key, own_domain

from .. import services
from ..forms.leads import NewLeadForm
from ..models import Lead
from ..parsing.inquiry import Found, read_inquiry
from .lead_editing import LeadCreate

MOST = 100_000
# A mail may be older than the day it is brought in, but not than any business.
OLDEST = timedelta(days=3650)


class PasteForm(Form):
    text = forms.CharField(
        label=_("The inquiry"),
        required=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 16, "data-key": "i"}),
        help_text=_("A mail, a request of a marketplace, a chat, a filled-in web form: paste all of it."),
    )
    file = forms.FileField(
        label=_("or a mail as a file (.eml)"), required=False, widget=forms.FileInput(attrs={"accept": ".eml"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("text") and not data.get("file") and not self.errors:
            self.add_error("text", _("Paste a text, or choose a file."))
        return data


@dataclass(frozen=True)
class Piece:
    """A piece of the pasted text; ``says`` names the fields that it shows."""

    text: str
    says: str = ""


class PasteLead(LeadCreate):
    """Two steps of one page: the text, then the lead's form beside it. Nothing is kept before the second is sent."""

    request: SignedInRequest
    template_name = "opportunities/pasted.html"
    found: Mapping[str, Found] = {}
    asked_at: datetime | None = None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.ask(PasteForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "read" not in request.POST:
            self.asked_at = _moment(request.POST.get("asked_at", ""))
            return super().post(request, **kwargs)
        form = PasteForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.ask(form, 422)
        try:
            text = self.text_of(form)
        except MailRefused as refusal:
            refuse(form, refusal)
            return self.ask(form, refusal.status)
        self.found = read_inquiry(text, self.our_addresses())
        return self.show(self.filled(text))

    def ask(self, form: PasteForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "cancel_url": self.cancel_url()}
        return render(self.request, "opportunities/paste.html", context, status=status)

    def text_of(self, form: PasteForm) -> str:
        file = form.cleaned_data.get("file")
        if file is None:
            return str(form.cleaned_data["text"])
        mail = parse_mail(file.read())
        self.asked_at = mail.at
        return _as_text(mail)[:MOST]

    def our_addresses(self) -> frozenset[str]:
        """The addresses of our people and their domains: who writes from there does not ask."""
        mails = [mail_key(mail) for mail in everybody(self.request).active().values_list("email", flat=True)]
        return frozenset({*mails, *(own_domain(mail) for mail in mails)} - {""})

    def filled(self, text: str) -> NewLeadForm:
        form = self.form()
        form.initial.update({name: one.value for name, one in self.found.items()} | {"message": text})
        for name, one in self.found.items():
            if name in form.fields:
                shown = clean(text[one.start : one.end])[:120]
                form.fields[name].help_text = _("From the text: “%(words)s”") % {"words": shown}
        return form

    def save(self, form: NewLeadForm) -> str:
        data = form.lead_data()
        data.asked_at = self.asked_at
        lead = services.create_lead(data=data, by=self.request.user, now=timezone.now())
        seen = Lead.objects.visible_to(self.request.user).filter(pk=lead.pk).exists()
        return lead.get_absolute_url() if seen else self.cancel_url()

    def show(self, form: Any, status: int = 200, refusal: Any = None) -> HttpResponse:
        self.text = str(form["message"].value() or "")
        if form.is_bound:
            self.found = read_inquiry(clean(self.text, newlines=True), self.our_addresses())
        return super().show(form, status, refusal)

    def extra_context(self) -> dict[str, Any]:
        model: Any = Lead
        labels = {name: str(model._meta.get_field(name).verbose_name) for name in self.found}
        return super().extra_context() | {
            "pieces": pieces_of(self.text, self.found, labels),
            "asked_at": self.asked_at.isoformat() if self.asked_at else "",
            "again_url": reverse("opportunities:paste"),
            "count": len(self.found),
        }


def pieces_of(text: str, found: Mapping[str, Found], labels: Mapping[str, str]) -> Sequence[Piece]:
    """Cut the text at what was found, in order; what overlaps an earlier piece is told by that one."""
    pieces: list[Piece] = []
    at = 0
    marks: dict[tuple[int, int], list[str]] = {}
    # A whole sentence shows the language; what stands in it says more.
    told = sorted((one for one in found.values() if one.field != "language"), key=lambda one: (one.start, -one.end))
    for one in told:
        inside = next((span for span in marks if span[0] <= one.start < span[1]), None)
        marks.setdefault(inside or (one.start, one.end), []).append(labels[one.field])
    for (start, end), says in sorted(marks.items()):
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], ", ".join(dict.fromkeys(says))))
        at = end
    return [*pieces, Piece(text[at:])]


def _as_text(mail: Mail) -> str:
    """A mail as it would be pasted: who, when, what, then the words."""
    head = []
    if mail.sender:
        head.append(f"From: {mail.sender.name} <{mail.sender.email}>".replace("  ", " "))
    if mail.at:
        head.append(f"Date: {mail.at:%Y-%m-%d %H:%M %z}")
    if mail.subject:
        head.append(f"Subject: {mail.subject}")
    return clean("\n".join([*head, "", mail.text]), newlines=True)


def _moment(text: str) -> datetime | None:
    """When the mail was sent, as this page noted it."""
    now = timezone.now()
    with suppress(ValueError, OverflowError):
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None and now - OLDEST < found:
            return min(found, now)
    return None
