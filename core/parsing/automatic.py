"""Did a person write this mail, or did a machine? A machine's mail is kept, but is no answer."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from .headers import Headers

KINDS = {
    "bounce": _("could not be delivered"),
    "auto_reply": _("automatic reply"),
    "list": _("sent to many"),
    "notification": _("sent by a program"),
}
_AWAY = re.compile(
    r"^\W*(?:auto(?:matic|mated|matische|mática|matisch)?[- ]?(?:reply|response|antwort)|out of (?:the )?office|"
    r"abwesen|réponse automatique|respuesta automática|resposta automática|risposta automatica|автоответ|"
    r"自动(?:回复|答复)|自動(?:回覆|返信|応答)|자동 ?(?:응답|회신)|رد تلقائي|otomatik (?:yanıt|cevap))",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"^\W*(?:undeliver|returned mail|delivery (?:status notification|failure|has failed)|mail delivery (?:failed|failure|"  # noqa: E501  a list of words
    r"system|status)|failure notice|message (?:could not be|not) delivered|warning: could not send|nondeliverable|"
    r"unzustellbar|退信|系统退信|无法(?:投递|送达)|non remis|no se puede entregar)",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"^(?:mailer-?daemon|post_?master|mail-?daemon|bounces?|double-bounce)\b[^@]*@", re.IGNORECASE)


def automatic_kind(headers: Headers, content_type: str) -> str:
    """Return a key of KINDS, '' for a person's mail. RFC 3834, RFC 3462 and what mail servers are seen to write."""
    subject = headers.text("subject")
    sender = next((one.email for one in headers.addresses("from", "sender")), "")
    is_report = content_type == "multipart/report" or headers.raw("x-failed-recipients")
    if is_report or _MACHINE.match(sender) or _FAILED.match(subject):
        return "bounce"
    submitted = headers.raw("auto-submitted").lower()
    if _AWAY.match(subject) or headers.raw("x-autoreply") or headers.raw("x-autorespond"):
        return "auto_reply"
    if submitted and not submitted.startswith("no"):
        return "auto_reply" if submitted.startswith("auto-replied") else "notification"
    precedence = headers.raw("precedence").lower()
    if precedence == "auto_reply":
        return "auto_reply"
    if precedence in ("bulk", "list", "junk") or headers.raw("list-id") or headers.raw("list-unsubscribe"):
        return "list"
    return ""
