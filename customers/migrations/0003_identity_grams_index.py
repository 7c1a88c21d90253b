"""The index by which similar names are found, made while people work: it stands on a table that may be large."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0002_identity_of_all_kinds")]

    operations = [
        AddIndexConcurrently(
            model_name="identitykey",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("grams__isnull", False)),
                fastupdate=False,
                fields=["grams"],
                name="identity_key_grams",
            ),
        ),
    ]
