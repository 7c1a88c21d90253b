"""Text templates: the own and the shared ones, written, changed, and used for a contact of a customer."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.languages import language_name
from core.pages import CreatePage, UpdatePage, get_visible_or_404
from core.pages.gate import allow
from core.phones import whatsapp_link
from core.text import clean
from customers.clock import contact_clock, local_clock
from customers.models import Contact, Customer

from .. import permissions, services
from ..channels import CHANNELS
from ..models import TextTemplate
from ..placeholders import filled
from ..template_forms import TextTemplateForm

MOST = 200


@require_safe
def templates(request: SignedInRequest) -> HttpResponse:
    """One's own texts and everybody's."""
    rows: list[Any] = list(TextTemplate.objects.visible_to(request.user).order_by("name", "pk")[:MOST])
    for one in rows:
        one.may_edit = permissions.can_edit_template(request.user, one)
        one.channel_name = CHANNELS[one.channel].label if one.channel in CHANNELS else ""
    return render(request, "communications/templates.html", {"templates": rows})


class _TemplateForm:
    request: SignedInRequest

    def form(self, data: Any = None, files: Any = None) -> TextTemplateForm:
        record: TextTemplate | None = getattr(self, "record", None)
        initial = {}
        if record is not None:
            initial = {name: getattr(record, name) for name in ("name", "language", "channel", "subject", "body")}
            initial["is_shared"] = record.owner_id is None
        may_share = permissions.can_share_templates(self.request.user)
        return TextTemplateForm(data, initial=initial, may_share=may_share)

    def save(self, form: Any) -> str:
        data = dict(form.cleaned_data)
        is_shared = data.pop("is_shared", False)
        services.save_template(
            template=getattr(self, "record", None),
            data=data,
            is_shared=is_shared,
            by=self.request.user,
            now=timezone.now(),
        )
        return reverse("communications:templates")

    def cancel_url(self) -> str:
        return reverse("communications:templates")


class TemplateCreate(_TemplateForm, CreatePage):
    request: SignedInRequest
    title = _("New text")


class TemplateUpdate(_TemplateForm, UpdatePage):
    request: SignedInRequest
    title = _("Change the text")

    def dispatch(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        self.record = get_visible_or_404(TextTemplate, request.user, kwargs["pk"])
        allow(permissions.can_edit_template(request.user, self.record))
        return super(UpdatePage, self).dispatch(request, *args, **kwargs)


@require_POST
def delete_template(request: SignedInRequest, pk: int) -> HttpResponse:
    template = get_visible_or_404(TextTemplate, request.user, pk)
    services.delete_template(template=template, by=request.user)
    return HttpResponseRedirect(reverse("communications:templates"))


@require_safe
def texts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The texts as they would be sent to a contact of a customer, those in the contact's language first."""
    customer = get_visible_or_404(Customer, request.user, pk)
    people = list(customer.contacts.filter(archived_at=None).prefetch_related("points"))
    chosen = next((one for one in people if str(one.pk) == request.GET.get("contact")), people[0] if people else None)
    product = clean(request.GET.get("product", ""))[:200]
    values = {
        "contact": chosen.name if chosen else "",
        "company": customer.name,
        "city": customer.city,
        "me": request.user.name,
        "my_email": request.user.email,
        "product": product,
    }
    language = (chosen.language if chosen else "") or customer.language
    rows = list(TextTemplate.objects.visible_to(request.user)[:MOST])
    rows.sort(key=lambda one: (one.language != language, one.language != "", one.language != "en", one.name))
    now = timezone.now()
    clock = (contact_clock(chosen, customer, now) if chosen else None) or local_clock(customer, now)
    context = {
        "customer": customer,
        "people": people,
        "chosen": chosen,
        "product": product,
        "clock": clock,
        "texts": [_text(one, values, chosen) for one in rows],
    }
    return render(request, "communications/texts.html", context)


def _text(template: TextTemplate, values: dict[str, str], chosen: Contact | None) -> dict[str, Any]:
    """A template filled for somebody, with the links that open it; no links to whom we must not write."""
    subject, body = filled(template.subject, values), filled(template.body, values)
    points = list(chosen.points.all()) if chosen and not chosen.is_do_not_contact else []
    number = next((one.normal for kind in ("whatsapp", "mobile") for one in points if one.kind == kind), "")
    address = next((one.normal or one.value for one in points if one.kind == "email"), "")
    mail = f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(body)}" if address else ""
    return {
        "template": template,
        "language": language_name(template.language),
        "subject": subject,
        "body": body,
        "chat": whatsapp_link(number, body) if template.channel != "email" else "",
        "mail": mail if template.channel != "whatsapp" else "",
    }
