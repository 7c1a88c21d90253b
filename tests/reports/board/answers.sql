-- How fast we answer, each country (or each person): waits, the middle time, that of the period before, nine of ten, within a day, waiting.
-- Times are ones that occur: the first that half (nine of ten) of the answered ones do not exceed. From waits.sql.
WITH theirs AS (
    SELECT CASE WHEN %(by_person)s THEN 'p' || who ELSE country END AS line, took, asked_on >= %(first)s AS is_now FROM waits
    WHERE who = ANY(%(people)s) AND asked_on >= %(before)s AND asked_on < %(next)s
),
lines AS (SELECT * FROM theirs UNION ALL SELECT 'all', took, is_now FROM theirs),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY line, is_now ORDER BY took) AS place,
        count(took) OVER (PARTITION BY line, is_now) AS answered
    FROM lines
)
SELECT line, count(*) FILTER (WHERE is_now),
    min(took) FILTER (WHERE is_now AND place * 2 >= answered), min(took) FILTER (WHERE NOT is_now AND place * 2 >= answered),
    min(took) FILTER (WHERE is_now AND place * 10 >= answered * 9),
    count(*) FILTER (WHERE is_now AND took <= interval '24 hours')::numeric / nullif(count(took) FILTER (WHERE is_now), 0),
    count(*) FILTER (WHERE is_now AND took IS NULL)
FROM placed GROUP BY line HAVING bool_or(is_now)
