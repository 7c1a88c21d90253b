"""What was ordered before there were rhythms is stale: the sweep counts it."""

from django.db import migrations

ALL = """
INSERT INTO core_stalepart (rollup, part)
SELECT 'rhythm', ARRAY[customer_id] FROM opportunities_order WHERE voided_at IS NULL GROUP BY customer_id
"""


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0005_rhythm_triggers")]

    operations = [migrations.RunSQL(ALL, migrations.RunSQL.noop)]
