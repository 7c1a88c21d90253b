"""Which part of a mail's text is new, and which repeats the mails before it?"""

from __future__ import annotations

import re

# "On Monday … wrote:" of mail programs in many languages; the line may be broken once or twice.
_WROTE = re.compile(
    r"^\s*[>\s]*(?:-{1,3}\s*)?(?:On|Am|Le|El|Il|Em|Op|Den|W dniu|På|Vào|Dnia|в|Пн|Вт|Ср|Чт|Пт|Сб|Вс|在|\d{4}|\d{1,2}[./ ]"  # noqa: E501  a list of words
    r"|[\w.]{2,4}[.,] ).{0,300}?"
    r"(?:wrote|schrieb|écrit|escribió|escreveu|ha scritto|scrisse|schreef|skrev|kirjoitti|napisał(?:\(a\))?|пишет|написал"  # noqa: E501  a list of words
    r"(?:\(а\))?|写道|寫道|のメール|作成|viết|كتب)[^\n:：]{0,120}[:：]?\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"^\s*[-_*=]{2,}\s*(?:original (?:message|appointment)|ursprüngliche nachricht|message d'origine|mensaje original|"
    r"mensagem original|messaggio originale|oprindelig meddelelse|"
    r"исходное сообщение|пересылаемое сообщение|原始邮件|原始郵件|"
    r"转发邮件|转发的邮件|回复的邮件|"
    r"forwarded message|weitergeleitete nachricht|원본 메일|original meddelande).{0,40}$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"^\s*\*?(?:from|von|de|da|van|fra|från|od|от|发件人|寄件者|寄件人|差出人|보낸 사람|من)\*?\s*[:：]\*?\s*\S",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"^\s*\*?(?:sent|date|gesendet|datum|envoyé|enviad[oa](?: el| em)?|fecha|data|inviato|verzonden|sendt|skickat|"
    r"отправлено|дата|发送时间|发送日期|日期|時間|时间|寄件日期|送信日時|to|an|à|para|a|收件人|subject|betreff|objet|asunto|主题)"
    r"\*?\s*[:：]",
    re.IGNORECASE,
)

MOST_LINES = 3000


def cut_quoted(text: str) -> tuple[str, str]:
    """Return what is new in a mail and what it quotes from earlier ones; the whole as new where all is quoted."""
    lines = text.split("\n")
    tail = len(lines)  # where nothing but quoted and empty lines follow
    while tail and (not lines[tail - 1].strip() or lines[tail - 1].lstrip().startswith(">")):
        tail -= 1
    at = next((number for number in range(min(tail, MOST_LINES)) if _begins(lines, number)), tail)
    new = "\n".join(lines[:at]).strip()
    if not new:
        return text.strip(), ""
    return new, "\n".join(lines[at:]).strip()


def _begins(lines: list[str], at: int) -> bool:
    """Does the quoted part begin with this line?"""
    line = lines[at]
    if _RULE.match(line):
        return True
    if _FROM.match(line):
        return any(_SENT.match(one) for one in lines[at + 1 : at + 4])
    follows = next((one for one in lines[at + 1 : at + 5] if one.strip()), "")
    if any(_WROTE.match(" ".join(lines[at : at + size])[:400]) for size in (1, 2, 3)):
        return line.rstrip().endswith((":", "：")) or follows.lstrip().startswith(">") or len(line) > 25
    return False
