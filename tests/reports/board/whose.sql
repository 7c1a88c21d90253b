-- Which people and teams are counted where %(reader)s asks for %(scope)s: all, team (the manager's own), t3 (a team), p7 (a person)?
-- By docs/rules.md, "Funnel", and access.md, "reports": a team has those of the teams below it too.
WITH RECURSIVE asked AS (
    SELECT CASE WHEN %(scope)s = 'team' THEN (SELECT team_id FROM accounts_user WHERE id = %(reader)s)
        WHEN %(scope)s LIKE 't_%%' THEN substr(%(scope)s, 2)::bigint END AS team
),
below AS (
    SELECT team AS id FROM asked
    UNION SELECT child.id FROM accounts_team child JOIN below ON child.parent_id = below.id
)
SELECT
    ARRAY(SELECT id FROM accounts_user
          WHERE %(scope)s = 'all' OR 'p' || id = %(scope)s OR team_id IN (SELECT id FROM below) ORDER BY id),
    ARRAY(SELECT id FROM accounts_team WHERE %(scope)s = 'all' OR id IN (SELECT id FROM below) ORDER BY id)
