"""What is known of a customer, as lines of label and value: filled ones first, empty ones behind “show all”."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html, linebreaks
from django.utils.translation import gettext as _

from core.custom_fields import cell
from core.languages import language_name
from core.registries import Label
from core.templatetags.ui import country_name, flag, money

from .facts import WANTED

if TYPE_CHECKING:
    from core.models import CustomField

    from .models import CategoryDimension, Customer


@dataclass(frozen=True)
class Fact:
    label: Label
    value: Any
    under: str = ""

    @property
    def is_empty(self) -> bool:
        return self.value in (None, "", "—")


def facts_of(customer: Customer, dimensions: list[CategoryDimension], fields: list[CustomField]) -> list[Fact]:
    """All facts in the order of the card. Reads only what the page has fetched."""
    label = _label
    place = ", ".join(filter(None, (customer.city, customer.region)))
    country = format_html("{} {}", flag(customer.country, False), country_name(customer.country))
    where = format_html("{} · <bdi>{}</bdi>", country, place) if place else country
    share = _("our share %(share)s %%") % {"share": customer.our_share} if customer.our_share is not None else ""
    categories: dict[int, list[str]] = {}
    for category in customer.categories.all():
        categories.setdefault(category.dimension_id, []).append(category.name)
    return [
        Fact(_("Main header"), customer.name, customer.main_code),  # type: ignore[attr-defined]
        Fact(label(customer, "kind"), customer.get_kind_display() if customer.kind == "person" else ""),
        Fact(_("Place"), where if customer.country else place),
        Fact(label(customer, "address"), _text(customer.address), customer.postal_code),
        Fact(label(customer, "website"), _link(customer.website)),
        *(Fact(one.name, ", ".join(categories.get(one.pk, ()))) for one in dimensions),
        Fact(label(customer, "size"), customer.get_size_display()),
        Fact(label(customer, "source"), customer.source.name if customer.source else ""),
        Fact(
            label(customer, "annual_purchase"),
            money(customer.annual_purchase, customer.currency) if customer.annual_purchase is not None else "",
            share,
        ),
        Fact(label(customer, "currency"), customer.currency),
        Fact(label(customer, "incoterm"), customer.incoterm),
        Fact(label(customer, "payment_terms"), customer.payment_terms),
        Fact(label(customer, "tariff_preference"), customer.tariff_preference),
        Fact(label(customer, "purchase_cycle_days"), customer.purchase_cycle_days),
        Fact(label(customer, "needs"), _text(customer.needs)),
        Fact(label(customer, "competitors"), _text(customer.competitors)),
        Fact(label(customer, "reasons_not_won"), _text(customer.reasons_not_won)),
        *(Fact(one.name, _custom(one, customer.custom.get(one.key))) for one in fields),
        Fact(label(customer, "language"), language_name(customer.language)),
        Fact(label(customer, "remarks"), _text(customer.remarks)),
        Fact(label(customer, "external_id"), customer.external_id),
    ]


def missing_words(customer: Customer, has_contact: bool, has_point: bool) -> list[str]:
    """Labels of what is wanted and not known, from what the page has fetched."""
    words = [_label(customer, name) for name, attribute in WANTED.items() if getattr(customer, attribute) in (None, "")]
    if not has_contact:
        words.append(_("contacts"))
    if not has_point:
        words.append(_("phone or e-mail"))
    if not customer.categories.all():
        words.append(_("categories"))
    return [str(word) for word in words]


def _label(customer: Customer, name: str) -> Label:
    return customer._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def _text(text: str) -> str:
    return format_html("{}", linebreaks(text, autoescape=True)) if "\n" in text else text


def _link(website: str) -> str:
    if not website:
        return ""
    address = website if "://" in website else f"https://{website}"
    if not address.startswith(("https://", "http://")):
        return website
    shown = address.partition("://")[2].removeprefix("www.").rstrip("/")
    return format_html('<a href="{}" rel="noopener noreferrer" target="_blank"><bdi>{}</bdi></a>', address, shown)


def _custom(field: CustomField, value: Any) -> str:
    return cell(field, value) if value not in (None, "", []) else ""
