"""What is asked about a repeating task: what, for whom, when first, how often, until when?"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.exceptions import DomainError
from core.forms import Form
from core.models import SavedView
from core.zones import is_zone, zone_choices
from customers.forms.fields import ENHANCED, CustomerChoice, day_field

from .forms import REMIND, time_field
from .inputs import SeriesData
from .kinds import choices as kind_choices
from .models import Series, Task
from .recurrence import LONGEST_TEXT, MOST_COUNT, parse
from .repeating import Pattern

DAY = 24 * 60
DUE_AFTER = [
    (0, _("then, or on the same day")),
    (60, _("an hour later")),
    (DAY, _("a day later")),
    (2 * DAY, _("2 days later")),
    (7 * DAY, _("a week later")),
    (14 * DAY, _("2 weeks later")),
]
ON = [
    ("day", _("same date")),
    ("weekday", _("same weekday, counted from the start of the month")),
    ("last_weekday", _("last such weekday of the month")),
    ("last_day", _("last day of the month")),
]
OWN_RULE = "own"


class SeriesForm(Form):
    """``customer`` (an id) or ``segment`` is what the page was opened for; an existing series keeps its own."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices, initial="other")
    priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=int, choices=Task.Priority.choices, initial=Task.Priority.NORMAL
    )
    assignee = forms.ModelChoiceField(
        User.objects.none(),  # unscoped: none; the form brings the colleagues
        label=_("Assigned to"),
        empty_label=None,
        widget=forms.Select(attrs=ENHANCED),
        help_text=_("Tasks for many customers go to whoever holds each."),
    )
    customer = CustomerChoice(label=_("Customer"), required=False)
    segment = forms.ChoiceField(
        label=_("or for each customer of"),
        required=False,
        help_text=_("A view of your customers' list, read anew each time: one task for every customer in it."),
    )
    starts_on = day_field(_("First day"), required=True)
    starts_at = time_field(_("Time"), help_text=_("Empty: any time of the day."))
    zone = forms.ChoiceField(label=_("Time zone"), widget=forms.Select(attrs=ENHANCED))
    repeats = forms.ChoiceField(
        label=_("Repeats"),
        choices=[
            ("daily", pgettext_lazy("repeats", "by days")),
            ("weekly", pgettext_lazy("repeats", "by weeks")),
            ("monthly", pgettext_lazy("repeats", "by months")),
            ("yearly", pgettext_lazy("repeats", "by years")),
            (OWN_RULE, pgettext_lazy("repeats", "by a rule of your own")),
        ],
        initial="weekly",
    )
    every = forms.IntegerField(label=_("Every"), min_value=1, max_value=366, initial=1)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"),
        coerce=int,
        required=False,
        choices=list(WEEKDAYS_ABBR.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    on = forms.ChoiceField(label=_("On the"), choices=ON, required=False)
    rule = forms.CharField(
        label=_("Rule"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("As RFC 5545 writes it, such as FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1."),
    )
    ends = forms.ChoiceField(
        label=_("Ends"),
        choices=[
            ("never", pgettext_lazy("series ends", "never")),
            ("on", pgettext_lazy("series ends", "on a day")),
            ("after", pgettext_lazy("series ends", "after a number of times")),
        ],
        initial="never",
    )
    until = day_field(_("Last day"))
    count = forms.IntegerField(label=_("Times"), required=False, min_value=1, max_value=MOST_COUNT)
    avoids_days_off = forms.BooleanField(
        label=_("On a day off at the customer's, move to the next working day there"), required=False
    )
    due_after = forms.TypedChoiceField(label=_("Due"), coerce=int, initial=0)
    remind_before = forms.TypedChoiceField(
        label=_("Remind me"), coerce=int, choices=REMIND, required=False, empty_value=None
    )
    details = forms.CharField(
        label=_("Details"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        *args: Any,
        user: User,
        customer: str = "",
        segment: str = "",
        series: Series | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        self.user, self.series = user, series
        now = timezone.localtime()
        self.initial = {"starts_on": now.date(), "zone": user.time_zone, "assignee": user.pk}
        self.initial |= {"customer": customer, "segment": segment}
        if series is not None:
            self.initial = self._initial_of(series)
        fields["assignee"].queryset = User.objects.visible_to(user).active()
        fields["zone"].choices = _with(zone_choices(now), self.initial["zone"], self.initial["zone"])
        fields["due_after"].choices = _with(
            DUE_AFTER, self.initial.get("due_after", 0), _("%(n)s minutes later") % {"n": self.initial.get("due_after")}
        )
        if series is not None:
            del fields["customer"]
        else:
            fields["customer"].offer(user, self.data.get("customer") if self.is_bound else customer)
        if series is not None and not series.segment:
            del fields["segment"]
        else:
            fields["segment"].choices = segment_choices(user, self.initial["segment"], series is None)

    @staticmethod
    def _initial_of(series: Series) -> dict[str, Any]:
        first, rule = series.first_wall, parse(series.rule)
        pattern = Pattern.of(rule, first.date())
        found: dict[str, Any] = {
            "starts_on": first.date(),
            "starts_at": None if series.is_all_day else first.time(),
            "zone": series.zone,
            "rule": series.rule,
            "repeats": pattern.repeats if pattern else OWN_RULE,
        }
        if pattern:
            ends = "on" if pattern.until else "after" if pattern.count else "never"
            found |= {"every": pattern.every, "weekdays": pattern.weekdays, "on": pattern.on, "ends": ends}
            found |= {"until": pattern.until, "count": pattern.count}
        for name in (
            "title",
            "kind",
            "priority",
            "segment",
            "avoids_days_off",
            "due_after",
            "remind_before",
            "details",
        ):
            found[name] = getattr(series, name)
        return found | {"assignee": series.assignee_id}

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"]
        if not is_zone(zone):
            raise forms.ValidationError(_("This time zone is not known."))
        return zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first = data.get("starts_on")
        if data.get("customer") and data.get("segment"):
            self.add_error("segment", _("Choose one customer or many, not both."))
        if data.get("ends") == "on" and not data.get("until"):
            self.add_error("until", _("Say which day is the last."))
        elif data.get("ends") == "after" and not data.get("count"):
            self.add_error("count", _("Say how many times."))
        elif data.get("ends") == "on" and first and data["until"] < first:
            self.add_error("until", _("The last day lies before the first."))
        if first and not self.errors.keys() & {"every", "weekdays", "until", "count", "rule"}:
            self._clean_rule(data)
        return data

    def _clean_rule(self, data: dict[str, Any]) -> None:
        field = "rule" if data.get("repeats") == OWN_RULE else "every"
        try:
            data["made_rule"] = str(parse(self._rule(data)))
        except DomainError as refusal:
            self.add_error(field, str(refusal.message))

    @staticmethod
    def _rule(data: dict[str, Any]) -> str:
        if data.get("repeats") == OWN_RULE:
            return data.get("rule", "")
        pattern = Pattern(
            data.get("repeats", "weekly"),
            data.get("every") or 1,
            tuple(data.get("weekdays", ())),
            data.get("on") or "day",
            data.get("until") if data.get("ends") == "on" else None,
            data.get("count") if data.get("ends") == "after" else None,
        )
        return str(pattern.rule(data["starts_on"]))

    def made(self) -> SeriesData:
        """What a valid form says."""
        data = self.cleaned_data
        return SeriesData(
            title=data["title"],
            rule=data["made_rule"],
            starts_at=datetime.combine(data["starts_on"], data["starts_at"] or time.min),
            zone=data["zone"],
            is_all_day=data["starts_at"] is None,
            details=data["details"],
            kind=data["kind"],
            priority=data["priority"],
            customer=data.get("customer"),
            segment=data.get("segment", ""),
            assignee=data["assignee"],
            due_after=data["due_after"],
            remind_before=data["remind_before"],
            avoids_days_off=data["avoids_days_off"],
        )

    def draft(self) -> Series | None:
        """A series that is not saved, for looking ahead; None while its rule is not complete."""
        data = self.cleaned_data
        if not all(name in data for name in ("made_rule", "starts_on", "zone")) or "starts_at" in self.errors:
            return None
        starts_at = datetime.combine(data["starts_on"], data.get("starts_at") or time.min, UTC)
        return Series(
            rule=data["made_rule"],
            starts_at_local=starts_at,
            zone=data["zone"],
            is_all_day=data.get("starts_at") is None,
            avoids_days_off=data.get("avoids_days_off", False),
        )


def segment_choices(user: User, present: str, with_none: bool) -> list[tuple[str, Any]]:
    """Views of the customers' list as segments, the present one too."""
    found: list[tuple[str, Any]] = [("", _("nobody in particular"))] if with_none else []
    found.append(("whose=mine", _("My customers")))
    if user.is_manager:
        found.append(("whose=team", _("My team's")))
    views = SavedView.objects.visible_to(user).filter(page="customers").exclude(query="")
    found += [(view.query, view.name) for view in views]
    return _with(found, present, _("the selection of the list"))


def _with(choices: list[tuple[Any, Any]], value: Any, label: Any) -> list[tuple[Any, Any]]:
    return choices if any(str(key) == str(value) for key, _label in choices) else [*choices, (value, label)]
