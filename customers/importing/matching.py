"""Which customer that stands already is a line about, and may the importer know it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Q

from core.text import squash

from ..identity import name_key
from ..inputs import CustomerData
from ..models import ContactPoint, Customer, IdentityKey
from .reading import Record, all_points

if TYPE_CHECKING:
    from accounts.models import User

K = TypeVar("K")
V = TypeVar("V")

# How a customer was recognised, strongest first. An e-mail alone only warns: the name is another one.
NUMBER, ID, CODE, NAME, EMAIL = "number", "id", "code", "name", "email"
LEVELS = (NUMBER, ID, CODE, NAME, EMAIL)


@dataclass
class Match:
    """The customers that a record may be, by the strongest thing that speaks for any."""

    by: str = ""
    ids: list[int] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        """One customer, and more than an e-mail speaks for it."""
        return len(self.ids) == 1 and self.by != EMAIL


def find(records: Sequence[Sequence[Record]], user: User) -> list[Match]:
    """Find for each group of records of one company whom they are about. Six queries, however many groups.

    A number names only customers that ``user`` sees: nobody learns of others by counting.
    """
    hits = _Hits([record.data for group in records for record in group])
    numbers = {record.number for group in records for record in group if record.number is not None}
    mine = editable(numbers, user) if numbers else {}
    return [_match(hits, group, mine.keys() & {record.number for record in group}) for group in records]


def _match(hits: _Hits, group: Sequence[Record], numbered: Collection[int]) -> Match:
    found = {level: {pk for one in group for pk in hits.of(level, one.data)} for level in LEVELS[1:]}
    found[NUMBER] = set(numbered)
    by = next((level for level in LEVELS if found[level]), "")
    return Match(by, sorted(found[by] | _others(by, found)) if by else [])


def _others(by: str, found: Mapping[str, set[int]]) -> set[int]:
    """Customers that an id or code names while the stronger sign names another one."""
    if by == NUMBER:
        return {pk for level in (ID, CODE) if not found[level] & found[NUMBER] for pk in found[level]}
    return found[CODE] if by == ID else set()


class _Hits:
    """What stands in the database with any of the values of these records."""

    def __init__(self, rows: Sequence[CustomerData]) -> None:
        self.by_id = _grouped(
            Customer.objects.filter(external_id__among=_filled(row.external_id for row in rows)).values_list(
                "external_id", "pk"
            )
        )
        codes = IdentityKey.objects.filter(
            kind=IdentityKey.Kind.CODE, is_blocking=True, value__among=_filled(row.code for row in rows)
        )
        self.by_code = _grouped(codes.filter(customer__isnull=False).values_list("value", "customer_id"))
        self._find_names(rows)
        emails = _filled(value for row in rows for value in emails_of(row))
        points = ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, normal__among=emails)
        living = points.filter(customer__archived_at=None, contact__archived_at=None)
        self.by_email = _grouped(living.values_list("normal", "customer_id"))

    def _find_names(self, rows: Sequence[CustomerData]) -> None:
        """Names by their key where the country is known, and word for word where one of both has none."""
        names = IdentityKey.objects.filter(
            kind=IdentityKey.Kind.NAME,
            is_blocking=True,
            value__among=_filled(name_key(row.name)[:300] for row in rows),
        )
        self.by_name: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        for value, country, code, pk in names.filter(customer__isnull=False).values_list(
            "value", "country", "exception", "customer_id"
        ):
            self.by_name[value].append((country, code, pk))
        self.by_words: dict[str, list[tuple[str, str, str, int]]] = defaultdict(list)
        same = Customer.objects.living().filter(name__among=_filled(row.name for row in rows))
        plain = same.filter(Q(country="") | Q(kind=Customer.Kind.PERSON))
        for name, country, kind, pk in plain.values_list("name", "country", "kind", "pk"):
            self.by_words[squash(name)].append((str(country), kind, "", pk))
        self.points = _grouped(
            ContactPoint.objects.filter(
                customer__in=[pk for found in self.by_words.values() for *_rest, pk in found]
            ).values_list("customer_id", "value")
        )

    def of(self, level: str, data: CustomerData) -> Iterable[int]:
        if level == ID:
            return self.by_id.get(data.external_id, ())
        if level == CODE:
            return self.by_code.get(data.code, ())
        if level == EMAIL:
            return [pk for value in emails_of(data) for pk in self.by_email.get(value, ())]
        return self._persons(data) if data.kind == Customer.Kind.PERSON else self._companies(data)

    def _companies(self, data: CustomerData) -> list[int]:
        keyed = self.by_name.get(name_key(data.name)[:300], ()) if data.name else ()
        fitting = [(country, pk) for country, code, pk in keyed if not (code and data.code and code != data.code)]
        same = [pk for country, pk in fitting if country == data.country or not data.country]
        plain = self.by_words.get(squash(data.name), ())
        return same or [pk for country, kind, _c, pk in plain if kind != Customer.Kind.PERSON and not country]

    def _persons(self, data: CustomerData) -> list[int]:
        """One of the same name and country, with a number or address in common where both have any."""
        mine = {point.value for point in all_points(data)}
        return [
            pk
            for country, kind, _code, pk in self.by_words.get(squash(data.name), ())
            if kind == Customer.Kind.PERSON
            and country == data.country
            and (not mine or not self.points.get(pk) or mine & set(self.points[pk]))
        ]


def emails_of(data: CustomerData) -> list[str]:
    return [point.value.lower() for point in all_points(data) if point.kind == ContactPoint.Kind.EMAIL]


def editable(ids: Iterable[int], user: User) -> dict[int, Customer]:
    """Those of the customers that the importer sees and may therefore complete."""
    rows = Customer.objects.visible_to(user).living().filter(pk__in=set(ids)).select_related("owner", "status")
    return {customer.pk: customer for customer in rows}


def _filled(values: Iterable[str]) -> set[str]:
    return {value for value in values if value}


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    found: dict[K, list[V]] = defaultdict(list)
    for key, pk in pairs:
        found[key].append(pk)
    return found
