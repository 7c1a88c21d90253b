"""The funnel's figures learn in which stage deals are lost: by the furthest one that they came to."""

import importlib

from django.db import migrations

_BEFORE = importlib.import_module("opportunities.migrations.0002_contribution_view").VIEW
_ANCHOR = "        UNION ALL SELECT 'competitor', rival"
VIEW = _BEFORE.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace(
    _ANCHOR,
    "        UNION ALL SELECT 'lost_in', deal.reached_id::text WHERE deal.outcome = 'lost'\n" + _ANCHOR,
)

# What is lost already is added: to its owner's cells, or nobody's, and to everybody's.
ADD = """
INSERT INTO opportunities_funnelcell
    (pipeline_id, owner_id, kind, month, stage_id, value, currency, n, amount, amount_base, unrated)
SELECT part.pipeline_id, level.owner_id, part.kind, part.month, part.stage_id, part.value, part.currency,
    sum(part.n), sum(part.amount), sum(part.amount_base), sum(part.unrated)
FROM opportunities_contribution part
CROSS JOIN LATERAL (VALUES (part.owner_id), (-1)) AS level (owner_id)
WHERE part.kind = 'lost_in' AND (level.owner_id <> -1 OR part.owner_id <> 0)
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
REMOVE = "DELETE FROM opportunities_funnelcell WHERE kind = 'lost_in'"


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0002_contribution_view")]

    operations = [
        # A view may be replaced by one with the same columns, so back and forth are the same statement.
        migrations.RunSQL(VIEW, _BEFORE.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")),
        migrations.RunSQL(ADD, REMOVE),
    ]
