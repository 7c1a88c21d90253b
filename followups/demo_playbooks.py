"""How was the first touch kept in the demo firm, whenever somebody took a customer?

Written when it is known who holds whom, and with whom somebody has spoken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.demo import World
from customers.demo.copying import BATCH, Table, set_sequences
from customers.models import Event, OwnershipPeriod

from .demo import note, reminded
from .facts import refresh_customers
from .models import PlaybookRun, PlaybookVersion, Task
from .playbooks.steps import due_at, title_of
from .playbooks.triggers import Taken


def first_touches(world: World, now: datetime) -> None:
    """A run of the built-in playbook for each customer that somebody took and holds."""
    version = PlaybookVersion.objects.newest().filter(playbook__key="first_touch").first()  # unscoped: of the firm
    if version is None:
        return
    tables = {model: Table(model) for model in (PlaybookRun, Task, Event)}
    touches = _Touches(world, now, version, tables)
    periods = OwnershipPeriod.objects.filter(  # unscoped: the demo's
        owner__isnull=False, ended_at=None, reason__in=Taken.reasons
    )
    rows = list(periods.select_related("customer", "owner").order_by("pk"))
    for place in range(0, len(rows), BATCH):
        touches.write(rows[place : place + BATCH])
    set_sequences(tables.values())
    world.rows += sum(table.written for table in tables.values())


class _Touches:
    def __init__(self, world: World, now: datetime, version: PlaybookVersion, tables: dict[Any, Table]) -> None:
        self.world, self.now, self.version, self.tables = world, now, version, tables
        (self.step,) = version.steps.all()

    def write(self, periods: Sequence[OwnershipPeriod]) -> None:
        for one in periods:
            self._run(one)
        for table in self.tables.values():
            table.flush()
        refresh_customers(one.customer_id for one in periods)

    def _run(self, period: OwnershipPeriod) -> None:
        customer, owner, began = period.customer, period.owner, period.started_at
        assert owner is not None  # only running ones of people were asked for
        due = due_at(self.step, called_at=began, user=owner, country=str(customer.country), now=began)
        state, ended = self._outcome(period)
        run = self.tables[PlaybookRun].add(
            playbook_id=self.version.playbook_id,
            version_id=self.version.pk,
            customer_id=customer.pk,
            key=f"period:{period.pk}",
            started_at=began,
            ended_at=ended,
            end_reason=PlaybookRun.DONE if ended else "",
        )
        row: dict[str, Any] = {
            "title": title_of(self.step, language=owner.language, party=customer, contact=None),
            "kind": self.step.kind,
            "priority": self.step.priority,
            "state": state,
            "customer_id": customer.pk,
            "playbook_run_id": run,
            "step_id": self.step.pk,
            "assignee_id": owner.pk,
            "due_at": due,
            "is_all_day": True,
            "created_at": began,
            "updated_at": ended or began,
        }
        if ended:
            row |= {"ended_at": ended, "ended_by_id": owner.pk}
        else:
            row |= reminded(Task(state=state, due_at=due), self.now)
        task = self.tables[Task].add(**row)
        if ended:
            note(self.tables[Event], f"task.{state}", customer.pk, owner, ended, (Task, task))

    def _outcome(self, period: OwnershipPeriod) -> tuple[str, datetime | None]:
        """(state, when it ended): at the latest when somebody last spoke with them; a few are late, a few give up.

        Which it is does not hang on the day on which the firm is made: it would have other events on another.
        """
        random, began = self.world.random(f"first touch {period.customer_id}"), period.started_at
        said = period.customer.last_followed_at
        if said and said > began:
            return Task.State.DONE, min(said, began + timedelta(days=random.triangular(0.1, 6, 1.5)))
        if random.random() < 0.1:
            return Task.State.NOT_STARTED, None
        return Task.State.CANCELLED, min(self.now, began + timedelta(days=random.uniform(2, 9)))
