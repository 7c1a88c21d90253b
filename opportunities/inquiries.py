"""What may a public form ask, and what does an inquiry become as a lead? The pure part of the public forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from core.registries import Label

from .inputs import LeadData
from .parsing.needs import quantity_of, worth_of

if TYPE_CHECKING:
    from .models import Inquiry

SHOWN, REQUIRED = "shown", "required"


@dataclass(frozen=True)
class Asked:
    """A field of a public form. ``autocomplete`` is the browser's word for it, ``most`` the longest that is taken."""

    label: Label
    autocomplete: str = "off"
    most: int = 200
    # "text", "email", "tel", "country", "lines"
    kind: str = "text"


ASKED: dict[str, Asked] = {
    "person": Asked(_("Your name"), "name"),
    "company": Asked(_("Company"), "organization", 300),
    "title": Asked(_("Job title"), "organization-title", 120),
    "email": Asked(_("E-mail"), "email", 254, "email"),
    "phone": Asked(_("Phone"), "tel", 60, "tel"),
    "whatsapp": Asked(_("WhatsApp"), "tel", 60, "tel"),
    "wechat": Asked(_("WeChat"), "off", 60),
    "website": Asked(_("Website"), "url", 300),
    "country": Asked(_("Country"), "country", 2, "country"),
    "city": Asked(_("City"), "address-level2", 100),
    "subject": Asked(_("Subject"), most=300),
    "product": Asked(_("Product you are interested in"), most=300),
    "quantity": Asked(_("Quantity"), most=100),
    "amount": Asked(_("Budget, with currency"), most=100),
    "message": Asked(_("Your message"), most=20_000, kind="lines"),
}
# One of them must be filled, or nobody can answer.
REACHED = ("email", "phone", "whatsapp", "wechat")
FIRST = {
    "person": REQUIRED, "company": SHOWN, "email": REQUIRED, "phone": SHOWN, "country": SHOWN, "product": SHOWN,
    "quantity": SHOWN, "message": REQUIRED,
}  # fmt: skip
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "gclid", "fbclid", "msclkid")
# Where the visitor came from: the page that showed the form, and the one before.
PAGES = ("referrer", "page")
LONGEST_UTM = 300
# Why an inquiry is suspected, in words for those who decide.
WHY: dict[str, Label] = {
    "honeypot": _("Filled in a field that people do not see"),
    "too_fast": _("Sent within seconds of opening the page"),
    "links": _("Holds many links"),
    "flood": _("One of very many at the same time"),
}
_PLACES = Decimal("0.001")
_MOST = Decimal(10) ** 14


def lead_data(inquiry: Inquiry) -> LeadData:
    """The lead that an inquiry makes, from what was posted; a quantity that is no number stays in words."""
    said: Mapping[str, Any] = inquiry.posted
    data = LeadData(
        form=inquiry.form, source=inquiry.form.source, campaign=inquiry.form.campaign, asked_at=inquiry.received_at
    )
    for name in ASKED:
        if name not in ("quantity", "amount") and said.get(name):
            setattr(data, name, said[name])
    data.utm = dict(said.get("utm", {}))
    data.language = said.get("language", "") if said.get("language") != "en" else ""
    if said.get("consent"):
        data.consent_text, data.consent_at = said["consent"], inquiry.received_at
    left = [*_quantity(data, said.get("quantity", "")), *_amount(data, said.get("amount", ""))]
    data.remarks = "\n".join(left)
    if data.source is None and inquiry.form.campaign is not None:
        data.source = inquiry.form.campaign.source
    return data


def _quantity(data: LeadData, text: str) -> list[str]:
    found = quantity_of(text) if text else None
    if found is not None:
        data.quantity, data.unit = found.number.quantize(_PLACES), found.unit[:40]
    # "500 pcs a month": what the number leaves out is not lost.
    rest = text.replace(found.unit, "", 1) if found else text
    return [f"{ASKED['quantity'].label}: {text}"] if any(map(str.isalpha, rest)) else []


def _amount(data: LeadData, text: str) -> list[str]:
    money = worth_of(text) if text else None
    if money is not None and money.amount is not None and money.currency and 0 < money.amount < _MOST:
        data.amount, data.currency = money.amount.quantize(_PLACES), money.currency
        return []
    return [f"{ASKED['amount'].label}: {text}"] if text else []


def suspicion(*, honeypot: str, opened_at: datetime | None, now: datetime, message: str) -> str:
    """A key of WHY for what looks like a program's work, '' for a person's."""
    if honeypot:
        return "honeypot"
    if opened_at is not None and (now - opened_at).total_seconds() < FASTEST_S:
        return "too_fast"
    return "links" if sum(map(message.lower().count, ("http://", "https://", "[url", "<a "))) > MOST_LINKS else ""


FASTEST_S = 3
MOST_LINKS = 4
