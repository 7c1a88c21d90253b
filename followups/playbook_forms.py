"""What is asked when a playbook is written: what calls it, for whom, its steps, what stops it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CleanText, Form
from customers.forms.fields import ENHANCED
from customers.models import Customer, KeyDate
from customers.words import statuses
from opportunities.models import Stage

from .inputs import PlaybookData, StepData
from .kinds import choices as kind_choices
from .models import PlaybookStep, PlaybookVersion, Task
from .playbooks import CONDITIONS, STOPS, TRIGGERS, Rule, Subject, subject_of, unknown_placeholders
from .playbooks.steps import PLACEHOLDERS

MANY = forms.SelectMultiple(attrs=ENHANCED)
LONGEST_DAYS = 730


def _status_choices() -> list[tuple[str, str]]:
    return [(row.key, row.name) for row in statuses()]


def _stage_choices() -> list[tuple[str, str]]:
    stages = Stage._default_manager.filter(is_active=True).exclude(kind=Stage.Kind.LOST).select_related("pipeline")
    return [(str(row.pk), f"{row.pipeline.name} · {row.name}") for row in stages]


def _days(label: Any, **extra: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=LONGEST_DAYS, **extra)


def _some(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=MANY)


class PlaybookForm(Form):
    """Names, trigger with its figures, filters and stops; the steps are a form set of their own."""

    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120, required=False)
    trigger = forms.ChoiceField(
        label=_("Called when"), choices=lambda: [(key, one.label) for key, one in TRIGGERS.items()]
    )
    # The figures of triggers, by the names that they are kept under.
    statuses = _some(_("Which status"), _status_choices)
    grades = _some(_("Which grade"), Customer.Grade.choices)
    date = forms.ChoiceField(label=_("Which day"), choices=KeyDate.Kind.choices, required=False)
    holidays = forms.CharField(
        label=_("Which holidays"),
        max_length=300,
        required=False,
        help_text=_("Parts of their English names, with commas between; empty for all of them."),
    )
    stages = _some(_("Which stage"), _stage_choices)
    days = _days(_("Days"), help_text=_("Of silence or standstill, or ahead of the day."))
    FIGURES = ("statuses", "grades", "date", "holidays", "stages", "days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, condition in CONDITIONS.items():
            self.fields[f"only_{key}"] = _some(condition.label, condition.choices)
        for key, stop in STOPS.items():
            if not stop.figures:
                self.fields[f"stop_{key}"] = forms.BooleanField(label=str(stop.label), required=False)
        self.fields["stop_status"] = _some(STOPS["status"].label, _status_choices)
        self.fields["stop_days"] = _days(_("So many days after it began"))
        asking = {name: [key for key, one in TRIGGERS.items() if name in one.figures] for name in self.FIGURES}
        #: [(field, the triggers that ask for it)]
        self.figures = [(self[name], " ".join(asking[name])) for name in self.FIGURES]

    @property
    def filters(self) -> list[Any]:
        """[(field, the triggers for which it says something)]"""
        return [(self[f"only_{key}"], _triggers_of(one.subjects)) for key, one in CONDITIONS.items()]

    @property
    def stops(self) -> list[Any]:
        return [(self[f"stop_{key}"], _triggers_of(one.subjects)) for key, one in STOPS.items()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("name_en") and not data.get("name_zh"):
            self.add_error("name_en", _("Give the playbook a name, in one language at least."))
        trigger = TRIGGERS.get(data.get("trigger", ""))
        for name in trigger.figures if trigger else ():
            if name != "holidays" and data.get(name) in (None, [], "") and name not in self.errors:
                self.add_error(name, _("Needed for this trigger."))
        if data.get("trigger") in ("silence", "deal_stalled") and data.get("days") == 0:
            self.add_error("days", _("One day at least."))
        return data

    def rule(self) -> Rule:
        """What decides whom it calls."""
        data = self.cleaned_data
        return Rule(
            trigger=data["trigger"],
            params={name: data[name] for name in TRIGGERS[data["trigger"]].figures},
            conditions={
                key: values
                for key, one in CONDITIONS.items()
                if TRIGGERS[data["trigger"]].subject in one.subjects and (values := data[f"only_{key}"])
            },
        )

    def playbook_data(self, steps: list[StepData]) -> PlaybookData:
        data, rule = self.cleaned_data, self.rule()
        subject = subject_of(rule)
        stops: list[dict[str, Any]] = [
            {"key": key}
            for key, stop in STOPS.items()
            if not stop.figures and subject in stop.subjects and data[f"stop_{key}"]
        ]
        if data["stop_status"] and subject in STOPS["status"].subjects:
            stops.append({"key": "status", "statuses": data["stop_status"]})
        if data["stop_days"]:
            stops.append({"key": "days", "days": data["stop_days"]})
        return PlaybookData(
            name_en=data["name_en"],
            name_zh=data["name_zh"],
            trigger=rule.trigger,
            params=rule.params,
            conditions=rule.conditions,
            stops=stops,
            steps=steps,
        )


def _triggers_of(subjects: Sequence[Subject]) -> str:
    return " ".join(key for key, one in TRIGGERS.items() if one.subject in subjects)


class StepForm(Form):
    title_en = forms.CharField(label=_("English title"), max_length=200, required=False)
    title_zh = forms.CharField(label=_("Chinese title"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices, initial="call")
    offset = forms.IntegerField(label=_("Due after"), min_value=0, max_value=LONGEST_DAYS, initial=3)
    unit = forms.ChoiceField(label=_("Counted in"), choices=PlaybookStep.Unit.choices)
    closes_on = forms.ChoiceField(label=_("Closes by itself on"), choices=Task.ClosesOn.choices, required=False)
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Task.Priority.choices, coerce=int, initial=Task.Priority.NORMAL.value
    )
    details = forms.CharField(
        label=_("Instructions"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_title_en(self) -> str:
        return self._title("title_en")

    def clean_title_zh(self) -> str:
        return self._title("title_zh")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("title_en") and not data.get("title_zh") and not self.errors:
            self.add_error("title_en", _("Say what is to be done, in one language at least."))
        return data

    def _title(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if strange := unknown_placeholders(text):
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            said = {"strange": ", ".join(strange), "known": known}
            raise forms.ValidationError(_("%(strange)s is not known; there are %(known)s.") % said)
        return text


class _Steps(CleanText, forms.BaseFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].widget.attrs |= {"data-order": "", "class": "form-control"}

    def clean(self) -> None:
        if not any(form.has_changed() and form not in self.deleted_forms for form in self.forms):
            raise forms.ValidationError(_("A playbook needs a step at least."))

    def steps(self) -> list[StepData]:
        """The steps in their order, without those taken out."""
        kept = [form.cleaned_data for form in self.ordered_forms if form.has_changed()]
        names = StepData.__dataclass_fields__
        return [StepData(**{name: data[name] for name in names}) for data in kept]


StepForms: Any = forms.formset_factory(
    StepForm, formset=_Steps, extra=0, can_order=True, can_delete=True, max_num=20, validate_max=True
)


def initial_of(version: PlaybookVersion) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """(form, steps) as the editor shows a version."""
    first: dict[str, Any] = {"name_en": version.playbook.name_en, "name_zh": version.playbook.name_zh}
    first |= {"trigger": version.trigger} | version.params
    first |= {f"only_{key}": values for key, values in version.conditions.items()}
    for stop in version.stops:
        first[f"stop_{stop['key']}"] = stop.get("statuses") or stop.get("days") or True
    names = StepData.__dataclass_fields__
    return first, [{name: getattr(step, name) for name in names} for step in version.steps.all()]
