"""Forecasts as they stood on Mondays and on the firsts of months."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("opportunities", "0002_contribution_view"),
        ("reports", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ForecastSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField(unique=True, verbose_name="of the day")),
                ("taken_at", models.DateTimeField(verbose_name="taken at")),
                ("base", models.CharField(max_length=3, verbose_name="base currency")),
            ],
            options={
                "verbose_name": "kept forecast",
                "verbose_name_plural": "kept forecasts",
                "ordering": ("-due_on",),
            },
        ),
        migrations.CreateModel(
            name="ForecastCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("n", models.BigIntegerField()),
                ("amount", models.DecimalField(decimal_places=3, max_digits=24)),
                ("weighted", models.DecimalField(decimal_places=5, max_digits=24)),
                ("rate", models.DecimalField(decimal_places=18, max_digits=38, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pipeline",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="opportunities.pipeline",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cells", to="reports.forecastsnapshot"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("snapshot", "month", "owner", "pipeline", "currency"), name="forecast_cell_once"
                    )
                ],
            },
        ),
    ]
