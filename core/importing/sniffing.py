"""What kind of file is this, where does its table begin, what divides its columns, and are they named?"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from ..text import fold, squash
from .errors import UnreadableFile
from .shape import DELIMITERS, NO_DELIMITER

_SAMPLE_CHARACTERS = 200_000
_SAMPLE_ROWS = 200
_MOST_PREAMBLE = 30

# --- kind -------------------------------------------------------------------------------------------------------------

_MAGIC = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"{\\rtf", "word"),
    (b"\x1f\x8b", "zip"),
    (b"BZh", "zip"),
    (b"Rar!", "zip"),
    (b"7z\xbc\xaf", "zip"),
    (b"\xfd7zXZ", "zip"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CARD = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*BEGIN\s*:\s*VCARD", re.IGNORECASE)
_MARKUP = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(!doctype html|html|table|\?xml|[a-z]+:?workbook)", re.IGNORECASE)


def kind_of(path: Path) -> str:
    """Return "csv", "vcard", "xlsx", "xls" or "ods" by the content of a file. Raises UnreadableFile."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("empty")
    if start.startswith(b"PK\x03\x04"):
        return _kind_of_archive(path)
    if start.startswith(_OLE):
        return _kind_of_compound(path)
    for magic, code in _MAGIC:
        if start.startswith(magic):
            raise UnreadableFile(code)
    if markup := _MARKUP.match(start):
        raise UnreadableFile("html" if markup[1].lower() in (b"!doctype html", b"html", b"table") else "xml")
    if _looks_binary(start):
        raise UnreadableFile("binary")
    # Without the zeros of UTF-16.
    return "vcard" if _CARD.match(start.replace(b"\x00", b"")) else "csv"


def _kind_of_archive(path: Path) -> str:
    # Only the first members are looked at here: a hostile list of a million is the child's affair.
    with path.open("rb") as file:
        start = file.read(512)
        file.seek(-min(path.stat().st_size, 1 << 20), io.SEEK_END)
        end = file.read()
    if b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in start:
        return "ods"
    if b"xl/workbook" in end or b"xl/workbook" in start:
        return "xlsx"
    if b"word/document" in end or b"mimetypeapplication/vnd.oasis.opendocument" in start:
        raise UnreadableFile("word")
    if not zipfile.is_zipfile(path):
        raise UnreadableFile("damaged")
    raise UnreadableFile("zip")


def _kind_of_compound(path: Path) -> str:
    """Tell an old .xls from an encrypted .xlsx, which hides in the same container, and from other documents."""
    with path.open("rb") as file:
        content = file.read(8 << 20)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableFile("encrypted")
    if "WordDocument".encode("utf-16-le") in content:
        raise UnreadableFile("word")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        if _FILEPASS.search(content):
            raise UnreadableFile("encrypted")
        return "xls"
    raise UnreadableFile("binary")


# The first record of a workbook's stream (16 or 8 bytes long), perhaps "write protected", and the one that announces
# a password.
_FILEPASS = re.compile(rb"\x09\x08(?:\x10\x00.{16}|\x08\x00.{8})(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)


def _looks_binary(start: bytes) -> bool:
    if (
        start.startswith((b"\xff\xfe", b"\xfe\xff"))
        or abs(start[0::2].count(0) - start[1::2].count(0)) > len(start) / 4
    ):
        return False  # UTF-16, whose ASCII characters have a zero on one side
    return sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in start) > len(start) / 50


# --- separator --------------------------------------------------------------------------------------------------------


def sample_of(path: Path, encoding: str) -> str:
    """Return the beginning of a text file up to the end of a line, whatever cannot be decoded replaced."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(_SAMPLE_CHARACTERS)
    cut = max(sample.rfind("\n"), sample.rfind("\r"))
    return sample[: cut + 1] if len(sample) == _SAMPLE_CHARACTERS and cut > 0 else sample


def delimiter_of(sample: str) -> str:
    """Return the separator that divides most lines into the same number of columns; "" for one column."""
    if named := re.match(r"^sep=(.)\r?\n", sample, re.IGNORECASE):
        return named[1]
    best = max(filter(None, DELIMITERS), key=lambda delimiter: _fit(sample, delimiter))
    return best if _fit(sample, best)[0] >= _LEAST_AGREEING else ""


# Fewer lines than this share agreeing on a number of columns: the separators are parts of the texts.
_LEAST_AGREEING = 0.4


def _fit(sample: str, delimiter: str) -> tuple[float, int]:
    """Return which share of the lines agree on a number of columns above one, and that number."""
    widths = Counter(len(cells) for cells in parsed(sample, delimiter) if any(cells))
    if not widths:
        return 0, 0
    several = {width: count * (1 + min(width, 5) / 20) for width, count in widths.items() if width > 1}
    width = max(several, key=several.__getitem__, default=1)
    return (round(widths[width] / widths.total(), 3), width) if width > 1 else (0, 1)


def escape_of(sample: str, delimiter: str) -> str:
    """Return "\\" where more lines fit the table if a backslash takes the meaning of what follows it."""
    if "\\" not in sample:
        return ""
    return max(("", "\\"), key=lambda escape: _agreeing(parsed(sample, delimiter, escape)))


def _agreeing(rows: Sequence[Sequence[str]]) -> int:
    width = width_of(rows)
    return sum(len(row) == width for row in rows)


def parsed(sample: str, delimiter: str, escape: str = "") -> list[list[str]]:
    """Return the first records of a sample as a spreadsheet would read them, up to what cannot be parsed."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter or NO_DELIMITER, escapechar=escape or None)
    found: list[list[str]] = []
    with suppress(csv.Error):  # what follows a quotation mark that is never closed
        found.extend(islice(reader, _SAMPLE_ROWS))
    return found


# --- table ------------------------------------------------------------------------------------------------------------


def width_of(rows: Sequence[Sequence[str]]) -> int:
    """Return how many columns most rows have, trailing empty cells not counted where all are empty."""
    widths = Counter(len(row) for row in rows if any(row))
    if not widths:
        return 0
    width = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    while width > 1 and not any(row[width - 1].strip() for row in rows if len(row) >= width):
        width -= 1
    return width


def preamble_of(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return how many rows stand before the table: titles, dates of print, blank ones."""
    for index, row in enumerate(rows[:_MOST_PREAMBLE]):
        filled = [cell.strip() for cell in row[:width] if cell.strip()]
        # A title merged over all columns fills them with one and the same text.
        if len(filled) >= max(1, (width + 1) // 2) and (width < 3 or len(set(filled)) > 1):
            return index
    return 0


_KNOWN_HEADERS = frozenset(
    re.findall(
        r"\w+",
        "name company customer client account organisation organization firm contact person first last title "
        "country city address street zip postcode postal code region state website web url domain email mail "
        "phone telephone tel mobile fax whatsapp wechat skype linkedin industry sector source status stage owner "
        "salesperson tag notes note remark comment id number no date created amount price value currency revenue "
        "employees size type category product language birthday position department vat tax ref uid sku qty "
        "quantity total firma kunde kontakt land ort stadt strasse plz telefon datum betrag nom societe pays "
        "ville adresse nombre empresa pais ciudad direccion correo telefono razonsocial cliente azienda paese "
        "citta indirizzo имя название компания страна город адрес телефон почта 公司 公司名称 名称 客户 客户名称 "
        "企业名称 单位名称 抬头 姓名 联系人 国家 地区 国家地区 省份 城市 地址 邮编 网址 网站 官网 邮箱 电子邮件 "
        "邮件 电话 手机 手机号 座机 传真 微信 职位 职务 部门 行业 来源 状态 等级 负责人 业务员 标签 备注 编号 "
        "序号 日期 金额 币种 产品 类型 税号 统一社会信用代码 信用代码 会社名 国 住所 担当者 氏名 회사명 국가 "
        "이름 전화",
    )
)
_VALUE = re.compile(
    r"^(?:[-+(]?[\d.,\s%$€£¥'’()/:+-]*\d[\d.,\s%$€£¥'’()/:+-]*|[^\s@]+@[^\s@]+\.[a-z]+|(?:https?://|www\.)\S+|true|false|是|否)$",
    re.IGNORECASE,
)


def is_header(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Guess whether a row holds the names of the columns: by known words, and by being unlike what stands below."""
    cells = [cell.strip() for cell in row]
    filled = [cell for cell in cells if cell]
    if not filled:
        return False
    score = sum(2 for cell in filled if _is_known(cell)) - sum(3 for cell in filled if _VALUE.match(cell))
    score -= 3 if len({fold(cell) for cell in filled}) < len(filled) else 0
    score += 1 if len(filled) == len(cells) > 1 else 0
    for column, cell in enumerate(cells):
        values = [other[column].strip() for other in below if column < len(other) and other[column].strip()]
        if cell and values:
            score -= 2 * (cell in values)
            score += 2 * (not _VALUE.match(cell) and all(map(_VALUE.match, values)))
    return score > 0


def _is_known(cell: str) -> bool:
    return squash(cell) in _KNOWN_HEADERS or any(squash(word) in _KNOWN_HEADERS for word in fold(cell).split())
