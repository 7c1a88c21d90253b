-- Who waited for us since when, how long, and for whom does it count? By docs/rules.md, "How fast we answer".
-- What they said is answered by the next thing that we say, at that moment or later; what has one answer is one wait.
-- Takes %(zone)s. Makes the temporary table waits(country, who, asked_on, took), took null while nobody has answered.
DROP TABLE IF EXISTS waits;
CREATE TEMP TABLE waits AS
WITH spoken AS (
    SELECT id, customer_id, CASE WHEN customer_id IS NULL THEN lead_id END AS lead_id, direction, happened_at, author_id
    FROM communications_communication WHERE deleted_at IS NULL AND NOT is_automatic
),
-- Read from the end: the earliest of ours that is not before it.
answered AS (
    SELECT *, min(happened_at) FILTER (WHERE direction IN ('out', 'both'))
        OVER (PARTITION BY customer_id, lead_id ORDER BY happened_at DESC) AS answered_at
    FROM spoken
),
wait AS (
    SELECT customer_id, lead_id, min(happened_at) AS asked_at, answered_at
    FROM answered WHERE direction = 'in' GROUP BY customer_id, lead_id, answered_at
)
SELECT coalesce(customer.country, lead.country, '') AS country,
    CASE WHEN wait.answered_at IS NOT NULL THEN (
        SELECT ours.author_id FROM communications_communication ours
        WHERE (ours.customer_id = wait.customer_id OR (ours.customer_id IS NULL AND ours.lead_id = wait.lead_id))
          AND ours.deleted_at IS NULL AND NOT ours.is_automatic
          AND ours.direction <> 'in' AND ours.happened_at = wait.answered_at ORDER BY ours.id LIMIT 1
    ) WHEN wait.lead_id IS NULL THEN customer.owner_id
    WHEN lead.state IN ('new', 'working') AND lead.archived_at IS NULL THEN lead.owner_id END AS who,
    (wait.asked_at AT TIME ZONE %(zone)s)::date AS asked_on, wait.answered_at - wait.asked_at AS took
FROM wait
LEFT JOIN customers_customer customer ON customer.id = wait.customer_id
LEFT JOIN opportunities_lead lead ON lead.id = wait.lead_id
