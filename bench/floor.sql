-- The ideal statement of each page: what somebody would write by hand who has nothing else to do.
-- Parameters: user (id of who is signed in), the others as named.
-- A statement whose name begins with list_ chooses ids; `rows` joins what the list shows of them.

-- name: rows: what a list shows of the customers in `mine`
SELECT c.id, c.name, c.grade, status.name_en AS status, now() AT TIME ZONE nullif(c.time_zone, '') AS there,
    c.city AS place, owner.name AS owner, c.last_followed_at AS contacted, contact.facts AS contact,
    tags.names[:2] AS tags, cardinality(tags.names) - 2 AS more_tags
FROM mine JOIN customers_customer c USING (id)
JOIN customers_status status ON status.id = c.status_id
JOIN accounts_user owner ON owner.id = c.owner_id
LEFT JOIN LATERAL (
    SELECT json_build_object('name', p.name, 'title', p.title, 'closed', p.is_do_not_contact) AS facts
    FROM customers_contact p WHERE p.customer_id = c.id AND p.archived_at IS NULL
    ORDER BY p.is_primary DESC, p.is_decision_maker DESC, p.id LIMIT 1
) contact ON true
LEFT JOIN LATERAL (
    SELECT array_agg(t.name ORDER BY t.name) AS names FROM customers_customer_tags l
    JOIN customers_tag t ON t.id = l.tag_id WHERE l.customer_id = c.id
) tags ON true
ORDER BY c.created_at DESC, c.id DESC;

-- name: list_salesperson: first page of one's own customers and those shared with one
(SELECT id, created_at FROM customers_customer WHERE owner_id = %(user)s ORDER BY created_at DESC, id DESC LIMIT 50)
UNION
(SELECT c.id, c.created_at FROM customers_collaborator k JOIN customers_customer c ON c.id = k.customer_id
 WHERE k.user_id = %(user)s AND c.owner_id IS NOT NULL ORDER BY c.created_at DESC, c.id DESC LIMIT 50)
ORDER BY created_at DESC, id DESC LIMIT 50;

-- name: list_manager: first page of everything that somebody holds
SELECT id FROM customers_customer WHERE owner_id IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT 50;

-- name: list_cjk: everything that holds two Chinese characters (text); its pair serves the index
SELECT id FROM customers_customer
WHERE owner_id IS NOT NULL AND gonghai_cjk_grams(search_text) @> ARRAY[%(text)s] AND strpos(search_text, %(text)s) > 0
ORDER BY created_at DESC, id DESC LIMIT 50;

-- name: list_latin: everything that holds a piece of a Latin word (text)
SELECT id FROM customers_customer
WHERE owner_id IS NOT NULL AND search_text LIKE '%%' || %(text)s || '%%'
ORDER BY created_at DESC, id DESC LIMIT 50;

-- name: detail: one customer with all that its page shows (pk)
SELECT c.name, c.grade, c.city, c.owned_since, c.completeness, status.name_en AS status, owner.name AS owner,
    now() AT TIME ZONE nullif(c.time_zone, '') AS there,
    ARRAY(
        SELECT json_build_object('label', fact.key, 'value', fact.value) FROM jsonb_each_text(jsonb_build_object(
            'address', c.address, 'website', c.website, 'size', c.size, 'source', source.name_en,
            'currency', c.currency, 'incoterm', c.incoterm, 'payment terms', c.payment_terms,
            'annual purchase', c.annual_purchase, 'share', c.our_share, 'needs', c.needs, 'remarks', c.remarks
        ) || c.custom) fact WHERE fact.value <> ''
    ) AS facts,
    ARRAY(
        SELECT json_build_object('kind', p.kind, 'value', p.value, 'person', person.name)
        FROM customers_contactpoint p LEFT JOIN customers_contact person ON person.id = p.contact_id
        WHERE p.customer_id = c.id AND person.archived_at IS NULL
        ORDER BY person.is_primary DESC NULLS FIRST, p.position, p.id
    ) AS points,
    ARRAY(
        SELECT json_build_object('name', u.name, 'role', k.role) FROM customers_collaborator k
        JOIN accounts_user u ON u.id = k.user_id WHERE k.customer_id = c.id ORDER BY k.added_at
    ) AS collaborators,
    (SELECT count(*) FROM customers_contact p WHERE p.customer_id = c.id AND p.archived_at IS NULL) AS contacts,
    (SELECT count(*) FROM customers_customername h WHERE h.customer_id = c.id) AS headers,
    ARRAY(
        SELECT json_build_object('at', to_char(e.at, 'DD Mon HH24:MI'), 'kind', e.kind, 'by', u.name, 'note', n.body)
        FROM (
            SELECT * FROM customers_event WHERE customer_id = c.id ORDER BY at DESC, id DESC LIMIT 30
        ) e LEFT JOIN accounts_user u ON u.id = e.by_id
        LEFT JOIN customers_note n ON e.target_label = 'customers.note' AND n.id = e.target_id
        ORDER BY e.at DESC, e.id DESC
    ) AS events
FROM customers_customer c
JOIN customers_status status ON status.id = c.status_id
LEFT JOIN accounts_user owner ON owner.id = c.owner_id
LEFT JOIN customers_source source ON source.id = c.source_id
WHERE c.id = %(pk)s;

-- name: today: what wants somebody today, and by what a customer is reached
WITH wants AS (
(SELECT 'My month' AS section, 'customers' AS area, 0 AS id, 'Won' AS title, '' AS country,
    sum(cell.amount_base)::text AS words, NULL::timestamp AS due, NULL::timestamp AS there
FROM opportunities_funnelcell cell WHERE cell.owner_id = %(user)s AND cell.kind = 'won'
    AND cell.month = date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')::date)
UNION ALL
(SELECT 'My month', 'customers', 0, cell.kind, cell.currency, sum(cell.amount * stage.probability / 100)::text, NULL, NULL
FROM opportunities_funnelcell cell JOIN opportunities_stage stage ON stage.id = cell.stage_id
WHERE cell.owner_id = %(user)s AND cell.kind = 'open'
    AND cell.month = date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')::date GROUP BY cell.kind, cell.currency)
UNION ALL
(SELECT 'My month', 'customers', 0, 'Communications', '', sum(cell.n) || ' ' || sum(cell.replies), NULL, NULL
FROM communications_saidcell cell WHERE cell.author_id = %(user)s
    AND cell.month = date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')::date)
UNION ALL
(SELECT 'My month', 'customers', 0, target.measure, '', target.target::text, NULL, NULL FROM reports_target target
WHERE target.user_id = %(user)s AND target.first_on = date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')::date)
UNION ALL
(SELECT 'Overdue', 'tasks', t.id, coalesce(c.name, t.title), c.country, t.title,
    t.due_at AT TIME ZONE 'Asia/Shanghai', now() AT TIME ZONE nullif(c.time_zone, '')
FROM followups_task t LEFT JOIN customers_customer c ON c.id = t.customer_id
WHERE t.assignee_id = %(user)s AND t.state IN ('not_started', 'in_progress') AND t.due_at <= now()
ORDER BY t.due_at, t.id LIMIT 15)
UNION ALL
(SELECT 'Due today', 'tasks', t.id, coalesce(c.name, t.title), c.country, t.title,
    t.due_at AT TIME ZONE 'Asia/Shanghai', now() AT TIME ZONE nullif(c.time_zone, '')
FROM followups_task t LEFT JOIN customers_customer c ON c.id = t.customer_id
WHERE t.assignee_id = %(user)s AND t.state IN ('not_started', 'in_progress') AND t.due_at > now()
    AND t.due_at <= ((now() AT TIME ZONE 'Asia/Shanghai')::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
ORDER BY t.due_at, t.id LIMIT 15)
UNION ALL
(SELECT 'Waiting for an answer', 'customers', c.id, c.name, c.country, '', c.last_inbound_at,
    now() AT TIME ZONE nullif(c.time_zone, '')
FROM customers_customer c
WHERE c.owner_id = %(user)s AND c.last_inbound_at >= now() - interval '30 days'
    AND (c.last_outbound_at IS NULL OR c.last_outbound_at < c.last_inbound_at)
ORDER BY c.last_inbound_at, c.id LIMIT 10)
UNION ALL
(SELECT 'Due for contact', 'customers', c.id, c.name, c.country, c.grade, c.idle_since,
    now() AT TIME ZONE nullif(c.time_zone, '')
FROM customers_customer c JOIN followups_followupcycle cycle ON cycle.grade = c.grade AND cycle.status_id IS NULL
JOIN customers_status status ON status.id = c.status_id
WHERE c.owner_id = %(user)s AND c.last_followed_at IS NOT NULL AND status.key NOT IN ('lost', 'dormant')
    AND c.idle_since <= now() - cycle.days * interval '1 day'
    AND (c.next_task_at IS NULL OR c.next_task_at > now() + interval '1 day')
ORDER BY c.idle_since, c.id LIMIT 10)
UNION ALL
(SELECT 'Renewals', 'customers', c.id, c.name, c.country, k.kind, k.on::timestamp,
    now() AT TIME ZONE nullif(c.time_zone, '')
FROM customers_keydate k JOIN customers_customer c ON c.id = k.customer_id
WHERE c.owner_id = %(user)s AND k.on BETWEEN (now() AT TIME ZONE 'Asia/Shanghai')::date - 30
    AND (now() AT TIME ZONE 'Asia/Shanghai')::date + 14
ORDER BY k.on, k.id LIMIT 10)
UNION ALL
(SELECT 'Protection ends', 'customers', c.id, c.name, c.country, c.protected_reason, c.protected_until::timestamp,
    now() AT TIME ZONE nullif(c.time_zone, '')
FROM customers_customer c
WHERE c.owner_id = %(user)s AND c.protected_until BETWEEN (now() AT TIME ZONE 'Asia/Shanghai')::date
    AND (now() AT TIME ZONE 'Asia/Shanghai')::date + 14
ORDER BY c.protected_until, c.id LIMIT 10)
UNION ALL
(SELECT 'Never contacted', 'customers', c.id, c.name, c.country, '', c.owned_since, now() AT TIME ZONE nullif(c.time_zone, '')
FROM customers_customer c
WHERE c.owner_id = %(user)s AND c.last_followed_at IS NULL AND c.owned_since < now() - interval '7 days'
ORDER BY c.owned_since, c.id LIMIT 10)
UNION ALL
(SELECT 'New for me', 'customers', c.id, c.name, c.country, p.note, p.started_at, NULL
FROM customers_ownershipperiod p JOIN customers_customer c ON c.id = p.customer_id
WHERE p.owner_id = %(user)s AND p.ended_at IS NULL AND p.started_at >= now() - interval '7 days'
    AND p.by_id <> %(user)s AND p.reason <> 'created'
    AND (c.last_followed_at IS NULL OR c.last_followed_at < p.started_at)
ORDER BY p.started_at DESC, p.id DESC LIMIT 10)
UNION ALL
(SELECT 'Unread', 'customers', n.target_id, n.kind, '', '', n.created_at, NULL FROM accounts_notification n
WHERE n.recipient_id = %(user)s AND n.read_at IS NULL ORDER BY n.created_at DESC, n.id DESC LIMIT 5)
UNION ALL
(SELECT 'No next step', 'customers', c.id, c.name, c.country, c.grade, c.idle_since,
    now() AT TIME ZONE nullif(c.time_zone, '')
FROM customers_customer c JOIN customers_status status ON status.id = c.status_id
LEFT JOIN followups_followupcycle cycle ON cycle.grade = c.grade AND cycle.status_id IS NULL
WHERE c.owner_id = %(user)s AND c.last_followed_at IS NOT NULL AND c.next_task_at IS NULL AND c.next_task_title = ''
    AND status.key NOT IN ('lost', 'dormant')
    AND (cycle.id IS NULL OR c.idle_since > now() - cycle.days * interval '1 day')
ORDER BY c.idle_since, c.id LIMIT 10)
UNION ALL
(SELECT 'New leads', 'leads', l.id, coalesce(nullif(l.company, ''), nullif(l.person, ''), l.email), l.country,
    coalesce(nullif(l.product, ''), l.subject), l.owned_since, NULL
FROM opportunities_lead l WHERE l.owner_id = %(user)s AND l.state = 'new' AND l.archived_at IS NULL
ORDER BY l.owned_since, l.id LIMIT 10)
UNION ALL
(SELECT 'Past their close date', 'opportunities', d.id, coalesce(c.name, d.title), c.country,
    d.title || ' ' || d.currency || ' ' || d.amount || ' ' || stage.name_en, d.expected_on::timestamp, NULL
FROM opportunities_opportunity d JOIN opportunities_stage stage ON stage.id = d.stage_id
LEFT JOIN customers_customer c ON c.id = d.customer_id
WHERE d.owner_id = %(user)s AND d.outcome = 'open' AND d.archived_at IS NULL
    AND d.expected_on < (now() AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY d.expected_on, d.id LIMIT 5)
UNION ALL
(SELECT 'Stalled opportunities', 'opportunities', d.id, coalesce(c.name, d.title), c.country,
    d.title || ' ' || d.currency || ' ' || d.amount || ' ' || stage.name_en, d.stage_at, NULL
FROM opportunities_opportunity d JOIN opportunities_stage stage ON stage.id = d.stage_id
LEFT JOIN customers_customer c ON c.id = d.customer_id
WHERE d.owner_id = %(user)s AND d.outcome = 'open' AND d.archived_at IS NULL
    AND d.stage_at + make_interval(days => stage.stalls_after) <= now()
    AND (d.expected_on IS NULL OR d.expected_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date)
ORDER BY d.stage_at, d.id LIMIT 5)
), placed AS (SELECT wants.*, row_number() OVER () AS place FROM wants)
SELECT placed.*, reach.value AS reach FROM placed LEFT JOIN LATERAL (
    SELECT point.value FROM customers_contactpoint point
    LEFT JOIN customers_contact person ON person.id = point.contact_id
    WHERE placed.area = 'customers' AND point.customer_id = placed.id AND person.archived_at IS NULL
        AND person.is_do_not_contact IS NOT TRUE AND point.kind IN ('mobile', 'phone', 'email', 'whatsapp')
    ORDER BY person.is_primary DESC NULLS LAST, point.position, point.id LIMIT 1
) reach ON true ORDER BY place;

-- name: deals_salesperson: first page of one's own open deals
SELECT d.id, d.title, c.name AS customer, c.country, stage.name_en AS stage, stage.probability,
    extract(day FROM now() - d.stage_at)::int AS days, d.amount, d.currency, d.amount_base, d.expected_on,
    d.next_task_title AS step, d.next_task_at, owner.name AS owner
FROM opportunities_opportunity d JOIN opportunities_stage stage ON stage.id = d.stage_id
JOIN accounts_user owner ON owner.id = d.owner_id
LEFT JOIN customers_customer c ON c.id = d.customer_id
WHERE d.owner_id = %(user)s AND d.outcome = 'open' AND d.archived_at IS NULL
ORDER BY d.created_at DESC, d.id DESC LIMIT 50;

-- name: deals_manager: first page of all open deals
SELECT d.id, d.title, c.name AS customer, c.country, stage.name_en AS stage, stage.probability,
    extract(day FROM now() - d.stage_at)::int AS days, d.amount, d.currency, d.amount_base, d.expected_on,
    d.next_task_title AS step, d.next_task_at, owner.name AS owner
FROM opportunities_opportunity d JOIN opportunities_stage stage ON stage.id = d.stage_id
LEFT JOIN accounts_user owner ON owner.id = d.owner_id
LEFT JOIN customers_customer c ON c.id = d.customer_id
WHERE d.outcome = 'open' AND d.archived_at IS NULL
ORDER BY d.created_at DESC, d.id DESC LIMIT 50;

-- name: pool: first page of a pool as its members see it (pool)
SELECT c.id, c.name, c.grade, status.name_en AS status, lying.reason AS began, why.name_en AS why,
    rule.name_en AS rule, c.owned_since AS since, former.names AS former, c.last_followed_at AS contacted, c.won_total AS won
FROM customers_customer c JOIN customers_status status ON status.id = c.status_id
LEFT JOIN customers_ownershipperiod lying ON lying.customer_id = c.id AND lying.ended_at IS NULL
LEFT JOIN publicpool_release release ON release.period_id = lying.id
LEFT JOIN publicpool_releasereason why ON why.id = release.reason_id
LEFT JOIN publicpool_reclaimrule rule ON rule.id = release.rule_id
LEFT JOIN LATERAL (
    SELECT array_agg(u.name ORDER BY held.started_at DESC) AS names FROM customers_ownershipperiod held
    JOIN accounts_user u ON u.id = held.owner_id WHERE held.customer_id = c.id
) former ON true
WHERE c.pool_id = %(pool)s
ORDER BY coalesce(c.owned_since, c.created_at) DESC, c.id DESC LIMIT 50;

-- name: board: the kanban of all open deals: sums from the funnel's cells, eight cards of each stage
WITH stage AS (
    SELECT * FROM opportunities_stage WHERE kind = 'open' AND is_active
        AND pipeline_id = (SELECT id FROM opportunities_pipeline WHERE is_active ORDER BY position, id LIMIT 1)
)
(SELECT 'stage' AS part, stage.id, stage.name_en AS title, '' AS customer, cell.currency, sum(cell.amount) AS amount,
    sum(cell.n) AS n, NULL::date AS expected_on, '' AS step, '' AS owner, stage.position, now() AS at
FROM stage JOIN opportunities_funnelcell cell ON cell.stage_id = stage.id AND cell.owner_id = -1 AND cell.kind = 'open'
GROUP BY stage.id, stage.name_en, stage.position, cell.currency)
UNION ALL
(SELECT 'card', d.id, d.title, c.name, d.currency, d.amount, d.done, d.expected_on, d.next_task_title, owner.name,
    stage.position, d.stage_at
FROM stage CROSS JOIN LATERAL (
    SELECT o.*, (
        SELECT count(*) FROM opportunities_passedcheckpoint p JOIN opportunities_checkpoint k ON k.id = p.checkpoint_id
        WHERE p.opportunity_id = o.id AND k.stage_id = o.stage_id
    ) AS done
    FROM opportunities_opportunity o
    WHERE o.stage_id = stage.id AND o.outcome = 'open' AND o.archived_at IS NULL
    ORDER BY o.stage_at DESC, o.id DESC LIMIT 8
) d
LEFT JOIN customers_customer c ON c.id = d.customer_id LEFT JOIN accounts_user owner ON owner.id = d.owner_id)
ORDER BY position, part DESC, at DESC, id DESC;

-- name: funnel: what the funnel's page shows of all people's deals (since: the first of its twelve months)
WITH pipe AS (SELECT id FROM opportunities_pipeline WHERE is_active ORDER BY position, id LIMIT 1),
stage AS NOT MATERIALIZED (SELECT * FROM opportunities_stage WHERE pipeline_id = (SELECT id FROM pipe)),
cell AS NOT MATERIALIZED (SELECT * FROM opportunities_funnelcell WHERE owner_id = -1 AND pipeline_id = (SELECT id FROM pipe))
(SELECT 'reached' AS part, stage.id, stage.name_en AS name, '' AS currency, sum(cell.n) AS n, NULL::numeric AS amount,
    NULL::numeric AS base
FROM stage JOIN stage later ON later.position >= stage.position AND later.kind <> 'lost'
JOIN cell ON cell.stage_id = later.id AND cell.kind = 'reached' AND cell.month >= %(since)s
WHERE stage.kind <> 'lost' GROUP BY stage.id, stage.name_en, stage.position ORDER BY stage.position)
UNION ALL
(SELECT 'left', stage.id, stage.name_en, '', max(whole), min(days) FILTER (WHERE seen * 2 >= whole),
    min(days) FILTER (WHERE seen * 10 >= whole * 9)
FROM (
    SELECT stage_id, value::int AS days, sum(sum(n)) OVER (PARTITION BY stage_id) AS whole,
        sum(sum(n)) OVER (PARTITION BY stage_id ORDER BY value::int) AS seen
    FROM cell WHERE kind = 'stay' AND month >= %(since)s GROUP BY stage_id, value
) counted JOIN stage ON stage.id = counted.stage_id
WHERE stage.kind = 'open' GROUP BY stage.id, stage.name_en, stage.position ORDER BY stage.position)
UNION ALL
(SELECT 'open', stage.id, stage.name_en || ' ' || cell.month, cell.currency, sum(cell.n), sum(cell.amount),
    sum(cell.amount * stage.probability / 100)
FROM cell JOIN stage ON stage.id = cell.stage_id WHERE cell.kind = 'open'
GROUP BY stage.id, stage.name_en, cell.month, cell.currency)
UNION ALL
(SELECT 'closed', stage.id, stage.kind || ' ' || cell.month, cell.currency, sum(cell.n), sum(cell.amount),
    sum(cell.amount_base)
FROM cell JOIN stage ON stage.id = cell.stage_id WHERE cell.kind = 'closed' AND cell.month >= %(since)s
GROUP BY stage.id, stage.kind, cell.month, cell.currency ORDER BY 3)
UNION ALL
(SELECT 'owner', person.id, person.name, stage.kind || ' ' || own.currency, sum(own.n), sum(own.amount),
    sum(own.amount_base)
FROM opportunities_funnelcell own JOIN stage ON stage.id = own.stage_id JOIN accounts_user person ON person.id = own.owner_id
WHERE own.pipeline_id = (SELECT id FROM pipe) AND own.kind = 'closed' AND own.owner_id > 0 AND own.month >= %(since)s
GROUP BY person.id, person.name, stage.kind, own.currency ORDER BY 3);

-- name: overview: a manager's board of everybody (first, last: months of the period; before: the first of the one before)
WITH pipe AS (SELECT id FROM opportunities_pipeline WHERE is_active ORDER BY position, id LIMIT 1),
stage AS NOT MATERIALIZED (SELECT * FROM opportunities_stage WHERE pipeline_id = (SELECT id FROM pipe)),
cell AS NOT MATERIALIZED (SELECT * FROM opportunities_funnelcell WHERE owner_id = -1 AND pipeline_id = (SELECT id FROM pipe)),
own AS NOT MATERIALIZED (SELECT * FROM opportunities_funnelcell WHERE owner_id > 0)
(SELECT 'won' AS part, person.id, person.name, '' AS words, sum(own.n) AS n, sum(own.amount_base) AS amount, NULL::numeric AS base
FROM own JOIN opportunities_stage s ON s.id = own.stage_id AND s.kind = 'won' JOIN accounts_user person ON person.id = own.owner_id
WHERE own.kind = 'closed' AND own.month BETWEEN %(before)s AND %(last)s GROUP BY person.id, person.name ORDER BY 3)
UNION ALL
(SELECT 'expected', person.id, person.name, own.currency, sum(own.n), sum(own.amount), sum(own.amount * s.probability / 100)
FROM own JOIN opportunities_stage s ON s.id = own.stage_id JOIN accounts_user person ON person.id = own.owner_id
WHERE own.kind = 'open' AND own.month BETWEEN '0001-02-01' AND %(last)s GROUP BY person.id, person.name, own.currency)
UNION ALL
(SELECT 'target', coalesce(user_id, team_id), '', measure, count(*), sum(target), NULL FROM reports_target
WHERE first_on BETWEEN %(first)s AND %(last)s GROUP BY user_id, team_id, measure)
UNION ALL
(SELECT 'changed', 0, kind, at, count(*), NULL, NULL
FROM (SELECT e.kind, (e.at >= %(monday)s::timestamp)::text AS at FROM customers_event e
    WHERE e.at >= %(monday)s::timestamp - interval '7 days'
        AND e.kind IN ('opportunity.won', 'opportunity.lost', 'opportunity.created', 'opportunity.reopened',
            'opportunity.moved', 'opportunity.changed')) e
GROUP BY kind, at)
UNION ALL
(SELECT 'reached', stage.id, stage.name_en, '', sum(cell.n), NULL, NULL
FROM stage JOIN stage later ON later.position >= stage.position AND later.kind <> 'lost'
JOIN cell ON cell.stage_id = later.id AND cell.kind = 'reached' AND cell.month BETWEEN %(first)s AND %(last)s
WHERE stage.kind <> 'lost' GROUP BY stage.id, stage.name_en, stage.position ORDER BY stage.position)
UNION ALL
(SELECT 'open', 0, cell.month::text, cell.currency, sum(cell.n), sum(cell.amount), sum(cell.amount * stage.probability / 100)
FROM cell JOIN stage ON stage.id = cell.stage_id WHERE cell.kind = 'open' GROUP BY cell.month, cell.currency ORDER BY 3)
UNION ALL
(SELECT cell.kind, stage.id, cell.value, stage.kind, sum(cell.n), sum(cell.amount_base), NULL
FROM cell JOIN stage ON stage.id = cell.stage_id
WHERE cell.kind IN ('closed', 'source', 'reason', 'competitor', 'lost_in') AND cell.month BETWEEN %(before)s AND %(last)s
GROUP BY cell.kind, stage.id, cell.value, stage.kind, cell.month >= %(first)s ORDER BY 1, 5 DESC)
UNION ALL
(SELECT 'said', author_id, '', direction, count(*), NULL, NULL FROM communications_communication
WHERE deleted_at IS NULL AND NOT is_automatic AND happened_at >= %(before)s::timestamp
    AND happened_at < %(last)s::timestamp + interval '1 month' GROUP BY author_id, direction)
UNION ALL
(SELECT 'late', assignee_id, '', '', count(*), NULL, NULL FROM followups_task
WHERE state IN ('not_started', 'in_progress') AND due_at <= now() AND assignee_id IS NOT NULL GROUP BY assignee_id)
UNION ALL
(SELECT 'hands', person.id, person.name, '', count(*), count(*) FILTER (WHERE c.next_task_at IS NULL),
    count(*) FILTER (WHERE c.next_task_at <= now())
FROM customers_customer c JOIN accounts_user person ON person.id = c.owner_id GROUP BY person.id, person.name ORDER BY 3)
UNION ALL
(SELECT 'arrived', coalesce(source_id, 0), country, '', count(*), NULL, NULL FROM customers_customer
WHERE owner_id IS NOT NULL AND created_at >= %(before)s::timestamp AND created_at < %(last)s::timestamp + interval '1 month'
GROUP BY source_id, country, created_at >= %(first)s::timestamp ORDER BY 5 DESC)
UNION ALL
(SELECT 'flow', 0, reason, '', count(*), NULL, NULL FROM customers_ownershipperiod
WHERE pool_id IS NOT NULL AND started_at >= %(before)s::timestamp
    AND started_at < %(last)s::timestamp + interval '1 month' GROUP BY reason, started_at >= %(first)s::timestamp)
UNION ALL
(SELECT 'orders', seller_id, '', '', count(*), sum(amount_base), NULL FROM opportunities_order
WHERE voided_at IS NULL AND ordered_on BETWEEN %(before)s AND (%(last)s::date + interval '1 month' - interval '1 day')
GROUP BY seller_id)
UNION ALL
(SELECT 'matrix', own.owner_id, own.value, '', sum(own.n), sum(own.amount_base), NULL
FROM own JOIN stage ON stage.id = own.stage_id AND stage.kind = 'won'
WHERE own.kind = 'country' AND own.month BETWEEN %(first)s AND %(last)s GROUP BY own.owner_id, own.value ORDER BY 3);

-- name: said: what was said that holds two Chinese characters (text), newest first
SELECT said.id, said.subject, left(said.body, 160) AS words, said.happened_at, c.name, c.country, said.channel, u.name AS by
FROM communications_communication said
JOIN customers_customer c ON c.id = said.customer_id JOIN accounts_user u ON u.id = said.author_id
WHERE said.deleted_at IS NULL AND c.owner_id IS NOT NULL
    AND gonghai_cjk_grams(said.search_text) @> ARRAY[%(text)s] AND strpos(said.search_text, %(text)s) > 0
ORDER BY said.happened_at DESC, said.id DESC LIMIT 50;

-- name: search: customers and their people whose words hold two Chinese characters (text)
WITH found AS MATERIALIZED (
    SELECT id, name, city, country, created_at FROM customers_customer
    WHERE owner_id IS NOT NULL AND gonghai_cjk_grams(search_text) @> ARRAY[%(text)s] AND strpos(search_text, %(text)s) > 0
    ORDER BY created_at DESC, id DESC LIMIT 200
)
(SELECT 'customer' AS kind, id, name AS title, city AS words FROM found ORDER BY created_at DESC, id DESC LIMIT 8)
UNION ALL
(SELECT 'contact', found.id, p.name, p.title FROM found JOIN customers_contact p ON p.customer_id = found.id
WHERE p.archived_at IS NULL AND strpos(lower(p.name), %(text)s) > 0 LIMIT 8);

-- name: candidates: names that share a rare term with one of those asked for (terms, each a list behind chr(31))
SELECT wanted.place, near.* FROM unnest(%(terms)s::text[]) WITH ORDINALITY wanted(terms, place)
CROSS JOIN LATERAL (
    SELECT key.customer_id, key.name_shown, key.country, key.exception, key.grams FROM customers_identitykey key
    WHERE key.grams IS NOT NULL AND key.grams && string_to_array(wanted.terms, chr(31)) LIMIT 1000
) near;
