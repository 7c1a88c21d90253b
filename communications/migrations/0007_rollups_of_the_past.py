"""What was said before there were rollups is stale: the sweep counts it."""

from django.db import migrations

ALL = """
INSERT INTO core_stalepart (rollup, part)
SELECT DISTINCT stale.rollup, stale.part
FROM communications_communication said
CROSS JOIN LATERAL communications_parts(said.author_id, said.happened_at, said.customer_id, said.lead_id) stale
WHERE said.deleted_at IS NULL AND NOT said.is_automatic
"""


class Migration(migrations.Migration):
    dependencies = [("communications", "0006_rollup_triggers")]

    operations = [migrations.RunSQL(ALL, migrations.RunSQL.noop)]
