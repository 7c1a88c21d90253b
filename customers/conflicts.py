"""Is this company here already, under whatever name, number or address, and what speaks for it?

The one search behind forms, import and look-up. Reads IdentityKey only: headers of all customers, also those
the asker may not see, in pools and archived ones, and what floors above have (leads).
domain.md, “The same company twice”, is its rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from django.db import connection

from .company_names import normalise_name
from .identity import name_key
from .identity_keys import LONGEST, Key, Kind, blocks, code_of, keys_of, point_keys, ties
from .models import Customer, GramCount
from .name_grams import ROWS, grams, rarest
from .similarity import WARN_AT, compare_names

# A similar name in another known country must be nearly the same to be worth a word.
ELSEWHERE_AT = 0.95
# What the other evidence counts for, beside a name's likeness: a domain or number can be an agent's or a group's.
WEIGHTS: dict[str, float] = {Kind.CODE: 1.0, Kind.MAIL: 0.95, Kind.PHONE: 0.9, Kind.ACCOUNT: 0.9, Kind.DOMAIN: 0.85}
# Hits of one probe, best first.
MOST = 20
# So many probes are read together: a transaction must not stand idle while the names of more are compared.
TOGETHER = 50
# Of the names found by their rare terms, so many that share most terms are compared letter by letter.
COMPARED = 40


# A customer by its id; a row of a floor above by label and id ("opportunities.lead", 7).
Subject: TypeAlias = int | tuple[str, int]


@dataclass(frozen=True)
class Probe:
    """What somebody is entering, as much of it as is known. ``points`` are (kind, value, E.164 or '')."""

    name: str = ""
    country: str = ""
    code: str = ""
    kind: str = Customer.Kind.COMPANY
    website: str = ""
    points: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for the same company.

    ``field`` is a kind of key; ``how`` the codes of what agrees and differs (those of ``compare_names``, and same,
    other_country, no_country, codes_differ, a_person); ``score`` 0 to 1; ``value`` what was typed, for a number or
    an address: the asker knows it already.
    """

    field: str
    how: tuple[str, ...]
    score: float
    value: str = ""


@dataclass
class Hit:
    """A record that may be the same. ``is_block``: it must not be entered a second time."""

    subject: Subject
    name: str
    is_block: bool = False
    reasons: list[Reason] = field(default_factory=list)

    @property
    def customer_id(self) -> int | None:
        """The customer; None where it is a record of a floor above."""
        return self.subject if isinstance(self.subject, int) else None

    @property
    def key(self) -> str:
        """The subject as one word: "7", "opportunities.lead:7"."""
        return str(self.subject) if isinstance(self.subject, int) else f"{self.subject[0]}:{self.subject[1]}"

    @property
    def score(self) -> float:
        return max((reason.score for reason in self.reasons), default=0.0)


class _Row(NamedTuple):
    """What is read of a key."""

    kind: str
    value: str
    country: str
    exception: str
    is_blocking: bool
    customer: int | None
    target: str
    target_id: int
    name: str
    # Whether the key is of a company; people alone never block.
    is_company: bool
    is_archived: bool

    @property
    def subject(self) -> Subject:
        return (self.target, self.target_id) if self.customer is None else self.customer


_COLUMNS = """key.kind, key.value, key.country, key.exception, key.is_blocking, key.customer_id, key.target_label,
    key.target_id, key.name_shown, coalesce(customer.kind = 'company', TRUE), customer.archived_at IS NOT NULL"""


def probes_of(customer: Customer) -> list[Probe]:
    """A customer that stands as what one would type to enter it: one probe a header, the main one with all else."""
    points = customer.contact_points.filter(contact__archived_at=None).values_list("kind", "value", "normal")
    return [
        Probe(
            name=header.name,
            country=str(header.country),
            code=header.code,
            kind=customer.kind,
            website=customer.website if header.is_main else "",
            points=tuple(points) if header.is_main else (),
        )
        for header in customer.headers.order_by("-is_main", "pk")
    ]


def find(probes: Sequence[Probe], *, but: Collection[Subject] = (), but_archived: bool = False) -> list[list[Hit]]:
    """For each probe the records that may be it: blocks first, then by likeness; at most MOST.

    ``but`` are records that are no hits: oneself, and those that somebody said are different; archived ones are
    none with ``but_archived``. Three statements for each ``TOGETHER`` probes.
    """
    none = _NoHits(frozenset(but), but_archived)
    found: list[list[Hit]] = []
    for start in range(0, len(probes), TOGETHER):
        asked = [_Asked(probe) for probe in probes[start : start + TOGETHER]]
        exact = _exact(asked, none)
        near = _near(asked, none)
        found += [_judge(one, exact, near[place]) for place, one in enumerate(asked)]
    return found


class _NoHits(NamedTuple):
    """Which rows are passed over."""

    subjects: frozenset[Subject]
    archived: bool

    def holds(self, row: _Row) -> bool:
        return row.subject in self.subjects or (self.archived and row.is_archived)


class _Asked:
    """A probe with the values by which it is looked up."""

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self.blocking = keys_of(kind=probe.kind, name=probe.name, country=probe.country, code=probe.code)
        self.points = point_keys(probe.points, probe.website, probe.country)
        self.parsed = normalise_name(probe.name)
        self.like = name_key(self.parsed, with_form=False)[:LONGEST]
        self.grams = grams(self.parsed) if self.like else []
        self.values = {(str(key.kind), key.value) for key in self.blocking} | self.points
        if self.like:
            self.values.add((Kind.LIKE.value, self.like))


def _exact(asked: Sequence[_Asked], none: _NoHits) -> Mapping[tuple[str, str], list[_Row]]:
    """Rows that have exactly a value that was asked for, by (kind, value)."""
    found: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    if wanted := sorted({pair for one in asked for pair in one.values}):
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT {_COLUMNS} FROM unnest(%s::text[], %s::text[]) wanted(kind, value)
                JOIN customers_identitykey key ON key.kind = wanted.kind AND key.value = wanted.value
                LEFT JOIN customers_customer customer ON customer.id = key.customer_id
                ORDER BY key.id
                """,  # noqa: S608  names of columns only
                [[kind for kind, _value in wanted], [value for _kind, value in wanted]],
            )
            for row in map(_Row._make, cursor.fetchall()):
                if not none.holds(row):
                    found[row.kind, row.value].append(row)
    return found


def _near(asked: Sequence[_Asked], none: _NoHits) -> list[list[_Row]]:
    """For each probe the names that share its rarest terms, those that share most of all terms first."""
    found: list[list[_Row]] = [[] for _one in asked]
    everything = {gram for one in asked for gram in one.grams}
    if not everything:
        return found
    counts = dict(GramCount.objects.filter(gram__in=everything).values_list("gram", "rows"))
    wanted = [(place, rarest(one.grams, counts), one.grams) for place, one in enumerate(asked) if one.grams]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT wanted.place, {_COLUMNS} FROM (
                SELECT place, string_to_array(terms, chr(31)) AS terms, string_to_array(grams, chr(31)) AS grams
                FROM unnest(%s::int[], %s::text[], %s::text[]) wanted(place, terms, grams)
            ) wanted
            CROSS JOIN LATERAL (
                SELECT found.id, count(*) / (min(found.size) + cardinality(wanted.grams))::float AS shared
                FROM (
                    SELECT id, grams, cardinality(grams) AS size FROM customers_identitykey
                    WHERE grams IS NOT NULL AND grams && wanted.terms LIMIT {ROWS}
                ) found
                CROSS JOIN LATERAL unnest(found.grams) gram WHERE gram IN (SELECT unnest(wanted.grams))
                GROUP BY found.id ORDER BY shared DESC, found.id LIMIT {COMPARED}
            ) near
            JOIN customers_identitykey key ON key.id = near.id
            LEFT JOIN customers_customer customer ON customer.id = key.customer_id
            ORDER BY wanted.place, near.shared DESC, near.id
            """,  # noqa: S608  names of columns and numbers
            [
                [place for place, _terms, _grams in wanted],
                ["\x1f".join(terms) for _place, terms, _grams in wanted],
                ["\x1f".join(grams) for _place, _terms, grams in wanted],
            ],
        )
        for place, *columns in cursor.fetchall():
            row = _Row._make(columns)
            if not none.holds(row):
                found[place].append(row)
    return found


def _judge(asked: _Asked, exact: Mapping[tuple[str, str], list[_Row]], near: Sequence[_Row]) -> list[Hit]:
    hits = _Hits(asked)
    for key in asked.blocking:
        for row in exact.get((str(key.kind), key.value), ()):
            hits.hear_blocking(key, row)
    if asked.like:
        for row in dict.fromkeys((*exact.get((Kind.LIKE.value, asked.like), ()), *near)):  # near holds most of them too
            hits.hear_name(row)
    for kind, value in sorted(asked.points):
        rows = exact.get((kind, value), [])
        if ties(kind, value, len({row.subject for row in rows})):
            for row in rows:
                hits.add(row, Reason(kind, ("same",), WEIGHTS[kind], value))
    return hits.ranked()


class _Hits:
    """The records that something speaks for, of one probe."""

    def __init__(self, asked: _Asked) -> None:
        self.asked = asked
        self.by_subject: dict[Subject, Hit] = {}

    def hear_blocking(self, key: Key, row: _Row) -> None:
        if row.country == key.country and row.is_blocking and blocks(key, row.exception):
            hit = self.by_subject.setdefault(row.subject, Hit(row.subject, row.name))
            hit.is_block, hit.name = True, row.name
        if key.kind == Kind.CODE:
            self.add(row, Reason(Kind.CODE, ("same",), WEIGHTS[Kind.CODE], self.asked.probe.code))

    def hear_name(self, row: _Row) -> None:
        if reason := _name_reason(self.asked, row):
            self.add(row, reason)

    def add(self, row: _Row, reason: Reason) -> None:
        """Keep one reason a field and value: the best; the name that is shown is the likest."""
        hit = self.by_subject.setdefault(row.subject, Hit(row.subject, row.name))
        same = [one for one in hit.reasons if (one.field, one.value) == (reason.field, reason.value)]
        if same and same[0].score >= reason.score:
            return
        hit.reasons = [one for one in hit.reasons if one not in same] + [reason]
        if reason.field == Kind.NAME and not hit.is_block:
            hit.name = row.name

    def ranked(self) -> list[Hit]:
        """Blocks, then the best reason, then how much there is of it."""
        found = [hit for hit in self.by_subject.values() if hit.reasons]
        for hit in found:
            hit.reasons.sort(key=lambda reason: -reason.score)
        found.sort(key=_rank)
        return found[:MOST]


def _rank(hit: Hit) -> tuple[object, ...]:
    last = (0, "", hit.subject) if isinstance(hit.subject, int) else (1, *hit.subject)
    return not hit.is_block, -hit.score, -sum(reason.score for reason in hit.reasons), last


def _name_reason(asked: _Asked, row: _Row) -> Reason | None:
    """What the names of two records say; None where they are too unlike to warn."""
    likeness = compare_names(asked.parsed, row.name)
    how = list(likeness.reasons)
    probe = asked.probe
    elsewhere = bool(probe.country and row.country and probe.country != row.country)
    if likeness.score < (ELSEWHERE_AT if elsewhere else WARN_AT):
        return None
    if elsewhere:
        how.append("other_country")
    elif not (probe.country and row.country):
        how.append("no_country")
    if probe.code and (code := code_of(row.exception)) and code != probe.code:
        how.append("codes_differ")
    if probe.kind != Customer.Kind.COMPANY or not row.is_company:
        how.append("a_person")
    return Reason(Kind.NAME, tuple(how), likeness.score)
