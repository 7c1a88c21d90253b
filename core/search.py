"""Which rows contain what somebody typed, and which of them first? Any substring, two Chinese characters too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, F, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat
from django.db.models.lookups import PostgresOperatorLookup

from .querysets import CjkGrams, Contains
from .text import Term, bigrams, cjk_grams, search_document, search_query

GRAMS = ArrayField(TextField())
# So many rows are weighed of those that begin so, of one's own and of the newest: a word may stand in a million.
MOST_WEIGHED = 100


@dataclass(frozen=True, slots=True)
class Document:
    """Text made to be searched, as ``search_text`` of a row is."""

    text: str

    @classmethod
    def of(cls, names: Iterable[str] = (), texts: Iterable[str] = (), phones: Iterable[str] = ()) -> Document:
        """Made of these words; the parameters are those of ``search_document``."""
        return cls(search_document(names, texts, phones))

    def has(self, term: Term) -> bool:
        return any(spelling in self.text for spelling in term.spellings)

    def has_any(self, terms: Sequence[Term]) -> bool:
        return any(map(self.has, terms))

    def fits(self, terms: Sequence[Term]) -> bool:
        return all(map(self.has, terms))


class Holds(PostgresOperatorLookup):
    """``text[] @> text[]`` between two expressions, served by the GIN index on the grams."""

    lookup_name = "holds"
    postgres_operator = "@>"


def matching(queryset: QuerySet[Any], text: str, column: str = "search_text") -> QuerySet[Any]:
    """Narrow to rows whose search document ``column`` contains every term of ``text``.

    An empty or meaningless text finds nothing (a filter that is left empty is not called at all).
    """
    terms = search_query(text)
    return queryset.filter(holding(terms, column)) if terms else queryset.none()


def holding(terms: Sequence[Term], column: str = "search_text") -> Q:
    """The condition that ``column`` contains every one of the terms, of which there is at least one."""
    return reduce(and_, (_fits(term, column) for term in terms))


def nearest(queryset: QuerySet[Any], text: str, own: Q, order: Sequence[str], limit: int) -> list[Any]:
    """The ``limit`` best rows that contain the text: by ``nearness``, ``own`` before others, then by ``order``.

    Two statements. Where more than MOST_WEIGHED rows fit, the newest by ``order`` stand for all.
    """
    found = matching(queryset, text).order_by(*order)
    whole = whole_word(text)
    # LIKE, so that its trigrams serve where a word is common and few begin so.
    begins = Q(search_text__startswith=whole) | Q(search_text__contains=f" {whole}")
    picks = [
        rows.values_list("pk", flat=True)[:MOST_WEIGHED] for rows in (found.filter(begins), found.filter(own), found)
    ]
    ids = set(picks[0].union(*picks[1:]))
    mine = Case(When(own, then=0), default=1, output_field=IntegerField())
    rows = queryset.filter(pk__in=ids).annotate(_near=_near(whole), _mine=mine)
    return list(rows.order_by("_near", "_mine", *order)[:limit])


def whole_word(text: str) -> str:
    """All that was typed as one word of a search document."""
    return "".join(term.spellings[0] for term in search_query(text))


def nearness(document: str, whole: str) -> int:
    """How well a document answers: 0 its first part is the word, 1 another part is, 2 and 3 they begin so, 4 else."""
    padded = f" {document} "
    return next((place for place, (word, at) in enumerate(_steps(whole)) if _at(padded, word, at)), 4)


def _steps(whole: str) -> list[tuple[str, bool]]:
    """What to look for in order, and whether it must stand at the beginning."""
    return [(f" {whole} ", True), (f" {whole} ", False), (f" {whole}", True), (f" {whole}", False)]


def _at(padded: str, word: str, at_start: bool) -> bool:
    return padded.startswith(word) if at_start else word in padded


def _near(whole: str) -> Case:
    """``nearness`` in SQL."""
    whens = [
        When(StartsWith(_parts(), Value(word)) if at_start else Contains(_parts(), Value(word)), then=place)
        for place, (word, at_start) in enumerate(_steps(whole))
    ]
    return Case(*whens, default=4, output_field=IntegerField())


def _parts() -> Concat:
    return Concat(Value(" "), F("search_text"), Value(" "), output_field=TextField())


class StartsWith(Contains):
    """``starts_with(text, prefix)``."""

    template = "starts_with(%(expressions)s)"


def _fits(term: Term, column: str) -> Q:
    return reduce(or_, (_spelling_fits(term.kind, spelling, column) for spelling in term.spellings))


def _spelling_fits(kind: str, spelling: str, column: str) -> Q:
    if kind == "word":  # LIKE on the folded column, served by its trigram index
        return Q(**{f"{column}__contains": spelling})
    found = Q(Contains(F(column), Value(spelling)))
    if kind == "cjk":
        # A pair implies its two characters, so these are asked for only where there is no pair.
        grams = Value(bigrams(spelling) or cjk_grams(spelling), output_field=GRAMS)
        found = Q(Holds(CjkGrams(F(column), output_field=GRAMS), grams)) & found
    return found
