"""What may be typed about an order?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.currencies import currency_choices
from core.forms import Form
from customers.forms.fields import ENHANCED, CustomerChoice, Sections, day_field
from customers.models import Customer
from customers.models.customer import Incoterm

from ..inputs import LineData, OrderData
from ..models import Opportunity

if TYPE_CHECKING:
    from ..models import Order


def _amount(label: Any, places: int = 3, **extra: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=18, decimal_places=places, min_value=Decimal(0), required=False, **extra
    )


class OrderForm(Sections, Form):
    """An order without its lines; ``customer`` is asked for only where the address does not say it."""

    customer = CustomerChoice(label=_("Customer"))
    number = forms.CharField(
        label=_("Order number"), max_length=60, help_text=_("As on the proforma invoice or contract.")
    )
    ordered_on = day_field(_("Date"), required=True)
    opportunity = forms.ModelChoiceField(
        Opportunity.objects.none(),  # unscoped: narrowed in __init__
        label=_("Made from"),
        required=False,
        empty_label=_("no opportunity"),
    )
    seller = forms.ModelChoiceField(
        User.objects.none(),  # unscoped: narrowed in __init__
        label=_("Sold by"),
        required=False,
        empty_label=_("by themselves"),
    )
    external_id = forms.CharField(label=_("External id"), max_length=80, required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices, widget=forms.Select(attrs=ENHANCED))
    amount = _amount(_("Amount"), help_text=_("Where lines stand below: their sum and the freight."))
    freight = _amount(_("Freight and charges"))
    cost = _amount(_("Cost"), help_text=_("In the currency of the order; gives the margin."))
    payment_terms = forms.CharField(label=_("Payment terms"), max_length=120, required=False)
    incoterm = forms.ChoiceField(label=_("Incoterm"), choices=[("", "—"), *Incoterm.choices], required=False)
    remarks = forms.CharField(
        label=_("Remarks"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    sections = (
        (_("Order"), ("customer", "number", "ordered_on", "opportunity", "seller", "external_id")),
        (_("Money"), ("currency", "amount", "freight", "cost", "payment_terms", "incoterm", "remarks")),
    )
    wide = frozenset({"remarks", "customer"})

    def __init__(
        self, *args: Any, user: User, customer: Customer | None, sellers: Any, deals: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.standing, self.deals = customer, deals
        if customer is not None:
            del self.fields["customer"]
        else:
            chosen = self.data.get("customer") if self.is_bound else None
            cast(CustomerChoice, self.fields["customer"]).offer(user, chosen)
        cast(forms.ModelChoiceField, self.fields["seller"]).queryset = sellers
        if customer is None:
            del self.fields["opportunity"]
        else:
            cast(forms.ModelChoiceField, self.fields["opportunity"]).queryset = deals

    def data_of(self, lines: Sequence[LineData], opportunity: Opportunity | None = None) -> OrderData:
        cleaned = self.cleaned_data
        return OrderData(
            customer=self.standing or cleaned["customer"],
            opportunity=cleaned.get("opportunity") or opportunity,
            freight=cleaned["freight"] or Decimal(0),
            lines=lines,
            **{name: cleaned[name] for name in _PLAIN},
        )


_PLAIN = (
    "number", "ordered_on", "seller", "external_id", "currency", "amount", "cost", "payment_terms", "incoterm",
    "remarks",
)  # fmt: skip


class LineForm(Form):
    """One line of an order; one without a product is none."""

    product = forms.CharField(label=_("Product"), max_length=300, required=False)
    quantity = _amount(_("Quantity"))
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    price = _amount(_("Price"), places=6)
    discount = forms.DecimalField(
        label=_("Discount in %"),
        max_digits=6,
        decimal_places=3,
        required=False,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        said = any(data.get(name) for name in ("quantity", "price", "unit", "discount"))
        if said and not data.get("product"):
            self.add_error("product", _("Name the product of this line."))
        for name in ("quantity", "price"):
            if data.get("product") and name not in self.errors and data.get(name) is None:
                self.add_error(name, _("Each line of an order has a quantity and a price."))
        return data


class BaseLines(forms.BaseFormSet):
    def lines(self) -> list[LineData]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("product")]
        return [
            LineData(row["product"], row["quantity"], row["unit"], row["price"], row["discount"] or Decimal(0))
            for row in rows
        ]


Lines = cast(type[BaseLines], forms.formset_factory(LineForm, formset=BaseLines, extra=2, max_num=300))


def lines_initial(lines: Sequence[LineData]) -> list[dict[str, Any]]:
    return [
        {"product": one.product, "quantity": _short(one.quantity), "unit": one.unit, "price": _short(one.price),
         "discount": _short(one.discount) or ""}
        for one in lines
    ]  # fmt: skip


def order_initial(data: OrderData | Order) -> dict[str, Any]:
    """What the form starts with, amounts without the zeros behind."""
    found = {name: getattr(data, name) for name in (*_PLAIN, "freight", "opportunity")}
    return found | {name: _short(found[name]) for name in ("amount", "freight", "cost")}


def _short(number: Decimal | None) -> Decimal | None:
    """1200.000 as 1200."""
    if not number:
        return None
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


class VoidForm(Form):
    reason = forms.CharField(
        label=_("Why is it void?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "autofocus": True})
    )
