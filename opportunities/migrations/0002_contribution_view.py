"""The one definition of what each deal adds to the funnel's figures, and the country that follows its customer."""

from django.db import migrations

# Competitors are typed as one line of text; who got the deal is one name, commas or not.
RIVALS = """
CREATE FUNCTION opportunities_rivals(competitors text, lost_to text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT left(btrim(typed), 200) FROM regexp_split_to_table(competitors, '[,;，；、\n]') AS typed WHERE btrim(typed) <> ''
UNION SELECT left(btrim(lost_to), 200) WHERE btrim(lost_to) <> ''
$function$
"""

# Nothing here looks at a stage's name, place or kind, so admins may change them without a recomputation.
# No day is month 0001-01-01 (FunnelCell.NO_MONTH), no owner is 0 (NOBODY).
VIEW = """
CREATE VIEW opportunities_contribution AS
SELECT deal.id AS opportunity_id, deal.pipeline_id, coalesce(deal.owner_id, 0) AS owner_id, part.kind, part.month,
    part.stage_id, part.value, part.currency, 1::bigint AS n, part.amount, part.amount_base, part.unrated
FROM opportunities_opportunity deal
CROSS JOIN LATERAL (
    SELECT
        coalesce(date_trunc('month', deal.opened_on::timestamp)::date, date '0001-01-01') AS opened,
        coalesce(date_trunc('month', deal.expected_on::timestamp)::date, date '0001-01-01') AS expected,
        coalesce(date_trunc('month', deal.closed_on::timestamp)::date, date '0001-01-01') AS closed,
        CASE WHEN deal.amount IS NULL THEN '' ELSE deal.currency END AS currency,
        coalesce(deal.amount, 0) AS amount,
        coalesce(deal.amount_base, 0) AS amount_base,
        (deal.amount IS NOT NULL AND deal.amount_base IS NULL)::int::bigint AS unrated
) AS of_deal
CROSS JOIN LATERAL (
    -- The cohort: how far it came.
    SELECT 'reached' AS kind, of_deal.opened AS month, deal.reached_id AS stage_id, '' AS value, '' AS currency,
        0::numeric AS amount, 0::numeric AS amount_base, 0::bigint AS unrated
    UNION ALL
    -- Whole days in each stage that it left; several visits count together.
    SELECT 'stay', of_deal.opened, stay.after_id, floor(extract(epoch FROM sum(stay.left_at - stay.at)) / 86400)::text,
        '', 0, 0, 0
    FROM opportunities_move stay
    WHERE stay.opportunity_id = deal.id AND stay.left_at IS NOT NULL
    GROUP BY stay.after_id
    UNION ALL
    -- Under way: worth what the rate of the reading day makes of it.
    SELECT 'open', of_deal.expected, deal.stage_id, '', of_deal.currency, of_deal.amount, 0, 0
    WHERE deal.outcome = 'open'
    UNION ALL
    -- Won or lost, as the stage says; once whole, and once under each thing that it is asked about.
    SELECT asked.kind, of_deal.closed, deal.stage_id, asked.value, of_deal.currency, of_deal.amount,
        of_deal.amount_base, of_deal.unrated
    FROM (
        SELECT 'closed' AS kind, '' AS value
        UNION ALL SELECT 'source', coalesce(deal.source_id::text, '')
        UNION ALL SELECT 'country', coalesce(
            (SELECT customer.country FROM customers_customer customer WHERE customer.id = deal.customer_id), '')
        UNION ALL SELECT 'reason', coalesce(deal.lost_reason_id::text, '') WHERE deal.outcome = 'lost'
        UNION ALL SELECT 'competitor', rival FROM opportunities_rivals(deal.competitors, deal.lost_to) AS rival
        UNION ALL (
            SELECT DISTINCT 'product', left(coalesce(line.product, ''), 200)
            FROM (SELECT deal.id) AS whole (id)
            LEFT JOIN opportunities_opportunityline line ON line.opportunity_id = whole.id
            WHERE line.product IS NOT NULL OR line.id IS NULL
        )
    ) AS asked
    WHERE deal.outcome <> 'open'
) AS part
WHERE deal.archived_at IS NULL
"""

# A customer's country is written in a dozen places of the floor below, which may not know of deals. The row is locked
# by the UPDATE, and every service that closes a deal locks its customer first: one waits for the other.
COUNTRY = """
CREATE FUNCTION opportunities_country_changed() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO opportunities_funnelcell AS cell
        (pipeline_id, owner_id, kind, month, stage_id, value, currency, n, amount, amount_base, unrated)
    SELECT part.pipeline_id, level.owner_id, 'country', part.month, part.stage_id, side.country, part.currency,
        sum(side.sign), sum(side.sign * part.amount), sum(side.sign * part.amount_base), sum(side.sign * part.unrated)
    FROM opportunities_opportunity deal
    JOIN opportunities_contribution part ON part.opportunity_id = deal.id AND part.kind = 'country'
    CROSS JOIN LATERAL (VALUES (part.owner_id), (-1)) AS level (owner_id)
    CROSS JOIN (VALUES (OLD.country, -1), (NEW.country, 1)) AS side (country, sign)
    WHERE deal.customer_id = NEW.id AND (level.owner_id <> -1 OR part.owner_id <> 0)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    ORDER BY 2, 1, 3, 4, 5, 6, 7
    ON CONFLICT (owner_id, pipeline_id, kind, month, stage_id, value, currency) DO UPDATE SET
        n = cell.n + excluded.n, amount = cell.amount + excluded.amount,
        amount_base = cell.amount_base + excluded.amount_base, unrated = cell.unrated + excluded.unrated;
    RETURN NULL;
END
$function$;
CREATE TRIGGER opportunities_country AFTER UPDATE OF country ON customers_customer
FOR EACH ROW WHEN (OLD.country IS DISTINCT FROM NEW.country) EXECUTE FUNCTION opportunities_country_changed()
"""


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0001_initial")]

    operations = [
        migrations.RunSQL(RIVALS, "DROP FUNCTION opportunities_rivals(text, text)"),
        migrations.RunSQL(VIEW, "DROP VIEW opportunities_contribution"),
        migrations.RunSQL(
            COUNTRY,
            "DROP TRIGGER opportunities_country ON customers_customer; DROP FUNCTION opportunities_country_changed()",
        ),
    ]
