"""What does a mail in a file say: who, to whom, when, what, with which files? Nothing in it can make us fail."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.generator import BytesGenerator
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from io import BytesIO
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from ..exceptions import DomainError
from ..text import clean
from .automatic import automatic_kind
from .charsets import text_of
from .headers import Address, Headers
from .html_text import text_from_html
from .shape import measure

MOST_BYTES = 35_000_000
MOST_PARTS = 500
MOST_DEPTH = 50
MOST_HEADER = 500_000
MOST_TEXT = 200_000

# What went wrong and was made the best of, by code.
WRONG = {
    "charset": _("Some text was written in an encoding that its sender did not name rightly; it was guessed."),
    "date": _("It says no day and time that can be read."),
    "from": _("It says no sender."),
    "cut": _("Its text is longer than what is kept here; the rest stands in the original."),
    "parts": _("Some of it could not be read; it stands in the original."),
}


class _AsWritten(Compat32):
    """Header values as they stand in the file; the usual one puts question marks for undeclared bytes."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


_POLICY = _AsWritten()
_ODD = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


class MailRefused(DomainError):
    """A file that is no mail, or one that would take more than it may."""

    status = 422


@dataclass(frozen=True)
class Enclosed:
    """A file within a mail or an export."""

    name: str
    content_type: str
    content: bytes


@dataclass
class Mail:
    """A mail as text. ``at`` is aware (UTC), None where the mail does not say; ``wrong`` holds codes of WRONG."""

    message_id: str
    at: datetime | None
    sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    text: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    # '' for a person's mail, else why it counts as no answer: a key of automatic.KINDS.
    automatic: str
    files: list[Enclosed] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def people(self) -> tuple[Address, ...]:
        """Return everybody it names, the sender first."""
        named = [*([self.sender] if self.sender else []), *self.to, *self.cc]
        return tuple({one.email: one for one in reversed(named)}.values())[::-1]


def parse_mail(raw: bytes) -> Mail:
    """Read a raw mail. Raises MailRefused with the reason; whatever else is wrong with it is marked and kept."""
    _check(raw)
    try:
        message = BytesParser(policy=_POLICY).parsebytes(raw)
    except _ODD as error:
        raise MailRefused(_("This mail is built in a way that cannot be read.")) from error
    headers = Headers(message)
    mail = Mail(
        message_id=next(iter(headers.ids("message-id")), ""),
        at=headers.moment(),
        sender=next(iter(headers.addresses("from", "sender")), None),
        to=headers.addresses("to"),
        cc=headers.addresses("cc"),
        subject=headers.text("subject"),
        text="",
        in_reply_to=headers.ids("in-reply-to"),
        references=headers.ids("references"),
        automatic=automatic_kind(headers, message.get_content_type()),
    )
    if not any(map(headers.raw, ("from", "sender", "to", "cc", "subject", "date", "message-id"))):
        raise MailRefused(_("This is no mail: it has no head with a sender, a receiver, a subject or a date."))
    _Parts(mail, headers).read(message)
    return mail


def _check(raw: bytes) -> None:
    if not raw.strip():
        raise MailRefused(_("This file is empty."))
    if len(raw) > MOST_BYTES:
        raise MailRefused(_("This mail is larger than %(most)s MB.") % {"most": MOST_BYTES // 1_000_000})
    head = re.search(rb"\r?\n\r?\n", raw)
    if (head.start() if head else len(raw)) > MOST_HEADER:
        raise MailRefused(_("The head of this mail is larger than any mail program writes."))
    parts, depth = measure(raw, MOST_PARTS, MOST_DEPTH)
    if parts > MOST_PARTS:
        raise MailRefused(_("This mail has more than %(most)s parts.") % {"most": MOST_PARTS})
    if depth > MOST_DEPTH:
        raise MailRefused(_("The parts of this mail lie more than %(most)s deep.") % {"most": MOST_DEPTH})


class _Parts:
    """Walks the parts of one mail and gathers its words and files."""

    def __init__(self, mail: Mail, headers: Headers) -> None:
        self.mail = mail
        self.headers = headers
        self.words: list[str] = []
        self.is_doubtful = False
        self.is_broken = False

    def read(self, message: Message) -> None:
        self.take(message)
        mail = self.mail
        mail.text = "\n\n".join(filter(None, self.words))
        marks = {
            "date": mail.at is None,
            "from": mail.sender is None,
            "charset": self.is_doubtful or self.headers.is_doubtful,
            "cut": len(mail.text) > MOST_TEXT,
            "parts": self.is_broken,
        }
        mail.text = mail.text[:MOST_TEXT]
        mail.wrong = [code for code, is_so in marks.items() if is_so]

    def take(self, part: Message) -> None:
        kind = part.get_content_type()
        inner: list[Message] = part.get_payload() if part.is_multipart() else []  # type: ignore[assignment]
        if inner and kind == "multipart/alternative":
            self.take_best(inner)
        elif inner and kind.startswith("multipart/"):
            for one in inner:
                self.take(one)
        elif inner:  # a mail within the mail, or a report of a mail server
            self.keep(part, kind, b"".join(map(self.as_bytes, inner)))
        elif kind in ("text/plain", "text/html") and not _is_file(part):
            self.words.append(self.text(part, kind))
        else:
            self.keep(part, kind, self.content(part))

    def take_best(self, parts: list[Message]) -> None:
        """Of several ways to say the same keep the plain words; calendars and the like are files."""
        texts = {part.get_content_type(): part for part in reversed(parts) if not _is_file(part)}
        plain = texts.get("text/plain")
        said = self.text(plain, "text/plain") if plain else ""
        rest = [part for part in parts if part is not plain and (part.get_content_type() != "text/html" or not said)]
        if said:
            self.words.append(said)
        for part in rest:
            self.take(part)

    def text(self, part: Message, kind: str) -> str:
        text, is_declared = text_of(self.content(part), part.get_content_charset())
        self.is_doubtful |= not is_declared
        return clean(text_from_html(text), newlines=True) if kind == "text/html" else text.strip()

    def content(self, part: Message) -> bytes:
        with suppress(*_ODD):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content
        self.is_broken = True
        return b""

    def as_bytes(self, part: Message) -> bytes:
        out = BytesIO()
        try:
            BytesGenerator(out, mangle_from_=False, policy=_POLICY).flatten(part)
        except _ODD:
            self.is_broken = True
        return out.getvalue()

    def keep(self, part: Message, kind: str, content: bytes) -> None:
        """Keep a part as a file; pieces of a signature without name or content are none."""
        if content.strip():
            self.mail.files.append(Enclosed(self.name(part, kind), kind, content))

    def name(self, part: Message, kind: str) -> str:
        given = ""
        with suppress(*_ODD):
            given = part.get_filename() or ""
        words = self.headers.words(given) if isinstance(given, str) else ""
        name = PurePosixPath(words.replace("\\", "/")).name
        return name[:200] or _NAMES.get(kind, f"{kind.rpartition('/')[2][:20]}.bin")


_NAMES = {
    "message/rfc822": "mail.eml",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "receipt.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
    "text/calendar": "invitation.ics",
    "image/png": "picture.png",
    "image/jpeg": "picture.jpg",
    "image/gif": "picture.gif",
    "application/pdf": "document.pdf",
    "application/ms-tnef": "winmail.dat",
}


def _is_file(part: Message) -> bool:
    disposition = str(part.get("content-disposition") or "").strip().lower()
    if disposition.startswith("attachment"):
        return True
    with suppress(*_ODD):
        return bool(part.get_filename()) and part.get_content_type() != "text/html"
    return False
