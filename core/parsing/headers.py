"""What do the header lines of a mail say? Every value is bounded before it is decoded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from ..text import clean
from .charsets import decoded

# Longest header that is read; the standard library needs 1.5 GB for a subject of 20,000 encoded words.
MOST = 20_000
SUBJECT = 500
ADDRESSES = 200
IDS = 100

_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"\?=\s+=\?")
_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_ESCAPED = re.compile(rb"=([0-9A-Fa-f]{2})")
_ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,255}")


@dataclass(frozen=True)
class Address:
    """One person of a mail's head: the name as shown, the address in lower case."""

    name: str
    email: str


class Headers:
    """The header lines of one part, decoded one by one; ``is_doubtful`` once a charset had to be guessed."""

    def __init__(self, message: Message) -> None:
        self._raw: dict[str, list[str]] = {}
        self.is_doubtful = False
        for name, value in message.raw_items():
            self._raw.setdefault(name.lower(), []).append(str(value)[:MOST])

    def raw(self, name: str) -> str:
        """Return the first value of a header on one line; '' where there is none."""
        return re.sub(r"\r?\n[ \t]*", " ", next(iter(self._raw.get(name, ())), "")).strip()

    def text(self, name: str, most: int = SUBJECT) -> str:
        return self.words(self.raw(name))[:most]

    def words(self, value: str) -> str:
        """Decode a raw value: encoded words, and bytes that stand there undeclared."""
        out: list[str] = []
        at = 0
        pending: tuple[str, bytes] | None = None  # a character may be cut in two by the end of an encoded word
        value = _BETWEEN.sub("?==?", value[:MOST])
        for word in _WORD.finditer(value):
            gap = value[at : word.start()]
            data = _base64(word[3]) if word[2] in "bB" else _quoted(word[3])
            if pending and not gap and pending[0] == word[1].lower():
                pending = (pending[0], pending[1] + data)
            else:
                out += [self._flush(pending), self._plain(gap)]
                pending = (word[1].lower(), data)
            at = word.end()
        out += [self._flush(pending), self._plain(value[at:])]
        return clean("".join(out))

    def addresses(self, *names: str) -> tuple[Address, ...]:
        """Return the people of these headers, each address once."""
        found: dict[str, Address] = {}
        values = [self.raw(name) for name in names]
        for shown, email in _pairs([value for value in values if value]):
            match = _ADDRESS.search(email) or _ADDRESS.search(shown)
            if match and len(found) < ADDRESSES:
                address = clean(self.words(match[0])).lower()
                found.setdefault(address, Address(self.words(shown)[:200], address))
        return tuple(found.values())

    def ids(self, name: str) -> tuple[str, ...]:
        """Return message identifiers without their angle brackets."""
        value = self.raw(name)
        found = _ID.findall(value) or value.split()
        return tuple(dict.fromkeys(clean(one.strip("<>"))[:900] for one in found[:IDS] if one.strip("<>")))

    def moment(self) -> datetime | None:
        """Return when it was sent, aware in UTC: by its date, else by the last server that took it; None if unsaid."""
        dates = [self.raw("date"), *(value.rpartition(";")[2] for value in self._raw.get("received", ())[:3])]
        for value in dates:
            with suppress(ValueError, TypeError, IndexError, OverflowError):
                at = parsedate_to_datetime(value[:200].strip())
                at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
                if 1980 <= at.year <= 9000:
                    return at
        return None

    def _flush(self, pending: tuple[str, bytes] | None) -> str:
        if pending is None:
            return ""
        text, is_declared = decoded(pending[1], pending[0])
        self.is_doubtful |= not is_declared
        return text

    def _plain(self, gap: str) -> str:
        if gap.isascii():
            return gap
        text, is_declared = decoded(gap.encode("utf-8", "surrogateescape"), "utf-8")
        self.is_doubtful |= not is_declared
        return text


def _pairs(values: Sequence[str]) -> list[tuple[str, str]]:
    """Names and addresses; a strict reader gives nothing for a line that is wrong somewhere, so a plain one helps."""
    pairs = [pair for pair in getaddresses(values) if pair[1]]
    if pairs:
        return pairs
    return [("", match[0]) for value in values for match in _ADDRESS.finditer(value)]


def _base64(text: str) -> bytes:
    compact = re.sub(r"[^A-Za-z0-9+/]", "", text)
    with suppress(binascii.Error):
        return base64.b64decode(compact[: len(compact) - (len(compact) % 4 == 1)] + "==")
    return text.encode("utf-8", "replace")


def _quoted(text: str) -> bytes:
    data = text.replace("_", " ").encode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)
