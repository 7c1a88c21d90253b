"""What is asked before a lead becomes a customer, a contact and an opportunity?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from customers.forms import ENHANCED, FirstContactForm
from customers.forms.fields import CustomerChoice, country_choices, currency_choices, day_field
from customers.inputs import ContactData, CustomerData
from customers.models import Contact, Customer
from customers.words import sources

from .. import words
from ..inputs import ConversionData, LineData, OpportunityData
from ..models import Lead
from .leads import plain

NEW, NONE = "new", ""


class BecomesForm(Form):
    """The customer: one that stands, or what a new one is entered with. Named as the conflict check reads them."""

    customer = CustomerChoice(
        label=_("Onto an existing customer"),
        required=False,
        empty_label="",
        help_text=_("Empty: a new one is entered."),
    )
    name = forms.CharField(label=_("Name"), max_length=300, required=False, help_text=_("As on its paper."))
    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind.choices, required=False)
    country = forms.ChoiceField(
        label=_("Country"), required=False, choices=country_choices, widget=forms.Select(attrs=ENHANCED)
    )
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    website = forms.CharField(label=_("Website"), max_length=200, required=False)
    code = forms.CharField(label=_("Tax or credit code"), max_length=40, required=False)
    source = forms.ModelChoiceField(sources(in_use=True), label=_("Source"), required=False, empty_label="—")

    def __init__(self, *args: Any, user: Any, chosen: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(CustomerChoice, self.fields["customer"]).offer(user, chosen)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("customer") and not data.get("name") and "customer" not in self.errors:
            self.add_error("name", _("Name the customer, or choose one that stands."))
        return data

    def customer_data(self) -> CustomerData:
        data = self.cleaned_data
        return CustomerData(
            name=data["name"],
            kind=data["kind"] or Customer.Kind.COMPANY,
            country=data["country"],
            city=data["city"],
            website=data["website"],
            code=data["code"],
            source=data["source"].pk if data["source"] else None,
        )


class WhoForm(FirstContactForm):
    """The contact: nobody, a new one, or one of the customer's."""

    which = forms.ChoiceField(label=_("Contact"), required=False, widget=forms.RadioSelect)
    phone = forms.CharField(label=_("Phone"), max_length=60, required=False)

    field_order = ("which", "name", "title", "email", "mobile", "phone", "whatsapp", "wechat")
    POINTS = ("mobile", "phone", "email", "whatsapp", "wechat")

    def __init__(self, *args: Any, people: Sequence[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        del self.fields["is_decision_maker"]
        known = [(pk, _("%(name)s, contact already") % {"name": one.name}) for pk, one in self.people.items()]
        choice = cast(forms.ChoiceField, self.fields["which"])
        choice.choices = [(NEW, _("A new contact")), *known, (NONE, _("No contact"))]

    def clean(self) -> dict[str, Any]:
        which = self.cleaned_data.get("which", NONE)
        if which != NEW:
            return self.cleaned_data
        data = super().clean()
        if not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Give the name of the contact."))
        return data

    def standing(self) -> Contact | None:
        return self.people.get(self.cleaned_data["which"])

    def new(self) -> ContactData | None:
        data = self.cleaned_data
        found = self.contacts_of(data) if data["which"] == NEW else []
        return found[0] if found else None

    def contacts_of(self, data: dict[str, Any]) -> list[ContactData]:
        self.cleaned_data = data | {"is_decision_maker": False}
        return self.contacts()


class DealForm(Form):
    """The opportunity, or none."""

    has_deal = forms.BooleanField(label=_("Begin an opportunity"), required=False)
    title = forms.CharField(label=_("Deal"), max_length=200, required=False)
    pipeline = forms.ModelChoiceField(
        words.pipelines(in_use=True), label=_("Pipeline"), required=False, empty_label=None
    )
    product = forms.CharField(label=_("Product"), max_length=300, required=False)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=18, decimal_places=3, min_value=0, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    amount = forms.DecimalField(label=_("Amount"), max_digits=18, decimal_places=3, min_value=0, required=False)
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=currency_choices, widget=forms.Select(attrs=ENHANCED)
    )
    expected_on = day_field(_("Expected close"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("has_deal"):
            return data
        if not data.get("title"):
            self.add_error("title", _("Say what the deal is about."))
        if data.get("amount") is not None and not data.get("currency"):
            self.add_error("currency", _("Say in which currency."))
        return data

    def opportunity(self, lead: Lead) -> OpportunityData | None:
        """Source, campaign and the inquiry's text come from the lead."""
        data = self.cleaned_data
        if not data["has_deal"]:
            return None
        lines = [LineData(data["product"], data["quantity"], data["unit"])] if data["product"] else None
        return OpportunityData(
            title=data["title"],
            pipeline=data["pipeline"],
            amount=data["amount"],
            currency=data["currency"] if data["amount"] is not None else "",
            expected_on=data["expected_on"],
            source=lead.source,
            campaign=lead.campaign,
            details=lead.message[:10_000],
            lines=lines,
        )


class ConvertForms:
    """The three of them, filled from a lead; ``given`` is what was typed before the customer was chosen."""

    def __init__(self, data: Any, *, lead: Lead, user: Any, given: dict[str, Any], people: Sequence[Contact]) -> None:
        self.lead = lead
        chosen = data.get("customer") if data is not None else given.get("customer")
        self.becomes = BecomesForm(data, user=user, chosen=chosen, initial=self._customer() | given)
        self.who = WhoForm(data, prefix="contact", people=people, initial=self._contact(people))
        self.deal = DealForm(data, prefix="deal", initial=self._deal())

    def is_valid(self) -> bool:
        return all([self.becomes.is_valid(), self.who.is_valid(), self.deal.is_valid()])

    def conversion(self) -> ConversionData:
        customer = self.becomes.cleaned_data["customer"]
        return ConversionData(
            customer=customer,
            new_customer=None if customer else self.becomes.customer_data(),
            contact=self.who.standing() if customer else None,
            new_contact=self.who.new(),
            opportunity=self.deal.opportunity(self.lead),
        )

    def _customer(self) -> dict[str, Any]:
        lead = self.lead
        return {
            "name": lead.company or lead.person,
            "kind": Customer.Kind.COMPANY if lead.company or not lead.person else Customer.Kind.PERSON,
            "country": str(lead.country),
            "city": lead.city,
            "website": lead.website,
            "source": lead.source_id,
        }

    def _contact(self, people: Sequence[Contact]) -> dict[str, Any]:
        lead = self.lead
        has_any = any((lead.person, lead.email, lead.phone, lead.whatsapp, lead.wechat))
        same = next(
            (str(one.pk) for one in people if lead.person and one.name.casefold() == lead.person.casefold()), ""
        )
        return {
            "which": same or (NEW if has_any else NONE),
            "name": lead.person or lead.email.partition("@")[0] or (lead.company if has_any else ""),
            **{name: getattr(lead, name) for name in ("title", "email", "phone", "whatsapp", "wechat")},
        }

    def _deal(self) -> dict[str, Any]:
        lead = self.lead
        title = lead.subject or lead.product or " ".join(lead.message.split())[:100] or lead.name
        return {
            "has_deal": True,
            "title": title[:200],
            **{name: getattr(lead, name) for name in ("product", "unit", "currency")},
            **{name: plain(getattr(lead, name)) for name in ("quantity", "amount")},
        }
