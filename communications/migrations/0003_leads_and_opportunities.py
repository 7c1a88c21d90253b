"""Communications with leads and about opportunities."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0002_drops_and_imported_messages"),
        ("customers", "0006_revenue"),
        ("opportunities", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="communication",
            name="lead",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="communications",
                to="opportunities.lead",
                verbose_name="lead",
            ),
        ),
        migrations.AddField(
            model_name="communication",
            name="opportunity",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="communications",
                to="opportunities.opportunity",
                verbose_name="opportunity",
            ),
        ),
        migrations.AlterField(
            model_name="communication",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="communications",
                to="customers.customer",
                verbose_name="customer",
            ),
        ),
        AddConstraintNotValid(
            model_name="communication",
            constraint=models.CheckConstraint(
                condition=models.Q(("customer__isnull", False), ("lead__isnull", False), _connector="OR"),
                name="communication_with_somebody",
            ),
        ),
    ]
