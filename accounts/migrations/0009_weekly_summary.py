"""Day and hour of the weekly summary, and the last one that was looked after."""

from datetime import time

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_departure_closed"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="weekly_at",
            field=models.TimeField(db_default=time(8), default=time(8), verbose_name="weekly summary at"),
        ),
        migrations.AddField(
            model_name="user",
            name="weekly_noted_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="weekly_on",
            field=models.PositiveSmallIntegerField(
                blank=True,
                choices=[
                    (0, "Monday"),
                    (1, "Tuesday"),
                    (2, "Wednesday"),
                    (3, "Thursday"),
                    (4, "Friday"),
                    (5, "Saturday"),
                    (6, "Sunday"),
                    (7, "not at all"),
                ],
                null=True,
                verbose_name="weekly summary on",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekly_on__isnull", True), ("weekly_on__lte", 7), _connector="OR"),
                name="user_weekly_on_a_day_of_the_week",
            ),
        ),
    ]
