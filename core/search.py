"""Which rows contain what somebody typed? Any substring, two Chinese characters too."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.lookups import PostgresOperatorLookup

from .querysets import CjkGrams, Contains
from .text import Term, bigrams, cjk_grams, search_query

GRAMS = ArrayField(TextField())


class Holds(PostgresOperatorLookup):
    """``text[] @> text[]`` between two expressions, served by the GIN index on the grams."""

    lookup_name = "holds"
    postgres_operator = "@>"


def matching(queryset: QuerySet[Any], text: str, column: str = "search_text") -> QuerySet[Any]:
    """Narrow to rows whose search document ``column`` contains every term of ``text``.

    An empty or meaningless text finds nothing (a filter that is left empty is not called at all).
    """
    terms = search_query(text)
    if not terms:
        return queryset.none()
    return queryset.filter(reduce(and_, (_fits(term, column) for term in terms)))


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
