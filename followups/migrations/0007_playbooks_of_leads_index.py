"""Runs of leads are found and stand once; made while people work. The playbook of new leads comes to older houses."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.utils import timezone

WORDS = ("New lead: first touch within 24 working hours", "新线索：24 个工作小时内首次跟进")
STEP = ("First touch: {customer}", "首次跟进：{customer}")


def add_playbook(apps, schema_editor):
    """Where playbooks were made before leads were there; a new house gets it with the others (playbook_defaults)."""
    Playbook = apps.get_model("followups", "Playbook")
    PlaybookVersion = apps.get_model("followups", "PlaybookVersion")
    PlaybookStep = apps.get_model("followups", "PlaybookStep")
    rows = Playbook.objects.using(schema_editor.connection.alias)
    if not rows.exists() or rows.filter(key="lead_first_touch").exists():
        return
    now = timezone.now()
    made = rows.create(
        key="lead_first_touch",
        is_active=True,
        active_since=now,
        name_en=WORDS[0],
        name_zh=WORDS[1],
        created_at=now,
    )
    first = PlaybookVersion.objects.using(rows.db).create(
        playbook=made, number=1, trigger="lead_taken", stops=[{"key": "owner"}], made_at=now
    )
    PlaybookStep.objects.using(rows.db).create(
        version=first,
        title_en=STEP[0],
        title_zh=STEP[1],
        offset=1,
        unit="working_days",
        kind="call",
        closes_on="touch",
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("followups", "0006_playbooks_of_leads")]

    operations = [
        ValidateConstraint(model_name="playbookrun", name="run_of_a_customer_or_a_lead"),
        AddIndexConcurrently(
            model_name="playbookrun",
            index=models.Index(
                condition=models.Q(("lead__isnull", False)), fields=["lead", "-started_at"], name="run_of_lead"
            ),
        ),
        # A constraint with a condition is a unique index; this one is made while people work.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name="playbookrun",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("lead__isnull", False)),
                        fields=("playbook", "lead", "key"),
                        name="playbook_called_lead_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="playbookrun",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("lead__isnull", False)),
                        fields=("playbook", "lead"),
                        name="playbook_one_open_run_of_lead",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY playbook_called_lead_once"
                    " ON followups_playbookrun (playbook_id, lead_id, key) WHERE lead_id IS NOT NULL",
                    "DROP INDEX CONCURRENTLY playbook_called_lead_once",
                ),
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY playbook_one_open_run_of_lead"
                    " ON followups_playbookrun (playbook_id, lead_id) WHERE ended_at IS NULL AND lead_id IS NOT NULL",
                    "DROP INDEX CONCURRENTLY playbook_one_open_run_of_lead",
                ),
            ],
        ),
        migrations.RunPython(add_playbook, migrations.RunPython.noop),
    ]
