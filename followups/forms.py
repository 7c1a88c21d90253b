"""What is asked when a task or plan is made, moved or ended?"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from core.forms import Form
from customers.forms.fields import ENHANCED, CustomerChoice, day_field
from customers.models import Contact, Customer
from opportunities.models import Lead, Opportunity

from .due import day_of
from .inputs import PlanData, TaskData
from .kinds import choices as kind_choices
from .models import Plan, Task, WorkReport
from .querysets import WorkReportQuerySet

REMIND = [
    ("", _("No reminder ahead")),
    ("0", _("At the due time")),
    ("15", _("15 minutes ahead")),
    ("60", _("1 hour ahead")),
    ("180", _("3 hours ahead")),
    ("1440", _("1 day ahead")),
    ("4320", _("3 days ahead")),
    ("10080", _("1 week ahead")),
]


def time_field(label: Any, **extra: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget, **extra)


class LeadChoice(CustomerChoice):
    """An open lead that the reader sees, chosen in the same way."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(**extra)
        self.widget.attrs["data-url"] = "/tasks/leads/"

    def offer(self, user: User, chosen: Any) -> None:
        self.accept(Lead.objects.visible_to(user).open().defer("search_text"), chosen)


def deals_of(customer: int, user: User, present: int | None = None) -> QuerySet[Any]:
    """The open opportunities of a customer that the reader sees, and one that is named already."""
    seen = Opportunity.objects.visible_to(user).filter(customer=customer)
    return seen.filter(Q(outcome=Opportunity.Outcome.OPEN) | Q(pk=present)).order_by("title", "pk")


class DueFields(Form):
    """A day, perhaps with a time; without one the task is due when the day ends where its assignee is."""

    due_on = day_field(_("Due"))
    due_time = time_field(_("Time"), help_text=_("Empty: any time of that day."))

    def due(self, zone: str) -> dict[str, Any]:
        """``due_at`` or ``due_on`` as services take them; wall time of ``zone``."""
        on, at = self.cleaned_data.get("due_on"), self.cleaned_data.get("due_time")
        return due_of(on, at, zone)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("due_time") and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Say the day too."))
        return data


def due_of(on: date | None, at: time | None, zone: str) -> dict[str, Any]:
    """A day and perhaps a wall time of ``zone`` as ``due_on`` or ``due_at``."""
    if on is None or at is None:
        return {"due_on": on, "due_at": None}
    return {"due_on": None, "due_at": datetime.combine(on, at, ZoneInfo(zone))}


def due_initial(task: Task, zone: str) -> dict[str, Any]:
    """What the fields of DueFields show of a task, in ``zone``."""
    if task.due_at is None:
        return {}
    if task.is_all_day:
        return {"due_on": day_of(task, task.assignee.time_zone if task.assignee else zone)}
    there = task.due_at.astimezone(ZoneInfo(zone))
    return {"due_on": there.date(), "due_time": there.time()}


class TaskForm(DueFields):
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)
    customer = CustomerChoice(label=_("Customer"), required=False)
    lead = LeadChoice(label=_("Or a lead"), required=False)
    opportunity = forms.ModelChoiceField(
        Opportunity.objects.none(),  # unscoped: set below
        label=_("Opportunity"),
        required=False,
    )
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Contact"), required=False)  # unscoped: set below
    plan = forms.ModelChoiceField(Plan.objects.none(), label=_("Follow-up plan"), required=False)  # unscoped: set below
    to = forms.ChoiceField(label=_("For whom"), widget=forms.Select(attrs=ENHANCED))
    remind_before = forms.TypedChoiceField(
        label=_("Reminder"), choices=REMIND, required=False, coerce=int, empty_value=None
    )
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Task.Priority.choices, coerce=int, initial=2)
    details = forms.CharField(
        label=_("Details"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    checklist = forms.CharField(
        label=_("Checklist"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One line for each thing to tick off."),
    )
    field_order = (
        "title", "customer", "lead", "contact", "opportunity", "kind", "to", "due_on", "due_time", "priority",
        "remind_before", "plan", "details", "checklist",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        user: User,
        customer: Customer | None = None,
        lead: Lead | None = None,
        opportunity: Opportunity | None = None,
        task: Task | None = None,
        **kwargs: Any,
    ) -> None:
        """``customer``, ``lead`` or ``opportunity`` is what it is of; with none of them one may be chosen."""
        super().__init__(*args, **kwargs)
        self.user, self.task = user, task
        self.of_customer, self.of_lead, self.of_deal = customer, lead, opportunity
        is_known = any(one is not None for one in (customer, lead, opportunity, task))
        for name in ("customer", "lead"):
            if is_known:
                del self.fields[name]
            else:
                asked = self.data.get(name) or self.initial.get(name)
                cast(CustomerChoice, self.fields[name]).offer(user, asked)
        pk = customer.pk if customer else self._asked_customer()
        if pk:
            contact, plan = self._offers(pk)
            contacts: Any = Contact.objects.filter(contact, customer=pk)  # unscoped: _offers
            plans: Any = Plan.objects.filter(plan, customer=pk)  # unscoped: _offers
            cast(forms.ModelChoiceField, self.fields["contact"]).queryset = contacts
            cast(forms.ModelChoiceField, self.fields["plan"]).queryset = plans
            deals = deals_of(pk, user, self.initial.get("opportunity"))
            cast(forms.ModelChoiceField, self.fields["opportunity"]).queryset = deals
        else:
            for name in ("contact", "plan", "opportunity"):
                del self.fields[name]
        if task is not None:
            for name in ("to", "due_on", "due_time"):
                del self.fields[name]
        else:
            cast(forms.ChoiceField, self.fields["to"]).choices = list(self._receivers())

    def _offers(self, customer: int) -> tuple[Q, Q]:
        """Which contacts and plans of a customer may be chosen: living ones, and those the task has.

        Whoever is given a task sees the named contact of its customer, not the others.
        """
        if self.task is None:
            return Q(archived_at=None), Q(state=Plan.State.OPEN)
        contact, plan = Q(pk=self.task.contact_id), Q(pk=self.task.plan_id)
        if Customer.objects.visible_to(self.user).filter(pk=customer).exists():
            contact, plan = contact | Q(archived_at=None), plan | Q(state=Plan.State.OPEN)
        return contact, plan

    def _asked_customer(self) -> int | None:
        """The customer that was typed, as far as the reader sees it: its people are offered then."""
        if "customer" not in self.fields:
            return None
        chosen = [key for key, _label in cast(Any, self.fields["customer"]).widget.choices if key]
        return chosen[0] if chosen else None

    def _receivers(self) -> Any:
        user = self.user
        yield f"u{user.pk}", _("Me")
        people = User.objects.visible_to(user).filter(is_active=True).exclude(pk=user.pk).order_by("name", "pk")
        yield _("Colleagues"), [(f"u{one.pk}", one.name) for one in people]
        yield _("Whoever of the team takes it"), [(f"t{one.pk}", one.name) for one in Team.objects.visible_to(user)]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("customer") and data.get("lead"):
            self.add_error("lead", _("Choose a customer or a lead, not both."))
        return data

    def clean_to(self) -> dict[str, Any]:
        said = self.cleaned_data["to"]
        pk = int(said[1:])
        if said.startswith("t"):
            return {"team": Team.objects.visible_to(self.user).get(pk=pk)}
        return {"assignee": User.objects.visible_to(self.user).get(pk=pk)}

    def task_data(self) -> TaskData:
        data = self.cleaned_data
        to = data.get("to") or {}
        due = {} if self.task else self.due(timezone.get_current_timezone_name())
        return TaskData(
            title=data["title"],
            details=data["details"],
            kind=data["kind"],
            priority=data["priority"],
            customer=self.of_customer or data.get("customer"),
            lead=self.of_lead or data.get("lead"),
            opportunity=data.get("opportunity") if "opportunity" in self.fields else self.of_deal,
            contact=data.get("contact"),
            plan=data.get("plan"),
            remind_before=data["remind_before"],
            starts_at=self.task.starts_at if self.task else None,
            closes_on=self.task.closes_on if self.task else "",
            checklist=data["checklist"].splitlines(),
            **to,
            **due,
        )


class PostponeForm(DueFields):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed for a later day."),
    )


class WhyForm(Form):
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ReassignForm(Form):
    to = forms.ModelChoiceField(
        User.objects.none(),  # unscoped: set below
        label=_("To whom"),
        widget=forms.Select(attrs=ENHANCED),
    )

    def __init__(self, *args: Any, people: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["to"]).queryset = people


class PlanForm(Form):
    title = forms.CharField(label=_("Plan"), max_length=200)
    term = forms.ChoiceField(label=_("Term"), choices=Plan.Term.choices)
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Contact"), required=False)  # unscoped: set below
    starts_on = day_field(_("From"), required=True)
    ends_on = day_field(_("Until"), required=True)
    progress = forms.IntegerField(label=_("Progress in %"), min_value=0, max_value=100, initial=0)
    goal = forms.CharField(label=_("Goal"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Contact.objects.filter(customer=customer, archived_at=None)  # unscoped: of a visible customer
        cast(forms.ModelChoiceField, self.fields["contact"]).queryset = people

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("starts_on") and data.get("ends_on") and data["starts_on"] > data["ends_on"]:
            self.add_error("ends_on", _("The end lies before the beginning."))
        return data

    def plan_data(self) -> PlanData:
        return PlanData(**self.cleaned_data)


class PlanEndForm(Form):
    state = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[(Plan.State.REACHED, Plan.State.REACHED.label), (Plan.State.DROPPED, Plan.State.DROPPED.label)],
        widget=forms.RadioSelect,
    )
    outcome = forms.CharField(
        label=_("In a sentence"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where it was given up."),
    )


class ReportForm(Form):
    sentence = forms.CharField(
        label=_("In my words"),
        max_length=2000,
        required=False,  # a draft may wait for it; the service asks when it is sent
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What went well, what is stuck, what comes next."),
    )


class ReportFilterForm(Form):
    """Whose reports, of which kind and days; people only for those who answer for others."""

    person = forms.ModelChoiceField(
        User.objects.none(),  # unscoped: set below
        label=_("Person"),
        required=False,
        empty_label=_("Everybody"),
        widget=forms.Select(attrs=ENHANCED),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Daily and weekly")), *WorkReport.Kind.choices]
    )
    since = day_field(_("From"))
    until = day_field(_("Until"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.is_admin or user.is_manager:
            cast(forms.ModelChoiceField, self.fields["person"]).queryset = User.objects.reporting_to(user)
        else:
            del self.fields["person"]

    def narrow(self, reports: WorkReportQuerySet) -> WorkReportQuerySet:
        """Those reports that fit what was chosen; what is no choice narrows nothing."""
        self.is_valid()
        columns = {"person": "user", "kind": "kind", "since": "ends_on__gte", "until": "starts_on__lte"}
        chosen = {columns[name]: value for name, value in self.cleaned_data.items() if value}
        return reports.filter(**chosen)


class CommentForm(Form):
    body = forms.CharField(label=_("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
