"""What is asked before something is done to a customer?"""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import Form

from .. import words
from ..models import Collaborator, Customer, CustomerGroup, KeyDate, SaidDifferent, Status, StatusChange
from .fields import ENHANCED, day_field


class StatusForm(Form):
    status = forms.ModelChoiceField(
        words.statuses(in_use=True), label=_("New status"), to_field_name="key", empty_label=None
    )
    lost_reason = forms.ChoiceField(
        label=_("Why lost"),
        required=False,
        choices=[("", "—"), *StatusChange.LostReason.choices],
        help_text=_("Needed for “lost”; a competitor by name in the reason."),
    )
    renewal_on = day_field(_("Renewal or next order"), help_text=_("Needed for “retained”."))
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

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


class KeyDatesForm(Form):
    """A day and a note for each kind; ``dates`` is what the service takes."""

    def __init__(self, *args: Any, standing: dict[str, KeyDate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in KeyDate.Kind.choices:
            one = standing.get(kind)
            self.fields[kind] = day_field(label, initial=one and one.on)
            self.fields[f"{kind}_note"] = forms.CharField(
                label=_("Note"), max_length=200, required=False, initial=one.note if one else ""
            )

    def dates(self) -> dict[str, tuple[Any, str]]:
        data = self.cleaned_data
        return {kind: (data[kind], data[f"{kind}_note"]) for kind in KeyDate.Kind.values}


class AskForm(Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you know of this company, and why you ask."),
    )


class LookUpForm(Form):
    text = forms.CharField(
        label=_("Companies"),
        # 5,000 lines of a spreadsheet.
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 6, "autofocus": True}),
        help_text=_(
            "One a line: a name, a code, a website, an e-mail or a phone number; or cells copied from a spreadsheet."
        ),
    )


class TellApartForm(Form):
    hit = forms.CharField(widget=forms.HiddenInput)
    difference = forms.ChoiceField(
        label=_("What it is"),
        choices=SaidDifferent.Kind.choices,
        widget=forms.RadioSelect,
        initial=SaidDifferent.Kind.DIFFERENT,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept. The two neither block nor warn of each other any more."),
    )


class DecisionForm(Form):
    """The answer to a request; of a dispute also what the two companies are to each other."""

    difference = forms.ChoiceField(
        label=_("What it is"), choices=SaidDifferent.Kind.choices, widget=forms.RadioSelect, required=False
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your reason. It is kept and told to who asked."),
    )

    def __init__(self, *args: Any, is_dispute: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("difference", SaidDifferent.Kind.DIFFERENT)
        if not is_dispute:
            del self.fields["difference"]


class GradeForm(Form):
    grade = forms.ChoiceField(
        label=_("Grade"), required=False, choices=[("", _("none")), *Customer.Grade.choices], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    until = day_field(_("Until"), help_text=_("The last day; empty: until somebody changes it."))


class ProtectForm(Form):
    until = day_field(
        _("Protected until"), required=True, help_text=_("The last day on which it stays with its owner.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


class ReasonForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PersonForm(Form):
    """Choose a colleague; ``people`` says among whom."""

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields[self.chosen]).queryset = people

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
    role = forms.ChoiceField(
        label=_("Place in the group"), required=False, choices=[("", "—"), *Customer.GroupRole.choices]
    )

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["group"]).queryset = groups
