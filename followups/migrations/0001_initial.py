"""Tasks, plans, series, playbooks, cycles, reports and calendar links."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_invitation_proposals"),
        ("customers", "0005_next_step_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="plan")),
                ("goal", models.TextField(blank=True, max_length=2000, verbose_name="goal")),
                (
                    "term",
                    models.CharField(
                        choices=[("short", "Short term"), ("middle", "Middle term"), ("long", "Long term")],
                        default="short",
                        max_length=6,
                        verbose_name="term",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                (
                    "progress",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="progress in %",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Under way"), ("reached", "Reached"), ("dropped", "Given up")],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=500, verbose_name="how it ended")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("updated_at", models.DateTimeField(verbose_name="changed")),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="plans",
                        to="customers.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="responsible",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow-up plan",
                "verbose_name_plural": "follow-up plans",
                "ordering": ("ends_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="Playbook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="Chinese name")),
                ("key", models.CharField(blank=True, max_length=40)),
                ("is_active", models.BooleanField(default=False, verbose_name="in use")),
                ("created_at", models.DateTimeField(verbose_name="created")),
            ],
            options={
                "verbose_name": "playbook",
                "verbose_name_plural": "playbooks",
                "ordering": ("id",),
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("key",), name="playbook_key_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaybookVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("trigger", models.CharField(max_length=30, verbose_name="trigger")),
                ("params", models.JSONField(blank=True, default=dict, verbose_name="figures")),
                ("conditions", models.JSONField(blank=True, default=dict, verbose_name="only for")),
                ("stops", models.JSONField(blank=True, default=list, verbose_name="stops when")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "playbook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="followups.playbook"
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a playbook",
                "verbose_name_plural": "versions of playbooks",
                "ordering": ("playbook", "-number"),
            },
        ),
        migrations.CreateModel(
            name="PlaybookStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("offset", models.PositiveSmallIntegerField(default=0, verbose_name="due after")),
                (
                    "unit",
                    models.CharField(
                        choices=[("days", "days"), ("working_days", "working days of the customer's country")],
                        default="days",
                        max_length=12,
                        verbose_name="counted in",
                    ),
                ),
                ("kind", models.CharField(default="other", max_length=12, verbose_name="kind")),
                ("priority", models.PositiveSmallIntegerField(default=2, verbose_name="priority")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="English title")),
                ("title_zh", models.CharField(blank=True, max_length=200, verbose_name="Chinese title")),
                ("details", models.TextField(blank=True, max_length=2000, verbose_name="details")),
                ("closes_on", models.CharField(blank=True, max_length=6, verbose_name="closes by itself on")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="followups.playbookversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a playbook",
                "verbose_name_plural": "steps of playbooks",
                "ordering": ("version", "position", "id"),
            },
        ),
        migrations.CreateModel(
            name="PlaybookRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("started_at", models.DateTimeField(verbose_name="began")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("end_reason", models.CharField(blank=True, max_length=30, verbose_name="why it ended")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="playbook_runs",
                        to="customers.customer",
                    ),
                ),
                (
                    "playbook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="followups.playbook"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="followups.playbookversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "run of a playbook",
                "verbose_name_plural": "runs of playbooks",
                "ordering": ("-started_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="what is to be done")),
                ("details", models.TextField(blank=True, max_length=4000, verbose_name="details")),
                ("kind", models.CharField(default="other", max_length=12, verbose_name="kind")),
                ("priority", models.PositiveSmallIntegerField(default=2, verbose_name="priority")),
                ("segment", models.CharField(blank=True, max_length=2000, verbose_name="customers")),
                ("rule", models.CharField(max_length=500, verbose_name="repeats")),
                ("starts_at_local", models.DateTimeField(verbose_name="first time")),
                ("zone", models.CharField(max_length=64, verbose_name="time zone")),
                ("is_all_day", models.BooleanField(default=True, verbose_name="all day")),
                ("due_after", models.PositiveIntegerField(default=0, verbose_name="due after")),
                ("remind_before", models.PositiveIntegerField(blank=True, null=True, verbose_name="remind me ahead")),
                ("avoids_days_off", models.BooleanField(default=False, verbose_name="not on days off of the customer")),
                ("next_at", models.DateTimeField(blank=True, null=True, verbose_name="next time")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("updated_at", models.DateTimeField(verbose_name="changed")),
                (
                    "assignee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="series",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="series",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "repeating task",
                "verbose_name_plural": "repeating tasks",
                "ordering": ("title", "id"),
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="what is to be done")),
                ("details", models.TextField(blank=True, max_length=4000, verbose_name="details")),
                ("kind", models.CharField(default="other", max_length=12, verbose_name="kind")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Low"), (2, "Normal"), (3, "High"), (4, "Urgent")],
                        default=2,
                        verbose_name="priority",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not_started", "Not started"),
                            ("in_progress", "In progress"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("missed", "Missed"),
                        ],
                        default="not_started",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="planned start")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("is_all_day", models.BooleanField(default=False, verbose_name="all day")),
                ("remind_before", models.PositiveIntegerField(blank=True, null=True, verbose_name="remind me ahead")),
                ("remind_at", models.DateTimeField(blank=True, null=True, verbose_name="next reminder")),
                (
                    "reminded",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not yet"),
                            ("ahead", "Ahead of time"),
                            ("overdue", "When overdue"),
                            ("escalated", "The manager too"),
                        ],
                        max_length=9,
                        verbose_name="reminded",
                    ),
                ),
                ("result", models.TextField(blank=True, max_length=4000, verbose_name="result")),
                ("cancel_reason", models.CharField(blank=True, max_length=300, verbose_name="why cancelled")),
                (
                    "closes_on",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Nothing, it is closed by hand"),
                            ("touch", "The next contact we make"),
                            ("answer", "An answer, or the next contact we make"),
                        ],
                        max_length=6,
                        verbose_name="closes by itself on",
                    ),
                ),
                ("closed_by_label", models.CharField(blank=True, max_length=60)),
                ("closed_by_id", models.BigIntegerField(blank=True, null=True)),
                ("occurs_at", models.DateTimeField(blank=True, null=True, verbose_name="occurrence")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("updated_at", models.DateTimeField(verbose_name="changed")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks",
                        to="customers.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks",
                        to="followups.plan",
                        verbose_name="follow-up plan",
                    ),
                ),
                (
                    "playbook_run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="followups.playbookrun",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="followups.series",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="followups.playbookstep",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="accounts.team",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "task",
                "verbose_name_plural": "tasks",
                "ordering": ("due_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Postponement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.DateTimeField(blank=True, null=True, verbose_name="was due")),
                ("after", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="postponements", to="followups.task"
                    ),
                ),
            ],
            options={
                "verbose_name": "postponement",
                "verbose_name_plural": "postponements",
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=200, verbose_name="what")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="checklist", to="followups.task"
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a checklist",
                "verbose_name_plural": "checklists",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="TaskComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField(max_length=4000, verbose_name="comment")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="followups.task"
                    ),
                ),
            ],
            options={
                "verbose_name": "comment on a task",
                "verbose_name_plural": "comments on tasks",
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="WorkReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("daily", "Daily report"), ("weekly", "Weekly report")],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                ("figures", models.JSONField(blank=True, default=dict, verbose_name="figures")),
                ("sentence", models.TextField(blank=True, max_length=2000, verbose_name="in my words")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                (
                    "read_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="work_reports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "work report",
                "verbose_name_plural": "work reports",
                "ordering": ("-ends_on", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="last read")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="feeds", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar link",
                "verbose_name_plural": "calendar links",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)), fields=("user",), name="feed_one_in_force"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUpCycle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "grade",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")],
                        max_length=1,
                        verbose_name="grade",
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="days")),
                (
                    "status",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.status",
                        verbose_name="status",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow-up cycle",
                "verbose_name_plural": "follow-up cycles",
                "ordering": ("grade", "status", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("status", "grade"), name="cycle_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("status__isnull", True)), fields=("grade",), name="cycle_of_grade_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("days__gte", 1)), name="cycle_of_a_day_or_more"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(fields=["customer", "ends_on"], name="plan_of_customer"),
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["owner", "ends_on"], name="plan_of_owner"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_on__lte", models.F("ends_on"))), name="plan_from_before_until"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("progress__lte", 100)), name="plan_progress_in_percent"
            ),
        ),
        migrations.AddConstraint(
            model_name="playbookversion",
            constraint=models.UniqueConstraint(fields=("playbook", "number"), name="playbook_version_once"),
        ),
        migrations.AddIndex(
            model_name="playbookrun",
            index=models.Index(condition=models.Q(("ended_at__isnull", True)), fields=["customer"], name="run_open_at"),
        ),
        migrations.AddConstraint(
            model_name="playbookrun",
            constraint=models.UniqueConstraint(fields=("playbook", "customer", "key"), name="playbook_called_once"),
        ),
        migrations.AddConstraint(
            model_name="playbookrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("playbook", "customer"),
                name="playbook_one_open_run",
            ),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True), ("next_at__isnull", False)),
                fields=["next_at"],
                name="series_due",
            ),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(fields=["assignee"], name="series_of"),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("customer__isnull", True), ("segment", ""), _connector="OR"),
                name="series_for_one_or_a_segment",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state__in", ("not_started", "in_progress"))),
                fields=["assignee", "due_at", "id"],
                name="task_open_of",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state__in", ("not_started", "in_progress")), ("team__isnull", False)),
                fields=["team", "due_at", "id"],
                name="task_open_of_team",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("customer__isnull", False), ("state__in", ("not_started", "in_progress"))),
                fields=["customer", "due_at", "id"],
                name="task_open_at",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["customer", "-created_at"], name="task_of_customer"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False)), fields=["assignee", "ended_at"], name="task_ended_of"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("remind_at__isnull", False)), fields=["remind_at"], name="task_to_remind"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("closed_by_id__isnull", False)),
                fields=["closed_by_label", "closed_by_id"],
                name="task_closed_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("assignee__isnull", False), ("team__isnull", False), _connector="OR"),
                name="task_is_somebodys",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state__in", ("not_started", "in_progress"))),
                    models.Q(("ended_at__isnull", False), ("state__in", ("done", "cancelled", "missed"))),
                    _connector="OR",
                ),
                name="task_ended_has_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="task_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("contact__isnull", True), ("customer__isnull", False), _connector="OR"),
                name="task_contact_of_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                condition=models.Q(("customer__isnull", True)),
                fields=("series", "occurs_at"),
                name="task_occurrence_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                fields=("series", "customer", "occurs_at"), name="task_occurrence_once_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(fields=("playbook_run", "step"), name="task_step_once"),
        ),
        migrations.AddConstraint(
            model_name="postponement",
            constraint=models.CheckConstraint(
                condition=models.Q(("before", models.F("after")), _negated=True), name="postponement_moves"
            ),
        ),
        migrations.AddConstraint(
            model_name="workreport",
            constraint=models.UniqueConstraint(fields=("user", "kind", "starts_on"), name="work_report_once"),
        ),
    ]
