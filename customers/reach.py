"""By which links is somebody reached with one tap?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from core.phones import whatsapp_link

CALLED = ("mobile", "phone")
ICONS = {
    "mobile": "device-mobile",
    "phone": "phone",
    "fax": "printer",
    "email": "mail",
    "whatsapp": "brand-whatsapp",
    "wechat": "brand-wechat",
    "linkedin": "brand-linkedin",
}


@dataclass(frozen=True)
class Reach:
    """Addresses of the best number, chat and mailbox; '' where there is none."""

    call: str = ""
    chat: str = ""
    mail: str = ""


def href(kind: str, value: str, normal: str) -> str:
    """The link that opens one point in its own program; '' where nothing opens it."""
    if kind in CALLED:
        return f"tel:{normal}" if normal else ""
    if kind == "whatsapp":
        return whatsapp_link(normal)
    if kind == "email":
        return f"mailto:{quote(normal or value, safe='@')}"
    if kind in ("linkedin", "facebook", "instagram") and value.startswith(("https://", "http://")):
        return value
    return ""


def best(points: Iterable[Mapping[str, Any]]) -> Reach:
    """The first number, chat and mailbox of ``points`` (kind, value, normal) in their order.

    A mobile number serves as chat where no WhatsApp account is known.
    """
    found: dict[str, str] = {}
    for point in points:
        kind = point["kind"]
        link = href(kind, point["value"], point["normal"])
        if not link:
            continue
        if kind in CALLED:
            found.setdefault("call", link)
        if kind == "whatsapp":
            found["chat"] = found.get("chat_certain") or link
            found["chat_certain"] = found["chat"]
        elif kind == "mobile":
            found.setdefault("chat", whatsapp_link(point["normal"]))
        elif kind == "email":
            found.setdefault("mail", link)
    return Reach(found.get("call", ""), found.get("chat", ""), found.get("mail", ""))
