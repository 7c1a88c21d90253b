"""What does one line of a file say about a customer, and what in it cannot be understood?

Wrong dates, numbers, owners and codes keep a line out (errors). A phone, an e-mail, a country or a
category that is not recognised does not: its text is kept, and the person is told (notes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import Model, TextChoices

from core.countries import country_of
from core.currencies import currency_of
from core.custom_fields import fields_of
from core.exporting.cells import list_part
from core.importing.own_values import own_value
from core.importing.targets import Entry, Reason, Value
from core.importing.values import date_of, is_blank, money_of, number_of, split_choices, yes_no_of
from core.labels import BilingualLabel
from core.models import CustomField
from core.text import clean, squash
from core.zones import is_zone

from ..facts import normal_form
from ..identity import check_code, name_key
from ..inputs import ContactData, CustomerData, PointData
from ..models import Category, CategoryDimension, Contact, ContactPoint, Customer, Pool, Source, Status
from ..models.contact import Channel
from ..models.customer import Incoterm
from ..record_numbers import customer_numbered
from .fields import CATEGORY, CONTACT_CUSTOM, CUSTOM

if TYPE_CHECKING:
    from accounts.models import User

Values: TypeAlias = Mapping[str, Sequence[Value]]

# A backslash in front says that it divides nothing: so our own exports write it (core.exporting.cells).
_POINT_SEPARATORS = re.compile(r"\s*(?<!\\)[;|、；，\n]\s*|\s+/\s+|(?<!\\),\s+|(?<!\\),(?=[^,]*@)")
_EMAIL = re.compile(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;]+\.[^@\s<>\"(),:;.]{2,}")
_ADDRESSED = re.compile(r".*<([^<>]+)>\s*$|^mailto:(.+)$", re.DOTALL)
_CHANNELS = (
    "whatsapp", "wechat", "linkedin", "facebook", "instagram", "skype", "telegram", "line", "viber", "fax", "other",
)  # fmt: skip
# A note longer than a point may be stays in the remarks.
_LONGEST_POINT = 300
_TRADE = frozenset(
    ("payment_terms", "tariff_preference", "competitors", "needs", "reasons_not_won", "currency", "incoterm",
     "annual_purchase", "purchase_cycle_days", "our_share")
)  # fmt: skip
SIZES = tuple(Customer.Size)
_SIZE_ENDS = (10, 50, 200, 500, 1000)


@dataclass
class Words:
    """Rows that admins keep, by every word that names them: key and both names, folded."""

    by_word: dict[str, Any]

    @classmethod
    def of(cls, rows: Sequence[BilingualLabel], **extra: Any) -> Words:
        return cls({squash(word): row for row in rows for word in (row.key, row.name_en, row.name_zh) if word})  # type: ignore[attr-defined]

    def get(self, text: str) -> Any:
        return self.by_word.get(squash(text))


@dataclass
class Record:
    """What a line says: the customer, the owner of a new one, and what was said in so many words."""

    data: CustomerData
    # Or the pool into which it goes.
    owner: User | Pool | None = None
    # The customer that the line names by its number of this installation; the importer may not see it.
    number: int | None = None


class Reader:
    """Reads lines on behalf of one person; what it needs of the firm's own words is looked up once."""

    def __init__(self, *, owner: User | Pool, owners: Mapping[str, User | Pool], options: Mapping[str, Any]) -> None:
        self.owner = owner
        # User names, e-mails and names, folded, of people whom the importer may make owner, and names of pools that
        # it may fill; none where two share it.
        self.owners = owners
        self.options = options

    @cached_property
    def statuses(self) -> Words:
        return Words.of(list(Status.objects.filter(is_active=True)))

    @cached_property
    def sources(self) -> Words:
        return Words.of(list(Source.objects.filter(is_active=True)))

    @cached_property
    def dimensions(self) -> dict[str, tuple[CategoryDimension, Words]]:
        rows = list(Category.objects.filter(is_active=True, dimension__is_active=True).select_related("dimension"))
        found = {row.dimension.key: row.dimension for row in rows}
        return {key: (one, Words.of([row for row in rows if row.dimension_id == one.pk])) for key, one in found.items()}

    @cached_property
    def custom(self) -> dict[str, CustomField]:
        return {f"{CUSTOM}{one.key}": one for one in fields_of("customers.customer")} | {
            f"{CONTACT_CUSTOM}{one.key}": one for one in fields_of("customers.contact")
        }

    def read(self, line: int, values: Values) -> Entry:
        """Make an entry with a Record; never raises for what a file says."""
        return _Line(self, line, values).entry


class _Line:
    """One line while it is read."""

    def __init__(self, reader: Reader, line: int, values: Values) -> None:
        self.reader = reader
        # Only what says something: a line fills few of all fields. "N/A" says nothing, but NA is Namibia.
        self.values = {
            key: told
            for key, found in values.items()
            if (told := [value for value in found if key == "country" or not is_blank(value.text)])
        }
        self.entry = Entry(line)
        # Texts that no field could take, with the field they came for.
        self.kept: list[tuple[str, str]] = []
        self.data = CustomerData(name="")
        self.entry.record = Record(self.data, reader.owner)
        self._company()
        if not _TRADE.isdisjoint(self.values):
            self._trade()
        self._sorted_in()
        self._people()
        self._keep()
        self.entry.title, self.entry.country = self.data.name, self.data.country
        self.entry.subtitle = self.data.contacts[0].name if self.data.contacts else ""

    # --- parts ------------------------------------------------------------------------------------

    def _company(self) -> None:
        data = self.data
        name = self._text("name", Customer, "name")
        data.name = clean(name)
        if not data.name:
            self._wrong("empty", field="name")
        if value := self._one("number"):
            self.entry.record.number = customer_numbered(value.text)
            if self.entry.record.number is None:
                self.entry.notes.append(Reason("foreign_number", value.column, value.text))
        data.kind = self._choice("kind", Customer.Kind) or data.kind
        data.country = self._known("country", country_of) or ""
        for key in ("external_id", "region", "city", "postal_code", "website", "language"):
            if key in self.values:
                setattr(data, key, clean(self._text(key, Customer, key)))
        data.address = "\n".join(value.text for value in self.values.get("address", ()))[:500]
        data.time_zone = self._known("time_zone", lambda text: text if is_zone(text) else None) or ""
        data.size = self._known("size", size_of) or ""
        data.remarks = "\n".join(value.text for value in self.values.get("remarks", ()))
        self._code()
        points = [("email", "email"), ("phone", "phone"), ("fax", "fax")]
        data.points = [point for key, kind in points if key in self.values for point in self._points(key, kind)]

    def _code(self) -> None:
        if not (value := self._one("code")):
            return
        checked = check_code(self.data.country, clean(value.text))
        if checked.is_wrong:
            self._wrong("wrong_code", value)
        self.data.code = checked.code[:40]

    def _trade(self) -> None:
        data = self.data
        for key in ("payment_terms", "tariff_preference"):
            setattr(data, key, clean(self._text(key, Customer, key)))
        for key in ("competitors", "needs", "reasons_not_won"):
            longest = longest_of(Customer, key)
            setattr(data, key, "\n".join(value.text for value in self.values.get(key, ()))[:longest])
        data.currency = self._known("currency", currency_of) or ""
        data.incoterm = self._known("incoterm", incoterm_of) or ""
        if value := self._one("annual_purchase"):
            data.annual_purchase = self._amount(value, data.currency)
            if data.annual_purchase is None or not 0 <= data.annual_purchase < Decimal(10) ** 14:
                self._wrong("number", value)
        cycle, share = self._number("purchase_cycle_days", most=3660), self._number("our_share", most=100)
        data.purchase_cycle_days = int(cycle) if cycle is not None else None
        data.our_share = int(share) if share is not None else None

    def _sorted_in(self) -> None:
        data, reader, options = self.data, self.reader, self.reader.options
        status, source = self._known("status", reader.statuses.get), self._known("source", reader.sources.get)
        data.status = status.key if status else Status.POTENTIAL
        data.source = source.pk if source else options.get("source")
        words = [word for value in self.values.get("tags", ()) for word in split_choices(value.text)]
        data.tags = [clean(word)[:40].rstrip() for word in (*words, *options.get("tags", ())) if clean(word)]
        for key, (dimension, known) in reader.dimensions.items():
            data.categories += self._categories(f"{CATEGORY}{key}", dimension, known)
        data.custom = self._custom(CUSTOM)
        if value := self._one("owner"):
            owner = reader.owners.get(squash(value.text))
            if owner is None:
                self._wrong("owner", value)
            self.entry.record.owner = owner

    def _categories(self, key: str, dimension: CategoryDimension, known: Words) -> list[int]:
        found: list[int] = []
        for value in self.values.get(key, ()):
            for word in split_choices(value.text, known.by_word):
                row = known.get(word)
                if row is None or (found and not dimension.is_multiple):
                    self._unknown(key, Value(word, value.column))
                elif row.pk not in found:
                    found.append(row.pk)
        return found

    def _people(self) -> None:
        points = [
            point
            for kind in ("email", "mobile", "phone", *_CHANNELS)
            if (key := f"contact.{kind}") in self.values
            for point in self._points(key, kind)
        ]
        name = clean(self._text("contact.name", Contact, "name"))
        if not name:  # nobody to hang them on: they are the company's, and nothing is lost
            self.data.points += [point for point in points if point not in self.data.points]
            return
        decides = self._one("contact.is_decision_maker")
        birthday = self._one("contact.birthday")
        no_contact = self._one("contact.is_do_not_contact")
        is_closed = bool(no_contact and self._yes_no(no_contact))
        why = clean(self._text("contact.do_not_contact_reason", Contact, "do_not_contact_reason"))
        self.data.contacts = [
            ContactData(
                name=name,
                title=clean(self._text("contact.title", Contact, "title")),
                department=clean(self._text("contact.department", Contact, "department")),
                language=clean(self._text("contact.language", Contact, "language")),
                time_zone=self._known("contact.time_zone", lambda text: text if is_zone(text) else None) or "",
                preferred_channel=self._choice("contact.preferred_channel", Channel),
                style=clean(self._text("contact.style", Contact, "style")),
                birthday=self._date(birthday) if birthday else None,
                is_decision_maker=bool(decides and self._yes_no(decides)),
                is_do_not_contact=is_closed,
                do_not_contact_reason=why if is_closed else "",
                remarks="\n".join(value.text for value in self.values.get("contact.remarks", ()))[:2000],
                custom=self._custom(CONTACT_CUSTOM),
                points=points,
            )
        ]

    def _keep(self) -> None:
        """Put what was not recognised where people look: into the remarks, under the name of its column."""
        lines = [f"{label}: {text}" for label, text in self.kept]
        self.data.remarks = "\n".join(filter(None, [self.data.remarks, *lines]))
        longest = longest_of(Customer, "remarks")
        if len(self.data.remarks) > longest:
            self.entry.notes.append(Reason("cut", about={"field": "remarks", "limit": longest}))
            self.data.remarks = self.data.remarks[:longest]

    # --- values -----------------------------------------------------------------------------------

    def _one(self, key: str) -> Value | None:
        values = self.values.get(key)
        return values[0] if values else None

    def _text(self, key: str, model: type[Model], field: str) -> str:
        """The text, cut where it is longer than its column; the person is told."""
        value = self._one(key)
        if value is None:
            return ""
        longest = longest_of(model, field)
        if len(value.text) > longest:
            self.entry.notes.append(Reason("cut", value.column, value.text, {"field": key, "limit": longest}))
        return value.text[:longest]

    def _known(self, key: str, find: Any) -> Any:
        """What ``find`` makes of the text; a text it does not know is kept in the remarks."""
        value = self._one(key)
        if value is None:
            return None
        found = find(clean(value.text))
        if found is None:
            self._unknown(key, value)
        return found

    def _unknown(self, key: str, value: Value) -> None:
        self.entry.notes.append(Reason("unknown", value.column, value.text, {"field": key}))
        self.kept.append((self.reader.options.get("columns", {}).get(str(value.column), key), clean(value.text)))

    def _choice(self, key: str, choices: type[TextChoices]) -> str:
        if self._one(key) is None:
            return ""
        words = {squash(str(word)): stored for stored, label in choices.choices for word in (stored, label)}
        return self._known(key, lambda text: words.get(squash(text))) or ""

    def _number(self, key: str, most: Decimal | int) -> Decimal | None:
        value = self._one(key)
        if value is None:
            return None
        number = number_of(value.text, value.decimal)
        if number is None or not 0 <= number <= most:
            self._wrong("number", value)
            return None
        return number

    @staticmethod
    def _amount(value: Value, currency: str) -> Decimal | None:
        """An amount of this currency, or of none that is named; money of another one is no answer."""
        money = money_of(value.text, currency, value.decimal)
        if money.amount is None or (money.currency and currency and money.currency != currency):
            return None
        return money.amount.quantize(Decimal("0.01"))

    def _date(self, value: Value) -> date | None:
        found = date_of(value.text, value.dates)
        if found is None:
            self._wrong("date", value)
        return found

    def _yes_no(self, value: Value) -> bool | None:
        found = yes_no_of(value.text)
        if found is None:
            self._wrong("yes_no", value)
        return found

    def _custom(self, prefix: str) -> dict[str, Any]:
        found = {}
        for key, values in self.values.items():
            if key.startswith(prefix) and (definition := self.reader.custom.get(key)):
                stored, wrong = own_value(definition, values[0])
                if wrong:
                    self._wrong(wrong, values[0])
                if stored not in (None, "", []):
                    found[definition.key] = stored
        return found

    def _points(self, key: str, kind: str) -> list[PointData]:
        """Numbers or addresses of a cell, which may hold several; what cannot be dialled or mailed is kept as typed."""
        points: list[PointData] = []
        for value in self.values.get(key, ()):
            for text in filter(None, _POINT_SEPARATORS.split(value.text)):
                word = clean(list_part(text))
                if kind == "email" and (found := _ADDRESSED.match(word)):
                    word = clean(found[1] or found[2])
                if len(word) > _LONGEST_POINT:
                    self._unknown(key, Value(word, value.column))
                    continue
                if not valid_point(kind, word, self.data.country):
                    self.entry.notes.append(Reason("point", value.column, word, {"kind": kind}))
                if all((point.kind, point.value) != (kind, word) for point in points):
                    points.append(PointData(kind, word))
        return points

    def _wrong(self, code: str, value: Value | None = None, field: str = "") -> None:
        about = {"field": field} if field else {}
        reason = Reason(code, value.column, value.text, about) if value else Reason(code, about=about)
        self.entry.errors.append(reason)


# --- words -------------------------------------------------------------------------------------------


def valid_point(kind: str, text: str, country: str) -> bool:
    """Can it be dialled or mailed?"""
    if kind == ContactPoint.Kind.EMAIL:
        return _EMAIL.fullmatch(text) is not None
    return kind not in ContactPoint.PHONES or bool(normal_form(kind, text, country))


def size_of(text: str) -> str | None:
    """A size by its key, its words, or a number of employees."""
    wanted = squash(text)
    for size in SIZES:
        if wanted in (squash(size.value), squash(str(size.label))):
            return size.value
    number = number_of(text)
    if number is None or number < 1:
        return None
    place = sum(number > end for end in _SIZE_ENDS)
    return SIZES[place].value


def incoterm_of(text: str) -> str | None:
    """“FOB Shanghai” is FOB: the first word decides."""
    word = text.split()[0].upper() if text.split() else ""
    return word if word in Incoterm.values else None


def keys_of(record: Record) -> tuple[list[str], list[str]]:
    """(by which keys other lines find this one, by which it finds others), strongest first.

    A line without a country meets one of the same name in any; two lines whose codes both stand and
    differ never meet by name; people trading alone meet by name and one number or address. A line that names its
    customer by number meets others of that number only, whatever else they share.
    """
    keeps, seeks = _keys_of(record.data)
    if record.number is None:
        return keeps, seeks
    numbered = f"number|{record.number}"
    return [numbered, *keeps], [numbered]


def _keys_of(data: CustomerData) -> tuple[list[str], list[str]]:
    keeps, seeks = [], []
    if data.external_id:
        keeps.append(f"id|{data.external_id}")
        seeks.append(f"id|{data.external_id}")
    if data.code:
        keeps.append(f"code|{data.code}")
        seeks.append(f"code|{data.code}")
    name = (name_key(data.name) or squash(data.name) or data.name)[:200]
    if data.kind == Customer.Kind.PERSON:
        points = [normal_form(p.kind, p.value, data.country) or p.value for p in all_points(data)]
        persons = [f"person|{name}|{data.country}|{point[:80]}" for point in points or [""]]
        return keeps + persons, seeks + persons
    coded = "coded" if data.code else "plain"
    keeps += [f"name|{name}|{data.country}|{coded}", f"any|{name}|{coded}"]
    for other in ("plain",) if data.code else ("plain", "coded"):
        seeks += [f"name|{name}|{data.country}|{other}", f"name|{name}||{other}"]
        if not data.country:
            seeks.append(f"any|{name}|{other}")
    return keeps, seeks


@cache
def longest_of(model: type[Model], field: str) -> int:
    """How many characters a column of text takes."""
    column: Any = model._meta.get_field(field)
    return column.max_length


def all_points(data: CustomerData) -> list[PointData]:
    """The customer's own and its contacts'."""
    return [*data.points, *(point for contact in data.contacts for point in contact.points)]
