"""Which value does the text of a cell stand for? Numbers, money, dates, yes and no, several choices.

What stands in one cell may be undecidable ("1.234", "03/04/2024"); the whole column often is not, so `decimal_mark`
and `date_order` look at all of it first, and where it does not tell either, a person is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..currencies import candidates
from ..exporting.cells import list_part
from ..text import clean, fold, squash

# --- blank -----------------------------------------------------------------------------------------------------------

_BLANK = re.compile(
    r"^(?:#(?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/D|SPILL!|CALC!)|\\N|NULL|N/?A|n/?a|[-–—/.]+|无|暂无)$"
)


def is_blank(text: str) -> bool:
    """Say whether a cell says nothing: empty, a spreadsheet's error, NULL, N/A, a dash."""
    text = clean(text)
    return not text or bool(_BLANK.match(text))


# --- numbers ---------------------------------------------------------------------------------------------------------

_SPACES = re.compile(r"(?<=\d)[\s'’`](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"^(?P<sign>[-+−]?)(?P<digits>\d[\d.,]*|[.,]\d+)(?:[eE](?P<exponent>[-+]?\d{1,2}))?$")
# 1,234,567 and Indian 12,34,567.
_GROUPS = re.compile(r"^\d{1,3}(?:,\d{3})+$|^\d{1,2}(?:,\d{2})+,\d{3}$")
_UNITS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000, "%": 1}


def number_of(text: str, decimal: str = "") -> Decimal | None:
    """Read a number with any thousands marks; `decimal` is the column's decimal mark, "." or ",". None if it is none.

    One mark before exactly three digits counts by `decimal`; without it, "1,234" is 1234 and "1.234" is 1.234.
    Understands (5) and 5- as -5, 万 and 亿, 12 % as 12, digits of any script.
    """
    text, factor = _bare(text)
    match = _NUMBER.match(text)
    if match is None:
        return None
    digits = _without_marks(match["digits"], decimal)
    if digits is None:
        return None
    number = Decimal(digits) * factor * (10 ** Decimal(match["exponent"]) if match["exponent"] else 1)
    return -number if match["sign"] in ("-", "−") else number


def _bare(text: str) -> tuple[str, int]:
    """Return a number's text with an ASCII sign, digits and marks only, and what its unit multiplies it by."""
    text = unicodedata.normalize("NFKC", clean(text))
    text = (
        "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
        .replace("٫", ".")
        .replace("٬", ",")
    )
    factor = 1
    if text and text[-1] in _UNITS:
        text, factor = text[:-1].rstrip(), _UNITS[text[-1]]
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1].strip()}"
    elif text.endswith(("-", "−")):
        text = f"-{text[:-1].strip()}"
    return re.sub(r"^([-+−]) ", r"\1", _SPACES.sub("", text)), factor


def _without_marks(digits: str, decimal: str) -> str | None:
    """Return digits with a decimal point only, None where the marks make no number."""
    marks = [char for char in digits if char in ".,"]
    if not marks:
        return digits
    if len(set(marks)) == 2:
        if digits.count(marks[-1]) > 1:
            return None
        decimal = marks[-1]
    elif len(marks) > 1:
        decimal = "," if marks[0] == "." else "."
    elif not _is_undecided(digits):
        decimal = marks[0]
    decimal = decimal or "."
    whole, _mark, fraction = digits.partition(decimal)
    if "." in fraction or "," in fraction:
        return None
    whole = whole.replace(".", ",")
    return f"{whole.replace(',', '') or '0'}.{fraction or '0'}" if "," not in whole or _GROUPS.match(whole) else None


def _is_undecided(digits: str) -> bool:
    """Say whether a number with one mark may be thousands as well as a fraction: 1.234 and 12,345, not 0.123 or 1.5."""
    return bool(re.match(r"^[1-9]\d{0,2}[.,]\d{3}$", digits))


def decimal_mark(texts: Iterable[str]) -> str:
    """Return the decimal mark that a column uses, "." or ","; "" where its values do not tell or contradict."""
    found = set()
    for text in texts:
        match = _NUMBER.match(_bare(text)[0])
        marks = [char for char in match["digits"] if char in ".,"] if match else []
        if len(set(marks)) == 2:
            found.add(marks[-1])
        elif len(marks) > 1:
            found.add("," if marks[0] == "." else ".")
        elif marks and match and not _is_undecided(match["digits"]):
            found.add(marks[0])
    return found.pop() if len(found) == 1 else ""


# --- money -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and its currency ("" where the text names none); `reason` says why it cannot be taken, "" if it can."""

    amount: Decimal | None
    currency: str = ""
    reason: str | Promise = ""


_AMOUNT = re.compile(
    r"^(?P<before>[^\d(+−.,-]*)(?P<amount>[-+−(]{0,2}[^\d\s]{0,3}\s*[.,]?\d[\d.,\s'’`]*[)−-]?\s*[万萬亿億]?)(?P<after>.*)$"
)


def money_of(text: str, default: str = "", decimal: str = "") -> Money:
    """Read an amount with or without a currency before or behind it: "USD 1,234.50", "€ 1.234,50", "12万元".

    `default` is the currency of the column; a sign that several share ("$", "¥") stands for it if it can.
    """
    text = unicodedata.normalize("NFKC", clean(text))
    match = _AMOUNT.match(text)
    number = number_of(_signless(match["amount"]), decimal) if match else None
    if match is None or number is None:
        return Money(None, reason=_("This is no amount of money."))
    inner = "".join(char for char in match["amount"] if unicodedata.category(char) == "Sc")
    signs = [part for part in (match["before"].strip(), inner, match["after"].strip()) if part]
    if not signs:
        return Money(number, default)
    codes = set.intersection(*(set(candidates(sign)) for sign in signs))
    if default in codes or len(codes) == 1:
        return Money(number, default if default in codes else codes.pop())
    if codes:
        return Money(None, reason=_("Several currencies are written like this: say which one the column holds."))
    return Money(None, reason=_("This currency is not known."))


def _signless(amount: str) -> str:
    return "".join(char for char in amount if unicodedata.category(char) != "Sc")


# --- dates -----------------------------------------------------------------------------------------------------------

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan january januar janvier enero ene gennaio gen janeiro januari янв",
            "feb february februar fevrier fev febrero febbraio fevereiro februari фев",
            "mar march marz mrz mars marzo marco maart mrt мар",
            "apr april avril avr abril abr aprile апр",
            "may mai mayo maggio mag maio mei мая маи",
            "jun june juni juin junio giugno giu junho июн",
            "jul july juli juillet juil julio luglio lug julho июл",
            "aug august aout agosto ago augustus авг",
            "sep sept september septembre septiembre settembre set setembro сен",
            "oct october okt oktober octobre octubre ottobre ott outubro out окт",
            "nov november novembre noviembre novembro ноя",
            "dec december dez dezember decembre diciembre dic dicembre dezembro дек",
        ),
        start=1,
    )
    for word in words.split()
}
_TIME = r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?(?:\s*(?:Z|[-+]\d{2}:?\d{2}))?)?"
_YEAR_FIRST = re.compile(rf"^(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*[日号]?{_TIME}$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_NUMERIC = re.compile(rf"^(\d{{1,2}})\s*([-/.])\s*(\d{{1,2}})\s*[-/.]\s*(\d{{4}}|\d{{2}})\.?{_TIME}$")
_DAY_MONTH = re.compile(
    rf"^(\d{{1,2}})(?:st|nd|rd|th|\.|er)?[\s-]*(?:de\s+)?([^\W\d]+)\.?,?[\s-]*(?:de\s+)?(\d{{4}}|\d{{2}}){_TIME}$"
)
_MONTH_DAY = re.compile(rf"^([^\W\d]+)\.?[\s-]*(\d{{1,2}})(?:st|nd|rd|th)?,?[\s-]+(\d{{4}}){_TIME}$")
_YEARS = range(1800, 2200)


def date_of(text: str, order: str = "") -> date | None:
    """Read a date; `order` ("dmy", "mdy" or "ymd") is that of its column. A time behind it is left out.

    None for what is no date, and for what needs an order that is not given or does not fit: nothing is swapped.
    """
    text = unicodedata.normalize("NFKC", clean(text))
    if match := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_MONTH.match(text):
        return _date(_year(match[3]), _month(match[2]), int(match[1]))
    if match := _MONTH_DAY.match(text):
        return _date(_year(match[3]), _month(match[1]), int(match[2]))
    if (match := _NUMERIC.match(text)) is None:
        return None
    first, second = int(match[1]), int(match[3])
    if order == "dmy":
        return _date(_year(match[4]), second, first)
    if order == "mdy":
        return _date(_year(match[4]), first, second)
    # 24-05-01 is year first only where the column says so.
    return _date(_year(match[1]), second, int(match[4])) if order == "ymd" and len(match[4]) == 2 else None


def date_order(texts: Iterable[str]) -> str:
    """Return the order in which a column writes its dates: "dmy", "mdy", "ymd"; "" where it must be asked.

    "ymd" also where no value needs an order, or none is there. One day above twelve decides for all; dots mean day
    first.
    """
    found, is_open = set(), False
    for text in texts:
        text = unicodedata.normalize("NFKC", clean(text))
        match = _NUMERIC.match(text)
        if match is None:
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 or match[2] == ".":
            found.add("ymd" if first > 31 else "dmy")
        elif second > 12:
            found.add("mdy")
        is_open = True
    if len(found) == 1:
        return found.pop()
    return "" if is_open else "ymd"


def _year(digits: str) -> int:
    """Return a year of four digits; of two, the nearer century as POSIX has it (69 is 1969, 68 is 2068)."""
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= 69 else 2000)


def _month(word: str) -> int:
    word = squash(word)
    return _MONTHS.get(word) or (_MONTHS.get(word[:3], 0) if len(word) > 3 else 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


# --- yes or no -------------------------------------------------------------------------------------------------------

_YES = frozenset(
    [
        "yes",
        "y",
        "true",
        "t",
        "1",
        "on",
        "x",
        "ok",
        "✓",
        "✔",
        "√",
        "☑",
        "是",
        "是的",
        "对",
        "有",
        "真",
        "已",
        "ja",
        "j",
        "oui",
        "o",
        "si",
        "s",
        "sim",
        "да",
        "д",
        "はい",
        "예",
        "evet",
    ]
)
_NO = frozenset(
    [
        "no",
        "n",
        "false",
        "f",
        "0",
        "off",
        "✗",
        "✘",
        "×",
        "☐",
        "否",
        "不",
        "不是",
        "无",
        "没有",
        "没",
        "假",
        "未",
        "nein",
        "non",
        "nao",
        "нет",
        "н",
        "いいえ",
        "아니오",
        "hayir",
    ]
)


def yes_no_of(text: str) -> bool | None:
    """Read yes or no in English, Chinese and neighbouring languages; None for anything else."""
    word = clean(text).casefold()
    for form in (word, squash(word)):
        if form in _YES:
            return True
        if form in _NO:
            return False
    return None


# --- several choices -------------------------------------------------------------------------------------------------

# A backslash in front says that it is none: so our own exports write it (core.exporting.cells).
_SEPARATORS = (re.compile(r"(?<!\\)[\n;；|｜]"), re.compile(r"(?<!\\)[,，、]"), re.compile(r"(?<!\\)/"))


def split_choices(text: str, known: Collection[str] = ()) -> list[str]:
    """Divide a cell into its choices, in order and each once; a `known` choice is never cut apart.

    Divides by lines, semicolons and bars; where there are none, by commas; by slashes only into known choices.
    """
    whole, names = clean(list_part(text)), {squash(name) for name in known}
    if squash(whole) in names or not whole:
        return [whole] if whole else []
    for separator in _SEPARATORS:
        parts = [clean(list_part(part)) for part in separator.split(text)]
        parts = list(dict.fromkeys(filter(None, parts)))
        if len(parts) > 1 and (separator is not _SEPARATORS[-1] or all(squash(part) in names for part in parts)):
            return parts
    return [whole]


# --- so long ago -----------------------------------------------------------------------------------------------------

_AGO_UNITS = {
    word: hours
    for hours, words in (
        (1 / 60, "minute minutes min mins minuten minuto minutos 分钟 分"),
        (1, "hour hours hr hrs h stunde stunden hora horas heure heures 小时 小時 时"),
        (24, "day days d tag tage tagen dia dias jour jours giorno giorni 天 日"),
        (24 * 7, "week weeks woche wochen semana semanas semaine semaines 周 週 星期"),
        (24 * 30, "month months monat monate monaten mes meses mois 个月 月"),
        (24 * 365, "year years jahr jahre jahren ano anos an ans 年"),
    )
    for word in words.split()
}
_AGO = re.compile(
    r"^(?:about |vor |hace |il y a |约)?(?P<number>\d{1,5}|an?|one|einem|einer|un|una|une|一) ?(?P<unit>[^\W\d_]+?)s?"
    r" ?(?:ago|before|earlier|back|fa|atras|前|以前|之前)?$"
)
_DAYS_AGO = {"today": 0, "justnow": 0, "now": 0, "今天": 0, "今日": 0, "刚刚": 0, "heute": 0, "hoy": 0, "yesterday": 1,
             "昨天": 1, "昨日": 1, "gestern": 1, "ayer": 1, "前天": 2}  # fmt: skip
_SAYS_AGO = re.compile(r"ago|before|earlier|back|fa|atras|前|^vor |^hace |^il y a ")


def ago_of(text: str, now: datetime) -> datetime | None:
    """Read how long ago something was, as marketplaces write it: "13 days ago", "17 hours before", "3天前", "昨天".

    Counted back from ``now``; months are thirty days. None for anything else.
    """
    word = fold(clean(text))
    if (days := _DAYS_AGO.get(squash(word))) is not None:
        return now - timedelta(days=days)
    match = _AGO.match(word)
    if match is None or not _SAYS_AGO.search(word):
        return None
    hours = _AGO_UNITS.get(match["unit"]) or _AGO_UNITS.get(match["unit"] + "s")
    number = int(match["number"]) if match["number"].isdecimal() else 1
    return now - timedelta(hours=number * hours) if hours and number * hours < 24 * 365 * 50 else None
