"""What is asked when targets are set, copied or shared out?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import Form
from opportunities.figures.cells import COUNT

from .errors import LevelsFall
from .goals import LEVELS
from .measures import Measure
from .models import Target
from .periods import TargetPeriod, periods_of
from .services import Levels

LABELS = {"target": _("Target"), "sprint": _("Sprint"), "challenge": _("Challenge")}


class GroupedField(forms.DecimalField):
    """A number that may be grouped, as tables show it and people paste it: 1,200,000."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(re.sub(r"[,，\s\u00a0\u202f']", "", value) if isinstance(value, str) else value)


def number_field(measure: Measure, **extra: Any) -> forms.DecimalField:
    """An amount, or a whole number, of 0 or more."""
    places = 0 if measure.kind == COUNT else 2
    attrs = {"inputmode": "numeric" if measure.kind == COUNT else "decimal", "autocomplete": "off"}
    return GroupedField(
        required=False,
        min_value=0,
        max_digits=14 + places,
        decimal_places=places,
        widget=forms.TextInput(attrs=attrs),
        **extra,
    )


def plain(number: Decimal) -> str:
    """As tables show it: grouped, without zeros behind the point."""
    return f"{number:,f}".removesuffix(".00")


class _LevelsForm(Form):
    """Fields for the three levels of several periods, named ``2026-11_target``."""

    def add_levels(self, key: str, label: str, measure: Measure, row: Target | None) -> None:
        for level, words in LABELS.items():
            name = f"{key}_{level}"
            self.fields[name] = number_field(measure, label=f"{label}: {words}")
            number = getattr(row, level) if row else None
            self.initial[name] = "" if number is None else plain(number)

    def clean_levels(self, key: str) -> Levels:
        """The levels of a period; a sprint below its target is told at its field."""
        numbers = [self.cleaned_data.get(f"{key}_{level}") or None for level in LEVELS]
        try:
            return Levels(*numbers)
        except LevelsFall as refusal:
            wrong = next(
                level
                for level, number, before in zip(LEVELS, numbers, [numbers[0], *numbers], strict=False)
                if number is not None and (before is None or number < before or numbers[0] is None)
            )
            self.add_error(f"{key}_{wrong}", str(refusal.message))
            return Levels()


class SheetForm(_LevelsForm):
    """A year of one person or team and one measure: the year, each quarter, each month."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, measure: Measure, year: int, rows: Mapping[TargetPeriod, Target], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.periods = list(periods_of(year))
        for period in self.periods:
            self.add_levels(period.key, period.label, measure, rows.get(period))

    def clean(self) -> dict[str, Any]:
        self.levels = {period: self.clean_levels(period.key) for period in self.periods}
        return self.cleaned_data

    def show_anew(self, seen: str) -> None:
        """Keep what was typed, for whoever has now been told what changed meanwhile."""
        self.data = {**dict(self.data.items()), "seen": seen}

    def row(self, period: TargetPeriod) -> list[Any]:
        """The bound fields of one period."""
        return [self[f"{period.key}_{level}"] for level in LEVELS]


class CopyForm(Form):
    """How much more than in the year before?"""

    percent = forms.DecimalField(
        label=_("More than the year before, in %"),
        min_value=-90,
        max_value=900,
        decimal_places=1,
        initial=0,
        help_text=_("10 makes 110 of 100, −10 makes 90. What is set already stays as it is."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class ShareForm(_LevelsForm):
    """The levels of a team's period, and by which weights its people share them."""

    BASIS = (
        ("equal", _("Everybody the same")),
        ("before", _("As they did in the same period a year ago")),
        ("hand", _("By the weights below")),
    )
    basis = forms.ChoiceField(label=_("Shared out"), choices=BASIS, initial="equal")

    def __init__(
        self, *args: Any, measure: Measure, period: TargetPeriod, row: Target | None, people: Sequence[User], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.period, self.people = period, people
        self.add_levels(period.key, period.label, measure, row)
        for person in people:
            self.fields[f"weight_{person.pk}"] = forms.DecimalField(
                label=str(person),
                required=False,
                min_value=0,
                max_value=1000,
                decimal_places=2,
                initial=1,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        self.levels = self.clean_levels(self.period.key)
        key = f"{self.period.key}_target"
        if self.levels.target is None and key not in self.errors:
            self.add_error(key, _("Say what the team shall reach."))
        by_hand = self.cleaned_data.get("basis") == "hand"
        if by_hand and not any(self.cleaned_data.get(f"weight_{one.pk}") for one in self.people):
            self.add_error("basis", _("Give at least one person a weight."))
        return self.cleaned_data

    def weights(self, before: Mapping[int, Decimal]) -> dict[int, Decimal]:
        """{person: weight}; without a deed in the year before everybody has the same."""
        if self.cleaned_data["basis"] == "hand":
            return {one.pk: self.cleaned_data.get(f"weight_{one.pk}") or Decimal(0) for one in self.people}
        if self.cleaned_data["basis"] == "before" and any(before.values()):
            return {one.pk: before.get(one.pk, Decimal(0)) for one in self.people}
        return {one.pk: Decimal(1) for one in self.people}

    def level_fields(self) -> list[Any]:
        return [self[f"{self.period.key}_{level}"] for level in LEVELS]
