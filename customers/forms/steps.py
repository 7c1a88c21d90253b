"""What is asked of somebody who does not want a suggested step now?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form

from ..models import PutOff


class PutOffForm(Form):
    """Why, and for how long: days, or as long as nothing changes."""

    reason = forms.ChoiceField(label=_("Why not?"), choices=PutOff.Reason.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("In words"), max_length=300, required=False, help_text=_("Needed for “something else”.")
    )
    days = forms.ChoiceField(
        label=_("Until when?"),
        choices=[("3", _("3 days")), ("14", _("14 days")), ("", _("for good, while nothing changes"))],
        required=False,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") == PutOff.Reason.OTHER and not data.get("note"):
            self.add_error("note", _("Say why."))
        return data

    def until(self, today: date) -> date | None:
        days = self.cleaned_data["days"]
        return today + timedelta(days=int(days)) if days else None
