"""Which browser on which system is this? Enough words for people to know their own devices."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

# The order matters: Edge and Opera also say Chrome, Chrome also says Safari.
_BROWSERS = (
    ("WeCom", re.compile(r"wxwork/")),
    ("WeChat", re.compile(r"MicroMessenger/")),
    ("Edge", re.compile(r"Edg(?:e|A|iOS)?/")),
    ("Opera", re.compile(r"OPR/")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS)/")),
    ("Safari", re.compile(r"Version/.*Safari/")),
)
_SYSTEMS = (
    ("iPhone", re.compile(r"iPhone")),
    ("iPad", re.compile(r"iPad")),
    ("HarmonyOS", re.compile(r"HarmonyOS|OpenHarmony")),
    ("Android", re.compile(r"Android")),
    ("Windows", re.compile(r"Windows")),
    ("macOS", re.compile(r"Macintosh")),
    ("Linux", re.compile(r"Linux|X11")),
)
_HANDHELD = {"iPhone", "iPad", "HarmonyOS", "Android"}


@dataclass(frozen=True)
class Device:
    name: str
    icon: str


def device_of(user_agent: str) -> Device:
    """Name the device of a User-Agent header, such as “Chrome · Windows”."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    name = " · ".join(filter(None, (browser, system))) or _("Unknown device")
    return Device(name, "device-mobile" if system in _HANDHELD else "device-desktop")


def _first(table: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str:
    return next((name for name, pattern in table if pattern.search(text)), "")
