"""Is each file of others' test collections read, or refused with a word on what to do? Never another error."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.importing.errors import MESSAGES
from core.importing.readers import UnreadableFile, guess_shape, open_rows, preview

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "E_spreadsheets"
FILES = sorted(
    path
    for path in FOLDER.rglob("*")
    if path.is_file() and path.parts[len(FOLDER.parts)] in ("sheetjs", "csvkit", "clevercsv", "csv-spectrum")
)
# Why a file that is no table of ours is refused.
REFUSED = {
    "author_snowman.xlsx": "sheet", "password_2002_40_basecrypto.xls": "encrypted", "dummy.csv.gz": "zip",
    "dummy.csv.bz2": "zip", "empty.csv": "empty",
}  # fmt: skip
LINES = {
    "Attendance.csv": 24, "Attendance.xlsx": 24, "sushi.xlsx": None, "iris.csv": 150, "imdb.csv": 100, "dummy.xls": 1,
    "dummy.xlsx": 1, "dummy.csv": 1, "dummy.tsv": 1, "test_utf8_bom.csv": 2,
}  # fmt: skip


@pytest.mark.skipif(not FILES, reason=f"needs {FOLDER}")
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_each_is_read_or_refused_with_a_reason(path):
    code, rows = "", []
    try:
        shape = guess_shape(path, path.name)
        seen = preview(path, shape, n=5)
        rows = list(open_rows(path, shape))
    except UnreadableFile as refusal:
        code = refusal.code
    if code:
        assert code in MESSAGES
        assert path.parent.name == "csvs" or REFUSED.get(path.name, code) == code
        return
    assert path.name not in REFUSED or path.parent.name == "csvs"
    assert len(seen.headers) == shape.columns
    assert all(len(row.cells) == shape.columns for row in rows if row.problem != "long")
    assert len(rows) == (LINES.get(path.name) or len(rows))
