"""Which account or number is meant, however it is written, so that two writings of one are found?"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, unquote

from core.phones import parse
from core.text import clean, digits

# Where the account's name stands in the address of a profile; the first group is the name.
_PROFILES: dict[str, re.Pattern[str]] = {
    "linkedin": re.compile(r"linkedin\.com/((?:in|company|school|showcase|pub)/[^/?#]+)", re.IGNORECASE),
    "facebook": re.compile(
        r"(?:facebook\.com|fb\.com|fb\.me|m\.me)/(?:pages/[^/]+/|people/[^/]+/|#!/)?([^/?#]+)", re.IGNORECASE
    ),
    "instagram": re.compile(r"instagram\.com/([^/?#]+)", re.IGNORECASE),
    "x": re.compile(r"(?:twitter|x)\.com/([^/?#]+)", re.IGNORECASE),
    "tiktok": re.compile(r"tiktok\.com/@?([^/?#]+)", re.IGNORECASE),
    "youtube": re.compile(r"youtube\.com/((?:@|channel/|c/|user/)[^/?#]+)", re.IGNORECASE),
    "telegram": re.compile(r"(?:t\.me|telegram\.me)/([^/?#]+)", re.IGNORECASE),
    "whatsapp": re.compile(r"(?:wa\.me|api\.whatsapp\.com|web\.whatsapp\.com)/(?:send/?)?([^/?#]*)", re.IGNORECASE),
    "line": re.compile(r"line\.me/(?:ti/p/|R/ti/p/)([^/?#]+)", re.IGNORECASE),
    "vk": re.compile(r"vk\.com/([^/?#]+)", re.IGNORECASE),
    "skype": re.compile(r"^skype:([^?]+)", re.IGNORECASE),
}
_NUMBERS = {"whatsapp", "viber", "zalo", "signal"}
_ADDRESSES = {
    "linkedin": "https://www.linkedin.com/{}",
    "facebook": "https://www.facebook.com/{}",
    "instagram": "https://www.instagram.com/{}",
    "x": "https://x.com/{}",
    "tiktok": "https://www.tiktok.com/@{}",
    "youtube": "https://www.youtube.com/{}",
    "telegram": "https://t.me/{}",
    "vk": "https://vk.com/{}",
}
_WORDLESS = re.compile(r"[^\w.+:@/-]+")


def social_handle(channel: str, text: str, country: str = "") -> str:
    """Return the account that `text` (a name, an @name or the address of a profile) means on `channel`; "" for none.

    Numbers (WhatsApp, Viber, Zalo, Signal, and others where a number was typed) become E.164 with the help of
    `country`; names are folded to lower case, as these networks do.
    """
    text = unquote(clean(text)).strip()
    pattern = _PROFILES.get(channel)
    if pattern and (match := pattern.search(text)):
        query = parse_qs(text.partition("?")[2])
        name = {"facebook": query.get("id", [""])[0], "whatsapp": query.get("phone", [""])[0]}.get(channel) or match[1]
        text = f"+{digits(name)}" if channel == "whatsapp" else name
    if channel in _NUMBERS or (channel == "wechat" and text.lstrip("+").replace(" ", "").isdigit()):
        return parse(text, country).e164 or ("" if channel in _NUMBERS else digits(text))
    if channel == "qq":
        return digits(text) if 5 <= len(digits(text)) <= 12 else ""
    name = _WORDLESS.sub("", text.strip(" /")).lstrip("@")
    if len(name) < 2 or "://" in text:
        return ""
    if "/" not in name:
        name = {"youtube": f"@{name}", "linkedin": f"in/{name}"}.get(channel, name)
    # The one name that networks read by its capitals is a channel's random id.
    return name if name.startswith("channel/") else name.casefold()


def social_link(channel: str, handle: str) -> str:
    """Return the address of the profile of a normalised handle, "" where the network has none."""
    return _ADDRESSES[channel].format(handle) if handle and channel in _ADDRESSES else ""


def phone_keys(phones: Iterable[str], country: str = "") -> set[str]:
    """Return the E.164 numbers of what was typed; numbers that are not certain tie nobody."""
    return {number for raw in phones if (number := parse(raw, country).e164)}


def mail_key(address: str) -> str:
    """Return an e-mail address in the form in which it compares: lower case, without a name or mailto:, "" for none."""
    found = re.search(r"[^\s<>\"',;:]+@[^\s<>\"',;]+", clean(address).replace("＠", "@").casefold())
    return found[0].rstrip(".") if found else ""
