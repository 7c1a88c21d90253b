"""Which fields and pieces do the customers' forms share?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from core.currencies import COMMON, currencies
from core.forms import Form
from core.ids import id_of
from core.languages import spoken_languages
from core.zones import FIRST_DAY, LAST_DAY, zone_choices

from ..inputs import PointData
from ..models import ContactPoint, Customer

if TYPE_CHECKING:
    from accounts.models import User

ENHANCED = {"data-enhance": "1"}

# The code's check digits are looked at while typing; the answer stands below the field.
CODE_CHECK = {
    "hx-get": "/customers/check-code/",
    "hx-trigger": "input changed delay:400ms, change from:closest form",
    "hx-include": "closest form",
    "hx-target": "#code-check",
    "autocomplete": "off",
}


def day_field(label: Any, *, required: bool = False, **extra: Any) -> forms.DateField:
    """A day of a calendar that people use: zones and sums of days know no year 1 or 9999."""
    widget = forms.DateInput(attrs={"type": "date", "min": str(FIRST_DAY), "max": str(LAST_DAY)}, format="%Y-%m-%d")
    bounds = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    return forms.DateField(label=label, required=required, widget=widget, validators=bounds, **extra)


def zone_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [("", _("By country and city")), *zone_choices(timezone.now())],
        widget=forms.Select(attrs=ENHANCED),
    )


def language_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), required=False, choices=[("", "—"), *spoken_languages()])


def currency_choices() -> list[tuple[str, str]]:
    names = {code: f"{code} · {one.name}" for code, one in currencies().items()}
    rest = sorted(code for code in names if code not in COMMON)
    return [("", "—"), *((code, names[code]) for code in [*COMMON, *rest] if code in names)]


def country_choices() -> list[tuple[str, str]]:
    return [("", "—"), *countries]


class CustomerChoice(forms.ModelChoiceField):
    """A customer that the reader sees; the options come while typing, only the chosen one is in the page."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(Customer.objects.none(), **extra)  # unscoped: offer() scopes it
        # There may be a hundred thousand: looked for while typing.
        self.widget.attrs |= ENHANCED | {"data-url": "/customers/find/"}

    def offer(self, user: User, chosen: Any) -> None:
        """Accept what ``user`` sees; draw only ``chosen`` (an id)."""
        self.accept(Customer.objects.visible_to(user).defer("search_text", "search_public"), chosen)

    def accept(self, rows: Any, chosen: Any) -> None:
        """Accept these rows; draw only ``chosen`` (an id) of them."""
        self.queryset = rows
        pk = id_of(str(chosen or ""))
        rows = self.queryset.filter(pk=pk)[:1] if pk else []
        cast(forms.Select, self.widget).choices = [("", ""), *((row.pk, row.name) for row in rows)]


def split_tags(text: str) -> list[str]:
    """Names between commas, Chinese ones too."""
    return [name.strip()[:40] for name in text.replace("，", ",").replace("、", ",").split(",") if name.strip()]


class PointForm(Form):
    """One phone number, e-mail or account."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices, initial=ContactPoint.Kind.EMAIL)
    value = forms.CharField(label=_("Number or address"), max_length=300, required=False)
    label = forms.CharField(label=_("Note"), max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == ContactPoint.Kind.EMAIL and data.get("value"):
            try:
                forms.EmailField().clean(data["value"])
            except forms.ValidationError as error:
                self.add_error("value", error)
        return data


class BasePoints(forms.BaseFormSet):
    """Numbers and addresses; a line whose value is emptied goes."""

    def points(self) -> list[PointData]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("value")]
        return [PointData(row["kind"], row["value"], row.get("label", "")) for row in rows]


Points = cast(type[BasePoints], forms.formset_factory(PointForm, formset=BasePoints, extra=2, max_num=40))


def points_initial(points: Any) -> list[dict[str, str]]:
    return [{"kind": one.kind, "value": one.value, "label": one.label} for one in points]


class Sections:
    """Fields in groups under a heading, as the page draws them: ``sections`` names them, the rest comes last."""

    sections: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    wide = frozenset({"address", "needs", "competitors", "reasons_not_won", "remarks", "name"})

    def drawn(self: Any) -> list[dict[str, Any]]:
        found, used = [], set()
        for legend, names in self.sections:
            fields = [self[name] for pattern in names for name in self._matching(pattern)]
            used |= {field.name for field in fields}
            if fields:
                found.append({"legend": legend, "fields": fields})
        assert used == {field.name for field in self.visible_fields()}  # a field nobody placed would be lost
        return found

    def shown_before(self: Any) -> SafeString:
        """Hidden fields with the values that this form was filled with."""
        return mark_safe(  # noqa: S308  made by widgets
            "".join(
                str(self[name].as_hidden(only_initial=True))
                for name, one in self.fields.items()
                if one.show_hidden_initial
            )
        )

    def _matching(self: Any, pattern: str) -> list[str]:
        if pattern.endswith("*"):
            return [name for name in self.fields if name.startswith(pattern[:-1])]
        return [pattern] if pattern in self.fields else []
