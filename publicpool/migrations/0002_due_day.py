"""The day on which a clock that stands on some days has run its days."""

from django.db import migrations

# Days are numbers; stops are sorted, counted[i] = stops[i] - i is how many days have been counted by then.
# With c(x) = x - (stops up to x) it is the first day x with c(x) = c(since) + days + 1: as many days after that number
# as there are stops with counted < it.
DUE_DAY = """
CREATE FUNCTION gonghai_due_day(since int, days int, stops int[], counted int[]) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT wanted + width_bucket(wanted - 1, counted)
FROM (SELECT since - width_bucket(since, stops) + days + 1 AS wanted) AS asked
$function$
"""


class Migration(migrations.Migration):
    dependencies = [("publicpool", "0001_initial")]
    operations = [migrations.RunSQL(DUE_DAY, "DROP FUNCTION gonghai_due_day(int, int, int[], int[])")]
