"""Communications with their history, comments, and texts to send again."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.querysets


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0005_next_step_index"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Communication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=12, verbose_name="channel")),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "We to them"), ("in", "They to us"), ("both", "Both ways")],
                        max_length=4,
                        verbose_name="direction",
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="topic")),
                ("body", models.TextField(blank=True, max_length=100000, verbose_name="what was said")),
                ("feedback", models.TextField(blank=True, max_length=4000, verbose_name="customer's feedback")),
                ("agreement", models.TextField(blank=True, max_length=4000, verbose_name="agreed")),
                ("is_automatic", models.BooleanField(default=False, verbose_name="automatic")),
                ("logged_at", models.DateTimeField(verbose_name="written down")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="corrected")),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted")),
                (
                    "source",
                    models.CharField(
                        choices=[("logged", "Written down"), ("mail", "Mail file"), ("whatsapp", "WhatsApp export")],
                        default="logged",
                        max_length=10,
                        verbose_name="came by",
                    ),
                ),
                ("external_key", models.CharField(blank=True, max_length=200)),
                ("event_id", models.BigIntegerField(blank=True, null=True)),
                ("search_text", models.TextField(blank=True, editable=False)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communications",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "contacts",
                    models.ManyToManyField(
                        blank=True, related_name="communications", to="customers.contact", verbose_name="with whom"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communications",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "communication",
                "verbose_name_plural": "communications",
                "ordering": ("-happened_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="CommunicationComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField(max_length=4000, verbose_name="comment")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "communication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="communications.communication",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment on a communication",
                "verbose_name_plural": "comments on communications",
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="CommunicationHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("channel", models.CharField(max_length=12, verbose_name="channel")),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "We to them"), ("in", "They to us"), ("both", "Both ways")],
                        max_length=4,
                        verbose_name="direction",
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="topic")),
                ("body", models.TextField(blank=True, max_length=100000, verbose_name="what was said")),
                ("feedback", models.TextField(blank=True, max_length=4000, verbose_name="customer's feedback")),
                ("agreement", models.TextField(blank=True, max_length=4000, verbose_name="agreed")),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted")),
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
                        related_name="id_channel_direction_happened_at_subject_body_feedback_agreement_deleted_at_events",
                        to="communications.communication",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TextTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                ("channel", models.CharField(blank=True, max_length=12, verbose_name="channel")),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("body", models.TextField(max_length=8000, verbose_name="text")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("updated_at", models.DateTimeField(verbose_name="changed")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="text_templates",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="whose",
                    ),
                ),
            ],
            options={
                "verbose_name": "text template",
                "verbose_name_plural": "text templates",
                "ordering": ("name", "id"),
            },
        ),
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(fields=["customer", "-happened_at", "-id"], name="communication_of"),
        ),
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(fields=["author", "-happened_at", "-id"], name="communication_by"),
        ),
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(fields=["-happened_at", "-id"], name="communication_by_time"),
        ),
        migrations.AddIndex(
            model_name="communication",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_text"), name="gin_trgm_ops"),
                name="communication_trgm",
            ),
        ),
        migrations.AddIndex(
            model_name="communication",
            index=django.contrib.postgres.indexes.GinIndex(
                core.querysets.CjkGrams(models.F("search_text")), name="communication_cjk"
            ),
        ),
        migrations.AddConstraint(
            model_name="communication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_key", ""), _negated=True),
                fields=("customer", "external_key"),
                name="communication_imported_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="communication",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."agreement" IS DISTINCT FROM (NEW."agreement") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."direction" IS DISTINCT FROM (NEW."direction") OR OLD."feedback" IS DISTINCT FROM (NEW."feedback") OR OLD."happened_at" IS DISTINCT FROM (NEW."happened_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."subject" IS DISTINCT FROM (NEW."subject"))',
                    func='INSERT INTO "communications_communicationhistory" ("agreement", "body", "channel", "deleted_at", "direction", "feedback", "happened_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject") VALUES (OLD."agreement", OLD."body", OLD."channel", OLD."deleted_at", OLD."direction", OLD."feedback", OLD."happened_at", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."subject"); RETURN NULL;',
                    hash="0add90865c2b9127fcbb08aaba8ef0709f52de2f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c9ed2",
                    table="communications_communication",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="communication",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "communications_communicationhistory" ("agreement", "body", "channel", "deleted_at", "direction", "feedback", "happened_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject") VALUES (OLD."agreement", OLD."body", OLD."channel", OLD."deleted_at", OLD."direction", OLD."feedback", OLD."happened_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."subject"); RETURN NULL;',
                    hash="c663e072d365dba02119b899ef1203506825f983",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ec5f9",
                    table="communications_communication",
                    when="AFTER",
                ),
            ),
        ),
    ]
