-- What the open deals of each person were expected to bring, as the rows stand: owner, pipeline, month, currency,
-- deals, amount, amount × probability. Says once more, from the deals themselves, what a kept forecast must hold.
SELECT deal.owner_id, deal.pipeline_id,
    coalesce(date_trunc('month', deal.expected_on)::date, date '0001-01-01') AS month,
    CASE WHEN deal.amount IS NULL THEN '' ELSE deal.currency END AS currency,
    count(*), sum(coalesce(deal.amount, 0)), sum(coalesce(deal.amount, 0) * stage.probability) / 100
FROM opportunities_opportunity deal JOIN opportunities_stage stage ON stage.id = deal.stage_id
WHERE deal.outcome = 'open' AND deal.archived_at IS NULL AND deal.owner_id IS NOT NULL
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
