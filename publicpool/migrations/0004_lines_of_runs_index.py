"""The lines of a run, and its warnings by its moment, made while people work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("publicpool", "0003_reveals")]

    operations = [
        AddIndexConcurrently(
            model_name="reclaimwarning",
            index=models.Index(fields=["warned_at", "id"], name="reclaim_warning_of_run"),
        ),
        AddIndexConcurrently(model_name="runline", index=models.Index(fields=["run", "id"], name="run_line_of_run")),
    ]
