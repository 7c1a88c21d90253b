"""What sums does the floor of communications keep: what each said by month, and how long each waited for an answer?

Counted is what stands and was said by people: not deleted, not automatic. Triggers (migration 0006) append what a
statement touched: for ``said`` the author and the months in which the moment lies anywhere on earth, for they know no
business time zone; for ``answers`` the customer or lead. A changed country of either touches all that was said there.
"""

from __future__ import annotations

from django.conf import settings

from core.registries import Rollup
from core.rollups import register as register_rollup

SAID, ANSWERS = "said", "answers"
_ZONE = settings.BUSINESS_ZONE_NAME

_COUNTS = "said.deleted_at IS NULL AND NOT said.is_automatic"
_MONTH = "date_trunc('month', {} AT TIME ZONE '" + _ZONE + "')::date"
# 202611 of a moment, and the month of it.
_NUMBER = f"to_char(said.happened_at AT TIME ZONE '{_ZONE}', 'YYYYMM')::bigint"
_FIRST = "make_date((asked.part[2] / 100)::int, mod(asked.part[2], 100)::int, 1)"

# Grouped within, so that each part is read by the index of author and moment, whether there are two or thousands.
_SAID = f"""
SELECT asked.part[1] AS author_id, {_FIRST} AS month, whole.*
FROM asked
CROSS JOIN LATERAL (
    SELECT coalesce(
            CASE WHEN said.customer_id IS NULL
            THEN (SELECT lead.country FROM opportunities_lead lead WHERE lead.id = said.lead_id)
            ELSE (SELECT customer.country FROM customers_customer customer WHERE customer.id = said.customer_id) END, ''
        ) AS country,
        count(*) AS n,
        count(*) FILTER (WHERE said.direction <> 'in') AS touches,
        count(*) FILTER (WHERE said.direction <> 'out') AS replies
    FROM communications_communication said
    WHERE said.author_id = asked.part[1] AND {_COUNTS}
        AND said.happened_at >= {_FIRST}::timestamp AT TIME ZONE '{_ZONE}'
        AND said.happened_at < ({_FIRST} + interval '1 month') AT TIME ZONE '{_ZONE}'
    GROUP BY 1
) AS whole
"""  # noqa: S608  words of our own

# Each thing that we say ends a turn, in which what they said before it stands; what they say at the very same moment
# is answered by it, as on Today. Never joined with itself: whatever the planner thinks of it, it is sorted once.
_ANSWERS = f"""
SELECT turn.party, customer.id AS customer_id, lead.id AS lead_id,
    coalesce(customer.country, lead.country, '') AS country, {_MONTH.format("turn.asked_at")} AS month,
    turn.asked_id, turn.asked_at, turn.answered_id, turn.answered_at, turn.answered_by_id
FROM (
    SELECT party,
        (array_agg(id ORDER BY happened_at, id) FILTER (WHERE NOT is_ours))[1] AS asked_id,
        min(happened_at) FILTER (WHERE NOT is_ours) AS asked_at,
        min(id) FILTER (WHERE is_ours) AS answered_id,
        min(happened_at) FILTER (WHERE is_ours) AS answered_at,
        min(author_id) FILTER (WHERE is_ours) AS answered_by_id
    FROM (
        SELECT spoken.*, count(*) FILTER (WHERE is_ours) OVER (
            PARTITION BY party ORDER BY happened_at, is_ours, id ROWS UNBOUNDED PRECEDING
        ) - is_ours::int AS turn
        FROM (
            SELECT asked.part[1] AS party, said.id, said.happened_at, said.direction <> 'in' AS is_ours, said.author_id
            FROM asked JOIN communications_communication said ON said.customer_id = asked.part[1]
            WHERE asked.part[1] > 0 AND {_COUNTS}
            UNION ALL
            SELECT asked.part[1], said.id, said.happened_at, said.direction <> 'in', said.author_id
            FROM asked
            JOIN communications_communication said ON said.lead_id = -asked.part[1] AND said.customer_id IS NULL
            WHERE asked.part[1] < 0 AND {_COUNTS}
        ) AS spoken
    ) AS turned
    GROUP BY party, turn
    HAVING bool_or(NOT is_ours)
) AS turn
LEFT JOIN customers_customer customer ON customer.id = turn.party
LEFT JOIN opportunities_lead lead ON lead.id = -turn.party
"""  # noqa: S608  words of our own

_PARTY = "CASE WHEN said.customer_id IS NULL THEN -said.lead_id ELSE said.customer_id END"


def _every(part: str) -> str:
    return f"SELECT DISTINCT ARRAY[{part}]::bigint[] AS part FROM communications_communication said WHERE {_COUNTS}"  # noqa: S608


def register() -> None:
    """Add this floor's lines to ROLLUPS."""
    register_rollup(
        SAID,
        Rollup(
            "I5: the months of what people said are those of the communications",
            "communications_saidcell",
            ("author_id", "month", "country", "n", "touches", "replies"),
            parts=_every(f"said.author_id, {_NUMBER}"),
            made=_SAID,
            of=f"cell.author_id = asked.part[1] AND cell.month = {_FIRST}",
        ),
    )
    register_rollup(
        ANSWERS,
        Rollup(
            "I5: how long customers and leads waited for an answer is what the communications say",
            "communications_answer",
            (
                "party", "customer_id", "lead_id", "country", "month", "asked_id", "asked_at", "answered_id",
                "answered_at", "answered_by_id",
            ),
            parts=_every(_PARTY),
            made=_ANSWERS,
            of="cell.party = asked.part[1]",
        ),
    )  # fmt: skip
