"""What of the rollups the sweep has to make anew."""

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_rate_function"),
    ]

    operations = [
        migrations.CreateModel(
            name="StalePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rollup", models.CharField(max_length=40)),
                ("part", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [models.Index(fields=["rollup", "part"], name="stale_part")],
            },
        ),
    ]
