"""What is asked before an opportunity moves, ends, comes back, is given away or shared?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import Form
from customers.forms.fields import ENHANCED, CustomerChoice, day_field
from customers.forms.verbs import PersonForm, person_field
from customers.models.customer import Incoterm
from customers.words import sources

from .. import words
from ..models import Checkpoint, LostReason, Opportunity, Stage
from .opportunities import amount_field, currency_field


class SeenForm(Form):
    """A form that says in which stage its sender saw the opportunity."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, opportunity: Opportunity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opportunity = opportunity
        self.initial.setdefault("seen", opportunity.stage_id)


class ChooseStageForm(Form):
    """Where to? The first question where nobody dragged the card."""

    to = forms.ChoiceField(label=_("To which stage?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, stages: Sequence[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["to"]).choices = [(str(one.pk), one.name) for one in stages]


def reason_field(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, required=required, widget=forms.Textarea(attrs={"rows": 2}))


class ForwardForm(SeenForm):
    """Checkpoints to tick or a reason to go on without them, and what the stages on the way ask for."""

    # What can be answered here; lines and people have their place on the opportunity's own form.
    ANSWERED = ("customer", "amount", "expected_on", "competitors", "source", "incoterm")

    def __init__(
        self,
        *args: Any,
        opportunity: Opportunity,
        checkpoints: Sequence[Checkpoint],
        missing: Sequence[str],
        user: User,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, opportunity=opportunity, **kwargs)
        self.checkpoints = checkpoints
        self.missing = [key for key in missing if key in self.ANSWERED]
        self.elsewhere = [key for key in missing if key not in self.ANSWERED]
        for key in self.missing:
            self._ask_for(key, user)
        if today:  # won: on which day?
            self.fields["closed_on"] = day_field(_("Won on"), required=True, initial=today)
        if checkpoints:
            self.fields["passed"] = forms.MultipleChoiceField(
                label=_("Checkpoints"),
                required=False,
                choices=[(str(one.pk), one.name) for one in checkpoints],
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["reason"] = reason_field(
            _("Why it goes on without what is not ticked") if checkpoints else _("Note")
        )

    def _ask_for(self, key: str, user: User) -> None:
        match key:
            case "customer":
                self.fields[key] = CustomerChoice(label=_("Customer"))
                cast(CustomerChoice, self.fields[key]).offer(user, self.data.get(key))
            case "amount":
                self.fields[key] = amount_field(required=True)
                self.fields["currency"] = currency_field()
                self.fields["currency"].required = True
                self.initial.setdefault("currency", self.opportunity.currency)
            case "expected_on":
                self.fields[key] = day_field(_("Expected close"), required=True)
            case "competitors":
                self.fields[key] = forms.CharField(label=_("Competitors"), max_length=300)
            case "source":
                self.fields[key] = forms.ModelChoiceField(sources(in_use=True), label=_("Source"))
            case "incoterm":
                self.fields[key] = forms.ChoiceField(label=_("Incoterm"), choices=[("", "—"), *Incoterm.choices])

    @cached_property
    def stages(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """The checkpoints under their stages: (id, name, ticked)."""
        ticked = set(self["passed"].value() or ()) if self.checkpoints else set()
        found: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
        for one in self.checkpoints:
            found[one.stage.name].append((str(one.pk), one.name, str(one.pk) in ticked))
        return list(found.items())

    @property
    def asked(self) -> list[Any]:
        """The fields below the checkpoints."""
        return [field for field in self.visible_fields() if field.name != "passed"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        left = len(self.checkpoints) - len(data.get("passed", ()))
        if left and not data.get("reason"):
            self.add_error("reason", _("Tick what is done, or say why it goes on without it."))
        return data

    def known(self) -> dict[str, Any]:
        """What was answered of what the stages ask for, as fields of the opportunity."""
        names = [*self.missing, *(["currency"] if "amount" in self.missing else [])]
        return {name: self.cleaned_data[name] for name in names}

    def passed(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data.get("passed", ())]


class BackForm(SeenForm):
    reason = reason_field(_("Why it goes back"), required=True)


class LoseForm(SeenForm):
    lost_reason = forms.ModelChoiceField(
        words.lost_reasons(in_use=True), label=_("Why lost"), widget=forms.RadioSelect, empty_label=None
    )
    lost_to = forms.CharField(
        label=_("Who got it"), max_length=200, required=False, help_text=_("Needed where a competitor got it.")
    )
    closed_on = day_field(_("Lost on"), required=True)
    words = reason_field(_("In words"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        reason: LostReason | None = data.get("lost_reason")
        if reason and reason.asks_who and not data.get("lost_to"):
            self.add_error("lost_to", _("Name the competitor who got it."))
        if reason and reason.asks_why and not data.get("words"):
            self.add_error("words", _("Say why, so that the others understand."))
        return data


class ReopenForm(SeenForm):
    stage = forms.TypedChoiceField(label=_("In which stage"), coerce=int)
    reason = reason_field(_("Why it is taken up again"), required=True)

    def __init__(self, *args: Any, stages: Sequence[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["stage"]).choices = [(one.pk, one.name) for one in stages]


class AssignForm(PersonForm):
    to = person_field(_("To"))


class ShareForm(Form):
    """Who else works on it."""

    users = forms.ModelMultipleChoiceField(
        User.objects.none(),  # unscoped: none; the page brings the people
        label=_("Colleagues"),
        required=False,
        widget=forms.SelectMultiple(attrs=ENHANCED),
        help_text=_("They see this opportunity and work on it, not what else there is of the customer."),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelMultipleChoiceField, self.fields["users"]).queryset = people
