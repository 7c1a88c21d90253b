"""Notes on a customer: write, correct, delete; and whom an @ may name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.forms import Submitted
from core.pages import UpdatePage, get_visible_or_404
from core.pages.gate import allow
from core.text import clean

from .. import permissions, services
from ..forms import NoteForm
from ..models import Customer, Note

MOST_PEOPLE = 8


@require_POST
def add_note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write a note; sent twice it is one."""
    customer = get_visible_or_404(Customer, request.user, pk)
    allow(permissions.can_write_note(request.user, customer))

    def save() -> str:
        form = NoteForm(request.POST)
        body = form.cleaned_data["body"] if form.is_valid() else ""
        note = services.add_note(customer=customer, body=body, by=request.user, now=timezone.now())
        return note_url(note)

    return HttpResponseRedirect(Submitted(request).once(save))


def note_url(note: Note) -> str:
    return f"{note.customer.get_absolute_url()}#note-{note.pk}"


def find_note(request: SignedInRequest, pk: int, note_pk: int) -> Note:
    customer = get_visible_or_404(Customer, request.user, pk)
    notes = Note.objects.filter(customer=customer, deleted_at=None)  # unscoped: its customer is visible
    return get_visible_or_404(notes.select_related("customer__owner"), request.user, note_pk)


class NoteEdit(UpdatePage):
    request: SignedInRequest
    title = _("Correct the note")
    template_name = "customers/verb.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.note = find_note(self.request, kwargs["pk"], kwargs["note_pk"])
        self.record = self.note.customer
        allow(permissions.can_change_note(self.request.user, self.note))
        return super(UpdatePage, self).dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> NoteForm:
        return NoteForm(data, initial={"body": self.note.body})

    def save(self, form: Any) -> str:
        services.edit_note(note=self.note, body=form.cleaned_data["body"], by=self.request.user, now=timezone.now())
        return note_url(self.note)


@require_POST
def delete_note(request: SignedInRequest, pk: int, note_pk: int) -> HttpResponse:
    note = find_note(request, pk, note_pk)
    allow(permissions.can_delete_note(request.user, note))
    services.delete_note(note=note, by=request.user, now=timezone.now())
    return HttpResponseRedirect(note.customer.get_absolute_url())


@require_safe
def people(request: SignedInRequest, pk: int) -> JsonResponse:
    """Colleagues whose name begins with what was typed after an @; only those who may see the customer are offered."""
    customer = get_visible_or_404(Customer, request.user, pk)
    text = clean(request.GET.get("q", ""))[:60]
    found = User.objects.visible_to(request.user).filter(is_active=True)
    seeing = [
        person
        for person in (found.naming(text) if text else found)[: MOST_PEOPLE * 4]
        if Customer.objects.visible_to(person).filter(pk=customer.pk).exists()
    ]
    return JsonResponse({"results": [{"id": one.username, "text": one.name} for one in seeing[:MOST_PEOPLE]]})
