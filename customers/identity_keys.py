"""Which identity keys does a customer have, and is one of them taken? The writer of IdentityKey for customers."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from core.loading import load_rows

from .identity import is_shared_mailbox, mail_key, name_key, own_domain, social_handle
from .models import ContactPoint, Customer, CustomerName, IdentityKey, SaidDifferent
from .name_grams import grams

Kind = IdentityKey.Kind
# Kinds of points that are accounts; WhatsApp and Viber are numbers.
ACCOUNTS = ("wechat", "linkedin", "facebook", "instagram", "skype", "telegram", "line")
LONGEST = 300


@dataclass(frozen=True)
class Key:
    """A blocking key. ``exception`` holds the code, where two of one name have codes that differ."""

    kind: str
    value: str
    country: str
    code: str = ""


def keys_of(*, kind: str, name: str, country: str, code: str) -> list[Key]:
    """The blocking keys of one header, per domain.md: the same code; or the same normalised name with its
    canonical legal form in the same known country, both companies."""
    found = []
    if code:
        found.append(Key(Kind.CODE, code, ""))
    if kind == Customer.Kind.COMPANY and country and (value := name_key(name)):
        found.append(Key(Kind.NAME, value[:LONGEST], country, code))
    return found


def point_keys(points: Iterable[tuple[str, str, str]], website: str = "", country: str = "") -> set[tuple[str, str]]:
    """(kind, value) by which numbers, addresses and a website tie two records; ``points`` are (kind, value, E.164).

    Free-mail domains and platforms tie nobody.
    """
    found = {(Kind.DOMAIN.value, own_domain(website))} if website else set()
    for kind, value, normal in points:
        if kind in ContactPoint.PHONES:
            found.add((Kind.PHONE.value, normal))
        elif kind == ContactPoint.Kind.EMAIL:
            address = mail_key(value)
            found |= {(Kind.MAIL.value, address), (Kind.DOMAIN.value, own_domain(address))}
        elif kind in ACCOUNTS and (handle := social_handle(kind, value, country)):
            found.add((Kind.ACCOUNT.value, f"{kind}:{handle}"))
    return {(kind, value[:LONGEST]) for kind, value in found if value}


def lock_keys(keys: Iterable[Key]) -> None:
    """Wait for whoever is entering the same keys at this moment; released at the end of the transaction."""
    numbers = sorted(
        {int.from_bytes(_digest(f"{key.kind}|{key.value}|{key.country}"), "big", signed=True) for key in keys}
    )
    with connection.cursor() as cursor:  # in the order of the array: two who share keys never wait for each other
        cursor.execute("SELECT count(pg_advisory_xact_lock(number)) FROM unnest(%s::bigint[]) number", [numbers])


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def code_of(exception: str) -> str:
    """The header's code in an exception, without what tells the customer from another."""
    return exception.partition("#")[0]


def taken_by(keys: Sequence[Key], *, but: Collection[int] = ()) -> IdentityKey | None:
    """The first living record that has one of the keys, codes before names; None where all are free.

    Names with codes that are both present and different do not block each other, nor do customers in ``but``
    (oneself, and those that somebody said are different).
    """
    if not keys:
        return None
    same = Q(*(Q(kind=key.kind, value=key.value, country=key.country) for key in keys), _connector=Q.OR)
    rows = IdentityKey.objects.filter(same, is_blocking=True).exclude(customer__in=but).order_by("pk")
    found = list(rows.select_related("owner", "customer__status"))
    for key in keys:
        for row in found:
            if (row.kind, row.value, row.country) == (key.kind, key.value, key.country) and blocks(key, row.exception):
                return row
    return None


def blocks(key: Key, exception: str) -> bool:
    """Does a row of the same kind, value and country stand in this key's way?"""
    code = code_of(exception)
    return key.kind != Kind.NAME or not (code and key.code and code != key.code)


def no_conflicts_of(customer: Customer) -> set[int]:
    """The customer itself and those of which somebody said that they are not it: whom it is never the same as."""
    pairs = SaidDifferent.objects.of(customer).values_list("one", "other")
    return {customer.pk, *(pk for pair in pairs for pk in pair)}


def repeat_owners(ids: Iterable[int]) -> None:
    """Let the keys name who holds these customers now: a refusal says it."""
    holder = Customer.objects.filter(pk=OuterRef("customer")).values("owner")
    IdentityKey.objects.filter(customer__in=list(ids)).update(owner=Subquery(holder))


def refresh_keys(customer: Customer) -> None:
    """Write the keys of one customer anew from headers, numbers, addresses and website; of an archived one none blocks.

    Call it in the transaction that changed one of them, or its country, kind or owner. Five statements.
    """
    refresh_many([customer])


def refresh_many(customers: Sequence[Customer]) -> None:
    """Write the keys of these customers anew, as ``refresh_keys`` does. The number of statements is fixed."""
    by_id = {customer.pk: customer for customer in customers}
    told_apart = set()
    for pair in SaidDifferent.objects.filter(Q(one__in=by_id) | Q(other__in=by_id)).values_list("one", "other"):
        told_apart |= set(pair)
    points: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    living = ContactPoint.objects.filter(customer__in=by_id, contact__archived_at=None)
    for pk, kind, value, normal in living.values_list("customer_id", "kind", "value", "normal"):
        points[pk].append((kind, value, normal))
    headers: dict[int, list[Header]] = defaultdict(list)
    rows = CustomerName.objects.filter(customer__in=by_id).order_by("-is_main", "pk")
    for pk, header, name, country, code in rows.values_list("customer_id", "pk", "name", "country", "code"):
        headers[pk].append(Header(header, name, country, code))
    IdentityKey.objects.filter(customer__in=by_id).delete()
    written: list[KeyRow] = []
    for pk, customer in by_id.items():
        holder = Holder(
            pk=pk,
            kind=customer.kind,
            name=customer.name,
            country=str(customer.country),
            website=customer.website,
            owner_id=customer.owner_id,
            is_archived=customer.is_archived,
            mark=f"#{pk}" if pk in told_apart else "",
        )
        written += key_rows(holder, headers[pk], points[pk])
    write_keys(written)


class Header(NamedTuple):
    """What of a header makes keys."""

    pk: int
    name: str
    country: str
    code: str


class Holder(NamedTuple):
    """What of a customer makes keys, and is repeated in them; ``mark`` tells it from another of the same name."""

    pk: int
    kind: str
    name: str
    country: str
    website: str
    owner_id: int | None
    is_archived: bool = False
    mark: str = ""


_COLUMNS = (
    "kind", "value", "country", "exception", "is_blocking", "grams", "target_label", "target_id", "name_shown",
    "customer_id", "owner_id",
)  # fmt: skip
_HEADER, _CUSTOMER = CustomerName._meta.label_lower, Customer._meta.label_lower
KeyRow: TypeAlias = tuple[Any, ...]


def write_keys(rows: Iterable[KeyRow]) -> None:
    """Insert what ``key_rows`` made."""
    load_rows(IdentityKey, _COLUMNS, rows)


def key_rows(holder: Holder, headers: Sequence[Header], points: Iterable[tuple[str, str, str]]) -> Iterator[KeyRow]:
    """All keys of a customer with these headers, the main one first, and these living points."""
    yield from _of_headers(holder, headers)
    for kind, value in sorted(point_keys(points, holder.website, holder.country)):
        yield kind, value, "", "", False, None, _CUSTOMER, holder.pk, holder.name, holder.pk, holder.owner_id


def _of_headers(holder: Holder, headers: Sequence[Header]) -> Iterator[KeyRow]:
    """Rows of the names and codes. Two headers of one customer may share a key: one row of it is enough."""
    seen = set()
    for header in headers:
        common = _HEADER, header.pk, header.name, holder.pk, holder.owner_id
        for key in keys_of(kind=holder.kind, name=header.name, country=header.country, code=header.code):
            # Codes are shorter by far than their column: nothing of a real one is cut off.
            exception = (key.code if key.kind == Kind.NAME else "")[: 40 - len(holder.mark)] + holder.mark
            if (once := (key.kind, key.value, key.country, exception)) not in seen:
                seen.add(once)
                yield *once, not holder.is_archived, None, *common
        value = name_key(header.name, with_form=False)[:LONGEST]
        if value and (once := (Kind.LIKE, value, header.country, header.code)) not in seen:
            seen.add(once)
            yield *once, False, sorted(set(grams(header.name))), *common


def ties(kind: str, value: str, holders: int) -> bool:
    """Does a shared value of so many holders say anything? A mailbox like info@ that three share ties nobody."""
    return not (kind == Kind.MAIL and holders > 2 and is_shared_mailbox(value))


def taken_keys(keys: Sequence[Key]) -> dict[Key, list[int]]:
    """Which living customers have these keys already, for many keys in one query; free keys are left out."""
    rows = IdentityKey.objects.filter(is_blocking=True, value__among={key.value for key in keys})
    held: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for kind, value, country, exception, pk in rows.values_list("kind", "value", "country", "exception", "customer_id"):
        held.setdefault((kind, value, country), []).append((exception, pk))
    found = {}
    for key in keys:
        holders = held.get((key.kind, key.value, key.country), ())
        if same := [pk for exception, pk in holders if blocks(key, exception)]:
            found[key] = same
    return found


def refresh_all() -> None:
    """Write the keys of all customers anew, as after a change to how names are read, and count their grams."""
    _refresh_in_batches(list(Customer.objects.order_by("pk").values_list("pk", flat=True)))
    count_grams()


def _refresh_in_batches(ids: Sequence[int], size: int = 500) -> None:
    for start in range(0, len(ids), size):
        with transaction.atomic():
            batch = Customer.objects.select_for_update(no_key=True).filter(pk__in=ids[start : start + size])
            refresh_many(list(batch.order_by("pk")))


def count_grams() -> None:
    """Count anew how many names hold each gram; names that come later are found by grams not counted yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO customers_gramcount (gram, rows)
            SELECT gram, count(*) FROM customers_identitykey, unnest(grams) gram WHERE grams IS NOT NULL GROUP BY gram
            ORDER BY gram
            ON CONFLICT (gram) DO UPDATE SET rows = excluded.rows WHERE customers_gramcount.rows <> excluded.rows
            """
        )


def fill_missing_keys(limit: int = 20_000) -> int:
    """Write the keys of customers that have none for their name: those entered before a version that knows such keys.

    Returns how many there were; a sweep calls it until there are none.
    """
    without = Customer.objects.exclude(Exists(IdentityKey.objects.filter(customer=OuterRef("pk"), kind=Kind.LIKE)))
    without = without.filter(headers__name__regex=r"[[:alnum:]]").order_by("pk").distinct()
    ids = list(without.values_list("pk", flat=True)[:limit])
    _refresh_in_batches(ids)
    return len(ids)
