"""What may be typed about a customer itself?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.custom_fields import PREFIX, form_field, merged, stored
from core.forms import ModelForm
from core.models import CustomField

from .. import holders, words
from ..inputs import ContactData, CustomerData, PointData
from ..models import Category, CategoryDimension, Customer, Status
from .fields import CODE_CHECK, ENHANCED, Sections, currency_choices, language_field, split_tags, zone_field

if TYPE_CHECKING:
    from accounts.models import User


class CustomerForm(Sections, ModelForm):
    """What people edit of a customer; on creation also its name, code and first status."""

    tags = forms.CharField(label=_("Tags"), required=False, max_length=400, help_text=_("Separated by commas."))

    class Meta:
        model = Customer
        fields = [
            "kind",
            "country",
            "region",
            "city",
            "address",
            "postal_code",
            "website",
            "language",
            "time_zone",
            "size",
            "source",
            "payment_terms",
            "currency",
            "incoterm",
            "tariff_preference",
            "purchase_cycle_days",
            "annual_purchase",
            "our_share",
            "competitors",
            "needs",
            "reasons_not_won",
            "remarks",
            "external_id",
        ]
        widgets = {
            "country": forms.Select(attrs=ENHANCED),
            **{
                name: forms.Textarea(attrs={"rows": 2})
                for name in ("address", "needs", "competitors", "reasons_not_won")
            },
            "remarks": forms.Textarea(attrs={"rows": 3}),
        }

    sections = (
        (
            pgettext_lazy("part of a form", "Who"),
            ("name", "kind", "code", "holder", "status", "size", "source", "website", "external_id"),
        ),
        (_("Where"), ("country", "city", "region", "postal_code", "address", "language", "time_zone")),
        (
            _("How it trades"),
            (
                "currency",
                "annual_purchase",
                "our_share",
                "incoterm",
                "payment_terms",
                "tariff_preference",
                "purchase_cycle_days",
                "needs",
                "competitors",
                "reasons_not_won",
                "remarks",
            ),
        ),
        (_("Classification"), ("category_*", "tags")),
        (_("Own fields"), (f"{PREFIX}*",)),
    )

    def __init__(
        self, *args: Any, dimensions: list[CategoryDimension], custom_fields: list[CustomField], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.dimensions, self.custom_fields = dimensions, custom_fields
        customer = self.instance
        self.fields["language"] = language_field()
        self.fields["time_zone"] = zone_field()
        self.fields["currency"] = forms.ChoiceField(
            label=_("Currency"), required=False, choices=currency_choices, widget=forms.Select(attrs=ENHANCED)
        )
        source = cast(forms.ModelChoiceField, self.fields["source"])
        source.queryset, source.empty_label = words.sources(in_use=True), "—"
        for name in ("country", "size", "incoterm"):
            choice: Any = self.fields[name]
            choice.choices = [("", "—"), *list(choice.choices)[1:]]
        chosen: dict[int, list[Category]] = {}
        if customer.pk:
            self.initial["tags"] = ", ".join(tag.name for tag in customer.tags.all())
            for category in customer.categories.all():
                chosen.setdefault(category.dimension_id, []).append(category)
        for dimension in dimensions:
            values = words.categories(dimension, in_use=True)
            mine = chosen.get(dimension.pk, [])
            if dimension.is_multiple:
                field: forms.Field = forms.ModelMultipleChoiceField(
                    values, label=dimension.name, required=False, widget=forms.SelectMultiple(attrs=ENHANCED)
                )
                self.initial[f"category_{dimension.key}"] = mine
            else:
                field = forms.ModelChoiceField(values, label=dimension.name, required=False, empty_label="—")
                self.initial[f"category_{dimension.key}"] = mine[0] if mine else None
            self.fields[f"category_{dimension.key}"] = field
        for definition in custom_fields:
            self.fields[PREFIX + definition.key] = form_field(definition)
            self.initial[PREFIX + definition.key] = (customer.custom or {}).get(definition.key)
        # The form says what it showed: only what differs from that was edited, whatever stands there by now.
        for field in self.fields.values():
            field.show_hidden_initial = bool(customer.pk)

    # --- what services take ---------------------------------------------------------------------------

    def changes(self) -> dict[str, Any]:
        """Only what was edited: a field that a colleague changed meanwhile and this form did not keeps theirs."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data if name in self.Meta.fields}
        if any(name.startswith(PREFIX) for name in self.changed_data):
            changed["custom"] = self.custom()
        return changed

    def custom(self) -> dict[str, Any]:
        edited = [one for one in self.custom_fields if PREFIX + one.key in self.changed_data]
        return merged(edited, self.instance.custom or {}, self.cleaned_data)

    def tag_names(self) -> list[str]:
        return split_tags(self.cleaned_data["tags"])

    def categories(self) -> list[Category]:
        found: list[Category] = []
        for dimension in self.dimensions:
            value = self.cleaned_data.get(f"category_{dimension.key}")
            found += list(value) if dimension.is_multiple and value else [value] if value else []
        return found


class NewCustomerForm(CustomerForm):
    """The first form of a customer: its name as on paper, its code, where it stands."""

    name = forms.CharField(label=_("Name"), max_length=300, help_text=_("As on its paper: the main header."))
    code = forms.CharField(label=_("Tax or credit code"), max_length=40, required=False)
    status = forms.ModelChoiceField(
        words.statuses(in_use=True), label=_("Status"), to_field_name="key", empty_label=None
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        """With ``user`` it asks for the owner or pool too, where this person has a choice."""
        super().__init__(*args, **kwargs)
        self.user = user
        if user is not None and len(choices := holders.choices_of(user)) > 1:
            self.fields["holder"] = forms.ChoiceField(
                label=_("Owner"), required=False, choices=choices, widget=forms.Select(attrs=ENHANCED)
            )
        self.initial.setdefault("status", Status.POTENTIAL)
        self.fields["code"].widget.attrs.update(CODE_CHECK)

    def holder(self) -> dict[str, Any]:
        """Whose it is to be: ``owner`` or ``pool``; nothing for who enters it."""
        return holders.chosen(self.user, word) if self.user and (word := self.cleaned_data.get("holder")) else {}

    def data_of(self, points: list[PointData], contacts: list[ContactData]) -> CustomerData:
        cleaned = self.cleaned_data
        columns = {name: cleaned[name] for name in self.Meta.fields if name not in ("source", "country")}
        return CustomerData(
            name=cleaned["name"],
            code=cleaned["code"],
            country=str(cleaned["country"] or ""),
            status=cleaned["status"].key,
            source=cleaned["source"].pk if cleaned["source"] else None,
            categories=[category.pk for category in self.categories()],
            tags=self.tag_names(),
            custom={
                one.key: value
                for one in self.custom_fields
                if (value := stored(one, cleaned.get(PREFIX + one.key))) is not None
            },
            points=points,
            contacts=contacts,
            **columns,
        )
