"""The index by which the sweep finds notices to be mailed, made while people work: it stands on a table that may be large."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0003_quiet_hours_deputies_and_mail_state")]

    operations = [
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("mail_state", "due")), fields=["recipient"], name="notification_to_mail"
            ),
        ),
    ]
