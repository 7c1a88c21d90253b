"""What is asked when a communication is written down?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.forms import Form
from customers.forms import FilesField
from customers.forms.fields import day_field
from customers.models import Contact, Customer
from followups.forms import deals_of, due_of, time_field
from followups.inputs import TaskData
from opportunities.models import Lead, Opportunity

from .channels import CHANNELS
from .channels import choices as channel_choices
from .inputs import CommunicationData
from .models import Communication

MOMENT = "%Y-%m-%dT%H:%M"
# A time is told in minutes and means that minute to its end: what is logged right after a customer was entered
# or a task made, both in one minute, happened after it. The service cuts off what is still to come.
TO_ITS_END = timedelta(minutes=1, microseconds=-1)


class LogForm(Form):
    """Channel, direction and time are there already: one tap saves. The rest is for whoever has more to say."""

    channel = forms.ChoiceField(label=_("By which way"), choices=channel_choices, widget=forms.RadioSelect)
    direction = forms.ChoiceField(
        label=_("Direction"), choices=Communication.Direction.choices, widget=forms.RadioSelect
    )
    happened_at = forms.DateTimeField(
        label=pgettext_lazy("moment", "When"),
        input_formats=[MOMENT, f"{MOMENT}:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    contacts = forms.ModelMultipleChoiceField(
        Contact.objects.none(),  # unscoped: set below
        label=_("With whom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    subject = forms.CharField(label=_("Topic"), max_length=300, required=False)
    body = forms.CharField(
        label=_("What was said"), max_length=100_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    feedback = forms.CharField(
        label=_("Customer's feedback"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    agreement = forms.CharField(
        label=_("Agreed"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    opportunity = forms.ModelChoiceField(
        Opportunity.objects.none(),  # unscoped: set below
        label=_("About which opportunity"),
        required=False,
    )
    files = FilesField()  # type: ignore[assignment]  # the metaclass collects it: form.files stays Django's

    def __init__(
        self,
        *args: Any,
        party: Customer | Lead,
        user: User,
        present: Sequence[int] = (),
        about: int | None = None,
        **kwargs: Any,
    ) -> None:
        """``present`` are the ids of contacts that are named already: they may be archived meanwhile; ``about`` that
        of the opportunity. A lead has neither.
        """
        super().__init__(*args, **kwargs)
        if isinstance(party, Lead):
            del self.fields["contacts"], self.fields["opportunity"]
            return
        offered = Q(archived_at=None) | Q(pk__in=present)
        people = Contact.objects.filter(offered, customer=party)  # unscoped: of a visible customer
        cast(Any, self.fields["contacts"]).queryset = people
        cast(Any, self.fields["opportunity"]).queryset = deals_of(party.pk, user, about)

    def clean_happened_at(self) -> datetime:
        """The moment; in a correction that of before, to the second, where its minute was left."""
        told: datetime = self.cleaned_data["happened_at"]
        before: datetime | None = self.initial.get("happened_at")
        if before and before.replace(second=0, microsecond=0) == told.replace(tzinfo=None):
            return timezone.make_aware(before)
        return told if told.second else told + TO_ITS_END

    def channels(self) -> list[dict[str, Any]]:
        """The channels as tiles: key, word, icon, whether chosen."""
        chosen = self["channel"].value()
        return [
            {"key": key, "label": one.label, "icon": one.icon, "is_chosen": key == chosen}
            for key, one in CHANNELS.items()
        ]

    def directions(self) -> list[dict[str, Any]]:
        chosen = self["direction"].value()
        return [{"key": k, "label": word, "is_chosen": k == chosen} for k, word in Communication.Direction.choices]

    def people(self) -> list[dict[str, Any]]:
        """The customer's people with whether they are ticked and must not be contacted."""
        if "contacts" not in self.fields:
            return []
        ticked = {str(pk) for pk in self["contacts"].value() or ()}
        return [
            {"person": one, "is_ticked": str(one.pk) in ticked} for one in cast(Any, self.fields["contacts"]).queryset
        ]

    def deals(self) -> Any:
        """The field that asks which opportunity it is about; None where there is none to choose."""
        field = self.fields.get("opportunity")
        return self["opportunity"] if field is not None and len(cast(Any, field).choices) > 1 else None

    def has_more(self) -> bool:
        """Is there something in the folded part, so that it stands open?"""
        return any(self[name].value() or self[name].errors for name in ("feedback", "agreement"))

    def communication_data(self, tasks: list[TaskData] | None = None) -> CommunicationData:
        names = ("channel", "direction", "happened_at", "subject", "body", "feedback", "agreement")
        said = {name: self.cleaned_data[name] for name in names}
        said |= {name: self.cleaned_data[name] for name in ("contacts", "opportunity") if name in self.fields}
        return CommunicationData(**said, tasks=tasks or [], file_names=[one.name for one in self.cleaned_data["files"]])


class TodoForm(Form):
    """One line that becomes a task: what, and until when."""

    title = forms.CharField(label=_("To do"), max_length=200, required=False)
    due_on = day_field(_("Due"))
    due_time = time_field(_("Time"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("due_on") or data.get("due_time")) and not data.get("title") and "title" not in self.errors:
            self.add_error("title", _("Say what is to be done."))
        if data.get("due_time") and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Say the day too."))
        return data


class BaseTodos(forms.BaseFormSet):
    """The to-dos and the next step of an exchange; empty lines are none."""

    def tasks(self, user: Any) -> list[TaskData]:
        zone = timezone.get_current_timezone_name()
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]
        return [
            TaskData(title=row["title"], assignee=user, **due_of(row["due_on"], row["due_time"], zone)) for row in rows
        ]


Todos = cast(
    type[BaseTodos], forms.formset_factory(TodoForm, formset=BaseTodos, extra=1, max_num=20, validate_max=True)
)


class CompleteForm(Form):
    """How a task came out; for one without a customer, or where nothing was said to anybody."""

    result = forms.CharField(
        label=_("Result"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class CommentForm(Form):
    body = forms.CharField(label=_("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
