"""What does a person tell an import of its columns: fields, parts, words, dates, numbers, and what holds for all?

Only what a choice needs is asked: whoever maps a column to a date is asked for its order, to a country for words that
no country has. Changing a field draws the page anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz, process

from ..forms import Form
from ..models import CustomField, ImportRow, ImportRun
from ..text import clean, squash
from .columns import JOINS, LAST_FIRST, SPLITS, fields_fed
from .mapping import problems
from .own_fields import KINDS, MOST_OPTIONS, NewField
from .readers import Preview
from .targets import Choices, Field, Target
from .values import date_order, decimal_mark
from .words import column_name

if TYPE_CHECKING:
    from accounts.models import User

DATE_ORDERS = (
    ("dmy", gettext_lazy("day first: 31.12.2026")),
    ("mdy", gettext_lazy("month first: 12/31/2026")),
    ("ymd", gettext_lazy("year first: 2026-12-31")),
)
DECIMALS = (("", gettext_lazy("as each looks")), (".", "1,234.56"), (",", "1.234,56"))
SPLIT, NEW = "split", "new:"
PARTS = 3
SHOWN_SAMPLES = 3
# Columns of more different values are no lists of words.
MOST_VALUES = 40
MOST_CONSTANTS = 12
# So many refused rows are asked for the words in them.
MOST_REFUSED = 2000
# How alike a word must be to one of the field's for it to be proposed, of 100.
ALIKE = 86
# The page comes anew with what the new choice asks for.
REDRAW = {
    "class": "form-select",
    "hx-post": "",
    "hx-vals": '{"show": "1"}',
    "hx-target": "#columns",
    "hx-swap": "outerHTML",
}
SELECT = {"class": "form-select"}


class ColumnsForm(Form):
    """A choice a column beside its name and first values, and what follows from the choices."""

    def __init__(self, data: Any, *, run: ImportRun, target: Target, user: User, seen: Preview) -> None:
        super().__init__(data)
        self.run, self.target, self.user, self.seen = run, target, user, seen
        self.targets = {field.key: field for field in target.fields(user)}
        self.choices_of: Callable[[str], Choices | None] = target.choices(user)
        self.rows = [_Column(self, place) for place in range(len(run.mapping))]
        self._add_joins()
        self._add_constants()
        self._add_policy()

    def asked(self, name: str, otherwise: str = "") -> str:
        """What the person chose, as the page came in; else what stood."""
        return self.data.get(name, otherwise) if self.is_bound else otherwise

    @cached_property
    def refused(self) -> dict[int, list[str]]:
        """By column the words that the last dry run did not take: a word may stand further down than the samples."""
        found: dict[int, dict[str, None]] = {}
        rows = self.run.rows.filter(verdict=ImportRow.Verdict.ERROR).order_by("line")
        for reasons in rows.values_list("reasons", flat=True)[:MOST_REFUSED]:
            for reason in reasons:
                if "column" in reason and reason.get("value"):
                    found.setdefault(reason["column"], {})[reason["value"]] = None
        return {column: list(words) for column, words in found.items()}

    @cached_property
    def field_choices(self) -> list[Any]:
        groups: dict[str, list[tuple[str, Any]]] = {}
        for field in self.targets.values():
            groups.setdefault(str(field.group), []).append((field.key, field.label))
        more: list[tuple[str, Any]] = [(SPLIT, _("Several fields …"))]
        if self.user.is_admin:
            more += [(f"{NEW}{key}", _("A new field: %(record)s") % {"record": label})
                     for key, (label, _prefix) in self.target.own_fields.items()]  # fmt: skip
        return [("", _("Do not import")), *groups.items(), (_("More"), more)]

    @cached_property
    def part_choices(self) -> list[Any]:
        return [("", "—"), *self.field_choices[1:-1]]

    # --- beside the columns -----------------------------------------------------------------------

    def _add_joins(self) -> None:
        fed = Counter(key for row in self.rows for key in row.feeds)
        standing = self.run.plan.get("joins", {})
        self.joins = []
        for key in [key for key, count in fed.items() if count > 1 and key in self.targets]:
            field = self.targets[key]
            if field.is_many or field.is_joined:
                several = [("several", _("Several values"))] if field.is_many else []
                otherwise = "several" if field.is_many else "space"
                self.fields[f"join_{key}"] = forms.ChoiceField(
                    label=str(field.label),
                    choices=[*several, *JOINS.items()],
                    required=False,
                    initial=standing.get(key, otherwise),
                    widget=forms.Select(attrs=SELECT),
                )
                self.joins.append(self[f"join_{key}"])

    def _add_constants(self) -> None:
        standing = list(self.run.plan.get("constants", {}).items())
        filled = [place for place in range(MOST_CONSTANTS) if self.asked(f"const_field_{place}")]
        shown = min(MOST_CONSTANTS, max([len(standing), *(place + 1 for place in filled)]) + 1)
        self.constants = []
        for place in range(shown):
            key, text = standing[place] if place < len(standing) else ("", "")
            self.fields[f"const_field_{place}"] = forms.ChoiceField(
                label=_("Field"), choices=self.part_choices, required=False, initial=key, widget=forms.Select(REDRAW)
            )
            self.fields[f"const_text_{place}"] = forms.CharField(
                label=_("Value for all rows"), required=False, max_length=500, initial=text
            )
            chosen = self.asked(f"const_field_{place}", key)
            words = self._words(f"const_text_{place}", self.choices_of(chosen) if chosen else None)
            self.constants.append((self[f"const_field_{place}"], self[f"const_text_{place}"], words))

    def _words(self, name: str, choices: Choices | None) -> list[str]:
        """Let a text field propose the words that are known."""
        if choices is None:
            self.fields[name].widget.attrs["class"] = "form-control"
            return []
        self.fields[name].widget.attrs |= {"list": f"words_{name}", "class": "form-control"}
        return list(choices.words)

    def _add_policy(self) -> None:
        fed = {key for row in self.rows for key in row.feeds} | {self.asked(name) for name in self.fields
                                                                 if name.startswith("const_field_")}  # fmt: skip
        replaceable = [(key, field.label) for key, field in self.targets.items() if field.is_replaceable and key in fed]
        if replaceable:
            self.fields["overwrite"] = forms.MultipleChoiceField(
                label=_("Overwrite what stands"),
                choices=replaceable,
                required=False,
                initial=self.run.plan.get("overwrite", []),
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Of customers that stand already only blanks are filled. Fields that you tick take what "
                            "the file says; the old value can be had back by undoing the import."),
            )  # fmt: skip

    # --- answers ----------------------------------------------------------------------------------

    def mapping(self) -> list[dict[str, Any]]:
        return [row.entry() for row in self.rows]

    def plan(self) -> dict[str, Any]:
        data = self.cleaned_data
        joins = {
            name.removeprefix("join_"): data.get(name) or self.fields[name].initial
            for name in self.fields
            if name.startswith("join_")
        }
        pairs = [(data.get(f"const_field_{n}"), data.get(f"const_text_{n}")) for n in range(len(self.constants))]
        plan = {
            "joins": {key: between for key, between in joins.items() if between != "several"},
            "constants": {key: text for key, text in pairs if key and text},
            "overwrite": data.get("overwrite", []),
        }
        return {key: value for key, value in plan.items() if value}

    def new_fields(self) -> list[NewField]:
        return [new for row in self.rows if (new := row.new_field())]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        words = {
            "missing": _("Choose the column of “%(field)s”."),
            "twice": _("“%(field)s” takes one column only."),
            "dates": _("“%(field)s”: say how the dates are written; the values do not tell."),
        }
        for code, key in problems(list(self.targets.values()), self.mapping(), self.plan()):
            if code in words:
                self.add_error(None, words[code] % {"field": self.targets[key].label})
        for new in self.new_fields():
            if not new.name:
                self.add_error(None, _("Name the new field of column %(number)s.") % {"number": new.column + 1})
        return data


class _Column:
    """One column: what it is called, what stands in it, what it becomes."""

    def __init__(self, form: ColumnsForm, place: int) -> None:
        self.form, self.place = form, place
        self.stood: Mapping[str, Any] = form.run.mapping[place]
        self.name = column_name(form.run, place)
        self.cells = samples(form.seen, place)
        split = self.stood.get("split") or {}
        stands = SPLIT if split else self.stood["field"]
        self.choice: str = form.data.get(f"field_{place}", "") if form.is_bound else stands
        self.feeds = [self.choice] if self.choice in form.targets else []
        self._add("field", _("Becomes"), form.field_choices, self.choice, REDRAW)
        self.extras: list[Any] = []
        if self.choice == SPLIT:
            self._add_split(split)
        if self.choice.startswith(NEW):
            self._add_new()
        known = [form.targets[key] for key in self.feeds if key in form.targets]
        self.is_dated = any(field.is_date for field in known)
        if self.is_dated:
            start = self.stood.get("dates") or date_order(self.cells)
            self._more("dates", _("Order of the date"), [("", _("How are dates written?")), *DATE_ORDERS], start)
        self.is_number = any(field.is_number for field in known)
        if self.is_number:
            start = self.stood.get("decimal") or decimal_mark(self.cells)
            self._more("decimal", _("How numbers are written"), DECIMALS, start)
        self.values: list[tuple[Any, int, bool]] = []
        self.words: list[str] = []
        if self.choice in form.targets:
            self._add_values(form.targets[self.choice])

    @property
    def samples(self) -> list[str]:
        return [value for value in self.cells if value.strip()][:SHOWN_SAMPLES]

    @property
    def field(self) -> Any:
        return self.form[f"field_{self.place}"]

    def _add(self, kind: str, label: Any, choices: Sequence[Any], initial: str, attrs: Mapping[str, str]) -> str:
        name = f"{kind}_{self.place}"
        self.form.fields[name] = forms.ChoiceField(
            label=label, choices=choices, required=False, initial=initial, widget=forms.Select(attrs=dict(attrs))
        )
        return name

    def _more(self, kind: str, label: Any, choices: Sequence[Any], initial: str = "") -> None:
        self.extras.append(self.form[self._add(kind, label, choices, initial, SELECT)])

    def _add_split(self, stood: Mapping[str, Any]) -> None:
        by = self.form.asked(f"by_{self.place}", stood.get("by", "slash"))
        self.extras.append(self.form[self._add("by", _("Divided at"), [*SPLITS.items()], by, REDRAW)])
        fields = [*stood.get("fields", ()), *[""] * PARTS]
        for part in range(1 if by == LAST_FIRST else PARTS):
            label = _("Part %(number)s") % {"number": part + 1}
            chosen = self.form.asked(f"part{part}_{self.place}", fields[part])
            self.extras.append(self.form[self._add(f"part{part}", label, self.form.part_choices, fields[part], REDRAW)])
            self.feeds += [chosen] if chosen in self.form.targets else []

    def _add_new(self) -> None:
        name = f"name_{self.place}"
        self.form.fields[name] = forms.CharField(
            label=_("Name of the field"), required=False, max_length=120, initial=self.name,
            widget=forms.TextInput({"class": "form-control"}),
        )  # fmt: skip
        self.extras.append(self.form[name])
        self._more("kind", _("Kind"), [(kind.value, kind.label) for kind in KINDS], CustomField.Kind.TEXT)

    def _add_values(self, field: Field) -> None:
        """For a field that takes only known words: which stand in the column, and which are meant?"""
        choices = self.form.choices_of(field.key)
        cells = [*self.cells, *self.form.refused.get(self.place, ())]
        found = Counter(word for cell in cells if (word := clean(cell)))
        if choices is None or not found or len(found) > MOST_VALUES:
            return
        self.words = list(choices.words)
        stood = self.stood.get("values", {}) if self.stood["field"] == field.key else {}
        ordered = sorted(found.items(), key=lambda pair: (bool(choices.knows(pair[0])), -pair[1], pair[0]))
        for number, (text, count) in enumerate(ordered):
            is_known = bool(choices.knows(text))
            name = f"value_{self.place}_{number}"
            start = stood.get(squash(text)) or ("" if is_known else _proposed(text, self.words))
            attrs = {"class": "form-control", "list": f"words_{self.place}"}
            self.form.fields[name] = forms.CharField(
                label=text, required=False, max_length=200, initial=start, widget=forms.TextInput(attrs)
            )
            self.values.append((self.form[name], count, is_known))

    # --- answers ----------------------------------------------------------------------------------

    def entry(self) -> dict[str, Any]:
        """The column's entry of the mapping, with only what matters."""
        data, place = self.form.cleaned_data, self.place
        entry: dict[str, Any] = {"field": self.choice if self.choice in self.form.targets else ""}
        if self.choice == SPLIT:
            fields = [data.get(f"part{part}_{place}", "") for part in range(PARTS)]
            while fields and not fields[-1]:
                fields.pop()
            if fields:
                entry["split"] = {"by": data.get(f"by_{place}") or "slash", "fields": fields}
        if self.is_dated:
            entry["dates"] = data.get(f"dates_{place}", "")
        mark = data.get(f"decimal_{place}") if self.is_number else decimal_mark(self.cells) if fields_fed(entry) else ""
        if mark:
            entry["decimal"] = mark
        pairs = {squash(bound.label): clean(data.get(bound.name, "")) for bound, _count, _known in self.values}
        if pairs := {key: text for key, text in pairs.items() if text}:
            entry["values"] = pairs
        return entry

    def new_field(self) -> NewField | None:
        if not self.choice.startswith(NEW):
            return None
        data = self.form.cleaned_data
        words = [word for word, _count in Counter(filter(None, map(clean, self.cells))).most_common(MOST_OPTIONS)]
        return NewField(
            column=self.place,
            record=self.choice.removeprefix(NEW),
            name=clean(data.get(f"name_{self.place}", "")),
            kind=data.get(f"kind_{self.place}") or CustomField.Kind.TEXT,
            options=words,
        )


def _proposed(text: str, words: Sequence[str]) -> str:
    """The known word that a text most likely stands for, "" where none is near."""
    found = process.extractOne(text, words, scorer=fuzz.WRatio, processor=squash, score_cutoff=ALIKE)
    return found[0] if found else ""


def samples(seen: Preview, column: int) -> list[str]:
    """The first values of a column, blank ones too; lines that do not fit the table tell nothing."""
    return [row.cells[column] for row in seen.rows if not row.problem]
