"""By which ways do we speak with customers? A key, a word and an icon each; a new one is one line, no migration."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.registries import Label


@dataclass(frozen=True)
class Channel:
    label: Label
    icon: str


CHANNELS: dict[str, Channel] = {
    "phone": Channel(_("Phone"), "phone"),
    "email": Channel(pgettext_lazy("channel", "E-mail"), "mail"),
    "whatsapp": Channel(_("WhatsApp"), "brand-whatsapp"),
    "wechat": Channel(_("WeChat"), "brand-wechat"),
    "meeting": Channel(_("Meeting"), "users"),
    "linkedin": Channel(_("LinkedIn"), "brand-linkedin"),
    "exhibition": Channel(_("Exhibition"), "building-store"),
    "other": Channel(_("Other"), "message"),
}


def channel_of(key: str) -> Channel:
    """The channel; “other” for one that was taken out."""
    return CHANNELS.get(key, CHANNELS["other"])


def choices() -> list[tuple[str, Label]]:
    return [(key, channel.label) for key, channel in CHANNELS.items()]
