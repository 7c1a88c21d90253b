"""What may be typed about an opportunity, its product lines and the people in it?"""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.validators import MinValueValidator
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.custom_fields import PREFIX, form_field, merged, stored
from core.forms import Form, ModelForm
from core.models import CustomField
from customers.forms.fields import ENHANCED, CustomerChoice, Sections, currency_choices, day_field
from customers.models import Contact, Customer
from customers.models.customer import Incoterm
from customers.words import sources

from .. import words
from ..inputs import LineData, OpportunityData
from ..models import Opportunity, OpportunityContact

# Whoever chooses a customer is told what is open in its group, and offered its people.
GROUP_CHECK = {"hx-get": "/opportunities/group-check/", "hx-trigger": "change", "hx-target": "#group-check"}


def amount_field(**extra: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=_("Amount"), max_digits=18, decimal_places=3, min_value=0, required=extra.pop("required", False), **extra
    )


def currency_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Currency"), required=False, choices=currency_choices, widget=forms.Select(attrs=ENHANCED)
    )


class OpportunityForm(Sections, ModelForm):
    """What people edit of an opportunity; a new one also says where it begins."""

    customer = CustomerChoice(label=_("Customer"), required=False)
    expected_on = day_field(_("Expected close"))

    class Meta:
        model = Opportunity
        fields = [
            "title",
            "customer",
            "amount",
            "currency",
            "expected_on",
            "incoterm",
            "competitors",
            "source",
            "campaign",
            "external_id",
            "details",
        ]
        widgets = {"details": forms.Textarea(attrs={"rows": 3})}

    sections: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (_("The deal"), ("customer", "title", "pipeline", "stage", "amount", "currency", "expected_on", "incoterm")),
        (_("Where it comes from"), ("source", "campaign", "competitors", "external_id", "details")),
        (_("Own fields"), (f"{PREFIX}*",)),
    )
    wide = frozenset({"customer", "title", "details"})

    def __init__(self, *args: Any, user: User, custom_fields: list[CustomField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custom_fields = custom_fields
        opportunity = self.instance
        self.fields["currency"] = currency_field()
        chosen = self.data.get("customer") if self.is_bound else self.initial.get("customer", opportunity.customer_id)
        cast(CustomerChoice, self.fields["customer"]).offer(user, getattr(chosen, "pk", chosen))
        self.fields["customer"].widget.attrs |= GROUP_CHECK
        incoterm: Any = self.fields["incoterm"]
        self.fields["incoterm"] = forms.ChoiceField(
            label=incoterm.label, required=False, choices=[("", "—"), *Incoterm.choices]
        )
        for name, rows in (("source", sources(in_use=True)), ("campaign", words.campaigns(in_use=True))):
            choice = cast(forms.ModelChoiceField, self.fields[name])
            choice.queryset, choice.empty_label = rows, "—"
        for definition in custom_fields:
            self.fields[PREFIX + definition.key] = form_field(definition)
            self.initial[PREFIX + definition.key] = (opportunity.custom or {}).get(definition.key)
        # The form says what it showed: only what differs from that was edited, whatever stands there by now.
        for field in self.fields.values():
            field.show_hidden_initial = bool(opportunity.pk)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("amount") is not None and not data.get("currency"):
            self.add_error("currency", _("Say in which currency."))
        return data

    def validate_constraints(self) -> None:
        """The database is the arbiter; the service names what it refuses at its field."""

    def shown_before(self) -> SafeString:
        """Hidden fields with the values that this form was filled with."""
        return mark_safe(  # noqa: S308  made by widgets
            "".join(
                str(self[name].as_hidden(only_initial=True))
                for name, one in self.fields.items()
                if one.show_hidden_initial
            )
        )

    def changes(self) -> dict[str, Any]:
        """Only what was edited: a field that a colleague changed meanwhile and this form did not keeps theirs."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data if name in self.Meta.fields}
        if any(name.startswith(PREFIX) for name in self.changed_data):
            edited = [one for one in self.custom_fields if PREFIX + one.key in self.changed_data]
            changed["custom"] = merged(edited, self.instance.custom or {}, self.cleaned_data)
        return changed


class NewOpportunityForm(OpportunityForm):
    """The first form of an opportunity: its stage, which names its pipeline too."""

    def __init__(self, *args: Any, stages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_pipeline: dict[str, list[tuple[int, str]]] = {}
        for one in stages:
            by_pipeline.setdefault(one.pipeline.name, []).append((one.pk, one.name))
        groups = list(by_pipeline.items())
        choices: Any = groups[0][1] if len(groups) == 1 else groups
        self.stages = {one.pk: one for one in stages}
        self.fields["stage"] = forms.TypedChoiceField(label=_("Stage"), choices=choices, coerce=int)

    def data_of(self, lines: list[LineData], people: list[tuple[Contact, str]]) -> OpportunityData:
        cleaned = self.cleaned_data
        custom = {
            one.key: value
            for one in self.custom_fields
            if (value := stored(one, cleaned.get(PREFIX + one.key))) is not None
        }
        columns = {name: cleaned[name] for name in self.Meta.fields}
        return OpportunityData(
            **columns, stage=self.stages[cleaned["stage"]], custom=custom, lines=lines, people=people
        )


class LineForm(Form):
    """One product line."""

    product = forms.CharField(label=_("Product"), max_length=300, required=False)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=18, decimal_places=3, min_value=0, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    price = forms.DecimalField(
        label=_("Price"),
        max_digits=18,
        decimal_places=6,
        required=False,
        validators=[MinValueValidator(0)],
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        rest = any(data.get(name) is not None for name in ("quantity", "price"))
        if rest and not data.get("product"):
            self.add_error("product", _("Say which product."))
        return data


class BaseLines(forms.BaseFormSet):
    """Product lines; one whose product is emptied goes."""

    def lines(self) -> list[LineData]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("product")]
        return [LineData(row["product"], row.get("quantity"), row.get("unit", ""), row.get("price")) for row in rows]


Lines = cast(type[BaseLines], forms.formset_factory(LineForm, formset=BaseLines, extra=2, max_num=200))


def lines_initial(opportunity: Opportunity) -> list[dict[str, Any]]:
    return [
        {name: getattr(line, name) for name in ("product", "quantity", "unit", "price")}
        for line in opportunity.lines.all()
    ]


class PersonForm(Form):
    """One person at the customer and their part."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(),  # unscoped: the form set brings the people
        label=_("Contact"),
        required=False,
        empty_label="—",
    )
    role = forms.ChoiceField(label=_("Part"), required=False, choices=[("", "—"), *OpportunityContact.Role.choices])

    def __init__(self, *args: Any, contacts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["contact"])
        field.queryset = contacts
        # One statement for the whole form set.
        field.choices = [("", "—"), *((one.pk, str(one)) for one in contacts)]


class BasePeople(forms.BaseFormSet):
    """People in the deal; a line without a contact goes."""

    def people(self) -> list[tuple[Contact, str]]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("contact")]
        return list({row["contact"]: row["role"] for row in rows}.items())


People = cast(type[BasePeople], forms.formset_factory(PersonForm, formset=BasePeople, extra=1, max_num=40))


def contacts_of(customer: Customer | None, user: User) -> Any:
    """The living contacts of a customer, for a choice."""
    rows = Contact.objects.visible_to(user)
    return rows.filter(customer=customer, archived_at=None).order_by("name", "pk") if customer else rows.none()


def people_initial(opportunity: Opportunity) -> list[dict[str, Any]]:
    return [{"contact": one.contact_id, "role": one.role} for one in opportunity.people.all()]


# --- in the row of the list ---------------------------------------------------------------------------------


class AmountForm(Form):
    """The amount and its currency; where it is the sum of the product lines only the currency."""

    amount = amount_field()
    currency = currency_field()

    def __init__(self, *args: Any, is_sum: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_sum:
            self.fields["amount"].disabled = True
            self.fields["amount"].help_text = _("The sum of the product lines.")
        # A plain select: it stands in a cell.
        self.fields["currency"].widget = forms.Select(choices=[(code, code) for code, _name in currency_choices()])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("amount") is not None and not data.get("currency"):
            self.add_error("currency", _("Say in which currency."))
        return data


class ExpectedForm(Form):
    expected_on = day_field(_("Expected close"))


class NextStepForm(Form):
    title = forms.CharField(label=_("Next step"), max_length=200)
    on = day_field(_("Due"))
