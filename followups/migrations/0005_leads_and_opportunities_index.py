"""Tasks of a lead or an opportunity are found; made while people work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("followups", "0004_leads_and_opportunities")]

    operations = [
        AddIndexConcurrently(
            model_name="task",
            index=models.Index(
                condition=models.Q(("lead__isnull", False)), fields=["lead", "due_at", "id"], name="task_of_lead"
            ),
        ),
        AddIndexConcurrently(
            model_name="task",
            index=models.Index(
                condition=models.Q(("opportunity__isnull", False)),
                fields=["opportunity", "due_at", "id"],
                name="task_of_opportunity",
            ),
        ),
    ]
