"""What may be shown of a customer that lies in a pool? The one place that names it.

Pages, search, sorting, filters and exports of pooled customers read these rows and these expressions, and nothing
else. What is not named here never leaves the database for them: names of people, e-mails, phones, addresses,
websites, what was said, files, quotes, needs, remarks, own fields, titles of deals, the words of a release.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateField, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf, TruncDate

from core.labels import name_of
from core.search import matching
from customers.models import Category, Customer, OwnershipPeriod, Pool, Tag
from customers.querysets import NEVER, SORT_SINCE

if TYPE_CHECKING:
    from accounts.models import User

# The columns of the customer itself that are read.
COLUMNS = (
    "name", "country", "status", "grade", "source", "pool", "owner", "owned_since", "created_at", "won_total",
    "orders_count",
)  # fmt: skip
# The document that is searched: names and headers, no contact data.
SEARCHED = "search_public"
# Of the last contact the day is shown, by the calendar of the firm.
CONTACTED_ON = TruncDate("last_followed_at", tzinfo=settings.BUSINESS_ZONE)
# So long whoever saw a customer in the pool may learn who took it from there.
LATELY = timedelta(hours=12)

# By what rows are sorted: public name → an expression that is never null.
SORTS: dict[str, Any] = {
    "name": "name",
    "grade": Coalesce(NullIf("grade", Value("")), Value("Z"), output_field=TextField()),
    "status": "status__position",
    "country": "country",
    "source": name_of("source"),
    "since": SORT_SINCE,
    "contacted": Coalesce(CONTACTED_ON, Value(NEVER.date(), DateField())),
    "won": "won_total",
    "orders": Coalesce("orders_count", Value(0), output_field=IntegerField()),
    "created": "created_at",
}


def shown(rows: QuerySet[Customer]) -> QuerySet[Any]:
    """These customers with what may be shown of them: COLUMNS, and ``contacted_on``."""
    return rows.only(*COLUMNS).annotate(contacted_on=CONTACTED_ON)


def pooled(user: User) -> QuerySet[Any]:
    """Customers in the pools that this person sees, as they may be shown."""
    return shown(Customer.objects.pooled_for(user))


def seen_lately(user: User, now: datetime) -> QuerySet[Any]:
    """Those of ``pooled``, and those that left such a pool within LATELY: of these only name and owner are told."""
    pools = Pool.objects.visible_to(user).values("pk")
    left = OwnershipPeriod.objects.filter(pool__in=pools, ended_at__gte=now - LATELY)
    return shown(Customer.objects.living().filter(Q(pool__in=pools) | Q(pk__in=left.values("customer"))))


def whole(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of ``shown`` with all that a page of one customer tells."""
    facts = {"_why": why(), "_former": former(), "_tags": tags(), "_categories": categories()}
    return rows.select_related("status", "source", "pool").annotate(**facts)


def found(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Rows whose public names hold the text."""
    return matching(rows, text, SEARCHED)


# --- what stands in other tables: expressions over a customer -----------------------------------------


def why() -> Subquery:
    """Why it lies there: {began, reason, rule, words of neither}; the period's reason and, of a release, its cause."""
    lying = OwnershipPeriod.objects.filter(customer=OuterRef("pk"), ended_at=None)
    facts = JSONObject(began="reason", reason=name_of("release__reason"), rule=name_of("release__rule"))
    return Subquery(lying.values(_json=facts)[:1])


def former() -> ArraySubquery:
    """Names of those who held it, the last one first."""
    held = OwnershipPeriod.objects.filter(customer=OuterRef("pk"), owner__isnull=False)
    return ArraySubquery(held.order_by("-started_at").values("owner__name"))


def tags() -> ArraySubquery:
    return ArraySubquery(Tag.objects.filter(customers=OuterRef("pk")).order_by("name").values("name"))


def categories(dimension: int | None = None) -> ArraySubquery:
    """Names of its categories, of one dimension or of all."""
    rows = Category.objects.filter(customers=OuterRef("pk"))
    if dimension is not None:
        rows = rows.filter(dimension=dimension)
    return ArraySubquery(rows.annotate(_shown=name_of()).order_by("position", "pk").values("_shown"))


def holders(names: Iterable[str]) -> list[str]:
    """Each of ``former`` once."""
    return list(dict.fromkeys(names))


def periods(customer: Customer) -> QuerySet[OwnershipPeriod]:
    """Who held a pooled customer and in which pools it lay, the last first; without anybody's words."""
    rows = OwnershipPeriod.objects.filter(customer=customer).select_related(
        "owner", "pool", "by", "release__reason", "release__rule"
    )
    return rows.defer("note", "release__note").order_by("-started_at", "-pk")


# --- conditions -------------------------------------------------------------------------------------------


def contacted(rows: QuerySet[Any], *, since: date | None = None, before: date | None = None) -> QuerySet[Any]:
    """Rows by the day of the last contact: on or after a day, or before one (never counts as before)."""
    if since is not None:
        rows = rows.filter(contacted_on__gte=since)
    return rows if before is None else rows.filter(Q(contacted_on__lt=before) | Q(contacted_on=None))


def never_contacted(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(contacted_on=None)


def once_ours() -> Q:
    """With an order, whatever became of it since."""
    return Q(orders_count__gt=0) | Q(won_total__gt=0)


def held_by(people: Any) -> Q:
    """Held before by one of these people."""
    held = OwnershipPeriod.objects.filter(owner__in=people, ended_at__isnull=False)
    return Q(pk__in=held.values("customer"))


def came(**conditions: Any) -> Q:
    """By how it came into the pool it lies in: conditions on that period."""
    lying = OwnershipPeriod.objects.filter(ended_at=None, pool__isnull=False, **conditions)
    return Q(pk__in=lying.values("customer"))
