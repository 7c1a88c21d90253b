"""What is written of orders marks the rhythm of their customers as stale."""

from django.db import migrations

# A statement, not a row: thousands brought in at once are marked by one INSERT. A change of what a rhythm does not
# ask for (number, terms, search text) marks nothing. Void before and after: neither is one that counts.
WRITTEN = """
CREATE FUNCTION opportunities_orders_written() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO core_stalepart (rollup, part)
        SELECT 'rhythm', ARRAY[customer_id] FROM fresh WHERE voided_at IS NULL GROUP BY customer_id;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO core_stalepart (rollup, part)
        SELECT 'rhythm', ARRAY[customer_id] FROM gone WHERE voided_at IS NULL GROUP BY customer_id;
    ELSE
        INSERT INTO core_stalepart (rollup, part)
        SELECT 'rhythm', ARRAY[written.customer_id]
        FROM gone JOIN fresh USING (id)
        CROSS JOIN LATERAL (VALUES (gone.customer_id, gone.voided_at), (fresh.customer_id, fresh.voided_at))
            AS written (customer_id, voided_at)
        WHERE written.voided_at IS NULL AND (gone.customer_id, gone.ordered_on, gone.amount_base, gone.voided_at)
            IS DISTINCT FROM (fresh.customer_id, fresh.ordered_on, fresh.amount_base, fresh.voided_at)
        GROUP BY written.customer_id;
    END IF;
    RETURN NULL;
END
$function$;
CREATE TRIGGER opportunities_orders_inserted AFTER INSERT ON opportunities_order
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION opportunities_orders_written();
CREATE TRIGGER opportunities_orders_updated AFTER UPDATE ON opportunities_order
REFERENCING OLD TABLE AS gone NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION opportunities_orders_written();
CREATE TRIGGER opportunities_orders_removed AFTER DELETE ON opportunities_order
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION opportunities_orders_written()
"""
NOT_WRITTEN = """
DROP TRIGGER opportunities_orders_inserted ON opportunities_order;
DROP TRIGGER opportunities_orders_updated ON opportunities_order;
DROP TRIGGER opportunities_orders_removed ON opportunities_order;
DROP FUNCTION opportunities_orders_written()
"""


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0004_rhythm"), ("core", "0008_stale_parts")]

    operations = [migrations.RunSQL(WRITTEN, NOT_WRITTEN)]
