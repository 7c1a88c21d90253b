"""Who wrote a pasted text, under which subject, and which part of it is theirs: not the quoted, not our own?"""

from __future__ import annotations

import re
from collections.abc import Collection, Set
from dataclasses import dataclass, field

from core.parsing.quoting import cut_quoted
from customers.identity import is_platform, mail_key, web_domain

_HEAD = re.compile(
    r"^[ \t>*]*(?P<label>from|von|de|da|van|fra|från|od|от|发件人|寄件者|寄件人|差出人|보낸 사람|reply-to|antwort an|responder a|回复至|"
    r"to|an|à|para|a|aan|til|do|кому|收件人|收信人|宛先|받는 사람|cc|kopie|抄送|"
    r"sent|date|gesendet|datum|envoyé|enviado(?: el| em)?|fecha|data|inviato|verzonden|отправлено|дата|日期|时间|時間|发送时间|"
    r"subject|betreff|objet|asunto|assunto|oggetto|onderwerp|тема|konu|件名|제목|主题|主旨|标题)"
    r"\*?[ \t]*[:：]\*?[ \t]*(?P<value>[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = frozenset(
    [
        "from",
        "von",
        "de",
        "da",
        "van",
        "fra",
        "från",
        "od",
        "от",
        "发件人",
        "寄件者",
        "寄件人",
        "差出人",
        "보낸",
        "사람",
    ]
) | {"보낸 사람"}
_REPLY = frozenset(("reply-to", "antwort an", "responder a", "回复至"))
_SUBJECT = frozenset(
    [
        "subject",
        "betreff",
        "objet",
        "asunto",
        "assunto",
        "oggetto",
        "onderwerp",
        "тема",
        "konu",
        "件名",
        "제목",
        "主题",
        "主旨",
        "标题",
    ]
)
_MAIL = re.compile(r"[\w.+%'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_MACHINE = re.compile(
    r"(?:no-?reply|do-?not-?reply|mailer|notif|feedback|wordpress|website|webform|formular|robot|automat|system)",
    re.IGNORECASE,
)
_REPLIED = re.compile(r"^(?:(?:re|aw|wg|fw|fwd|tr|rv|enc|答复|回复|转发|回覆|轉寄|ynt|отв)\s*[:：]\s*)+", re.IGNORECASE)
# "[10:20, 12/11/2026] John: …", "12/11/26, 10:20 - John: …", as WhatsApp copies and exports it.
_CHAT = re.compile(
    r"^[\u200e\u200f]?\[?(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s*\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?"
    r"|\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?,\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4})\]?\s*(?:-\s*)?"
    r"(?P<who>[^:\n]{1,80}):\s?",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass
class Letter:
    """What of a text its writer wrote; places count in the text. ``sender`` is (name, address, start, end)."""

    start: int
    end: int
    sender_name: tuple[int, int] | None = None
    sender_mail: tuple[int, int] | None = None
    subject: tuple[int, int] | None = None
    # The writer of a chat, as its line names them.
    author: tuple[int, int] | None = None
    # Where each line of a chat has its head, which says nothing.
    heads: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class _Block:
    """The head lines of one mail."""

    lines: list[re.Match[str]]

    def value(self, labels: Collection[str]) -> re.Match[str] | None:
        return next((line for line in self.lines if line["label"].lower() in labels), None)


def letter_of(text: str, ours: Set[str] = frozenset()) -> Letter:
    """Find the part of the text that the one who asks wrote. ``ours`` are the addresses and domains of our own."""
    if chat := _chat(text):
        return chat
    blocks = _blocks(text)
    theirs = [block for block in blocks if not _is_ours(block, ours)]
    block = theirs[0] if theirs else blocks[0] if blocks else None
    start = block.lines[-1].end() if block else 0
    new, _quoted = cut_quoted(text[start:])
    start += text[start:].find(new) if new else 0
    letter = Letter(start, start + len(new))
    if block is None:
        return letter
    if block in theirs:
        _sign(letter, block)
        sender = block.value(_FROM)
        subject = block.value(_SUBJECT)
        if subject and (sender is None or letter.sender_mail or not _MAIL.search(sender["value"])):
            letter.subject = _subject(subject)  # the subject of a machine's notice is the machine's
    elif reply := block.value(_REPLY):  # a form on our own site writes in our name, and says whom to answer
        _address(letter, reply)
    return letter


def _blocks(text: str) -> list[_Block]:
    """Head lines that follow one another and name a sender."""
    found: list[_Block] = []
    for line in _HEAD.finditer(text):
        last = found[-1].lines[-1] if found else None
        if last is not None and not text[last.end() : line.start()].strip(" \n\r>*"):
            found[-1].lines.append(line)
        else:
            found.append(_Block([line]))
    return [
        block
        for block in found
        if ((sender := block.value(_FROM)) is not None and (len(block.lines) > 1 or _MAIL.search(sender["value"])))
        or (block.value(_SUBJECT) is not None and block.lines[0].start() == _first(text))
    ]


def _first(text: str) -> int:
    return len(text) - len(text.lstrip())


def _is_ours(block: _Block, ours: Set[str]) -> bool:
    sender = block.value(_FROM)
    return sender is not None and any(is_one_of(mail, ours) for mail in _MAIL.findall(sender["value"]))


def is_one_of(address: str, ours: Set[str]) -> bool:
    """Is this address one of our own, or at one of our domains?"""
    address = mail_key(address)
    return not ours.isdisjoint((address, address.rpartition("@")[2], web_domain(address)))


def _sign(letter: Letter, block: _Block) -> None:
    sender = block.value(_REPLY) or block.value(_FROM)
    if sender is not None:
        _address(letter, sender)
    named = block.value(_FROM)
    if letter.sender_name is None and named is not None and letter.sender_mail is not None:
        _address(letter, named, mail=False)


def _address(letter: Letter, line: re.Match[str], mail: bool = True) -> None:
    """Take name and address out of "Jane Doe <jane@acme.example>"; a machine's are nobody's."""
    at, value = line.start("value"), line["value"]
    found = _MAIL.search(value)
    if found is None:
        if mail and value.strip() and not any(char.isdigit() for char in value):
            letter.sender_name = (at, at + len(value.rstrip()))
        return
    if _MACHINE.search(found[0].partition("@")[0]) or is_platform(found[0]):
        return
    if mail:
        letter.sender_mail = (at + found.start(), at + found.end())
    name = value[: found.start()].rstrip(" <([\"'“")
    begins = len(name) - len(name.lstrip(" \"'“<"))
    if name[begins:] and "@" not in name:
        letter.sender_name = (at + begins, at + len(name.rstrip("\"'”")))


def _subject(line: re.Match[str]) -> tuple[int, int]:
    value = line["value"]
    replied = _REPLIED.match(value)
    begins = replied.end() if replied else 0
    return line.start("value") + begins, line.start("value") + len(value.rstrip())


def _chat(text: str) -> Letter | None:
    heads = list(_CHAT.finditer(text))
    if not heads or text[: heads[0].start()].strip():
        return None
    first = heads[0]
    return Letter(
        first.end(),
        len(text),
        author=(first.start("who"), first.end("who")),
        heads=[(head.start(), head.end()) for head in heads],
    )
