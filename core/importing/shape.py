"""How is a file to be read? The answer is guessed, shown to a person, changed, and kept with the import."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

# What a person chooses from, best known first; Python's names for them.
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "gb18030": "GB18030 (GBK, GB2312)",
    "big5hkscs": "Big5",
    "cp932": "Shift_JIS",
    "cp949": "EUC-KR",
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1254": "Windows-1254",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
DELIMITERS = {",": ",", ";": ";", "\t": _("Tab"), "|": "|", "": _("None (one column)")}
# What the parser is told where there is none: the control character made for it, which no keyboard has.
NO_DELIMITER = "\x1f"


@dataclass(frozen=True)
class Shape:
    """How to read one file. Everything in it is plain JSON."""

    kind: str  # "csv", "vcard", "xlsx" (also XLSB), "xls" or "ods", whatever the file's name says
    # Of text files.
    encoding: str = ""
    encodings: tuple[str, ...] = ()  # what else it could be, most likely first; () where it is certain
    delimiter: str = ""
    escape: str = ""  # "\\" where separators and quotation marks inside cells are escaped
    # Of workbooks; hidden sheets stand last.
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    # Of both: lines before the table, lines of column names (0 for none), columns.
    skip: int = 0
    header_rows: int = 1
    columns: int = 0

    @property
    def is_workbook(self) -> bool:
        return self.kind not in ("csv", "vcard")

    @property
    def has_cards(self) -> bool:
        """Business cards: their columns are given, only the encoding is asked."""
        return self.kind == "vcard"

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary that a JSON field can hold."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Shape:
        """Make a shape of what `to_json` gave; keys that it does not know are ignored."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in stored.items() if key in known
        }
        return cls(**values)

    def with_(self, **changes: Any) -> Shape:
        """Return the shape with what a person changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Row:
    """One record. `line` is the physical line (of a workbook: the row) on which it starts, counted from 1.

    `problem` says that it does not fit the table: "long" (a stray separator?) or "short" (cells are missing at the
    end); such a row may be shifted and must not be taken as it stands. `cells` then are as found, else `columns` many.
    """

    line: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a file: column names ("" where it has none), first rows, rows that do not fit."""

    headers: list[str]
    rows: list[Row]

    @property
    def misfits(self) -> list[Row]:
        return [row for row in self.rows if row.problem]
