"""Which rows does a file of business cards hold? vCard 2.1, 3.0 and 4.0, one card a row of fixed columns.

Own, for the one free library was last released in 2024; RFC 6350, RFC 2426 and the vCard 2.1 specification of 1996.
What no column takes (further addresses, a birthday without its year) goes to the remarks; pictures, sounds and keys
are passed over.
"""

from __future__ import annotations

import quopri
import re
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ..text import clean, is_cjk
from .encodings import decoded_lines
from .errors import UnreadableFile
from .limits import MAX_CELL, MAX_LINE

COLUMNS = {
    "company": _("Company name"),
    "kind": _("Company or person"),
    "person": _("Contact name"),
    "title": _("Job title"),
    "department": _("Department"),
    "email": _("E-mail"),
    "mobile": _("Mobile"),
    "phone": _("Phone"),
    "fax": _("Fax"),
    "whatsapp": _("WhatsApp"),
    "wechat": _("WeChat"),
    "linkedin": _("LinkedIn"),
    "facebook": _("Facebook"),
    "instagram": _("Instagram"),
    "skype": _("Skype"),
    "telegram": _("Telegram"),
    "website": _("Website"),
    "address": _("Address"),
    "city": _("City"),
    "region": _("State or province"),
    "postal_code": _("Postal code"),
    "country": _("Country"),
    "birthday": _("Birthday"),
    "tags": _("Tags"),
    "remarks": _("Remarks"),
}
# Filled for whoever trades alone: the stored word, which no language changes.
PERSON = "person"
_ACCOUNTS = ("whatsapp", "wechat", "linkedin", "facebook", "instagram", "skype", "telegram")
_LISTED = {"EMAIL": "email", "CATEGORIES": "tags", "NOTE": "remarks"}
_DROPPED = re.compile(rb"^(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY|AGENT)[;:]", re.IGNORECASE)
_NAMED = re.compile(
    r'^(?:[\w-]+\.)?(?P<name>[\w-]+)(?P<params>(?:;(?:"[^"]*"|[^":;])*)*):(?P<value>.*)$',
    re.DOTALL,
)
_PARAM = re.compile(r';((?:"[^"]*"|[^";])*)')
_DAY = re.compile(r"^(\d{4})-?(\d\d)-?(\d\d)(?:T.*)?$")


@dataclass(frozen=True)
class Property:
    """One line of a card: its name, its types (also bare ones of 2.1) and parameters, its value still escaped."""

    name: str
    types: frozenset[str]
    params: dict[str, str]
    value: str

    def parts(self) -> list[str]:
        """The components between semicolons that are not escaped."""
        return [_plain(part) for part in re.split(r"(?<!\\);", self.value)]

    @property
    def text(self) -> str:
        return _plain(self.value)


def cards(path: Path, encoding: str) -> Generator[tuple[int, list[str]]]:
    """Yield (physical line of its BEGIN, cells by COLUMNS) of every card.

    Raises UnreadableFile for bytes that the encoding does not know, for lines and texts beyond the limits.
    """
    start, depth = 0, 0
    found: list[Property] = []
    for number, one in _properties(path, encoding):
        word = one.value.strip().upper() if one.name in ("BEGIN", "END") else ""
        if one.name == "BEGIN" and word == "VCARD":
            depth += 1
            if depth == 1:
                start, found = number, []
        elif one.name == "END" and word == "VCARD":
            depth -= 1
            if depth == 0:
                yield start, _cells(found, start)
        elif depth == 1:  # a card inside a card is an assistant's: not asked for
            found.append(one)
        depth = max(depth, 0)
    if depth:
        raise UnreadableFile("card", line=start)


# --- lines ------------------------------------------------------------------------------------------------------------


def _properties(path: Path, encoding: str) -> Iterator[tuple[int, Property]]:
    for number, raw in _unfolded(path, encoding):
        if (one := _property(raw, encoding if not encoding.startswith("utf-16") else "utf-8", number)) is not None:
            yield number, one


def _unfolded(path: Path, encoding: str) -> Iterator[tuple[int, bytes]]:
    """Yield logical lines: folded ones joined on bytes, for a fold may cut a character in two."""
    kept, first, is_dropped = b"", 0, False
    for number, raw in enumerate(decoded_lines(path, encoding, MAX_LINE), start=1):
        line = raw.rstrip(b"\r\n")
        if len(raw) >= MAX_LINE:
            raise UnreadableFile("line", line=number)
        is_soft = kept.endswith(b"=") and b"QUOTED-PRINTABLE" in kept.partition(b":")[0].upper()
        if first and (is_soft or line[:1] in (b" ", b"\t")):
            if not is_dropped:
                kept = kept[:-1] + line if is_soft else kept + line[1:]
            if len(kept) >= MAX_LINE:
                raise UnreadableFile("line", line=first)
            continue
        if first and not is_dropped:
            yield first, kept
        kept, first, is_dropped = line, number, _DROPPED.match(line) is not None
    if first and not is_dropped:
        yield first, kept


def _property(raw: bytes, encoding: str, number: int) -> Property | None:
    head, _colon, _rest = raw.partition(b":")
    declared = re.search(rb";CHARSET=\"?([\w-]+)", head, re.IGNORECASE)
    charset = declared[1].decode("ascii") if declared else encoding
    quoted = b"QUOTED-PRINTABLE" in head.upper()
    text = _decoded(raw, encoding if quoted else charset, encoding, number)
    match = _NAMED.match(text)
    if match is None:
        return None
    types, params = set(), {}
    for param in _PARAM.findall(match["params"]):
        key, has_value, value = param.partition("=")
        if has_value and key.upper() != "TYPE":
            params[key.upper()] = value.strip('"')
        else:
            types |= {word.strip().upper() for word in (value if has_value else key).strip('"').split(",")}
    value = match["value"]
    if quoted:
        octets = quopri.decodestring(value.encode(encoding, "replace"))
        with suppress(UnreadableFile):  # a value that was cut in the middle of a character keeps its rest
            value = octets.decode(encoding, "replace")
            value = _decoded(octets, charset, encoding, number)
    return Property(match["name"].upper(), frozenset(types), params, value)


def _decoded(raw: bytes, charset: str, fallback: str, number: int) -> str:
    with suppress(UnicodeDecodeError, LookupError):  # a declared charset that is none, or not true
        return raw.decode(charset)
    try:
        return raw.decode(fallback)
    except UnicodeDecodeError as error:
        raise UnreadableFile("encoding", line=number, encoding=fallback) from error


def _plain(text: str) -> str:
    text = re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], text, flags=re.DOTALL)
    return text.replace("\r\n", "\n").strip("\ufeff \t\r\n")


# --- cells ------------------------------------------------------------------------------------------------------------


def _cells(found: list[Property], line: int) -> list[str]:
    card: dict[str, list[str]] = defaultdict(list)
    for one in found:
        if one.value.strip():
            _take(one, card)
    company, person = _names(found)
    cells = {name: "\n".join(dict.fromkeys(values)) for name, values in card.items()}
    # Whoever trades alone is no contact of their own, unless there is something to say of the person.
    is_told = company or any(cells.get(name) for name in ("title", "department", "birthday"))
    cells |= {"company": company or person, "person": person if is_told else "", "kind": "" if company else PERSON}
    if (longest := max(map(len, cells.values()))) > MAX_CELL:
        raise UnreadableFile("cell", line=line, limit=MAX_CELL, found=longest)
    return [cells.get(name, "") for name in COLUMNS]


def _names(found: list[Property]) -> tuple[str, str]:
    """(company, person): a card that names the company twice is the company's own."""
    by_name = {one.name: one for one in reversed(found) if one.value.strip(" ;")}
    company = clean(by_name["ORG"].parts()[0]) if "ORG" in by_name else ""
    person = clean(by_name["FN"].text) if "FN" in by_name else ""
    if not person and "N" in by_name:
        family, given, middle, *_rest = [*by_name["N"].parts(), "", "", ""]
        person = f"{family}{given}" if is_cjk(family + given) else clean(f"{given} {middle} {family}")
    if not person and not company:  # a card of a number or an address alone is called by it
        person = next((clean(by_name[name].text) for name in ("NICKNAME", "EMAIL", "TEL") if name in by_name), "")
    if "X-ABSHOWAS" in by_name or (by_name.get("KIND") and by_name["KIND"].value.lower() == "org"):
        return company or person, ""
    return company, "" if person == company else person


def _take(one: Property, card: dict[str, list[str]]) -> None:
    """Put a property where it belongs; the names are those of COLUMNS."""
    text = one.text
    match one.name:
        case "ORG":
            card["department"] = card["department"] or [" / ".join(filter(None, one.parts()[1:]))]
        case "TITLE" | "ROLE":
            card["title"] = card["title"] or [text]
        case "TEL":
            _take_phone(one, card)
        case "ADR":
            _take_address(one, card)
        case "URL" | "X-SOCIALPROFILE" | "IMPP":
            _take_link(one, card)
        case "BDAY":
            match = _DAY.match(text)
            card["birthday" if match else "remarks"].append("-".join(match.groups()) if match else f"BDAY: {text}")
        case "EMAIL" | "CATEGORIES" | "NOTE":
            card[_LISTED[one.name]].append(text.removeprefix("mailto:"))
        case _:
            service = re.sub(r"^X-(?:\w+-)*?(?=[A-Z]+(?:-USERNAME|-ID)?$)|-(?:USERNAME|ID)$", "", one.name).lower()
            if service in _ACCOUNTS:
                card[service].append(text)


def _take_phone(one: Property, card: dict[str, list[str]]) -> None:
    number, extension, more = one.text.removeprefix("tel:").partition(";ext=")
    kind = "mobile" if one.types & {"CELL", "MOBILE", "IPHONE"} else "fax" if "FAX" in one.types else "phone"
    card[kind].append(f"{number} ext. {more}" if extension else number)


def _take_address(one: Property, card: dict[str, list[str]]) -> None:
    """The first one is the address; of several, one that is called that of work."""
    box, extended, street, city, region, code, country, *_rest = [*one.parts(), *[""] * 7]
    lines = clean("\n".join(filter(None, (street, extended, box))), newlines=True)
    cells = {"address": lines, "city": city, "region": region, "postal_code": code, "country": country}
    if not any(cells.values()):
        return
    if not any(card[name] for name in cells) or ("WORK" in one.types and not card["_is_work"]):
        _to_remarks(card, {name: "".join(card[name]) for name in cells})
        card.update({name: [clean(value, newlines=True)] for name, value in cells.items()})
        card["_is_work"] = ["1"] if "WORK" in one.types else []
    else:
        _to_remarks(card, cells)


def _to_remarks(card: dict[str, list[str]], address: dict[str, str]) -> None:
    if words := ", ".join(filter(None, (clean(value) for value in address.values()))):
        card["remarks"].append(words)


def _take_link(one: Property, card: dict[str, list[str]]) -> None:
    """An address of the web or of an account: known services have columns of their own."""
    text = one.text
    service = next(
        (name for name in _ACCOUNTS for word in (*one.types, one.params.get("X-SERVICE-TYPE", ""))
         if word.lower() == name or text.lower().startswith(f"{name}:") or f"{name}.com/" in text.lower()), "",
    )  # fmt: skip
    if service:
        card[service].append(re.sub(rf"^(?:{service}|x-apple):", "", text, flags=re.IGNORECASE))
    elif one.name == "URL" and not card["website"]:
        card["website"].append(text)
    else:
        card["remarks"].append(text)
