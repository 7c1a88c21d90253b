-- What is one unit of each currency worth in the firm's on each day on which something was sold, and today?
-- By docs/rules.md, "Money": the last rate on or before the day and no older than 400 days; of one day an entered one
-- before the bank's; an entered one is read the other way round too; the bank's are crossed with those of one day.
-- Takes %(base)s and %(today)s. Makes the temporary table worth(currency, day, rate), rate null where there is none.
DROP TABLE IF EXISTS worth;
CREATE TEMP TABLE worth AS
WITH asked AS (
    SELECT currency, closed_on AS day FROM opportunities_opportunity WHERE closed_on IS NOT NULL AND currency <> ''
    UNION SELECT currency, %(today)s FROM opportunities_opportunity WHERE currency <> ''
    UNION SELECT currency, ordered_on FROM opportunities_order
)
SELECT asked.currency, asked.day,
    CASE WHEN asked.currency = %(base)s THEN 1::numeric ELSE known.rate END AS rate
FROM asked LEFT JOIN LATERAL (
    SELECT * FROM (
        (SELECT "on", source, rate FROM core_exchangerate
         WHERE currency = asked.currency AND against = %(base)s AND "on" <= asked.day AND "on" >= asked.day - 400
         ORDER BY "on" DESC, source = 'entered' DESC LIMIT 1)
        UNION ALL
        (SELECT "on", source, 1 / rate FROM core_exchangerate
         WHERE currency = %(base)s AND against = asked.currency AND "on" <= asked.day AND "on" >= asked.day - 400
         ORDER BY "on" DESC, source = 'entered' DESC LIMIT 1)
        UNION ALL
        (SELECT one."on", 'ecb', ours.rate / one.rate FROM core_exchangerate one
         JOIN core_exchangerate ours ON ours.currency = 'EUR' AND ours.against = %(base)s AND ours."on" = one."on"
             AND ours.source = 'ecb'
         WHERE one.currency = 'EUR' AND one.against = asked.currency AND one.source = 'ecb'
             AND one."on" <= asked.day AND one."on" >= asked.day - 400
         ORDER BY one."on" DESC LIMIT 1)
    ) way ORDER BY "on" DESC, source = 'entered' DESC LIMIT 1
) known ON true;
CREATE UNIQUE INDEX ON worth (currency, day);
ANALYZE worth
