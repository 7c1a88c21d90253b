-- Into the pool and out of it: how, customers, the period before. From who held what when.
WITH came AS (
    SELECT period.id, period.started_at AS at, CASE period.reason
        WHEN 'released' THEN 'Given back' WHEN 'reclaimed' THEN 'Reclaimed by rules'
        WHEN 'created' THEN 'Created in the pool' WHEN 'imported' THEN 'Imported into the pool'
        ELSE 'Came otherwise' END AS how,
        -- Whose: who held the customer until then, of a new one who brought it in.
        coalesce((SELECT former.owner_id FROM customers_ownershipperiod former
            WHERE former.customer_id = period.customer_id AND former.ended_at = period.started_at), period.by_id) AS who
    FROM customers_ownershipperiod period
    WHERE period.pool_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM publicpool_release gone WHERE gone.period_id = period.id AND gone.undone_at IS NOT NULL)
    UNION ALL
    SELECT period.id, period.started_at, 'Claims', period.owner_id
    FROM customers_ownershipperiod period WHERE period.reason = 'claimed'
)
SELECT how, count(*) FILTER (WHERE (at AT TIME ZONE %(zone)s)::date >= %(first)s),
    count(*) FILTER (WHERE (at AT TIME ZONE %(zone)s)::date < %(first)s)
FROM came
WHERE who = ANY(%(people)s)
  AND (at AT TIME ZONE %(zone)s)::date >= %(before)s AND (at AT TIME ZONE %(zone)s)::date < %(next)s
GROUP BY 1
