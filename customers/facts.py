"""What do lists and rules read from the customer's row, and how is each of it made again from the truth?

One writer and one recomputation for each fact; INVARIANTS compare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

from core.phones import e164_of
from core.querysets import update_rows
from core.text import search_document

from .models import Contact, ContactPoint, Customer, CustomerName, OwnershipPeriod, Revenue
from .registries import FACTS, REMADE

# Fields that count for completeness, with what makes them filled in SQL-free terms.
WANTED: dict[str, str] = {
    "country": "country",
    "city": "city",
    "website": "website",
    "size": "size",
    "source": "source_id",
    "currency": "currency",
    "incoterm": "incoterm",
    "payment_terms": "payment_terms",
    "annual_purchase": "annual_purchase",
    "needs": "needs",
}
# Wanted things that are rows of their own.
WANTED_ROWS = ("contacts", "contact_points", "categories")

BATCH = 1000


def batches(ids: Iterable[int], size: int = BATCH) -> Iterable[list[int]]:
    """Split ids, sorted, so that rows are always locked in the same order."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


# --- search text ------------------------------------------------------------------------------------


def refresh_search(ids: Iterable[int]) -> None:
    """Make ``search_text`` and ``search_public`` of these customers anew; every writer of their parts calls it."""
    for batch in batches(ids):
        changed = [
            (customer.pk, public, full)
            for customer, public, full in search_texts(batch)
            if (customer.search_public, customer.search_text) != (public, full)
        ]
        update_rows(Customer, ("search_public", "search_text"), changed)


def search_texts(ids: Sequence[int]) -> list[tuple[Customer, str, str]]:
    """(customer, public text, full text) for each id, from the rows as they are. Four queries.

    The public text (names and headers) serves pools and conflict checks; contact data, website and
    codes stand only in the full one.
    """
    headers: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for pk, name, code in CustomerName.objects.filter(customer__in=ids).values_list("customer_id", "name", "code"):
        headers[pk].append((name, code))
    people: dict[int, list[str]] = defaultdict(list)
    for pk, name in Contact.objects.filter(customer__in=ids, archived_at=None).values_list("customer_id", "name"):
        people[pk].append(name)
    points: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    living = ContactPoint.objects.filter(customer__in=ids, contact__archived_at=None)
    for pk, kind, value, normal in living.values_list("customer_id", "kind", "value", "normal"):
        points[pk].append((kind, value, normal))
    found = []
    rows = Customer.objects.filter(pk__in=ids).only("name", "website", "external_id", "search_text", "search_public")
    for customer in rows:
        public, full = documents(
            names=[customer.name, *(name for name, _code in headers[customer.pk])],
            people=people[customer.pk],
            points=points[customer.pk],
            texts=[customer.website, customer.external_id, *(code for _name, code in headers[customer.pk])],
        )
        found.append((customer, public, full))
    return found


def documents(
    *, names: Sequence[str], people: Sequence[str], points: Iterable[tuple[str, str, str]], texts: Sequence[str]
) -> tuple[str, str]:
    """(public text, full text) of a customer; ``points`` are (kind, value, normal form)."""
    phones: list[str] = []
    others = list(texts)
    for kind, value, normal in points:
        if kind in ContactPoint.PHONES:
            phones += filter(None, (value, normal))
        else:
            others.append(value)
    return search_document(names), search_document([*names, *people], others, phones)


# --- completeness -----------------------------------------------------------------------------------


def completeness_of(ids: Sequence[int]) -> dict[int, int]:
    """Share of wanted fields that are filled, in whole per cent rounded down, by customer id. Four queries."""
    with_contact = set(Contact.objects.filter(customer__in=ids, archived_at=None).values_list("customer_id", flat=True))
    with_point = set(
        ContactPoint.objects.filter(customer__in=ids, contact__archived_at=None).values_list("customer_id", flat=True)
    )
    through = Customer.categories.through
    with_category = set(through._default_manager.filter(customer__in=ids).values_list("customer_id", flat=True))
    shares = {}
    for pk, *values in Customer.objects.filter(pk__in=ids).values_list("pk", *WANTED.values()):
        shares[pk] = share_filled(values, (pk in with_contact, pk in with_point, pk in with_category))
    return shares


def share_filled(values: Iterable[Any], rows: Iterable[bool]) -> int:
    """Whole per cent, rounded down, from the values of WANTED and whether each of WANTED_ROWS is there."""
    filled = sum(value not in (None, "") for value in values) + sum(rows)
    return filled * 100 // (len(WANTED) + len(WANTED_ROWS))


def refresh_completeness(ids: Iterable[int]) -> None:
    """Make the completeness of these customers anew."""
    for batch in batches(ids):
        by_share: dict[int, list[int]] = defaultdict(list)
        for pk, share in completeness_of(batch).items():
            by_share[share].append(pk)
        for share, pks in by_share.items():
            Customer.objects.filter(pk__in=pks).exclude(completeness=share).update(completeness=share)


# --- numbers ---------------------------------------------------------------------------------------


def normal_form(kind: str, value: str, country: str) -> str:
    """What compares and dials: E.164 of a phone, a lower-case address or handle; '' where none can be made."""
    if kind in ContactPoint.PHONES:
        return e164_of(value, country)
    return value.strip().lower()[:300]


def refresh_numbers(ids: Iterable[int]) -> None:
    """Read the phones of these customers anew: a number without +49 means another one in another country."""
    for batch in batches(ids):
        changed = []
        rows = ContactPoint.objects.filter(customer__in=batch, kind__in=ContactPoint.PHONES)
        for point in rows.select_related("customer").only("kind", "value", "normal", "customer__country"):
            normal = normal_form(point.kind, point.value, str(point.customer.country))
            if normal != point.normal:
                point.normal = normal
                changed.append(point)
        ContactPoint.objects.bulk_update(changed, ["normal"], batch_size=500)


# --- owner, idle ------------------------------------------------------------------------------------


def refresh_holding(ids: Iterable[int]) -> None:
    """Make owner, pool, ``owned_since`` and ``idle_since`` anew from the open period and the last contact."""
    for batch in batches(ids):
        since = Coalesce("counts_from", "started_at")
        open_period = OwnershipPeriod.objects.filter(customer=OuterRef("pk"), ended_at=None).annotate(_since=since)
        idle = Greatest("customer__last_followed_at", since)  # of the two; GREATEST passes over nulls
        Customer.objects.filter(pk__in=batch).update(
            owner_id=Subquery(open_period.values("owner")[:1]),
            pool_id=Subquery(open_period.values("pool")[:1]),
            owned_since=Subquery(open_period.values("_since")[:1]),
            idle_since=Subquery(open_period.annotate(_idle=idle).values("_idle")[:1]),
        )


def recompute_all(*, progress: Any = None) -> int:
    """Make every fact of every customer anew, in batches; returns how many customers were looked at."""
    last = Customer.objects.aggregate(last=Max("pk"))["last"] or 0
    seen = 0
    for start in range(0, last + 1, BATCH):
        ids = list(Customer.objects.filter(pk__gt=start, pk__lte=start + BATCH).values_list("pk", flat=True))
        refresh_holding(ids)
        refresh_numbers(ids)
        refresh_search(ids)
        refresh_completeness(ids)
        for refresh in FACTS.values():
            refresh(ids)
        refresh_sales(ids)
        seen += len(ids)
        if progress:
            progress(seen)
    for remake in REMADE.values():
        remake()
    return seen


def refresh_text_facts(ids: Iterable[int]) -> None:
    """After a change to what a customer is: search text and completeness."""
    ids = list(ids)
    refresh_search(ids)
    refresh_completeness(ids)


# --- what upper floors know -----------------------------------------------------------------------


def write_next_steps(ids: Iterable[int], open_tasks: QuerySet[Any]) -> None:
    """Make ``next_task_at`` and ``next_task_title`` anew from the open tasks of the floor above; one statement a batch.

    ``open_tasks`` has ``customer``, ``due_at`` and ``title``.
    """
    first = open_tasks.filter(customer=OuterRef("pk")).order_by(F("due_at").asc(nulls_last=True), "pk")
    for batch in batches(ids):
        Customer.objects.filter(pk__in=batch).update(
            next_task_at=Subquery(first.values("due_at")[:1]),
            next_task_title=Coalesce(Subquery(first.values("title")[:1]), Value("")),
        )


def write_contacts_made(ids: Iterable[int], said: QuerySet[Any]) -> None:
    """Make the facts of communications anew: last contact, last one of each direction, touches and replies.

    ``said`` are the living, not automatic communications of the floor above, with ``customer``,
    ``happened_at`` (never in the future: who writes them down refuses that) and ``direction`` (out, in,
    both). A touch is what reached them, a reply what reached us. ``idle_since`` follows. One statement a batch.
    """
    past = said.filter(customer=OuterRef("pk")).order_by().values("customer")
    out, back = ~Q(direction="in"), ~Q(direction="out")

    def one(expression: Any) -> Subquery:
        return Subquery(past.annotate(_one=expression).values("_one"))

    for batch in batches(ids):
        last = one(Max("happened_at"))
        Customer.objects.filter(pk__in=batch).update(
            last_followed_at=last,
            last_outbound_at=one(Max("happened_at", filter=out)),
            last_inbound_at=one(Max("happened_at", filter=back)),
            touches=Coalesce(one(Count("pk", filter=out)), 0),
            replies=Coalesce(one(Count("pk", filter=back)), 0),
            idle_since=Case(When(archived_at=None, then=Greatest(last, F("owned_since")))),
        )


def note_contact_made(customer: Customer, *, happened_at: datetime, reaches_them: bool, reaches_us: bool) -> None:
    """Add one communication, not in the future, to the facts of a locked customer; one statement.

    The same as ``write_contacts_made``, which reads them all, after it.
    """

    def later(name: str) -> None:
        before = getattr(customer, name)
        setattr(customer, name, happened_at if before is None else max(before, happened_at))

    later("last_followed_at")
    if reaches_them:
        later("last_outbound_at")
        customer.touches += 1
    if reaches_us:
        later("last_inbound_at")
        customer.replies += 1
    customer.idle_since = max(filter(None, (customer.last_followed_at, customer.owned_since)), default=None)
    customer.save(update_fields=CONTACT_FACTS)


CONTACT_FACTS = ("last_followed_at", "last_outbound_at", "last_inbound_at", "touches", "replies", "idle_since")


def write_revenue(source: str, ids: Iterable[int], sold: QuerySet[Any]) -> None:
    """Make the revenue of rows of an upper app anew: those ``ids`` of ``source`` that ``sold`` has, no others of them.

    ``sold`` has ``customer_id``, ``day``, ``amount_base`` and ``cost_base``. The customers' sales follow. Five
    statements a batch.
    """
    for batch in batches(ids):
        standing = Revenue.objects.filter(source_label=source, source_id__among=batch)
        touched = set(standing.values_list("customer_id", flat=True))
        rows = [
            Revenue(source_label=source, source_id=pk, customer_id=customer, on=day, amount_base=amount, cost_base=cost)
            for pk, customer, day, amount, cost in sold.filter(pk__among=batch).values_list(
                "pk", "customer_id", "day", "amount_base", "cost_base"
            )
        ]
        standing.exclude(source_id__among=[row.source_id for row in rows]).delete()
        Revenue.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=("source_label", "source_id"),
            update_fields=("customer", "on", "amount_base", "cost_base"),
        )
        refresh_sales(touched | {row.customer_id for row in rows})


def refresh_sales(ids: Iterable[int]) -> None:
    """Make ``orders_count``, ``last_order_on`` and ``won_total`` anew from the revenue; one statement a batch."""
    brought = Revenue.objects.filter(customer=OuterRef("pk")).order_by().values("customer")

    def one(expression: Any) -> Subquery:
        return Subquery(brought.annotate(_one=expression).values("_one"))

    for batch in batches(ids):
        Customer.objects.filter(pk__among=batch).update(
            orders_count=Coalesce(one(Count("pk")), 0),
            last_order_on=one(Max("on")),
            won_total=Coalesce(one(Sum("amount_base")), Decimal(0)),
        )
