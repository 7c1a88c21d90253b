"""Whose birthday comes is found without reading every contact; made while people work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import ExtractDay, ExtractMonth


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0011_put_off_steps")]

    operations = [
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(
                ExtractMonth("birthday") * 100 + ExtractDay("birthday"),
                name="contact_born_on",
                condition=Q(birthday__isnull=False),
            ),
        ),
    ]
