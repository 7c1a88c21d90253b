"""The order of the list by next step, made while people work."""

from datetime import UTC, datetime

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Coalesce

NO_STEP = Value(datetime(9000, 1, 1, tzinfo=UTC), models.DateTimeField())


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0004_follow_ups")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(Coalesce(F("next_task_at"), NO_STEP), F("id"), name="customer_by_next_task"),
        ),
    ]
