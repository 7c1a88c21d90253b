"""What may be typed about headers, people and notes?"""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.custom_fields import PREFIX, form_field, merged
from core.forms import CleanText, Form
from core.models import CustomField

from ..inputs import ContactData, PointData
from ..models import Contact, CustomerName
from ..models.contact import Channel
from .fields import CODE_CHECK, ENHANCED, Sections, country_choices, day_field, language_field, zone_field


class HeaderForm(Form):
    name = forms.CharField(label=_("Header"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerName.Kind.choices)
    country = forms.ChoiceField(
        label=_("Country"), required=False, choices=country_choices, widget=forms.Select(attrs=ENHANCED)
    )
    code = forms.CharField(label=_("Tax or credit code"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE_CHECK)


class ContactForm(Sections, CleanText, forms.ModelForm):
    """A person at a customer."""

    birthday = day_field(_("Birthday"))

    class Meta:
        model = Contact
        fields = [
            "name",
            "title",
            "department",
            "is_primary",
            "is_decision_maker",
            "preferred_channel",
            "style",
            "language",
            "time_zone",
            "birthday",
            "is_do_not_contact",
            "do_not_contact_reason",
            "remarks",
        ]
        widgets = {"remarks": forms.Textarea(attrs={"rows": 2})}

    sections = (
        (pgettext_lazy("part of a form", "Person"), ("name", "title", "department", "is_primary", "is_decision_maker")),
        (
            _("How to talk"),
            (
                "preferred_channel",
                "style",
                "language",
                "time_zone",
                "birthday",
                "is_do_not_contact",
                "do_not_contact_reason",
                "remarks",
            ),
        ),
        (_("Own fields"), (f"{PREFIX}*",)),
    )

    def __init__(self, *args: Any, custom_fields: list[CustomField] = (), **kwargs: Any) -> None:  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        self.custom_fields = custom_fields
        cast(forms.ChoiceField, self.fields["preferred_channel"]).choices = [("", "—"), *Channel.choices]
        self.fields["language"] = language_field()
        self.fields["time_zone"] = zone_field()
        for definition in custom_fields:
            self.fields[PREFIX + definition.key] = form_field(definition)
            self.initial[PREFIX + definition.key] = (self.instance.custom or {}).get(definition.key)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("is_do_not_contact") and not data.get("do_not_contact_reason"):
            self.add_error("do_not_contact_reason", _("Say why nobody may contact this person."))
        return data

    def validate_constraints(self) -> None:
        """One primary contact each: the service takes it from the other one, so a second one is no error."""

    def data_of(self, points: list[PointData]) -> ContactData:
        columns = {name: self.cleaned_data[name] for name in self.Meta.fields}
        custom = merged(self.custom_fields, self.instance.custom or {}, self.cleaned_data)
        return ContactData(**columns, custom=custom, points=points)


class FirstContactForm(Form):
    """The main contact on the form of a new customer; empty for none."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    is_decision_maker = forms.BooleanField(label=_("Decision maker"), required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    mobile = forms.CharField(label=_("Mobile"), max_length=60, required=False)
    whatsapp = forms.CharField(label=_("WhatsApp"), max_length=60, required=False)
    wechat = forms.CharField(label=_("WeChat"), max_length=60, required=False)

    POINTS: tuple[str, ...] = ("mobile", "email", "whatsapp", "wechat")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("name") and any(data.get(name) for name in ("title", *self.POINTS)):
            self.add_error("name", _("Whose number or address is this? Give the name."))
        return data

    def contacts(self) -> list[ContactData]:
        data = self.cleaned_data
        if not data.get("name"):
            return []
        points = [PointData(kind, data[kind]) for kind in self.POINTS if data.get(kind)]
        return [
            ContactData(
                data["name"], data["title"], is_primary=True, is_decision_maker=data["is_decision_maker"], points=points
            )
        ]


class NoteForm(Form):
    body = forms.CharField(label=_("Note"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))
