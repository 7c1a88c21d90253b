-- Each stage: how many of the deals begun in the period came so far, of the stage before, of all. From their moves.
WITH cohort AS (
    SELECT deal.id, max(stage.position) AS far
    FROM opportunities_opportunity deal
    LEFT JOIN opportunities_move move ON move.opportunity_id = deal.id
    JOIN opportunities_stage stage ON stage.id IN (deal.stage_id, move.before_id, move.after_id) AND stage.kind <> 'lost'
    WHERE deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s) AND deal.pipeline_id = %(pipeline)s
      AND deal.opened_on >= %(first)s AND deal.opened_on < %(next)s
    GROUP BY 1
),
came AS (
    SELECT stage.name_en, stage.position, stage.kind, count(cohort.id) AS n
    FROM opportunities_stage stage LEFT JOIN cohort ON cohort.far >= stage.position
    WHERE stage.pipeline_id = %(pipeline)s AND stage.kind <> 'lost' AND stage.is_active GROUP BY 1, 2, 3
)
SELECT name_en, n, n::numeric / nullif(lag(n) OVER (ORDER BY position), 0),
    n::numeric / nullif((SELECT count(*) FROM cohort), 0) FROM came
