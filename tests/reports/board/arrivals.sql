-- Each country: customers created in the period and held by these people now, those of the period before.
SELECT CASE WHEN grouping(country) = 1 THEN 'all' ELSE country END,
    count(*) FILTER (WHERE (created_at AT TIME ZONE %(zone)s)::date >= %(first)s),
    count(*) FILTER (WHERE (created_at AT TIME ZONE %(zone)s)::date < %(first)s)
FROM customers_customer
WHERE archived_at IS NULL AND owner_id = ANY(%(people)s)
  AND (created_at AT TIME ZONE %(zone)s)::date >= %(before)s AND (created_at AT TIME ZONE %(zone)s)::date < %(next)s
GROUP BY GROUPING SETS ((country), ())
