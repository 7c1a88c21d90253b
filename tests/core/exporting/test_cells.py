"""Can no exported value run as a formula, and does every value come back as it was?"""

import json
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.exporting.cells import safe_cell, unsafe_cell

SPREADSHEETS = Path(__file__).resolve().parents[4] / "shared" / "data" / "E_spreadsheets"
HOSTILE = st.text(st.sampled_from("'=+-@ \t\r\n\x00\u200b\ufeff＝＠a1|"), max_size=6) | st.text(max_size=20)


def could_run(cell: str) -> bool:
    """Say, written apart from the code, whether a program that trims could take a cell for a formula."""
    seen = [char for char in unicodedata.normalize("NFKC", cell) if unicodedata.category(char)[0] not in "ZC"]
    return bool(seen) and seen[0] in "=+-@"


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 139 1234 5678", "-cmd", "@SUM(A1)", " \t=1", "\u200b=1", "＝1", "'=1", "\ufeff@x", "\ud7fc="]
)
def test_formulas_are_marked(text):
    assert safe_cell(text) == f"'{text}"
    assert unsafe_cell(f"'{text}") == text


@pytest.mark.parametrize("value", ["", "Acme", "'t Hoen B.V.", "a=b", "5-6", -5, Decimal("-1.50"), None, True])
def test_everything_else_is_as_it_was(value):
    assert safe_cell(value) == value
    if isinstance(value, str):
        assert unsafe_cell(value) == value


@given(HOSTILE)
@example("\ud7fc=")
def test_round_trip(text):
    assert unsafe_cell(safe_cell(text)) == text
    assert not could_run(safe_cell(text))


@pytest.mark.parametrize("name", ["csv_injection_payloadbox.txt", "blns.json"])
def test_hostile_lists(name):
    source = SPREADSHEETS / name
    if not source.exists():
        pytest.skip(f"needs {source}")
    content = source.read_text(encoding="utf-8")
    for text in json.loads(content) if name.endswith("json") else content.splitlines():
        assert unsafe_cell(safe_cell(text)) == text
        assert not could_run(safe_cell(text))
