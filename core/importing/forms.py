"""What does a person tell an import? The file, how it is read, what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..forms import Form
from ..models import ImportRun
from .mapping import problems
from .readers import Preview, Shape, reshape
from .shape import DELIMITERS, ENCODINGS
from .targets import Field
from .values import date_order, decimal_mark
from .words import column_name

DATE_ORDERS = (
    ("dmy", gettext_lazy("day first: 31.12.2026")),
    ("mdy", gettext_lazy("month first: 12/31/2026")),
    ("ymd", gettext_lazy("year first: 2026-12-31")),
)
SHOWN_SAMPLES = 3

HEADER_ROWS = (
    ("0", gettext_lazy("The file has none")),
    ("1", gettext_lazy("In the first line of the table")),
    ("2", gettext_lazy("In the first two lines")),
    ("3", gettext_lazy("In the first three lines")),
)
MOST_SKIPPED = 1000
SELECT = {"class": "form-select"}


class UploadForm(Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, TSV, Excel (XLSX, XLSB, XLS), OpenDocument (ODS) or vCard (VCF), up to 50 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.tab,.txt,.xlsx,.xlsm,.xlsb,.xls,.ods,.vcf"}),
    )


class ShapeForm(Form):
    """How a file is read, as it is understood at present; what a kind of file does not have is not asked."""

    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), choices=[*ENCODINGS.items()])
    delimiter = forms.ChoiceField(label=gettext_lazy("Separator"), choices=[*DELIMITERS.items()])
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"))
    skip = forms.IntegerField(label=gettext_lazy("Lines before the table"), min_value=0, max_value=MOST_SKIPPED)
    header_rows = forms.ChoiceField(label=gettext_lazy("Column names"), choices=HEADER_ROWS)
    # Skipped lines and column names were guessed for this encoding, separator and sheet.
    guessed_for = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, shape: Shape) -> None:
        super().__init__(initial=shape.to_json() | {"guessed_for": _source(shape)})
        unasked = ("encoding", "delimiter") if shape.is_workbook else ("sheet",)
        for name in ("delimiter", "sheet", "skip", "header_rows") if shape.has_cards else unasked:
            del self.fields[name]
        if shape.is_workbook:
            self.fields["sheet"].choices = [(name, name) for name in shape.sheets]  # type: ignore[attr-defined]
        elif not shape.has_cards and shape.delimiter not in DELIMITERS:
            self.fields["delimiter"].choices = [(shape.delimiter, shape.delimiter), *DELIMITERS.items()]  # type: ignore[attr-defined]


def asked_shape(data: Mapping[str, Any], shape: Shape, path: str) -> Shape:
    """The shape that a person asks for; another encoding, separator or sheet lets the rest be guessed anew.

    Nonsense in ``data`` leaves things as they are. Raises UnreadableFile.
    """
    if data.get("encoding") in ENCODINGS and not shape.is_workbook:
        shape = shape.with_(encoding=data["encoding"])
    if data.get("delimiter") in DELIMITERS and not shape.is_workbook:
        shape = shape.with_(delimiter=data["delimiter"])
    if data.get("sheet") in shape.sheets:
        shape = shape.with_(sheet=data["sheet"])
    if data.get("guessed_for") != _source(shape) or shape.has_cards:
        return reshape(path, shape)
    skip, header_rows = data.get("skip", ""), data.get("header_rows", "")
    if skip.isascii() and skip.isdigit():
        shape = shape.with_(skip=min(int(skip[:6]), MOST_SKIPPED))
    return shape.with_(header_rows=int(header_rows)) if header_rows in dict(HEADER_ROWS) else shape


def _source(shape: Shape) -> str:
    return f"{shape.encoding}|{shape.delimiter}|{shape.sheet}"


class ColumnsForm(Form):
    """One choice a column, beside its name and first values; for dates also their order."""

    def __init__(self, data: Any, *, run: ImportRun, fields: Sequence[Field], seen: Preview) -> None:
        super().__init__(data)
        self.run = run
        self.seen = seen
        self.targets = list(fields)
        self.width = len(run.mapping)
        groups: dict[str, list[tuple[str, Any]]] = {}
        for field in fields:
            groups.setdefault(str(field.group), []).append((field.key, field.label))
        choices = [("", _("Do not import")), *groups.items()]
        for column, entry in enumerate(run.mapping):
            self.fields[f"field_{column}"] = forms.ChoiceField(
                label=column_name(run, column),
                choices=choices,
                required=False,
                initial=entry["field"],
                widget=forms.Select(attrs=SELECT),
            )
            self.fields[f"dates_{column}"] = forms.ChoiceField(
                label=_("Order of the date"),
                widget=forms.Select(attrs=SELECT),
                choices=[("", _("How are dates written?")), *DATE_ORDERS],
                required=False,
                initial=entry.get("dates") or date_order(samples(seen, column)) or "",
            )

    def rows(self) -> list[dict[str, Any]]:
        """The columns as the page shows them."""
        dated = {field.key for field in self.targets if field.is_date}
        return [
            {
                "name": column_name(self.run, column),
                "samples": [value for value in samples(self.seen, column) if value.strip()][:SHOWN_SAMPLES],
                "field": self[f"field_{column}"],
                "dates": self[f"dates_{column}"],
                "is_dated": self[f"field_{column}"].value() in dated,
            }
            for column in range(self.width)
        ]

    def mapping(self) -> list[dict[str, str]]:
        dated = {field.key for field in self.targets if field.is_date}
        entries = []
        for column in range(self.width):
            entry = {"field": self.cleaned_data.get(f"field_{column}", "")}
            if entry["field"] in dated:
                entry["dates"] = self.cleaned_data.get(f"dates_{column}", "")
            if entry["field"] and (mark := decimal_mark(samples(self.seen, column))):
                entry["decimal"] = mark
            entries.append(entry)
        return entries

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        labels = {field.key: field.label for field in self.targets}
        words = {
            "missing": _("Choose the column of “%(field)s”."),
            "twice": _("“%(field)s” takes one column only."),
            "dates": _("“%(field)s”: say how the dates are written; the values do not tell."),
        }
        for code, key in problems(self.targets, self.mapping()):
            if code in words:
                self.add_error(None, words[code] % {"field": labels[key]})
        return data


def samples(seen: Preview, column: int) -> list[str]:
    """The first values of a column, blank ones too; lines that do not fit the table tell nothing."""
    return [row.cells[column] for row in seen.rows if not row.problem]
