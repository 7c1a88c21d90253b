"""Communications of a lead or an opportunity are found; made while people work."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("communications", "0003_leads_and_opportunities")]

    operations = [
        AddIndexConcurrently(
            model_name="communication",
            index=models.Index(
                condition=models.Q(("lead__isnull", False)),
                fields=["lead", "-happened_at", "-id"],
                name="communication_of_lead",
            ),
        ),
        AddIndexConcurrently(
            model_name="communication",
            index=models.Index(
                condition=models.Q(("opportunity__isnull", False)),
                fields=["opportunity", "-happened_at", "-id"],
                name="communication_of_deal",
            ),
        ),
        ValidateConstraint(model_name="communication", name="communication_with_somebody"),
    ]
