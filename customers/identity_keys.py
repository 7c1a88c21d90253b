"""Which identity keys does a customer have, and is one of them taken? The writer of IdentityKey for customers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from .identity import name_key
from .models import Customer, CustomerName, IdentityKey

Kind = IdentityKey.Kind


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
        found.append(Key(Kind.NAME, value[:300], country, code))
    return found


def lock_keys(keys: Iterable[Key]) -> None:
    """Wait for whoever is entering the same keys at this moment; released at the end of the transaction."""
    numbers = sorted(
        {int.from_bytes(_digest(f"{key.kind}|{key.value}|{key.country}"), "big", signed=True) for key in keys}
    )
    with connection.cursor() as cursor:  # in the order of the array: two who share keys never wait for each other
        cursor.execute("SELECT count(pg_advisory_xact_lock(number)) FROM unnest(%s::bigint[]) number", [numbers])


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def taken_by(keys: Sequence[Key], *, but: Customer | None = None) -> IdentityKey | None:
    """The first living record that has one of the keys, codes before names; None where all are free.

    Names with codes that are both present and different do not block each other.
    """
    for key in keys:
        same = Q(kind=key.kind, value=key.value, country=key.country, is_blocking=True)
        if key.kind == Kind.NAME and key.code:
            same &= Q(exception__in=("", key.code))
        rows = IdentityKey.objects.filter(same).select_related("owner", "customer")
        if but is not None:
            rows = rows.exclude(customer=but)
        if found := rows.first():
            return found
    return None


def repeat_owner(customer: Customer) -> None:
    """Let the keys name who holds the customer now: a refusal says it."""
    IdentityKey.objects.filter(customer=customer).update(owner=customer.owner_id)


def refresh_keys(customer: Customer) -> None:
    """Write the keys of one customer anew from its headers; an archived one has none."""
    refresh_many([customer])


def refresh_many(customers: Sequence[Customer]) -> None:
    """Write the keys of these customers anew. Call it in the transaction that changed name, code, country or owner."""
    living = {customer.pk: customer for customer in customers if not customer.is_archived}
    IdentityKey.objects.filter(customer__in=customers).delete()
    rows: dict[tuple[str, str, str, str], IdentityKey] = {}
    for header in CustomerName.objects.filter(customer__in=living).order_by("-is_main", "pk"):
        customer = living[header.customer_id]
        keys = keys_of(kind=customer.kind, name=header.name, country=str(header.country), code=header.code)
        for key in keys:
            exception = key.code if key.kind == Kind.NAME else ""
            # Two headers of one customer may share a key: one row of it is enough.
            rows.setdefault(
                (key.kind, key.value, key.country, exception),
                IdentityKey(
                    kind=key.kind,
                    value=key.value,
                    country=key.country,
                    exception=exception,
                    is_blocking=True,
                    target_label=CustomerName._meta.label_lower,
                    target_id=header.pk,
                    customer=customer,
                    name_shown=header.name,
                    owner_id=customer.owner_id,
                ),
            )
    IdentityKey.objects.bulk_create(rows.values(), batch_size=2000)


def taken_keys(keys: Sequence[Key]) -> dict[Key, list[int]]:
    """Which living customers have these keys already, for many keys in one query; free keys are left out."""
    rows = IdentityKey.objects.filter(is_blocking=True, value__in={key.value for key in keys})
    held: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for kind, value, country, exception, pk in rows.values_list("kind", "value", "country", "exception", "customer_id"):
        held.setdefault((kind, value, country), []).append((exception, pk))
    found = {}
    for key in keys:
        holders = held.get((key.kind, key.value, key.country), ())
        # Names with codes that are both present and different do not block each other.
        if same := [pk for code, pk in holders if not (code and key.code and code != key.code)]:
            found[key] = same
    return found
