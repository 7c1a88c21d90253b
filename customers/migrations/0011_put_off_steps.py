"""Which suggested steps somebody put off."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0010_since_pooled_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PutOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(max_length=40, verbose_name="step")),
                (
                    "facts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), size=None, verbose_name="rests on"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("later", "Not the right time"),
                            ("wrong", "It does not fit"),
                            ("done", "Done elsewhere"),
                            ("other", "Something else"),
                        ],
                        max_length=8,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="in words")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "step put off",
                "verbose_name_plural": "steps put off",
                "ordering": ("-at", "-id"),
                "constraints": [
                    models.UniqueConstraint(fields=("user", "about"), name="put_off_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", "other"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="put_off_other_says_what",
                    ),
                ],
            },
        ),
    ]
