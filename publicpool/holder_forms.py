"""What is asked of a holder who gives customers back or wants more time, and of who decides?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from customers.forms.fields import day_field
from customers.models import Pool

from . import errors
from .models import ReleaseReason

if TYPE_CHECKING:
    from accounts.models import User


class ReleaseForm(Form):
    """Why it goes, and where: by the routes (``routed``), or into a pool of which the reader is a member."""

    reason = forms.ModelChoiceField(
        ReleaseReason.objects.filter(is_active=True),  # unscoped: words
        label=_("Why it goes back"),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    note = forms.CharField(
        label=_("In your own words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    pool = forms.ModelChoiceField(Pool.objects.none(), label=_("Into the pool"), required=False)  # unscoped: none

    def __init__(self, *args: Any, user: User, routed: Pool | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pools = Pool.objects.visible_to(user).in_use()
        field = cast(forms.ModelChoiceField, self.fields["pool"])
        field.queryset = pools.exclude(pk=routed.pk) if routed else pools
        field.empty_label = str(routed) if routed else _("where the routes lead")
        if not field.queryset.exists():
            del self.fields["pool"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        reason = data.get("reason")
        if reason and reason.asks_why and not data.get("note"):
            self.add_error("note", str(errors.WordsMissing.message))
        return data

    def values(self) -> dict[str, Any]:
        """As a job keeps them."""
        data = self.cleaned_data
        pool = data.get("pool")
        return {"reason": data["reason"].pk, "note": data["note"], "pool": pool.pk if pool else None}


class MoreTimeForm(Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "What you are waiting for, and what comes next. Your manager decides; you may ask once for each customer."
        ),
    )


class DecisionForm(Form):
    """Grant more time, or refuse it."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("grant", _("Give more time")), ("refuse", _("Refuse"))],
        widget=forms.RadioSelect,
        initial="grant",
    )
    until = day_field(_("Until"), help_text=_("The last day on which it stays; only where you give more time."))
    answer = forms.CharField(
        label=_("Answer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is told to who asked."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") == "refuse" and not data.get("answer"):
            self.add_error("answer", _("Say why."))
        return data
