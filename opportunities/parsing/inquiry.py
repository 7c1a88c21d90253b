"""What does a pasted inquiry say: who asks, how they are reached, for what, how much of it? Nothing is invented.

Every value is a piece of the text (or what that piece stands for: a country for "+49"), and says which.
Stronger evidence goes first: a label, the head of the mail, the signature, the words themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from core.countries import country_of, match
from core.phones import parse
from core.text import clean
from customers.identity import is_platform, mail_key, own_domain, web_domain

from .labels import labelled
from .letters import Letter, is_one_of, letter_of
from .needs import amount_in, product_in, quantity_in, quantity_of, worth_of
from .signing import introduced, is_title, lines_of_company, signature_in
from .tongue import language_in, language_named

# Longer pastes are read as far as this; the whole stays the message.
MOST = 60_000
LIMITS = {
    "company": 300, "person": 200, "title": 120, "email": 254, "phone": 60, "whatsapp": 60, "wechat": 60,
    "website": 300, "country": 2, "city": 100, "language": 12, "subject": 300, "product": 300, "quantity": 20,
    "unit": 40, "amount": 20, "currency": 3, "remarks": 4000,
}  # fmt: skip
_MAIL = re.compile(r"[A-Za-z0-9_.+%'-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}")
_SITE = re.compile(r"(?<![@\w.])(?:https?://|www\.)[^\s<>\"'，。；（）()]+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.,@/])(?:\+|00|\(\+?)?\d[\d\s().\-/]{5,22}\d(?![\w@])")
_CALLED = re.compile(
    r"(?:tel|phone|mob|cell|call|fon|telefon|handy|whats\s?app|wa\.me|电话|手机|致电|联系|телефон|тел|t|m|p)"
    r"\W{0,4}(?:is\W|no\W{0,2}|number\W{0,2}|号码?\W{0,2}|是\W{0,2})?$",
    re.IGNORECASE,
)
_WHATSAPP = re.compile(
    r"(?:whats\s?app|wa\.me/|api\.whatsapp\.com/send\?phone=)[^\d+\n]{0,20}(?P<number>\+?\d[\d\s().-]{6,20}\d)"
    r"|(?P<before>\+\d[\d\s().-]{6,20}\d)\s*\(?whats\s?app",
    re.IGNORECASE,
)
_WECHAT = re.compile(
    r"(?:we\s?chat|weixin|微信)(?:\s*(?:id|号码?|号|no\.?|is|是|:|：|=))*\s*(?P<id>[A-Za-z][\w-]{4,29}|\+?\d[\d -]{6,18}\d)",
    re.IGNORECASE,
)
_NOT_ID = frozenset(("please", "number", "wechat", "whatsapp", "account", "contact", "email"))
_FROM_PLACE = re.compile(
    r"(?:\bfrom|\bin|\baus|\bde|\bdesde|\bda|\bout of|\bbased in|\blocated in|来自|我在|из)\s*(?P<place>[^\s\d.,;!?()，。；！？][^\n.,;!?()，。；！？]{1,40})",
    re.IGNORECASE,
)
# "20095 Hamburg", "D-70565 Stuttgart", "SW1A 1AA" is none: only where the town follows its number.
_CITY = re.compile(r"\s*(?:[A-Z]{1,2}-)?\d{4,6}\s+([^\W\d][^\d,]{1,40}?)\s*")
_SALUTATION = re.compile(r"^(?:mr|mrs|ms|miss|dr|herr|frau|sr|sra|mme|m|先生|女士|小姐)\.?$", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A suggested value of one field, and the piece of the text (``start`` to ``end``) that shows it."""

    field: str
    value: str
    start: int
    end: int


def read_inquiry(text: str, ours: Set[str] = frozenset()) -> dict[str, Found]:
    """Suggest fields of a lead, by field. ``text`` is clean; ``ours`` are our own mail addresses and domains.

    >>> found = read_inquiry("Name: Jane Doe\\nE-mail: jane@acme.example\\nI need 500 pcs of steel tubes.")
    >>> found["person"].value, found["quantity"].value, found["unit"].value
    ('Jane Doe', '500', 'pcs')
    """
    return _Reading(text[:MOST], ours).found


# One place for one place: full-width signs and odd blanks as plain ones, so that places stay.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys((0x3000, 0xA0, 0x202F, 0x2009), 0x20)

_NARROW = {wide: plain for wide, plain in _PLAIN.items() if chr(plain).isalnum()}


class _Reading:
    """One text while it is read."""

    def __init__(self, text: str, ours: Set[str]) -> None:
        self.text, self.ours = text, ours
        self.flat = text.translate(_PLAIN)
        self.found: dict[str, Found] = {}
        self.letter: Letter = letter_of(self.flat, ours)
        self.remarks: list[tuple[str, int, int]] = []
        self.hear_labels()
        self.hear_head()
        self.hear_signature()
        self.hear_words()
        self.hear_places()
        self.conclude()

    # --- taking -------------------------------------------------------------------------------------

    def take(self, field: str, start: int, end: int, value: str | None = None) -> None:
        """Keep a value unless a stronger piece gave one."""
        while start < end and self.flat[start] in " \t\n":
            start += 1
        told = clean(self.text[start:end].translate(_NARROW) if value is None else value)[: LIMITS[field]].strip()
        if told and field not in self.found:
            self.found[field] = Found(field, told, start, end)

    def body(self) -> str:
        return self.flat[self.letter.start : self.letter.end]

    # --- by what it says ----------------------------------------------------------------------------

    def hear_labels(self) -> None:
        parts: dict[str, tuple[int, int]] = {}
        for one in labelled(self.flat, self.letter.start, self.letter.end):
            value = self.flat[one.start : one.end]
            for field in one.fields:
                if field in ("first", "last"):
                    parts.setdefault(field, (one.start, one.end))
                else:
                    self.hear_label(field, value, one.start, one.end)
        if parts and "person" not in self.found:
            pieces = [parts[key] for key in ("first", "last") if key in parts]
            name = " ".join(self.text[start:end] for start, end in pieces)
            self.take("person", min(start for start, _end in pieces), max(end for _start, end in pieces), name)

    def hear_label(self, field: str, value: str, start: int, end: int) -> None:
        mail = _MAIL.search(value)
        if mail and field not in ("message", "subject", "product"):
            if not is_one_of(mail[0], self.ours):
                self.take("email", start + mail.start(), start + mail.end())
            if field in ("email", "phone") or mail.span() == (0, len(value)):
                return
        if field in self.HEARD:
            self.HEARD[field](self, field, value, start, end)
        else:
            self.take(field, start, end)

    def hear_person(self, _field: str, value: str, start: int, end: int) -> None:
        if _PHONE.fullmatch(value):
            self.hear_number("phone", value, start, end)
            return
        cut = re.search(r"\s*[<(|,]", value)
        stop = start + cut.start() if cut and cut.start() else end
        if any(char.isalpha() for char in value[: stop - start]) and "@" not in value[: stop - start]:
            self.take("person", start, stop)

    def hear_number(self, field: str, value: str, start: int, _end: int) -> None:
        if match := re.search(r"[+(]?\d[\d\s().\-/]{4,24}\d", value):
            self.take(field, start + match.start(), start + match.end())
        elif field == "whatsapp" and re.search(r"same|同|yes|是", value, re.IGNORECASE) and "phone" in self.found:
            phone = self.found["phone"]
            self.take("whatsapp", phone.start, phone.end)

    def hear_country(self, _field: str, value: str, start: int, end: int) -> None:
        if code := country_of(value):
            self.take("country", start, end, code)
            return
        parts = [part for part in re.split(r"[,/|;，]| - ", value) if part.strip()]
        for part in reversed(parts):
            if code := country_of(part):
                at = start + value.rindex(part)
                self.take("country", at, at + len(part), code)
                if part is not parts[0] and not any(map(str.isdigit, parts[0])):
                    self.take("city", start, start + len(parts[0]))
                return

    def hear_quantity(self, _field: str, value: str, start: int, _end: int) -> None:
        if (found := quantity_of(value)) is None:
            return
        self.take("quantity", start + found.start, start + found.end, _plain(found.number))
        if found.unit:
            at = start + value.index(found.unit, found.end)
            self.take("unit", at, at + len(found.unit))

    def hear_money(self, field: str, value: str, start: int, end: int) -> None:
        money = worth_of(value)
        if field == "amount" and money.amount is not None and 0 < money.amount < Decimal(10) ** 14:
            self.take("amount", start, end, _plain(money.amount))
            if money.currency:
                self.take("currency", start, end, money.currency)
        elif any(map(str.isdigit, value)):  # a price for one is no value of the whole: kept in words
            self.remarks.append((self.text[self.line_start(start) : end], self.line_start(start), end))

    def hear_website(self, _field: str, value: str, start: int, _end: int) -> None:
        address = value.split()[0]
        if web_domain(address):
            self.take("website", start, start + len(address))

    def hear_language(self, _field: str, value: str, start: int, end: int) -> None:
        if code := language_named(value):
            self.take("language", start, end, code)

    def hear_title(self, _field: str, value: str, start: int, end: int) -> None:
        """A title is somebody's work, or what a marketplace calls the heading of a request."""
        if not _SALUTATION.match(value):
            self.take("title" if is_title(value) else "subject", start, end)

    def hear_nothing(self, _field: str, _value: str, _start: int, _end: int) -> None:
        """An address that is none; the message, which is kept whole."""

    # What is done with a label's value; any other field takes it as it is.
    HEARD: ClassVar[dict[str, Callable[[_Reading, str, str, int, int], None]]] = {
        "email": hear_nothing,
        "message": hear_nothing,
        "phone": hear_number,
        "whatsapp": hear_number,
        "person": hear_person,
        "country": hear_country,
        "quantity": hear_quantity,
        "amount": hear_money,
        "price": hear_money,
        "website": hear_website,
        "language": hear_language,
        "title_or_subject": hear_title,
    }

    def line_start(self, at: int) -> int:
        return self.flat.rfind("\n", 0, at) + 1

    # --- by where it stands -------------------------------------------------------------------------

    def hear_head(self) -> None:
        letter = self.letter
        if letter.subject:
            self.take("subject", *letter.subject)
        if letter.sender_mail:
            self.take("email", *letter.sender_mail)
        if letter.sender_name:
            self.take("person", *letter.sender_name)
        if letter.author:
            start, end = letter.author
            name = self.flat[start:end].strip()
            if parse(name).e164:
                self.take("phone", start, end)
                self.take("whatsapp", start, end)
            elif any(map(str.isalpha, name)):
                self.take("person", start, end, name.lstrip("~ "))

    def hear_signature(self) -> None:
        for field, start, end in (*introduced(self.body()), *signature_in(self.body()), *lines_of_company(self.body())):
            if field == "place":
                place = self.flat[self.letter.start + start : self.letter.start + end]
                self.hear_address(place, self.letter.start + start)
            else:
                self.take(field, self.letter.start + start, self.letter.start + end)

    def hear_address(self, line: str, at: int) -> None:
        """The country of an address, and the city behind a postal code."""
        for part in re.finditer(r"[^,;|]+", line):
            text = part[0].strip(" .")
            if city := _CITY.fullmatch(part[0]):
                self.take("city", at + part.start() + city.start(1), at + part.start() + city.end(1))
            elif (len(text) > 3 or (len(text) == 3 and text.isupper())) and (code := country_of(text)):
                self.take("country", at + part.start(), at + part.end(), code)

    def hear_words(self) -> None:
        body, at = self.body(), self.letter.start
        for mail in _MAIL.finditer(body):
            if not is_one_of(mail[0], self.ours) and not is_platform(mail[0]):
                self.take("email", at + mail.start(), at + mail.end())
        for chat in _WHATSAPP.finditer(body):
            name = "number" if chat["number"] else "before"
            self.take("whatsapp", at + chat.start(name), at + chat.end(name))
        for one in _WECHAT.finditer(body):
            if one["id"].lower() not in _NOT_ID:
                self.take("wechat", at + one.start("id"), at + one.end("id"))
        for site in _SITE.finditer(body):
            address = site[0].rstrip(".,;:!?)")
            domain = web_domain(address)
            if domain and not is_platform(domain) and domain not in self.ours and own_domain(address):
                self.take("website", at + site.start(), at + site.start() + len(address))
        self.hear_needs(body, at)

    def hear_needs(self, body: str, at: int) -> None:
        if product := product_in(body):
            self.take("product", at + product[0], at + product[1])
        if "quantity" not in self.found and (found := quantity_in(body)):
            self.take("quantity", at + found.start, at + found.end, _plain(found.number))
            unit_at = at + body.index(found.unit, found.end)
            self.take("unit", unit_at, unit_at + len(found.unit))
        if "amount" not in self.found and (worth := amount_in(body)):
            self.hear_money("amount", body[slice(*worth)], at + worth[0], at + worth[1])
        if language := language_in(body):
            self.take("language", at + language[1], at + language[2], language[0])

    def hear_places(self) -> None:
        """The country: what is said of it, the country of the number, the ending of the own domain."""
        body, at = self.body(), self.letter.start
        for phone in self.numbers(body):
            self.take("phone", at + phone.start(), at + phone.end())
        self.hear_from(body, at)
        for name in ("phone", "whatsapp"):
            known = self.found.get(name)
            if known and (code := parse(known.value).country):
                self.take("country", known.start, known.end, code)
        self.hear_ending()

    def hear_ending(self) -> None:
        for name in ("website", "email"):
            known = self.found.get(name)
            domain = own_domain(known.value) if known else ""
            ending = domain.rpartition(".")[2]
            if known and len(ending) == 2 and ending not in _NO_COUNTRY:
                at_end = known.start + known.value.lower().rindex(domain) + len(domain) if domain in known.value else 0
                if at_end and (code := country_of({"uk": "gb"}.get(ending, ending))):
                    self.take("country", at_end - len(ending), at_end, code)

    def hear_from(self, body: str, at: int) -> None:
        """ "From Germany", "in South Africa", 来自巴西: the longest run of words that names a country."""
        for one in _FROM_PLACE.finditer(body):
            words = one["place"].split()
            for size in range(min(4, len(words)), 0, -1):
                place = " ".join(words[:size])
                is_name = (place[:1].isupper() and len(place) > 3) or place.isupper() or not place.isascii()
                if is_name and (code := _country_in(place)):
                    self.take("country", at + one.start("place"), at + one.start("place") + len(place), code)
                    break

    def numbers(self, body: str) -> Iterator[re.Match[str]]:
        """Numbers that can be dialled: with their country, or behind a word that says so."""
        country = self.found["country"].value if "country" in self.found else ""
        for number in _PHONE.finditer(body):
            is_said = bool(_CALLED.search(body[max(0, number.start() - 24) : number.start()]))
            has_code = number[0].startswith(("+", "00", "(+"))
            if (has_code or is_said) and parse(number[0], country).e164:
                yield number

    # --- by what follows from it --------------------------------------------------------------------

    def conclude(self) -> None:
        mail = self.found.get("email")
        domain = own_domain(mail_key(mail.value)) if mail else ""
        if mail and domain:  # free mail and market places are nobody's website
            at = mail.start + mail.value.index("@") + 1
            self.take("website", at, mail.end, domain)
        if self.remarks:
            words = "\n".join(line.strip() for line, _start, _end in self.remarks)
            self.found["remarks"] = Found("remarks", words[: LIMITS["remarks"]], *self.remarks[0][1:])


def _plain(number: Decimal) -> str:
    """A number without an exponent or empty fraction: 1300, 12.5."""
    return f"{number.normalize():f}"


# Endings that anybody takes for the look of it.
_NO_COUNTRY = frozenset(
    [
        "co",
        "io",
        "ai",
        "me",
        "tv",
        "cc",
        "ws",
        "fm",
        "ly",
        "gg",
        "to",
        "so",
        "im",
        "am",
        "sh",
        "ac",
        "eu",
        "asia",
        "us",
        "la",
        "vc",
        "ag",
        "bz",
    ]
)
_STOP = re.compile(r"^(?:the|a|an|your|my|our|this|that|you|us|me|la|le|el|los|las)\b\s*", re.IGNORECASE)


def _country_in(place: str) -> str | None:
    """The country that words name exactly; slips of the pen are no evidence in running text."""
    from_article = _STOP.sub("", place) if place.lower().startswith("the ") else place
    if _STOP.match(from_article):
        return None
    found = match(from_article)
    return found.code if found.how != "typo" else None
