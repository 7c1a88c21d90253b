-- What was won in the period by the customer's country and who holds the deal: country, person or all, worth.
SELECT coalesce(customer.country, ''), CASE WHEN grouping(deal.owner_id) = 1 THEN 'all' ELSE 'p' || deal.owner_id END,
    sum(round(deal.amount * worth.rate, %(digits)s))
FROM opportunities_opportunity deal
JOIN opportunities_stage stage ON stage.id = deal.stage_id AND stage.kind = 'won'
LEFT JOIN customers_customer customer ON customer.id = deal.customer_id
LEFT JOIN worth ON worth.currency = deal.currency AND worth.day = deal.closed_on
WHERE deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s) AND deal.pipeline_id = %(pipeline)s
  AND deal.closed_on >= %(first)s AND deal.closed_on < %(next)s
GROUP BY GROUPING SETS ((coalesce(customer.country, ''), deal.owner_id), (coalesce(customer.country, '')))
