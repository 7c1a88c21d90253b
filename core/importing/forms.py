"""What does a person tell an import of its file: which, and how it is read?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy

from ..forms import Form
from .readers import Shape, reshape
from .shape import DELIMITERS, ENCODINGS

HEADER_ROWS = (
    ("0", gettext_lazy("The file has none")),
    ("1", gettext_lazy("In the first line of the table")),
    ("2", gettext_lazy("In the first two lines")),
    ("3", gettext_lazy("In the first three lines")),
)
MOST_SKIPPED = 1000


# What the browser offers and the server takes; what a file is, its content says.
EXTENSIONS = ("csv", "tsv", "tab", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods", "vcf", "vcard")


class UploadForm(Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, TSV, Excel (XLSX, XLSB, XLS), OpenDocument (ODS) or vCard (VCF), up to 50 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{name}" for name in EXTENSIONS)}),
        validators=[
            FileExtensionValidator(
                EXTENSIONS, gettext_lazy("Files “.%(extension)s” are not read. Save it as CSV, Excel, ODS or vCard.")
            )
        ],
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
