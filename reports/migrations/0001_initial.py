"""Targets of people and teams, with what stood in them before."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0007_departures"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(max_length=20, verbose_name="measure")),
                ("first_on", models.DateField(verbose_name="first day")),
                (
                    "span",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Month"), (3, "Quarter"), (12, "Year")], verbose_name="period"
                    ),
                ),
                ("target", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="target")),
                (
                    "sprint",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="sprint"),
                ),
                (
                    "challenge",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="challenge"
                    ),
                ),
                ("set_at", models.DateTimeField(verbose_name="set at")),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="accounts.team",
                        verbose_name="team",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "target",
                "verbose_name_plural": "targets",
                "ordering": ("first_on", "-span", "id"),
            },
        ),
        migrations.CreateModel(
            name="TargetHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("target", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="target")),
                (
                    "sprint",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="sprint"),
                ),
                (
                    "challenge",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="challenge"
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="reports.target",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("team__isnull", True), ("user__isnull", False)),
                    models.Q(("team__isnull", False), ("user__isnull", True)),
                    _connector="OR",
                ),
                name="target_of_a_person_or_a_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user__isnull", False)),
                fields=("user", "measure", "first_on", "span"),
                name="target_of_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.UniqueConstraint(
                condition=models.Q(("team__isnull", False)),
                fields=("team", "measure", "first_on", "span"),
                name="target_of_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.CheckConstraint(condition=models.Q(("span__in", [1, 3, 12])), name="target_span"),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_on__day", 1),
                    models.Q(
                        ("span", 1),
                        models.Q(("first_on__month__in", (1, 4, 7, 10)), ("span", 3)),
                        models.Q(("first_on__month", 1), ("span", 12)),
                        _connector="OR",
                    ),
                ),
                name="target_begins_a_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("target__gt", 0),
                    models.Q(("sprint__isnull", True), ("sprint__gte", models.F("target")), _connector="OR"),
                    models.Q(("challenge__isnull", True), ("challenge__gte", models.F("target")), _connector="OR"),
                    models.Q(
                        ("sprint__isnull", True),
                        ("challenge__isnull", True),
                        ("challenge__gte", models.F("sprint")),
                        _connector="OR",
                    ),
                ),
                name="target_levels_rise",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="target",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."challenge" IS DISTINCT FROM (NEW."challenge") OR OLD."sprint" IS DISTINCT FROM (NEW."sprint") OR OLD."target" IS DISTINCT FROM (NEW."target"))',
                    func='INSERT INTO "reports_targethistory" ("challenge", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sprint", "target") VALUES (OLD."challenge", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."sprint", OLD."target"); RETURN NULL;',
                    hash="0f0369a78a35d56a4a3f96d80fc993e643442b75",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_40222",
                    table="reports_target",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="target",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "reports_targethistory" ("challenge", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sprint", "target") VALUES (OLD."challenge", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sprint", OLD."target"); RETURN NULL;',
                    hash="915330180619c63491b220ca68bdc92ef6b04ec8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_16f1d",
                    table="reports_target",
                    when="AFTER",
                ),
            ),
        ),
    ]
