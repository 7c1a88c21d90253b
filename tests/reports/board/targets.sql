-- Each team and person of the scope: whose, target, won, reached, still expected, outlook; and 'all' for the whole.
-- A target that was not set is the sum of its parts in time, of a team then that of its people's.
WITH RECURSIVE below AS (
    SELECT id AS team, id FROM accounts_team
    UNION SELECT below.team, child.id FROM below JOIN accounts_team child ON child.parent_id = below.id
),
line AS (
    SELECT 'p' || id AS party, id AS person FROM accounts_user WHERE id = ANY(%(people)s)
    UNION ALL
    SELECT 't' || below.team, one.id FROM below JOIN accounts_user one ON one.team_id = below.id
    WHERE one.id = ANY(%(people)s) AND below.team = ANY(%(teams)s)
    UNION ALL
    SELECT 'all', id FROM accounts_user WHERE id = ANY(%(people)s)
),
party AS (
    SELECT 'p' || id AS party, id AS person, NULL::bigint AS team FROM accounts_user WHERE id = ANY(%(people)s)
    UNION ALL
    SELECT 't' || id, NULL, id FROM accounts_team WHERE id = ANY(%(teams)s)
),
span AS (
    SELECT part.length, day::date AS first_on FROM (VALUES (1), (3), (12)) part (length),
    generate_series(date_trunc('year', %(first)s::date), date_trunc('year', %(first)s::date) + interval '11 months',
        make_interval(months => part.length)) day
),
placed AS (
    SELECT party.party, party.person, party.team, span.length, span.first_on, goal.target
    FROM party CROSS JOIN span
    LEFT JOIN reports_target goal ON goal.measure = 'won' AND goal.span = span.length AND goal.first_on = span.first_on
        AND (goal.user_id = party.person OR goal.team_id = party.team)
),
-- What each has by what was set for it alone: a year, else its quarters, a quarter, else its months.
month AS (SELECT party, first_on, target FROM placed WHERE length = 1),
quarter AS (
    SELECT one.party, one.first_on, coalesce(one.target, (
        SELECT sum(target) FROM month WHERE month.party = one.party
        AND month.first_on >= one.first_on AND month.first_on < one.first_on + interval '3 months'
    )) AS target FROM placed one WHERE length = 3
),
year AS (
    SELECT one.party, one.first_on, coalesce(one.target, (
        SELECT sum(target) FROM quarter WHERE quarter.party = one.party
    )) AS target FROM placed one WHERE length = 12
),
own AS (
    SELECT party, target FROM (
        SELECT 1 AS length, * FROM month UNION ALL SELECT 3, * FROM quarter UNION ALL SELECT 12, * FROM year
    ) every WHERE length = %(months)s AND first_on = %(first)s
),
-- A team for which nothing was set has what its people have.
goal AS (
    SELECT party, coalesce(own.target, (
        SELECT sum(one.target) FROM own one JOIN line ON one.party = 'p' || line.person WHERE line.party = own.party
    )) AS target FROM own
    UNION ALL
    -- The whole: its topmost teams, and people who are in none of its teams.
    SELECT 'all', sum(coalesce(own.target, (
        SELECT sum(one.target) FROM own one JOIN line ON one.party = 'p' || line.person WHERE line.party = own.party
    ))) FROM own JOIN party USING (party)
    LEFT JOIN accounts_team team ON team.id = party.team
    LEFT JOIN accounts_user one ON one.id = party.person
    WHERE CASE WHEN party.team IS NULL
        THEN one.team_id = ANY(%(teams)s) IS NOT TRUE ELSE team.parent_id = ANY(%(teams)s) IS NOT TRUE END
),
won AS (
    SELECT line.party, sum(round(deal.amount * worth.rate, %(digits)s)) AS n
    FROM line JOIN opportunities_opportunity deal ON deal.owner_id = line.person
    JOIN opportunities_stage stage ON stage.id = deal.stage_id AND stage.kind = 'won'
    JOIN worth ON worth.currency = deal.currency AND worth.day = deal.closed_on
    WHERE deal.archived_at IS NULL AND deal.closed_on >= %(first)s AND deal.closed_on < %(next)s
    GROUP BY 1
),
-- Each currency of a person is summed exactly and converted once; a team's line is the sum of its people's.
expected AS (
    SELECT party, sum(round(n * rate, %(digits)s)) AS n FROM (
        SELECT line.party, worth.rate, sum(deal.amount * stage.probability) / 100 AS n
        FROM line JOIN opportunities_opportunity deal ON deal.owner_id = line.person
        JOIN opportunities_stage stage ON stage.id = deal.stage_id AND stage.kind = 'open'
        JOIN worth ON worth.currency = deal.currency AND worth.day = %(today)s
        WHERE deal.archived_at IS NULL AND deal.expected_on >= %(first)s AND deal.expected_on < %(next)s
        GROUP BY line.party, line.person, deal.currency, worth.rate
    ) of_currency GROUP BY 1
)
SELECT party, goal.target, won.n, coalesce(won.n, 0) / nullif(goal.target, 0), expected.n,
    (coalesce(won.n, 0) + coalesce(expected.n, 0)) / nullif(goal.target, 0)
FROM (SELECT DISTINCT party FROM line) every
LEFT JOIN goal USING (party) LEFT JOIN won USING (party) LEFT JOIN expected USING (party)
