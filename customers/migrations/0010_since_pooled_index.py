"""The order in which a pool is read, made while people work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0009_default_pool_for_everybody")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                F("pool"),
                Coalesce("owned_since", "created_at"),
                F("id"),
                name="customer_since_pooled",
                condition=Q(pool__isnull=False),
            ),
        ),
    ]
