"""Playbooks work for leads too."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("followups", "0005_leads_and_opportunities_index")]

    operations = [
        migrations.AddField(
            model_name="playbookrun",
            name="lead",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="playbook_runs",
                to="opportunities.lead",
            ),
        ),
        migrations.AlterField(
            model_name="playbookrun",
            name="customer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="playbook_runs",
                to="customers.customer",
            ),
        ),
        AddConstraintNotValid(
            model_name="playbookrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("customer__isnull", False), ("lead__isnull", True)),
                    models.Q(("customer__isnull", True), ("lead__isnull", False)),
                    _connector="OR",
                ),
                name="run_of_a_customer_or_a_lead",
            ),
        ),
    ]
