"""What is asked of somebody who gives customers of the pool away, or looks at what is masked?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.forms import Form
from customers.models import Pool

from .receivers import Load, loads, receivers


class _PersonField(forms.ModelChoiceField):
    """Names with what each holds: being full warns, and refuses nothing."""

    loads: dict[int, Load]

    def label_from_instance(self, person: Any) -> str:
        load = self.loads.get(person.pk)
        if load is None:
            return str(person)
        if load.capacity is None:
            return _("%(name)s · holds %(held)s") % {"name": person, "held": load.held}
        words = {"name": person, "held": load.held, "capacity": load.capacity}
        if load.is_full:
            return _("%(name)s · holds %(held)s of %(capacity)s: full") % words
        return _("%(name)s · holds %(held)s of %(capacity)s") % words


class GiveForm(Form):
    """To whom, and why where the cool-down stands against it."""

    to = _PersonField(
        User.objects.none(),  # unscoped: none; the page brings the people
        label=gettext_lazy("To"),
        help_text=gettext_lazy("Capacity only warns here; limits of claims do not count what is given."),
        widget=forms.Select(attrs={"data-enhance": "1"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Needed where the person gave the customer back or lost it a short time ago."),
    )

    def __init__(self, *args: Any, by: User, pool: Pool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = receivers(by, pool).select_related("team").order_by("name", "pk")
        field = self.fields["to"]
        assert isinstance(field, _PersonField)
        field.loads = loads(list(people), pool)
        field.queryset = people


class RevealForm(Form):
    reason = forms.CharField(
        label=gettext_lazy("Why do you need it?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Whoever holds the customer later reads it on the timeline."),
    )
