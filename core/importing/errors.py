"""Why can a file not be read, and what can its owner do about it?"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..exceptions import DomainError

# By the codes that the readers and the child use. Every message ends with what to do.
MESSAGES: dict[str, str | Promise] = {
    "empty": _("This file is empty. Choose one with at least one row."),
    "encrypted": _("This file is protected by a password. Save a copy without a password and choose that."),
    "damaged": _(
        "This file is damaged or was not uploaded completely. Open it, save it again and choose the new file."
    ),
    "too_big": _(
        "This workbook needs more memory or time than is allowed. Delete empty rows, columns and pictures, "
        "or save the sheet as CSV and choose that."
    ),
    "unpacked": _(
        "Unpacked, this workbook would take %(size)s MB; at most %(limit)s MB are allowed. "
        "Save the sheet as CSV, or split it."
    ),
    "rows": _("This file has more than %(limit)s rows. Split it into several files."),
    "blank": _("This file has more than %(limit)s blank lines. Delete them, or save it again without them."),
    "columns": _("This file has %(found)s columns; at most %(limit)s are allowed. Delete those that are not needed."),
    "cell": _(
        "Line %(line)s has a cell of more than %(limit)s characters. Shorten it, or look for a missing quotation mark."
    ),
    "line": _("Line %(line)s is too long to be a row of a table. Choose a CSV, Excel or OpenDocument file."),
    "quote": _(
        "The quotation mark that opens in line %(line)s is never closed. Correct that line and choose the file again."
    ),
    "record": _("Line %(line)s cannot be read as a row: %(reason)s. Correct it, or choose another separator."),
    "encoding": _("Line %(line)s cannot be read as %(encoding)s. Choose another encoding."),
    "card": _("The card that begins in line %(line)s has no end: the file was cut off. Export it again."),
    "sheet": _("This workbook has no sheet with rows that can be read. Choose another file."),
    "no_sheet": _("This workbook has no sheet “%(sheet)s”. Choose one of its sheets."),
    "pdf": _("This is a PDF document. Ask for the table as Excel or CSV."),
    "image": _("This is a picture. Ask for the table as Excel or CSV."),
    "word": _("This is a text document. Copy its table into a spreadsheet and save that."),
    "zip": _("This is an archive. Unpack it and choose the file inside."),
    "html": _("This is a web page with a spreadsheet's name. Open it in a spreadsheet program and save it as XLSX."),
    "xml": _("This is an XML file. Open it in a spreadsheet program and save it as XLSX."),
    "binary": _("This is no table that can be read. Choose a CSV, Excel or OpenDocument file."),
}


class UnreadableFile(DomainError):
    """A file, or a line of it, cannot be read; the message says what to do. `code` is a key of MESSAGES, `words` what
    the message names: its figures stand in the sentence, not beside it."""

    status = 422

    def __init__(self, code: str, **words: Any) -> None:
        self.code, self.words = code, words
        message = MESSAGES[code] % words if words else MESSAGES[code]
        super().__init__(message, field="file")
