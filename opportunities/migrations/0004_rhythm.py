"""How often a customer orders, and when the next order is to be expected."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0010_since_pooled_index"),
        ("opportunities", "0003_lost_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rhythm",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        serialize=False,
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                ("orders", models.BigIntegerField(verbose_name="orders")),
                ("first_on", models.DateField(verbose_name="first order")),
                ("last_on", models.DateField(verbose_name="last order")),
                ("usual_days", models.IntegerField(null=True, verbose_name="usual interval")),
                ("next_on", models.DateField(null=True, verbose_name="order expected")),
                (
                    "usual_base",
                    models.DecimalField(decimal_places=3, max_digits=18, null=True, verbose_name="usual amount"),
                ),
            ],
            options={
                "verbose_name": "reorder rhythm",
                "verbose_name_plural": "reorder rhythms",
                "indexes": [models.Index(fields=["next_on", "customer"], name="rhythm_by_day")],
            },
        ),
    ]
