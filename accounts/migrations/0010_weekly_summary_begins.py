"""People who are here already get their first weekly summary when its day comes, not at once."""

from django.db import migrations

BEGIN = "UPDATE accounts_user SET weekly_noted_on = current_date WHERE weekly_noted_on IS NULL"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_weekly_summary")]

    operations = [migrations.RunSQL(BEGIN, migrations.RunSQL.noop)]
