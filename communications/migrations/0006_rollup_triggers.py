"""What is written of communications marks the months and the waits that it touches as stale; so does a new country."""

from django.db import migrations

# The parts of both rollups (communications/rollups.py) that one communication belongs to. Where the moment is in
# business time the database does not know: the months in which it lies in the first and the last zone of the earth
# are one and the same but for a day or so. Made to be put into the query that calls it.
PARTS = """
CREATE FUNCTION communications_parts(author bigint, moment timestamptz, customer bigint, lead bigint)
RETURNS TABLE (rollup text, part bigint[]) LANGUAGE sql STABLE PARALLEL SAFE ROWS 3
AS $function$
SELECT 'said', ARRAY[$1, to_char($2 AT TIME ZONE 'UTC' + edge.hours, 'YYYYMM')::bigint]
FROM (VALUES (interval '-12 hours'), (interval '14 hours')) AS edge (hours)
UNION ALL SELECT 'answers', ARRAY[CASE WHEN $3 IS NULL THEN -$4 ELSE $3 END]
$function$
"""

# A statement, not a row: thousands brought in at once are marked by one INSERT. What counts nowhere marks nothing,
# neither does a change of what is not counted (topic, words, line of the ledger).
WRITTEN = """
CREATE FUNCTION communications_written() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO core_stalepart (rollup, part)
        SELECT DISTINCT stale.rollup, stale.part
        FROM fresh said
        CROSS JOIN LATERAL communications_parts(said.author_id, said.happened_at, said.customer_id, said.lead_id) stale
        WHERE said.deleted_at IS NULL AND NOT said.is_automatic;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO core_stalepart (rollup, part)
        SELECT DISTINCT stale.rollup, stale.part
        FROM gone said
        CROSS JOIN LATERAL communications_parts(said.author_id, said.happened_at, said.customer_id, said.lead_id) stale
        WHERE said.deleted_at IS NULL AND NOT said.is_automatic;
    ELSE
        INSERT INTO core_stalepart (rollup, part)
        SELECT DISTINCT stale.rollup, stale.part
        FROM gone JOIN fresh USING (id)
        CROSS JOIN LATERAL (VALUES
            (gone.author_id, gone.happened_at, gone.customer_id, gone.lead_id, gone.deleted_at, gone.is_automatic),
            (fresh.author_id, fresh.happened_at, fresh.customer_id, fresh.lead_id, fresh.deleted_at, fresh.is_automatic)
        ) AS said (author_id, happened_at, customer_id, lead_id, deleted_at, is_automatic)
        CROSS JOIN LATERAL communications_parts(said.author_id, said.happened_at, said.customer_id, said.lead_id) stale
        WHERE said.deleted_at IS NULL AND NOT said.is_automatic
            AND (gone.author_id, gone.happened_at, gone.customer_id, gone.lead_id, gone.direction, gone.deleted_at,
                gone.is_automatic) IS DISTINCT FROM (fresh.author_id, fresh.happened_at, fresh.customer_id,
                fresh.lead_id, fresh.direction, fresh.deleted_at, fresh.is_automatic);
    END IF;
    RETURN NULL;
END
$function$;
CREATE TRIGGER communications_inserted AFTER INSERT ON communications_communication
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION communications_written();
CREATE TRIGGER communications_updated AFTER UPDATE ON communications_communication
REFERENCING OLD TABLE AS gone NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION communications_written();
CREATE TRIGGER communications_removed AFTER DELETE ON communications_communication
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION communications_written()
"""
NOT_WRITTEN = """
DROP TRIGGER communications_inserted ON communications_communication;
DROP TRIGGER communications_updated ON communications_communication;
DROP TRIGGER communications_removed ON communications_communication;
DROP FUNCTION communications_written()
"""

# Customers are written all the time, their countries seldom: a row's trigger with a condition costs the others nothing.
# Whoever logs has locked the customer or lead, so each of two at once sees what the other did, or is seen by it.
COUNTRY = """
CREATE FUNCTION communications_country_changed() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_ARGV[0] = 'customer' THEN
        INSERT INTO core_stalepart (rollup, part)
        SELECT DISTINCT stale.rollup, stale.part
        FROM communications_communication said
        CROSS JOIN LATERAL communications_parts(said.author_id, said.happened_at, said.customer_id, said.lead_id) stale
        WHERE said.customer_id = NEW.id AND said.deleted_at IS NULL AND NOT said.is_automatic;
    ELSE
        INSERT INTO core_stalepart (rollup, part)
        SELECT DISTINCT stale.rollup, stale.part
        FROM communications_communication said
        CROSS JOIN LATERAL communications_parts(said.author_id, said.happened_at, said.customer_id, said.lead_id) stale
        WHERE said.lead_id = NEW.id AND said.customer_id IS NULL AND said.deleted_at IS NULL AND NOT said.is_automatic;
    END IF;
    RETURN NULL;
END
$function$;
CREATE TRIGGER communications_country AFTER UPDATE OF country ON customers_customer
FOR EACH ROW WHEN (OLD.country IS DISTINCT FROM NEW.country)
EXECUTE FUNCTION communications_country_changed('customer');
CREATE TRIGGER communications_country AFTER UPDATE OF country ON opportunities_lead
FOR EACH ROW WHEN (OLD.country IS DISTINCT FROM NEW.country)
EXECUTE FUNCTION communications_country_changed('lead')
"""
NO_COUNTRY = """
DROP TRIGGER communications_country ON customers_customer;
DROP TRIGGER communications_country ON opportunities_lead;
DROP FUNCTION communications_country_changed()
"""


class Migration(migrations.Migration):
    dependencies = [("communications", "0005_rollups"), ("core", "0008_stale_parts")]

    operations = [
        migrations.RunSQL(PARTS, "DROP FUNCTION communications_parts(bigint, timestamptz, bigint, bigint)"),
        migrations.RunSQL(WRITTEN, NOT_WRITTEN),
        migrations.RunSQL(COUNTRY, NO_COUNTRY),
    ]
