"""Revenue, what opportunities and orders leave on the customer, and files without a customer."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_next_step_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Revenue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="day")),
                (
                    "amount_base",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=18, null=True, verbose_name="amount"),
                ),
                (
                    "cost_base",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=18, null=True, verbose_name="cost"),
                ),
                ("source_label", models.CharField(max_length=60)),
                ("source_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "revenue",
                "verbose_name_plural": "revenues",
                "ordering": ("-on", "-id"),
            },
        ),
        migrations.AddField(
            model_name="customer",
            name="last_order_on",
            field=models.DateField(blank=True, null=True, verbose_name="last order"),
        ),
        migrations.AddField(
            model_name="customer",
            name="open_opportunities",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="open opportunities"),
        ),
        migrations.AddField(
            model_name="customer",
            name="orders_count",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="orders"),
        ),
        migrations.AddField(
            model_name="customer",
            name="won_total",
            field=models.DecimalField(
                db_default=0, decimal_places=3, default=0, max_digits=18, verbose_name="won total"
            ),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="customer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachments",
                to="customers.customer",
                verbose_name="customer",
            ),
        ),
        migrations.AddField(
            model_name="revenue",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="revenues", to="customers.customer"
            ),
        ),
        migrations.AddIndex(
            model_name="revenue",
            index=models.Index(fields=["customer", "-on"], name="revenue_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="revenue",
            constraint=models.UniqueConstraint(fields=("source_label", "source_id"), name="revenue_once"),
        ),
        AddConstraintNotValid(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("customer__isnull", False), models.Q(("target_label", ""), _negated=True), _connector="OR"
                ),
                name="attachment_hangs_on_something",
            ),
        ),
    ]
