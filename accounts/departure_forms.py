"""What is asked for a departure: of each kind that somebody holds, who gets what?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from core.forms import Form
from core.languages import language_name
from core.registries import Label

from .departing import CONDITIONS, TO_A_PERSON, WAYS, Line, ToPerson, lines_of, people_for, ways_of
from .models import Team, User
from .registries import HOLDINGS

# Lines of one kind that a form takes.
MOST_LINES = 40
# So many people may stand in each line.
FEW = 30
NAMES: dict[str, tuple[Any, Callable[[str], str]]] = {
    "countries": (_("Of these countries"), lambda code: str(countries.name(code) or code)),
    "languages": (_("Of these languages"), language_name),
    "grades": (_("Of these grades"), str),
}


class _WithoutPeople(forms.Select):
    """A select that draws of the people only who is chosen: a script adds all, who stand once on the page."""

    def optgroups(self, *args: Any, **kwargs: Any) -> list[Any]:
        group = str(TO_A_PERSON)
        return [
            (name, [one for one in options if str(name) != group or one["selected"]], place)
            for name, options, place in super().optgroups(*args, **kwargs)
        ]


class LineForm(Form):
    """Where something goes, and what of it."""

    def __init__(
        self,
        *args: Any,
        ways: Any = (),
        asked: Mapping[str, Any] | None = None,
        lists_people: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        apart = {"data-options": "everybody", "data-group": TO_A_PERSON}
        self.fields["to"] = forms.ChoiceField(
            label=_("Goes"),
            choices=[("", "—"), *ways],
            required=False,
            widget=forms.Select(attrs={"data-enhance": "1"}) if lists_people else _WithoutPeople(attrs=apart),
        )
        for name, choices in (asked or {}).items():
            self.fields[name] = forms.MultipleChoiceField(
                label=NAMES[name][0],
                choices=choices,
                required=False,
                widget=forms.SelectMultiple(attrs={"data-enhance": "1"}),
            )

    def line(self) -> Line | None:
        """The line of a plan; None for one that says nothing."""
        data = self.cleaned_data
        if not data.get("to"):
            return None
        way, _colon, target = data["to"].partition(":")
        return Line.of_data(data | {"way": way, "target": int(target or 0)})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("to") and any(data.get(name) for name in CONDITIONS):
            self.add_error("to", _("Say where these go."))
        return data


LineSet = forms.formset_factory(LineForm, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES)


class PlanForm:
    """The whole plan: a form set of lines for each kind that the person holds, in lock order."""

    def __init__(
        self,
        data: Any,
        *,
        person: User,
        by: User,
        held: Mapping[str, int],
        plan: Mapping[str, Any],
        is_full: bool = False,
    ) -> None:
        self.sets: dict[str, Any] = {}
        # Who can get something; beyond a few they stand once on the page and not in each line, unless that is asked.
        self.people: Sequence[tuple[int, str]] = people_for(person, by) if any(held.values()) else ()
        self.is_thin = len(self.people) > FEW and not is_full
        self.refused = ""
        teams = Team.objects.ids_above(person.team_id) if person.team_id else ()
        managers = User.objects.answering_for(teams).exclude(pk=person.pk).order_by("-role", "pk")
        manager = managers.first()  # the team's, else an admin
        for kind in sorted((one for one, n in held.items() if n), key=lambda one: HOLDINGS[one].order):
            ways = _choices(kind, person, by, self.people, manager)
            options = {"ways": ways, "asked": _asked(kind, person), "lists_people": not self.is_thin}
            lines = [_initial(line) for line in lines_of(plan, kind)] or suggested(kind, person, manager)
            # One empty line is there without scripts.
            initial = [*lines, {}] if options["asked"] else lines
            self.sets[kind] = LineSet(data, prefix=kind, initial=None if data else initial, form_kwargs=options)
        if not data:
            for one in self.sets.values():
                one.extra = 0

    def is_valid(self) -> bool:
        verdicts = [one.is_valid() for one in self.sets.values()]  # every set shows its errors
        return all(verdicts)

    def plan(self) -> dict[str, Any]:
        """What stands in the valid form; a line without conditions ends its kind."""
        found: dict[str, Any] = {}
        for kind, one in self.sets.items():
            lines = [line for form in one.forms if (line := form.line())]
            # What asks something stands before what takes everything, as it was meant.
            lines.sort(key=lambda line: (not line.has_conditions, WAYS[kind][line.way].takes_all))
            found[kind] = [line.as_data() for line in lines]
        return found


def _initial(line: Line) -> dict[str, Any]:
    to = f"{line.way}:{line.target}" if line.target else line.way
    return {"to": to} | {name: list(getattr(line, name)) for name in CONDITIONS}


def suggested(kind: str, person: User, manager: User | None) -> list[dict[str, Any]]:
    """With the customer, and what has none to whoever answers for the person. Customers and leads are to be chosen."""
    if "party" in WAYS[kind]:
        return [{"to": "party"}, {"to": f"person:{manager.pk}" if manager else ""}]
    if HOLDINGS[kind].is_weighty:
        return [{}]
    keys = (key for key, way in ways_of(kind) if way.takes_all and way.targets(person, person) is None)
    return [{"to": next(keys, "")}]


def _choices(
    kind: str, person: User, by: User, people: Sequence[tuple[int, str]], manager: User | None
) -> list[tuple[Any, Any]]:
    """The ways of a kind: those with something to choose as groups. Whoever is suggested stands with their role."""
    found: list[tuple[Any, Any]] = []
    for key, way in ways_of(kind):
        targets = people if isinstance(way, ToPerson) else way.targets(person, by)
        if targets is None:
            found.append((key, way.label))
        elif targets:
            if key == "person" and manager is not None:
                role = f"{manager.name} · {manager.get_role_display()}"
                targets = [(pk, role if pk == manager.pk else name) for pk, name in targets]
            found.append((way.label, [(f"{key}:{pk}", name) for pk, name in targets]))
    return found


def _asked(kind: str, person: User) -> dict[str, list[tuple[str, Label]]]:
    """The conditions that can tell the person's things of a kind apart: only values that are there, with how many.

    One statement, none for a kind that has no such columns.
    """
    rows = HOLDINGS[kind].rows(person)
    columns = {field.name for field in rows.model._meta.concrete_fields}
    names = [name for name, column in CONDITIONS.items() if column in columns]
    if not names:
        return {}
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for *values, n in rows.order_by().values_list(*(CONDITIONS[name] for name in names)).annotate(n=Count("pk")):
        for name, value in zip(names, values, strict=True):
            counts[name][str(value or "")] += n
    return {
        name: [
            (value, f"{NAMES[name][1](value)} · {n}")
            for value, n in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
            if value
        ]
        for name, numbers in counts.items()
        if any(numbers)
    }
