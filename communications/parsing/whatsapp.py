"""What does an exported WhatsApp chat say: when, who, what, with which file?

Phones write the export in their own language and date order, Android as ``31/12/23, 21:41 - Name: text``, iPhones as
``[31.12.23, 21:41:05] Name: text``; neither says its time zone. The order of day and month is decided for the whole
file, by what can be a date, lies not in the future and runs on; where two orders fit, a person is asked.
"""

from __future__ import annotations

import itertools
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from core.parsing.eml import Enclosed
from core.text import clean

MOST_TEXT = 20_000_000
MOST_UNPACKED = 300_000_000
MOST_MEMBERS = 3000
MOST_MESSAGES = 100_000
ORDERS = {"DMY": _("Day first: 31.12.2026"), "MDY": _("Month first: 12/31/2026"), "YMD": _("Year first: 2026/12/31")}

# What reading a member of a broken archive raises, by its way of packing.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, NotImplementedError, ValueError, EOFError,
)  # fmt: skip

_MARKS = "\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_GAP = rf"[{_MARKS}\s]{{0,2}}"
_DAY = rf"(\d{{1,4}}){_GAP}[./年년-]{_GAP}(\d{{1,2}}){_GAP}[./月월-]{_GAP}(\d{{1,4}})[.日일]?"
_HALF = r"[^\W\d][\w. \u202f\xa0]{0,12}?"
_TIME = rf"({_HALF})?[\s\u202f\xa0]*(\d{{1,2}})[:.](\d{{2}})(?:[:.](\d{{2}}))?(?:[\s\u202f\xa0]*([^\W\d][\w.\u202f\xa0 ]{{0,7}}))?"  # noqa: E501  a list of words
_BRACKETS = re.compile(rf"[{_MARKS}]*\[{_DAY}[,،]?[\s{_MARKS}\u202f\xa0]+{_TIME}[{_MARKS}]*\]\s?(.*)", re.DOTALL)
_DASH = re.compile(rf"[{_MARKS}]*{_DAY}[,،]?[\s{_MARKS}\u202f\xa0]+{_TIME}[{_MARKS}]*\s[-–]\s(.*)", re.DOTALL)
_AUTHOR = re.compile(rf"[{_MARKS}~\s]*([^\n]{{1,100}}?)[{_MARKS}]*: ?(.*)", re.DOTALL)
_AFTER_NOON = re.compile(r"^(?:p|下午|晚|傍晚|오후|午後|م|μμ|п|ch|ös|du|e\.?h)", re.IGNORECASE)
_BEFORE_NOON = re.compile(r"^(?:a|上午|凌晨|早|清晨|半夜|오전|午前|ص|πμ|д|öö|f\.?h)", re.IGNORECASE)
_ENCLOSED = re.compile(rf"[{_MARKS}]*<[^<>:：]{{1,30}}[:：]\s?([^<>\n]{{1,200}})>")
_NAMED = re.compile(rf"[{_MARKS}]*([^\s<>/\\][^<>/\\\n]{{0,150}}\.\w{{2,5}}) \([^()\n]{{3,40}}\)(?:\n|$)")
_TITLES = re.compile(
    r"^(?:whatsapp chat (?:with|-|mit|de|con|com|avec)|chat de whatsapp con|discussion whatsapp avec|"
    r"conversa do whatsapp com|чат whatsapp с(?: контактом)?|与)\s*(.+?)(?:的\s?whatsapp\s?(?:聊天|聊天记录|对话))?$",
    re.IGNORECASE,
)


class ChatRefused(DomainError):
    """A file that is no exported chat, or one that would take more than it may."""

    status = 422


@dataclass(frozen=True)
class Message:
    """One message. ``at`` is naive: the wall time of the phone that exported it."""

    at: datetime
    author: str
    text: str
    file: str = ""


@dataclass
class Chat:
    """An exported chat: its messages in their order, and the date orders that the file allows (one: decided)."""

    title: str
    messages: list[Message]
    orders: tuple[str, ...]
    files: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    archive: zipfile.ZipFile | None = None

    @property
    def authors(self) -> tuple[str, ...]:
        """Return who wrote, in the order of their first message."""
        return tuple(dict.fromkeys(message.author for message in self.messages))

    def enclosed(self, name: str, most: int) -> Enclosed | None:
        """Return a file of the export by its name; None if it is not there, damaged or larger than `most` bytes."""
        info = self.files.get(name)
        if info is None or self.archive is None or info.file_size > most:
            return None
        with suppress(*DAMAGED):
            with self.archive.open(info) as file:
                content = file.read(most + 1)
            if len(content) <= most:
                return Enclosed(name, "", content)
        return None


def parse_chat(name: str, raw: bytes, *, now: datetime, order: str = "") -> Chat:
    """Read a .txt or .zip that WhatsApp exported; `now` is naive local time, `order` the answer to an open question.

    With several ``orders`` left, the messages are read by the first of them. Raises ChatRefused with the reason.
    """
    files: dict[str, zipfile.ZipInfo] = {}
    archive = None
    if raw[:2] == b"PK":
        archive, files = _opened(raw)
        name, raw = _chat_of(archive, files, name)
    if len(raw) > MOST_TEXT:
        raise ChatRefused(_("This chat is longer than %(most)s MB.") % {"most": MOST_TEXT // 1_000_000})
    heads = list(_split(raw.decode("utf-8-sig", "replace")))
    if not heads:
        raise ChatRefused(_("This is no chat exported by WhatsApp: no line begins with a date and a time."))
    if len(heads) > MOST_MESSAGES:
        raise ChatRefused(_("This chat has more than %(most)s messages.") % {"most": MOST_MESSAGES})
    orders = _orders([head[0] for head in heads], now)
    if not orders:
        raise ChatRefused(_("The dates of this chat cannot be read."))
    chosen = order if order in orders else orders[0]
    messages = [message for head in heads if (message := _message(head, chosen, files))]
    if not messages:
        raise ChatRefused(_("This chat holds no message."))
    return Chat(_title(name), messages, (chosen,) if order in orders else orders, files, archive)


Head = tuple[tuple[str, ...], str, bool]


def _split(text: str) -> Iterator[Head]:
    """Yield the numbers, the words and the phone's kind of each message; lines without a head go on with the last."""
    pattern: re.Pattern[str] | None = None
    last: list[str] = []
    head: tuple[str, ...] = ()
    for line in text.replace("\r\n", "\n").split("\n"):
        found = (pattern.match(line) if pattern else None) or (
            not pattern and (_BRACKETS.match(line) or _DASH.match(line))
        )
        if not found:
            if head:
                last.append(line)
            continue
        pattern = found.re
        if head:
            yield head, "\n".join(last), pattern is _BRACKETS
        head, last = tuple(group or "" for group in found.groups()[:8]), [found[9]]
    if head:
        yield head, "\n".join(last), pattern is _BRACKETS


def _orders(heads: list[tuple[str, ...]], now: datetime) -> tuple[str, ...]:
    """Return the date orders that fit every line, best first; one where it is certain."""
    days = list(dict.fromkeys(head[:3] for head in heads))
    fitting: dict[str, int] = {}
    for order in ORDERS:
        read = [_day(day, order) for day in days]
        known = [day for day in read if day is not None and day <= now + timedelta(days=1)]
        if len(known) == len(days):
            fitting[order] = sum(later < earlier for earlier, later in itertools.pairwise(known))
    if not fitting:
        return ()
    if len(fitting) > 1 and len(days[0][0]) < 3:  # a year of two digits comes first only where nothing else fits
        fitting.pop("YMD", None)
    least = min(fitting.values())
    return tuple(order for order, backward in fitting.items() if backward == least)


def _day(numbers: tuple[str, ...], order: str) -> datetime | None:
    values = dict(zip(order, numbers, strict=False))
    if len(values["Y"]) not in (2, 4) or len(values["M"]) > 2 or len(values["D"]) > 2:
        return None
    year = int(values["Y"]) + (2000 if len(values["Y"]) == 2 else 0)
    with suppress(ValueError):
        return datetime(year, int(values["M"]), int(values["D"])) if year > 2008 else None  # noqa: DTZ001 wall time
    return None


def _moment(head: tuple[str, ...], order: str) -> datetime | None:
    day = _day(head[:3], order)
    before, hour, minute, second, after = head[3], int(head[4]), int(head[5]), int(head[6] or 0), head[7]
    half = (before or after).strip().lower()
    if half.startswith("中午"):
        hour += 12 if hour < 10 else 0
    elif _AFTER_NOON.match(half):
        hour += 12 if hour < 12 else 0
    elif _BEFORE_NOON.match(half) and hour == 12:
        hour = 0
    if day is None or hour > 23 or minute > 59 or second > 59:
        return None
    return day.replace(hour=hour, minute=minute, second=second)


def _message(head: Head, order: str, files: dict[str, zipfile.ZipInfo]) -> Message | None:
    """Return a person's message; None for what WhatsApp itself says."""
    numbers, words, is_iphone = head
    at = _moment(numbers, order)
    said = _AUTHOR.match(words)
    if at is None or said is None:
        return None
    author, text = clean(said[1]), said[2]
    named = _ENCLOSED.match(text) or _NAMED.match(text)
    # An iPhone puts its own words into the chat's mouth, behind a mark: "end-to-end encrypted …".
    if is_iphone and not named and text.startswith("\u200e") and len(text) > 45:
        return None
    file = PurePosixPath(clean(named[1]).replace("\\", "/")).name if named else ""
    if named and file not in files and named.re is _ENCLOSED and "." not in file:
        file = ""
    body = clean(text, newlines=True)
    return Message(at, author, body, file) if author and body else None


def _opened(raw: bytes) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
    """Open an archive, its members by name. Sizes are checked before anything is unpacked; reading obeys them."""
    try:
        archive = zipfile.ZipFile(BytesIO(raw))
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, UnicodeError) as error:
        raise ChatRefused(_("This archive is damaged or was not uploaded completely.")) from error
    if len(members) > MOST_MEMBERS:
        raise ChatRefused(_("This archive holds more than %(most)s files.") % {"most": MOST_MEMBERS})
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise ChatRefused(
            _("Unpacked, this archive takes more than %(most)s MB.") % {"most": MOST_UNPACKED // 1_000_000}
        )
    if any(member.flag_bits & 1 for member in members):
        raise ChatRefused(_("This archive is protected by a password."))
    return archive, {clean(PurePosixPath(member.filename).name): member for member in members if not member.is_dir()}


def _chat_of(archive: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo], name: str) -> tuple[str, bytes]:
    texts = sorted((key for key in files if key.lower().endswith(".txt")), key=lambda key: (key != "_chat.txt", key))
    for key in sorted(texts, key=lambda key: "whatsapp" not in key.lower() and key != "_chat.txt"):
        chat = Chat("", [], (), files, archive).enclosed(key, MOST_TEXT)
        if chat is not None:
            return (name if key == "_chat.txt" else key), chat.content
    raise ChatRefused(_("This archive holds no exported chat: there is no text file in it that can be read."))


def _title(name: str) -> str:
    stem = clean(PurePosixPath(name.replace("\\", "/")).name).rsplit(".", 1)[0].replace("_", " ").strip()
    found = _TITLES.match(stem)
    return (found[1] if found else stem)[:100].strip()
