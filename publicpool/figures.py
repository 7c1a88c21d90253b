"""How much comes into the pools and goes out, what becomes of what is claimed, and how long does it lie there?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import CharField, Count, DurationField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.aggregates import Aggregate
from django.db.models.functions import Coalesce, Now, TruncDate, TruncMonth
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from core.registries import Label
from core.zones import business_day, midnight
from customers.models import OwnershipPeriod, Revenue
from opportunities.figures.asked import Period, Words, add_months
from opportunities.figures.cells import COUNT, DAYS, MONTH, SHARE, TEXT, Cell, Figure, Row, Sheet, percent

from .models import Claim

if TYPE_CHECKING:
    from customers.models import Pool

# A claim that nobody touched for so long counts as left lying.
UNTOUCHED_DAYS = 7
Reason = OwnershipPeriod.Reason


class Quantile(Aggregate):
    """The least value that such a share does not exceed."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Asked:
    """Whose figures of which months and which pool, at a moment."""

    user: User
    period: Period
    now: datetime
    pool: Pool | None = None
    person: int | None = None
    # Some of those whom the reader answers for, by ids; ``words`` say the same to the lists behind the numbers.
    people: frozenset[int] | None = None
    words: Words = ()

    @property
    def today(self) -> date:
        return business_day(self.now)

    def within(self, column: str) -> Q:
        """The months asked for, in business time."""
        found = Q()
        if self.period.first:
            found &= Q(**{f"{column}__gte": midnight(self.period.first)})
        if self.period.last:
            found &= Q(**{f"{column}__lt": midnight(add_months(self.period.last, 1))})
        return found

    def of_people(self, column: str) -> Q:
        """Of a manager's teams; of everybody for an admin; of one person where one is asked for."""
        mine = Q() if self.user.is_admin else Q(**{f"{column}__team__in": self.user.managed_team_ids})
        if self.people is not None:
            mine &= Q(**{f"{column}__in": self.people})
        return mine & Q(**{column: self.person}) if self.person else mine


# --- the rows behind the numbers ------------------------------------------------------------------------


def inflow(asked: Asked) -> QuerySet[Any]:
    """Times in a pool that began in the months; not those whose release was taken back."""
    rows = OwnershipPeriod.objects.filter(asked.within("started_at"), pool__isnull=False)
    rows = rows.exclude(release__undone_at__isnull=False)
    given = Q(release__isnull=False) & asked.of_people("release__former")
    rows = rows.filter(given | (Q(release__isnull=True) & asked.of_people("by")))
    return rows.filter(pool=asked.pool) if asked.pool else rows


def by_reason(*reasons: str) -> Callable[[Asked], QuerySet[Any]]:
    return lambda asked: inflow(asked).filter(reason__in=reasons)


def claims(asked: Asked) -> QuerySet[Any]:
    """Claims made in the months, whatever became of them."""
    rows = Claim.objects.filter(asked.within("claimed_at") & asked.of_people("user"))
    return rows.filter(pool=asked.pool) if asked.pool else rows


def left_lying(now: datetime) -> Q:
    """Of claims at least seven days old: nobody contacted the customer as long as it was held.

    Holdings that ended otherwise than by giving back or reclaim, such as a transfer, are taken for touched.
    """
    still = Q(period__ended_at__isnull=True) & (
        Q(customer__last_followed_at__isnull=True) | Q(customer__last_followed_at__lt=F("claimed_at"))
    )
    returned = Q(
        period__release_of__undone_at__isnull=True,
        period__release_of__idle_since__lte=F("period__release_of__held_since"),
    )
    given_back = Q(period__release_of__isnull=False) & returned
    return Q(claimed_at__lte=now - timedelta(days=UNTOUCHED_DAYS)) & (still | given_back)


def with_sales(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Claims with ``is_sold``: a won deal or an order while it was held, from the day of the claim on."""
    zone = settings.BUSINESS_ZONE
    rows = rows.annotate(
        _from=TruncDate("claimed_at", tzinfo=zone), _until=TruncDate(Coalesce("period__ended_at", Now()), tzinfo=zone)
    )
    sales = Revenue.objects.filter(customer=OuterRef("customer"), on__gte=OuterRef("_from"), on__lte=OuterRef("_until"))
    return rows.annotate(is_sold=Exists(sales.order_by()))


OTHER = tuple(sorted({*Reason.values} - {Reason.CREATED, Reason.IMPORTED, Reason.RELEASED, Reason.RECLAIMED}))
# What a number leads to: key → (title, its rows, the column of their moment).
BEHIND: dict[str, tuple[Label, Callable[[Asked], QuerySet[Any]], str]] = {
    "inflow": (gettext_lazy("Came into the pool"), inflow, "started_at"),
    "created": (gettext_lazy("Created in the pool"), by_reason(Reason.CREATED), "started_at"),
    "imported": (gettext_lazy("Imported into the pool"), by_reason(Reason.IMPORTED), "started_at"),
    "released": (gettext_lazy("Given back"), by_reason(Reason.RELEASED), "started_at"),
    "reclaimed": (gettext_lazy("Reclaimed by rules"), by_reason(Reason.RECLAIMED), "started_at"),
    "other": (gettext_lazy("Came otherwise"), by_reason(*OTHER), "started_at"),
    "claims": (gettext_lazy("Claims"), claims, "claimed_at"),
    "untouched": (
        gettext_lazy("Claimed, never touched"),
        lambda asked: claims(asked).filter(left_lying(asked.now)),
        "claimed_at",
    ),
    "sold": (
        gettext_lazy("Sold after the claim"),
        lambda asked: with_sales(claims(asked)).filter(is_sold=True),
        "claimed_at",
    ),
}


# --- the sheets -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """What became of some claims; times in the pool as they lay there before."""

    n: int = 0
    old: int = 0
    untouched: int = 0
    sold: int = 0
    median: timedelta | None = None
    ninety: timedelta | None = None


CLAIMS = Value("claims", CharField())


class Figures:
    """All numbers of the page, each read once; a fixed number of statements."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    @cached_property
    def flow(self) -> Mapping[date, Mapping[str, int]]:
        """How many came in by which reason, and were claimed, of each month."""
        found: dict[date, dict[str, int]] = defaultdict(dict)
        zone = settings.BUSINESS_ZONE
        rows = inflow(self.asked).order_by().annotate(month=TruncMonth("started_at", tzinfo=zone), word=F("reason"))
        taken = claims(self.asked).order_by().annotate(month=TruncMonth("claimed_at", tzinfo=zone), word=CLAIMS)
        counted = [one.values_list("month", "word").annotate(n=Count("pk")) for one in (rows, taken)]
        for month, word, n in counted[0].union(counted[1], all=True):
            key = "other" if word in OTHER else word
            found[month.date()][key] = found[month.date()].get(key, 0) + n
        return found

    @cached_property
    def everybody(self) -> Mapping[int, User]:
        """For the names in all tables; nobody's row is shown for being here."""
        return User.objects.in_bulk()

    def _sums(self) -> dict[str, Any]:
        waited = F("claimed_at") - F("pooled_at")
        return {
            "n": Count("pk"),
            "old": Count("pk", filter=Q(claimed_at__lte=self.asked.now - timedelta(days=UNTOUCHED_DAYS))),
            "untouched": Count("pk", filter=left_lying(self.asked.now)),
            "sold": Count("pk", filter=Q(is_sold=True)),
            "median": Quantile(waited, share="0.5"),
            "ninety": Quantile(waited, share="0.9"),
        }

    @cached_property
    def whole(self) -> Tally:
        return Tally(**with_sales(claims(self.asked).order_by()).aggregate(**self._sums()))

    @cached_property
    def people(self) -> Mapping[User, Tally]:
        """By who claimed, whoever claimed most first."""
        rows = with_sales(claims(self.asked).order_by()).values("user").annotate(**self._sums())
        found = {row.pop("user"): Tally(**row) for row in rows}
        return {
            self.everybody[pk]: tally for pk, tally in sorted(found.items(), key=lambda item: (-item[1].n, item[0]))
        }


def rows_behind(asked: Asked, key: str, **words: Any) -> str:
    """The list that a number counts."""
    query: dict[str, Any] = {"period": asked.period.key, "pool": asked.pool.pk if asked.pool else ""}
    if not asked.period.key:
        ends = {"from": asked.period.first, "to": asked.period.last}
        query |= {word: f"{month:%Y-%m}" for word, month in ends.items() if month}
    if "month" in words:
        month = f"{words.pop('month'):%Y-%m}"
        query |= {"period": "", "from": month, "to": month}
    query |= {"person": asked.person or "", **words}
    kept = [(word, value) for word, value in query.items() if value]
    if not query["person"]:
        kept += [({"owner": "person"}.get(word, word), value) for word, value in asked.words]
    return f"{reverse('publicpool:figure_rows', args=[key])}?{urlencode(kept)}"


def _share(part: int, of: int) -> Fraction | None:
    return Fraction(part, of) if of else None


def _days(span: timedelta | None) -> int | None:
    return None if span is None else span.days


def headline(asked: Asked, found: Figures) -> list[Figure]:
    inward = sum(n for month in found.flow.values() for key, n in month.items() if key != "claims")
    whole = found.whole
    untouched, won = _share(whole.untouched, whole.old), _share(whole.sold, whole.n)
    return [
        Figure(_("Came into the pool"), Cell(inward, COUNT, rows_behind(asked, "inflow"))),
        Figure(_("Claims"), Cell(whole.n, COUNT, rows_behind(asked, "claims"))),
        Figure(
            _("Claimed, never touched"),
            Cell(whole.untouched, COUNT, rows_behind(asked, "untouched")),
            _("%(share)s of those 7 days old") % {"share": percent(untouched)} if untouched is not None else "",
        ),
        Figure(
            _("Sold after the claim"),
            Cell(whole.sold, COUNT, rows_behind(asked, "sold")),
            _("%(share)s of the claims") % {"share": percent(won)} if won is not None else "",
        ),
        Figure(
            _("Days in the pool"),
            Cell(_days(whole.median), DAYS, rows_behind(asked, "claims")),
            _("median; nine of ten within %(n)s") % {"n": _days(whole.ninety)} if whole.ninety is not None else "",
        ),
    ]


COLUMNS = ("released", "reclaimed", "created", "imported", "other", "claims")


def flow_sheet(asked: Asked, found: Figures) -> Sheet:
    rows = []
    for month, counted in sorted(found.flow.items()):
        cells = (Cell(counted.get(key, 0), COUNT, rows_behind(asked, key, month=month)) for key in COLUMNS)
        rows.append(Row((Cell(month, MONTH), *cells)))
    if len(rows) > 1:
        sums = {key: sum(counted.get(key, 0) for counted in found.flow.values()) for key in COLUMNS}
        cells = (Cell(sums[key], COUNT, rows_behind(asked, key)) for key in COLUMNS)
        rows.append(Row((Cell(_("Together")), *cells), is_total=True))
    return Sheet(
        "flow",
        gettext_lazy("In and out, month by month"),
        gettext_lazy(
            "Customers that came into the pool in the month, by how they came, and those that were claimed from it. A "
            "release that was taken back within ten minutes is not counted; one customer counts each time it comes."
        ),
        ((gettext_lazy("Month"), TEXT), *((BEHIND[key][0], COUNT) for key in COLUMNS)),
        rows,
        "months",
    )


def people_sheet(asked: Asked, found: Figures) -> Sheet:
    rows = [
        Row(
            (
                Cell(str(person)),
                Cell(one.n, COUNT, rows_behind(asked, "claims", person=person.pk)),
                Cell(one.sold, COUNT, rows_behind(asked, "sold", person=person.pk)),
                Cell(_share(one.sold, one.n), SHARE),
                Cell(one.untouched, COUNT, rows_behind(asked, "untouched", person=person.pk)),
                Cell(_share(one.untouched, one.old), SHARE),
                Cell(_days(one.median), DAYS, rows_behind(asked, "claims", person=person.pk)),
                Cell(_days(one.ninety), DAYS, rows_behind(asked, "claims", person=person.pk)),
            )
        )
        for person, one in found.people.items()
    ]
    return Sheet(
        "people",
        gettext_lazy("What becomes of claims"),
        gettext_lazy(
            "Claims made in the period. Sold: an order, or a deal won, from the day of the claim to the end of that "
            "holding, whenever that was; the share is of all claims. Never touched: claimed at least 7 days ago, and "
            "nobody contacted the customer as long as it was held; the share is of the claims so old. A holding that "
            "ended otherwise than by giving back or reclaim, such as by a transfer, counts as touched. Days in the "
            "pool: whole days from entering it to the claim; half took no longer than the median."
        ),
        (
            (gettext_lazy("Person"), TEXT),
            (gettext_lazy("Claims"), COUNT),
            (gettext_lazy("Sold after the claim"), COUNT),
            (gettext_lazy("Conversion"), SHARE),
            (gettext_lazy("Never touched"), COUNT),
            (pgettext_lazy("of a whole", "Share"), SHARE),
            (gettext_lazy("Median days in the pool"), DAYS),
            (gettext_lazy("90 % within"), DAYS),
        ),
        rows,
        "rates",
    )


SHEETS: dict[str, Callable[[Asked, Figures], Sheet]] = {"flow": flow_sheet, "people": people_sheet}
