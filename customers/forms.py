"""What may be typed about customers, headers, contacts and notes? Forms explain; services act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries import countries

from accounts.models import User
from core.currencies import COMMON, currencies
from core.custom_fields import PREFIX, form_field, merged, stored
from core.forms import CleanText, Form, ModelForm
from core.models import CustomField
from core.zones import zone_choices

from . import words
from .inputs import ContactData, CustomerData, PointData
from .models import (
    Category,
    CategoryDimension,
    Collaborator,
    Contact,
    ContactPoint,
    Customer,
    CustomerGroup,
    CustomerName,
    Status,
    StatusChange,
)
from .models.contact import Channel

ENHANCED = {"data-enhance": "1"}
LANGUAGES = [
    ("", "—"), ("en", "English"), ("zh", "中文"), ("es", "Español"), ("fr", "Français"), ("de", "Deutsch"),
    ("pt", "Português"), ("ru", "Русский"), ("ar", "العربية"), ("it", "Italiano"), ("ja", "日本語"), ("ko", "한국어"),
    ("tr", "Türkçe"), ("pl", "Polski"), ("nl", "Nederlands"), ("vi", "Tiếng Việt"), ("th", "ไทย"), ("id", "Bahasa Indonesia"),
    ("hi", "हिन्दी"), ("fa", "فارسی"), ("he", "עברית"), ("uk", "Українська"), ("ro", "Română"), ("cs", "Čeština"),
]  # fmt: skip


def day_field(label: Any, *, required: bool = False, **extra: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, **extra)


def zone_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [("", _("By country and city")), *zone_choices(timezone.now())],
        widget=forms.Select(attrs=ENHANCED),
    )


def language_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), required=False, choices=LANGUAGES)


class PointForm(Form):
    """One phone number, e-mail or account."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices, initial=ContactPoint.Kind.EMAIL)
    value = forms.CharField(label=_("Number or address"), max_length=300, required=False)
    label = forms.CharField(label=_("Note"), max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == ContactPoint.Kind.EMAIL and data.get("value"):
            try:
                forms.EmailField().clean(data["value"])
            except forms.ValidationError as error:
                self.add_error("value", error)
        return data


class BasePoints(forms.BaseFormSet):
    """Numbers and addresses; a line whose value is emptied goes."""

    def points(self) -> list[PointData]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("value")]
        return [PointData(row["kind"], row["value"], row.get("label", "")) for row in rows]


Points = forms.formset_factory(PointForm, formset=BasePoints, extra=2, max_num=40)


def points_initial(points: Any) -> list[dict[str, str]]:
    return [{"kind": one.kind, "value": one.value, "label": one.label} for one in points]


def split_tags(text: str) -> list[str]:
    """Names between commas, Chinese ones too."""
    return [name.strip()[:40] for name in text.replace("，", ",").replace("、", ",").split(",") if name.strip()]


class Sections:
    """Fields in groups under a heading, as the page draws them: ``sections`` names them, the rest comes last."""

    sections: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    wide = frozenset({"address", "needs", "competitors", "reasons_not_won", "remarks", "name"})

    def drawn(self: Any) -> list[dict[str, Any]]:
        found, used = [], set()
        for legend, names in self.sections:
            fields = [self[name] for pattern in names for name in self._matching(pattern)]
            used |= {field.name for field in fields}
            if fields:
                found.append({"legend": legend, "fields": fields})
        assert used == {field.name for field in self.visible_fields()}  # a field nobody placed would be lost
        return found

    def _matching(self: Any, pattern: str) -> list[str]:
        if pattern.endswith("*"):
            return [name for name in self.fields if name.startswith(pattern[:-1])]
        return [pattern] if pattern in self.fields else []


class CustomerForm(Sections, ModelForm):
    """What people edit of a customer; on creation also its name, code and first status."""

    tags = forms.CharField(label=_("Tags"), required=False, max_length=400, help_text=_("Separated by commas."))

    class Meta:
        model = Customer
        fields = [
            "kind", "country", "region", "city", "address", "postal_code", "website", "language", "time_zone", "size",
            "source", "payment_terms", "currency", "incoterm", "tariff_preference", "purchase_cycle_days",
            "annual_purchase", "our_share", "competitors", "needs", "reasons_not_won", "remarks", "external_id",
        ]  # fmt: skip
        widgets = {
            "country": forms.Select(attrs=ENHANCED),
            **{name: forms.Textarea(attrs={"rows": 2}) for name in ("address", "needs", "competitors", "reasons_not_won")},
            "remarks": forms.Textarea(attrs={"rows": 3}),
        }

    sections = (
        (pgettext_lazy("part of a form", "Who"), ("name", "kind", "code", "status", "size", "source", "website", "external_id")),
        (_("Where"), ("country", "city", "region", "postal_code", "address", "language", "time_zone")),
        (
            _("How it trades"),
            (
                "currency", "annual_purchase", "our_share", "incoterm", "payment_terms", "tariff_preference",
                "purchase_cycle_days", "needs", "competitors", "reasons_not_won", "remarks",
            ),
        ),
        (_("Classification"), ("category_*", "tags")),
        (_("Own fields"), (f"{PREFIX}*",)),
    )  # fmt: skip

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
        self.fields["source"].queryset = words.sources(in_use=True)
        for name in ("country", "size", "incoterm"):
            self.fields[name].choices = [("", "—"), *list(self.fields[name].choices)[1:]]
        self.fields["source"].empty_label = "—"
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("status", Status.POTENTIAL)
        self.fields["code"].widget.attrs.update(CODE_CHECK)

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


# The code's check digits are looked at while typing; the answer stands below the field.
CODE_CHECK = {
    "hx-get": "/customers/check-code/",
    "hx-trigger": "input changed delay:400ms, change from:closest form",
    "hx-include": "closest form",
    "hx-target": "#code-check",
    "autocomplete": "off",
}


def currency_choices() -> list[tuple[str, str]]:
    names = {code: f"{code} · {one.name}" for code, one in currencies().items()}
    rest = sorted(code for code in names if code not in COMMON)
    return [("", "—"), *((code, names[code]) for code in [*COMMON, *rest] if code in names)]


class HeaderForm(Form):
    name = forms.CharField(label=_("Header"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerName.Kind.choices)
    country = forms.ChoiceField(
        label=_("Country"), required=False, choices=lambda: country_choices(), widget=forms.Select(attrs=ENHANCED)
    )
    code = forms.CharField(label=_("Tax or credit code"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE_CHECK)


def country_choices() -> list[tuple[str, str]]:
    return [("", "—"), *countries]


class ContactForm(Sections, CleanText, forms.ModelForm):
    """A person at a customer."""

    birthday = day_field(_("Birthday"))

    class Meta:
        model = Contact
        fields = [
            "name", "title", "department", "is_primary", "is_decision_maker", "preferred_channel", "style", "language",
            "time_zone", "birthday", "is_do_not_contact", "do_not_contact_reason", "remarks",
        ]  # fmt: skip
        widgets = {"remarks": forms.Textarea(attrs={"rows": 2})}

    sections = (
        (pgettext_lazy("part of a form", "Person"), ("name", "title", "department", "is_primary", "is_decision_maker")),
        (
            _("How to talk"),
            ("preferred_channel", "style", "language", "time_zone", "birthday", "is_do_not_contact", "do_not_contact_reason", "remarks"),
        ),
        (_("Own fields"), (f"{PREFIX}*",)),
    )  # fmt: skip

    def __init__(self, *args: Any, custom_fields: list[CustomField] = (), **kwargs: Any) -> None:  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        self.custom_fields = custom_fields
        self.fields["preferred_channel"].choices = [("", "—"), *Channel.choices]
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

    POINTS = ("mobile", "email", "whatsapp", "wechat")

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
            ContactData(data["name"], data["title"], is_primary=True, is_decision_maker=data["is_decision_maker"], points=points)
        ]


# --- verbs ----------------------------------------------------------------------------------------------


class StatusForm(Form):
    status = forms.ModelChoiceField(
        words.statuses(in_use=True), label=_("New status"), to_field_name="key", empty_label=None
    )
    lost_reason = forms.ChoiceField(
        label=_("Why lost"), required=False, choices=[("", "—"), *StatusChange.LostReason.choices],
        help_text=_("Needed for “lost”; a competitor by name in the reason."),
    )  # fmt: skip
    renewal_on = day_field(_("Renewal or next order"), help_text=_("Needed for “retained”."))
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """Explain what the service will ask for, each at its field."""
        data = super().clean() or self.cleaned_data
        key = data["status"].key if data.get("status") else ""
        lost_reason = data.get("lost_reason", "") if key == Status.LOST else ""
        if key == Status.LOST and not lost_reason:
            self.add_error("lost_reason", _("Choose why it was lost."))
        if key == Status.RETAINED and not data.get("renewal_on"):
            self.add_error("renewal_on", _("A retained customer carries the day of its renewal or next order."))
        if lost_reason == StatusChange.LostReason.COMPETITOR and not data.get("reason"):
            self.add_error("reason", _("Name the competitor."))
        elif not data.get("reason") and lost_reason in ("", StatusChange.LostReason.OTHER):
            self.add_error("reason", _("Say why."))
        return data


class GradeForm(Form):
    grade = forms.ChoiceField(
        label=_("Grade"), required=False, choices=[("", _("none")), *Customer.Grade.choices], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    until = day_field(_("Until"), help_text=_("The last day; empty: until somebody changes it."))


class ProtectForm(Form):
    until = day_field(_("Protected until"), required=True, help_text=_("The last day on which it stays with its owner."))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class ReasonForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PersonForm(Form):
    """Choose a colleague; ``people`` says among whom."""

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.chosen].queryset = people

    chosen = "to"


def person_field(label: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        User.objects.none(),  # unscoped: none; the page brings the people
        label=label,
        widget=forms.Select(attrs=ENHANCED),
    )


class TransferForm(PersonForm):
    to = person_field(_("To"))
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)
    keep_collaborators = forms.BooleanField(label=_("Collaborators stay"), required=False, initial=True)


class RestoreForm(PersonForm):
    to = person_field(_("To"))


class CollaboratorForm(PersonForm):
    chosen = "user"
    user = person_field(_("Colleague"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Collaborator.Role.choices,
        help_text=_("Both see and work on the customer; neither transfers, archives or exports it."),
    )


class GroupForm(Form):
    group = forms.ModelChoiceField(
        CustomerGroup.objects.none(),  # unscoped: none; the page brings the groups
        label=_("Group"),
        required=False,
        empty_label="—",
    )
    name = forms.CharField(label=_("or a new group"), max_length=200, required=False)
    role = forms.ChoiceField(label=_("Place in the group"), required=False, choices=[("", "—"), *Customer.GroupRole.choices])

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups


class NoteForm(Form):
    body = forms.CharField(label=_("Note"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))


