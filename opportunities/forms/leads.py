"""What may be typed about leads?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from core.custom_fields import PREFIX, form_field, merged
from core.forms import Form, ModelForm
from core.models import CustomField
from customers.forms import FilesField
from customers.forms.fields import ENHANCED, Sections, currency_choices, language_field
from customers.forms.verbs import PersonForm, person_field
from customers.words import sources

from .. import words
from ..inputs import LeadData
from ..models import DisqualifyReason, Lead
from ..models.lead import SAYS


def plain(number: Any) -> Any:
    """A number without the zeros that its column adds; what is none as it is."""
    return f"{number.normalize():f}" if isinstance(number, Decimal) else number


class LeadForm(Sections, ModelForm):
    """What people edit of a lead."""

    email = forms.EmailField(label=_("E-mail"), required=False)

    class Meta:
        model = Lead
        fields = [
            "company", "country", "city", "website", "person", "title", "email", "phone", "whatsapp", "wechat",
            "language", "subject", "product", "quantity", "unit", "amount", "currency", "message", "source",
            "campaign", "external_id", "remarks",
        ]  # fmt: skip
        widgets = {
            "country": forms.Select(attrs=ENHANCED),
            "message": forms.Textarea(attrs={"rows": 6}),
            "remarks": forms.Textarea(attrs={"rows": 2}),
        }

    sections = (
        (_("Who asks"), ("company", "country", "city", "website", "person", "title", "email", "phone", "whatsapp",
                         "wechat", "language")),
        (_("For what"), ("subject", "product", "quantity", "unit", "amount", "currency", "message")),
        (_("Where it comes from"), ("source", "campaign", "external_id", "owner", "team", "remarks")),
        (_("Own fields"), (f"{PREFIX}*",)),
    )  # fmt: skip
    wide = frozenset({"company", "subject", "message", "remarks"})

    def __init__(self, *args: Any, custom_fields: list[CustomField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custom_fields = custom_fields
        self.fields["language"] = language_field()
        self.fields["currency"] = forms.ChoiceField(
            label=_("Currency"), required=False, choices=currency_choices, widget=forms.Select(attrs=ENHANCED)
        )
        for name, rows in (("source", sources(in_use=True)), ("campaign", words.campaigns(in_use=True))):
            field = cast(forms.ModelChoiceField, self.fields[name])
            field.queryset, field.empty_label = rows, "—"
        country: Any = self.fields["country"]
        country.choices = [("", "—"), *list(country.choices)[1:]]
        for name in ("quantity", "amount"):
            self.fields[name].widget.attrs |= {"min": "0", "step": "any"}
            self.initial[name] = plain(self.initial.get(name))
        for definition in custom_fields:
            self.fields[PREFIX + definition.key] = form_field(definition)
            self.initial[PREFIX + definition.key] = (self.instance.custom or {}).get(definition.key)
        # The form says what it showed: only what differs from that was edited, whatever stands there by now.
        for shown in self.fields.values():
            shown.show_hidden_initial = bool(self.instance.pk)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) for name in SAYS):
            self.add_error("company", _("Say at least who asks or for what."))
        if data.get("amount") is not None and not data.get("currency"):
            self.add_error("currency", _("Say in which currency."))
        for name in ("quantity", "amount"):
            if data.get(name) is not None and data[name] < 0:
                self.add_error(name, _("Not less than 0."))
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """The service says in words that an external id is taken; a broken constraint speaks of its own name."""
        return {*super()._get_validation_exclusions(), "external_id"}  # type: ignore[misc]  # of ModelForm

    def changes(self) -> dict[str, Any]:
        """Only what was edited."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data if name in self.Meta.fields}
        if any(name.startswith(PREFIX) for name in self.changed_data):
            changed["custom"] = self._custom()
        return changed

    def _custom(self) -> dict[str, Any]:
        edited = [one for one in self.custom_fields if PREFIX + one.key in self.changed_data]
        return merged(edited, self.instance.custom or {}, self.cleaned_data)


class NewLeadForm(LeadForm):
    """A lead of somebody; managers say whose it is, or in which team it waits."""

    owner = forms.ModelChoiceField(
        User.objects.none(),  # unscoped: none; the page brings the people
        label=_("Owner"),
        required=False,
        widget=forms.Select(attrs=ENHANCED),
        help_text=_("Empty: you, or whom a manager of the team gives it to."),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),  # unscoped: none; the page brings the teams
        label=_("Team in which it waits"),
        required=False,
        empty_label="—",
    )

    def __init__(self, *args: Any, people: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people is None:
            del self.fields["owner"], self.fields["team"]
            return
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = people
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = teams

    def lead_data(self) -> LeadData:
        cleaned = self.cleaned_data
        columns = {name: cleaned[name] for name in self.Meta.fields if name != "country"}
        return LeadData(
            country=str(cleaned["country"] or ""),
            custom=self._custom(),
            owner=cleaned.get("owner"),
            team=cleaned.get("team"),
            **columns,
        )


class AssignForm(PersonForm):
    to = person_field(_("To"))


class DisqualifyForm(Form):
    reason = forms.ModelChoiceField(
        DisqualifyReason.objects.none(),  # unscoped: none; set below
        label=_("Why"),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["reason"]).queryset = words.disqualify_reasons(in_use=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") and data["reason"].asks_why and not data.get("words"):
            self.add_error("words", _("Say in words why."))
        return data


class LeadFilesForm(Form):
    files = FilesField(required=True)  # type: ignore[assignment]  # what a form calls its own files
