"""Finding the events of leads; made while people work."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0006_revenue")]

    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                condition=models.Q(("customer__isnull", True)),
                fields=["target_label", "target_id", "-at"],
                name="event_of_target",
            ),
        ),
        ValidateConstraint(model_name="attachment", name="attachment_hangs_on_something"),
    ]
