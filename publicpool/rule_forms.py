"""What is asked when a reclaim rule is written: what it waits for, how long, for which customers?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from customers.forms.fields import ENHANCED

from . import errors
from .inputs import RuleData
from .models import ReclaimRule
from .models.reclaiming import MOST_DAYS
from .rule_words import CONDITIONS, choices
from .rules import MANY, RULES, Spec, spec_of, with_rule


def _offered(key: str) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(str(value), name) for value, name in choices(key)]


class RuleForm(Form):
    """Names, kind, days, conditions."""

    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120, required=False)
    kind = forms.ChoiceField(
        label=_("A customer goes back when it is"), choices=lambda: [(key, one.label) for key, one in RULES.items()]
    )
    days = forms.IntegerField(
        label=_("So many days"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("Whole days; those on which the clock stands are not counted."),
    )
    is_for_all = forms.BooleanField(
        label=_("For every customer"),
        required=False,
        help_text=_("A rule with no condition at all must say so, lest one that lost its conditions takes everything."),
    )
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in CONDITIONS.items():
            self.fields[key] = forms.MultipleChoiceField(
                label=label,  # type: ignore[arg-type]  # a lazy text is fine
                choices=_offered(key),
                required=False,
                widget=forms.SelectMultiple(attrs=ENHANCED),
                help_text=_("With the teams below them.") if key == "teams" else "",
            )

    @property
    def conditions(self) -> list[Any]:
        return [self[key] for key in CONDITIONS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("name_en") and not data.get("name_zh"):
            self.add_error("name_en", str(errors.RuleWithoutName.message))
        if not self.errors:
            has_conditions = any(data[key] for key in CONDITIONS)
            if has_conditions and data["is_for_all"]:
                self.add_error("is_for_all", _("It is either for every customer or has conditions: take one away."))
            if not has_conditions and not data["is_for_all"]:
                self.add_error(
                    "is_for_all", _("Without a condition it takes every customer: say so, or choose a condition.")
                )
        return data

    def spec(self, rule: ReclaimRule | None) -> Spec:
        """What stands in the valid form; a new rule comes behind the others."""
        data = self.cleaned_data
        chosen = {key: tuple(sorted(map(int, data[key]) if key in MANY else data[key])) for key in CONDITIONS}
        return Spec(
            kind=data["kind"],
            days=data["days"],
            rule_id=rule.pk if rule else 0,
            version=rule.version if rule else 0,
            position=rule.position if rule else 2**31 - 1,
            **chosen,
        )

    def rule_data(self, rule: ReclaimRule | None) -> RuleData:
        data = self.cleaned_data
        return RuleData(
            name_en=data["name_en"],
            name_zh=data["name_zh"],
            spec=self.spec(rule),
            is_for_all=data["is_for_all"],
            seen=data["seen"] or 0,
        )


def tried(form: RuleForm | None, rule: ReclaimRule | None) -> tuple[Spec, ...] | None:
    """The rules in use with the one of a cleaned form, else a saved one, among them; None where there is neither."""
    if form is not None:
        return with_rule(form.spec(rule))
    return with_rule(spec_of(rule)) if rule else None


def initial_of(rule: ReclaimRule) -> dict[str, Any]:
    """A saved rule as the form shows it."""
    spec = spec_of(rule)
    return {
        "name_en": rule.name_en,
        "name_zh": rule.name_zh,
        "kind": spec.kind,
        "days": spec.days,
        "is_for_all": rule.is_for_all,
        "seen": rule.version,
        **{key: [str(one) for one in getattr(spec, key)] for key in CONDITIONS},
    }


def typed(query: QueryDict) -> dict[str, Any]:
    """What a query carries back into the form from the page of a preview."""
    plain = {
        name: query[name] for name in ("name_en", "name_zh", "kind", "days", "is_for_all", "seen") if name in query
    }
    return plain | {key: query.getlist(key) for key in CONDITIONS if query} if plain else {}


def query_of(form: RuleForm) -> str:
    """What stands in a form, as the words of a query."""
    words = QueryDict(mutable=True)
    typed: Any = form.data
    for name in form.fields:
        values = typed.getlist(name) if name in typed else []
        if kept := [value for value in values if value]:
            words.setlist(name, kept)
    return words.urlencode()
