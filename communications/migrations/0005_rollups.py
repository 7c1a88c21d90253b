"""What each said by month, and how long each waited for an answer."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0004_leads_and_opportunities_index"),
        ("customers", "0010_since_pooled_index"),
        ("opportunities", "0002_contribution_view"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SaidCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("author_id", models.BigIntegerField()),
                ("month", models.DateField()),
                ("country", models.CharField(blank=True, max_length=2)),
                ("n", models.BigIntegerField()),
                ("touches", models.BigIntegerField()),
                ("replies", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("author_id", "month", "country"), name="said_cell_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.BigIntegerField()),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("month", models.DateField()),
                ("asked_at", models.DateTimeField(verbose_name="since")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                (
                    "answered",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="communications.communication",
                        verbose_name="answer",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "asked",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="communications.communication",
                        verbose_name="what they said",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="opportunities.lead",
                        verbose_name="lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "wait for an answer",
                "verbose_name_plural": "waits for an answer",
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_by__isnull", False)),
                        fields=["answered_by", "month"],
                        name="answer_by",
                    ),
                    models.Index(
                        condition=models.Q(("answered_by__isnull", True)),
                        fields=["month", "party"],
                        name="answer_missing",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("party", "asked"), name="answer_once")],
            },
        ),
    ]
