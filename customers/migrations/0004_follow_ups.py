"""What follow-ups leave on the customer's row, more kinds of key dates, and files."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_identity_grams_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("kind", models.CharField(blank=True, max_length=20, verbose_name="kind")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("target_label", models.CharField(blank=True, max_length=60)),
                ("target_id", models.BigIntegerField(blank=True, null=True)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted")),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("path", models.CharField(max_length=120)),
                ("size", models.PositiveBigIntegerField(verbose_name="bytes")),
                ("content_type", models.CharField(max_length=120)),
                ("width", models.PositiveIntegerField(blank=True, null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="stored")),
            ],
            options={
                "verbose_name": "stored file",
                "verbose_name_plural": "stored files",
            },
        ),
        migrations.AddField(
            model_name="customer",
            name="last_inbound_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="they last wrote"),
        ),
        migrations.AddField(
            model_name="customer",
            name="last_outbound_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="we last wrote"),
        ),
        migrations.AddField(
            model_name="customer",
            name="next_task_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="next step due"),
        ),
        migrations.AddField(
            model_name="customer",
            name="next_task_title",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="next step"),
        ),
        migrations.AddField(
            model_name="customer",
            name="replies",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="answers"),
        ),
        migrations.AddField(
            model_name="customer",
            name="touches",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="contacts made"),
        ),
        migrations.AddField(
            model_name="keydate",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="note"),
        ),
        migrations.AddField(
            model_name="attachment",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachments",
                to="customers.customer",
                verbose_name="customer",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="deleted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="blob",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="customers.blob"
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["customer", "-at"], name="attachment_of"),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("target_label", ""), _negated=True),
                fields=["target_label", "target_id"],
                name="attachment_on",
            ),
        ),
    ]
