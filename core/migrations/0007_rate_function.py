"""The one definition of which rate holds: gonghai_rate(currency, day, base, oldest)."""

from django.db import migrations

# Four ways to a rate, each by the newest row on or before the day: the same currency, a row as given, a row the other
# way round, and across the euro. A cross takes both of its rates from one day: those of a withdrawn currency's last
# day beside today's of the other would be a rate that never was. The later day wins; on one day what the firm entered.
# One SELECT, STABLE and not STRICT, so that PostgreSQL puts it into the query that calls it.
# 18 decimals, divided at that scale, so that every caller multiplies with the same number.
CREATE = """
CREATE FUNCTION gonghai_rate(currency text, day date, base text, oldest integer)
RETURNS TABLE (rate numeric, rate_on date, source text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
AS $function$
SELECT found.rate, found.rate_on, found.source FROM (
    SELECT 1::numeric AS rate, $2 AS rate_on, ''::text AS source, 0 AS rank WHERE $1 = $3
    UNION ALL (
        SELECT given.rate, given."on", given.source::text, (given.source = 'ecb')::int * 2
        FROM core_exchangerate given
        WHERE given.currency = $1 AND given.against = $3 AND given."on" BETWEEN $2 - $4 AND $2
        ORDER BY given."on" DESC, (given.source = 'ecb') LIMIT 1
    )
    UNION ALL (
        SELECT round(1::numeric(38, 18) / given.rate, 18), given."on", given.source::text,
            (given.source = 'ecb')::int * 2 + 1
        FROM core_exchangerate given
        WHERE given.currency = $3 AND given.against = $1 AND given."on" BETWEEN $2 - $4 AND $2
        ORDER BY given."on" DESC, (given.source = 'ecb') LIMIT 1
    )
    UNION ALL (
        SELECT round(upper.rate::numeric(38, 18) / lower.rate, 18), lower."on", lower.source::text, 4
        FROM core_exchangerate lower
        JOIN core_exchangerate upper
            ON upper.currency = 'EUR' AND upper.against = $3 AND upper."on" = lower."on" AND upper.source = 'ecb'
        WHERE lower.currency = 'EUR' AND lower.against = $1 AND lower.source = 'ecb'
            AND lower."on" BETWEEN $2 - $4 AND $2 AND $1 <> $3
        ORDER BY lower."on" DESC LIMIT 1
    )
) found
ORDER BY found.rate_on DESC, found.rank LIMIT 1
$function$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0006_exchange_rates")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION gonghai_rate(text, date, text, integer)")]
