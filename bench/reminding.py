"""How fast do tasks that fall due become notices, beside the bare statements in batches of the same size?"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import cycle

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Notification, User
from customers.models import Customer
from followups.models import Task
from followups.reminding import BATCH, remind
from runner.console import say

from .client import WrongAnswer
from .figures import Figures
from .place import Place
from .stage import timed

PAIRS = 3

# One batch: claim, tell, move on. With the product's columns, keys, constraints and indexes.
RAW = """
WITH due AS (
    SELECT id, assignee_id, due_at FROM followups_task
    WHERE remind_at <= %(now)s AND state IN ('not_started', 'in_progress')
    ORDER BY remind_at, id LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
), told AS (
    INSERT INTO accounts_notification
        (recipient_id, kind, target_label, target_id, params, key, created_at, mail_state)
    SELECT assignee_id, 'task_overdue', 'followups.task', id, '{}',
        'task_overdue:' || id || ':' || extract(epoch FROM due_at)::bigint, %(now)s, 'due'
    FROM due ON CONFLICT (recipient_id, key) DO NOTHING
)
UPDATE followups_task task SET reminded = 'overdue', remind_at = task.due_at + interval '3 days'
FROM due WHERE due.id = task.id
"""


def reminders(here: Place, rows: int) -> list[Figures]:
    """[reminders]: so many tasks fall due in a minute; raw and product in turn, each on the database as loaded."""
    figures = Figures("reminders", f"{rows:,} tasks fall due", 3.0, rows=rows, unit="s")
    for pair in range(PAIRS):
        times = []
        for act in (tell_raw, tell):
            connection.close()
            here.reset()
            now = timezone.now()
            fill(rows, now)
            times.append(timed(partial(act, now)) / 1000)
            check(rows, now)
        figures.add(times[1], [times[0]])
        figures.note = f"raw {rows / times[0]:,.0f}/s, product {rows / times[1]:,.0f}/s; run again: 0"
        say(f"  reminders {pair + 1}: {figures.note}")
    connection.close()
    return [figures]


def fill(rows: int, now: datetime) -> None:
    """Open tasks of all people at their customers, due within the last minute."""
    people = cycle(User.objects.active().order_by("pk"))
    customers = cycle(Customer.objects.living().order_by("pk").values_list("pk", flat=True)[:rows])
    minute = timedelta(minutes=1)
    Task.objects.bulk_create(
        (
            Task(
                title=f"Follow up {number}",
                customer_id=next(customers),
                assignee=next(people),
                due_at=(at := now - minute * (number / rows)),
                remind_at=at,
                created_at=now,
                updated_at=now,
            )
            for number in range(rows)
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE followups_task")
        cursor.execute("CHECKPOINT")


def tell_raw(now: datetime) -> None:
    """The bare statement, a transaction a batch, until nothing is due."""
    with connection.cursor() as cursor:
        while True:
            with transaction.atomic():
                cursor.execute(RAW, {"now": now, "batch": BATCH})
                if not cursor.rowcount:
                    return


def tell(now: datetime) -> None:
    """The product's sweep."""
    remind(now=now)


def check(rows: int, now: datetime) -> None:
    """Everybody was told once, and a sweep that runs again tells nothing. Raises WrongAnswer."""
    told = Notification.objects.filter(kind="task_overdue", created_at=now).count()
    if told != rows or remind(now=now):
        raise WrongAnswer(f"Of {rows:,} tasks {told:,} were told")
