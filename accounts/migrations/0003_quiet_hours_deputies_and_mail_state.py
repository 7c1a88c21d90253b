"""Quiet hours, digest and deputies of people; which notices are to be mailed."""

from datetime import time

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_invitation_proposals"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="notification",
            name="mail_state",
            field=models.CharField(
                blank=True,
                choices=[("due", "to be sent"), ("sent", "settled")],
                db_default="",
                max_length=4,
                verbose_name="by mail",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="deputy",
            field=models.ForeignKey(
                blank=True,
                help_text="Gets your reminders while you are away, and sees the tasks that they are about.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="deputy",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="digest_at",
            field=models.TimeField(
                blank=True,
                db_default=time(8, 30),
                default=time(8, 30),
                help_text="On working days, by mail, where there is something to say. Empty: none.",
                null=True,
                verbose_name="daily digest at",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="quiet_from",
            field=models.TimeField(
                blank=True,
                db_default=time(21, 0),
                default=time(21, 0),
                null=True,
                verbose_name="no mails from",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="quiet_to",
            field=models.TimeField(
                blank=True,
                db_default=time(8, 0),
                default=time(8, 0),
                help_text="Mails wait until then; in the app notices stand at once.",
                null=True,
                verbose_name="no mails until",
            ),
        ),
        migrations.AddField(
            model_name="userhistory",
            name="deputy",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Gets your reminders while you are away, and sees the tasks that they are about.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="deputy",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."away_from" IS DISTINCT FROM (NEW."away_from") OR OLD."away_to" IS DISTINCT FROM (NEW."away_to") OR OLD."deputy_id" IS DISTINCT FROM (NEW."deputy_id") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."may_export" IS DISTINCT FROM (NEW."may_export") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone") OR OLD."username" IS DISTINCT FROM (NEW."username"))',
                    func='INSERT INTO "accounts_userhistory" ("away_from", "away_to", "deputy_id", "email", "is_active", "language", "may_export", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "team_id", "time_zone", "username") VALUES (OLD."away_from", OLD."away_to", OLD."deputy_id", OLD."email", OLD."is_active", OLD."language", OLD."may_export", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."role", OLD."team_id", OLD."time_zone", OLD."username"); RETURN NULL;',
                    hash="dd4bea29aefd8c4d01a50a2fc9a056eeccebc8f3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0e890",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_userhistory" ("away_from", "away_to", "deputy_id", "email", "is_active", "language", "may_export", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "team_id", "time_zone", "username") VALUES (OLD."away_from", OLD."away_to", OLD."deputy_id", OLD."email", OLD."is_active", OLD."language", OLD."may_export", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."role", OLD."team_id", OLD."time_zone", OLD."username"); RETURN NULL;',
                    hash="124ff6fc4ff680e3d933969bb7f8953b3ef66519",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_19f14",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from__isnull", True), ("quiet_to__isnull", True)),
                    models.Q(
                        ("quiet_from__isnull", False),
                        ("quiet_to__isnull", False),
                        models.Q(("quiet_from", models.F("quiet_to")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="user_quiet_from_and_to",
                violation_error_message="Give two different times, or neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("deputy", models.F("id")), _negated=True),
                name="user_is_not_the_own_deputy",
                violation_error_message="Nobody stands in for themselves.",
            ),
        ),
    ]
