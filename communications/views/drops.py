"""Mails and chats dropped onto a customer: what they are, who is in them, then brought in once."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.pages import get_visible_or_404
from core.pages.gate import allow
from core.parsing.automatic import KINDS
from core.parsing.eml import WRONG
from customers.forms import FilesInput
from customers.models import Customer

from .. import permissions, services
from ..dropped import IGNORE, NEW, US, Item, Person, contacts_by_id, people_of, read_drop, zone_of
from ..models import Drop
from ..parsing.whatsapp import ORDERS

ACCEPTED = ".eml,.txt,.zip"
UNKNOWN = gettext_lazy("Say of everybody who wrote whether they are ours, a contact, or to be left out.")
UNORDERED = gettext_lazy("Say in which order the dates stand.")


class DropNew(View):
    """Choose or drop the files."""

    def get(self, request: SignedInRequest, pk: int) -> HttpResponse:
        return self.show(request, self.customer(request, pk))

    def post(self, request: SignedInRequest, pk: int) -> HttpResponse:
        customer = self.customer(request, pk)
        try:
            drop = services.start_drop(
                customer=customer, files=request.FILES.getlist("files"), by=request.user, now=timezone.now()
            )
        except DomainError as refusal:
            return self.show(request, customer, refusal)
        return redirect(drop)

    def customer(self, request: SignedInRequest, pk: int) -> Customer:
        customer = get_visible_or_404(Customer, request.user, pk)
        allow(permissions.can_log(request.user, customer))
        return customer

    def show(self, request: SignedInRequest, customer: Customer, refusal: DomainError | None = None) -> HttpResponse:
        field = FilesInput({"accept": ACCEPTED}).render("files", None, {"id": "id_files"})
        context = {"customer": customer, "field": field, "refusal": refusal}
        return render(request, "communications/drop_new.html", context, status=refusal.status if refusal else 200)


class DropPage(View):
    """What would be written, and after it what was."""

    def get(self, request: SignedInRequest, pk: int) -> HttpResponse:
        return self.show(request, self.drop(request, pk))

    def post(self, request: SignedInRequest, pk: int) -> HttpResponse:
        drop = self.drop(request, pk)
        allow(permissions.can_log(request.user, drop.customer))
        if drop.done_at or drop.job_id:
            return redirect(drop)
        now = timezone.now()
        items = read_drop(drop, request.user, now)
        answers = answers_of(request.POST, items, drop)
        drop.answers = answers
        if wrong := wanting(items, answers):
            return self.show(request, drop, wrong)
        size = sum(item.days + 1 for item in items if item.number in answers["take"])
        services.answer_drop(drop=drop, answers=answers, size=size, by=request.user, now=now)
        return HttpResponseRedirect(reverse("communications:drop", args=[drop.pk]))

    def drop(self, request: SignedInRequest, pk: int) -> Drop:
        drops = Drop.objects.select_related("customer__owner", "by", "job")  # unscoped: the gate scopes it
        return get_visible_or_404(drops, request.user, pk)

    def show(self, request: SignedInRequest, drop: Drop, wrong: str = "") -> HttpResponse:
        context: dict[str, Any] = {"drop": drop, "customer": drop.customer, "wrong": wrong}
        if drop.done_at is None and drop.job_id is None:
            items = read_drop(drop, request.user, timezone.now())
            taken = drop.answers.get("take")
            for item in items:
                item.is_taken = item.is_new and not item.strangers if taken is None else item.number in taken  # type: ignore[attr-defined]
                item.automatic = KINDS.get(item.mail.automatic, "") if item.mail else ""  # type: ignore[attr-defined]
                item.wrong = [WRONG[code] for code in item.mail.wrong] if item.mail else []  # type: ignore[attr-defined]
            context |= {
                "items": items,
                "people": asked_people(items, drop),
                "orders": ORDERS,
                "order_answers": drop.answers.get("orders", {}),
                "zone": zone_of(drop, request.user).key,
                "has_chats": any(item.chat for item in items),
                "can_bring": any(item.is_new and not item.refusal for item in items),
            }
        return render(request, "communications/drop.html", context, status=422 if wrong else 200)


def asked_people(items: list[Item], drop: Drop) -> list[dict[str, Any]]:
    """Everybody named, with the answers to choose from and what is guessed or was said."""
    roles = [(US, _("one of us")), (NEW, _("a new contact of this customer")), (IGNORE, _("leave out"))]
    contacts = [(str(pk), contact.name) for pk, contact in contacts_by_id(drop.customer).items()]
    said = drop.answers.get("people", {})
    return [
        {"person": person, "choices": contacts + roles, "chosen": said.get(person.key, person.guess)}
        for person in people_of(items)
    ]


def answers_of(posted: Any, items: list[Item], drop: Drop) -> dict[str, Any]:
    """What was said of people, dates and files; only what was offered is taken."""
    offered = {US, NEW, IGNORE, *map(str, contacts_by_id(drop.customer))}
    people: dict[str, str] = {}
    for number, person in enumerate(people_of(items)):
        role = posted.get(f"person-{number}", "")
        people[person.key] = role if role in offered else ""
    orders = {str(item.number): posted.get(f"order-{item.number}", "") for item in items if item.chat}
    zone = posted.get("zone", "")
    return {
        "people": people,
        "orders": {number: order for number, order in orders.items() if order in ORDERS},
        "take": [item.number for item in items if f"take-{item.number}" in posted],
        "zone": zone if zone in available_timezones() else "",
    }


def wanting(items: list[Item], answers: dict[str, Any]) -> str:
    """What is still to be said before anything is written; '' for nothing."""
    taken = [item for item in items if item.number in answers["take"]]
    writers: list[Person] = [person for item in taken for person in item.people if person.writes]
    if any(not answers["people"].get(person.key) for person in writers):
        return str(UNKNOWN)
    if any(item.chat and len(item.chat.orders) > 1 and str(item.number) not in answers["orders"] for item in taken):
        return str(UNORDERED)
    return "" if taken else _("Choose at least one file.")
