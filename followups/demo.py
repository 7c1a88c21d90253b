"""What is to be done in the demo firm: some two tasks a customer, most of them done, and a few plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from core.demo import World
from customers.demo.copying import Table, held_customers, set_sequences
from customers.models import Customer, Event
from opportunities.models import Lead, Opportunity

from .due import end_of_day, next_reminder
from .facts import refresh_customers, refresh_deals
from .models import Plan, Task

# Title and kind; (title, term).
TASKS = (
    ("Call again about the offer", "call"), ("Send the sample", "sample"), ("Quote one container", "quote"),
    ("Ask for the result of the test", "mail"), ("询问样品测试结果", "message"), ("发送更新报价", "quote"),
    ("Agree the date of the visit", "meeting"), ("电话跟进付款", "call"), ("Send the CE certificate", "mail"),
)  # fmt: skip
PLANS = (
    ("Win the yearly frame order", "long"), ("Trial order before spring", "short"),
    ("进入对方供应商名单", "middle"), ("Replace their supplier from Wuxi", "middle"),
)  # fmt: skip
RESULTS = ("Done, they answer next week.", "已发送，等待回复。", "Nobody there, tried twice.", "They agree.", "")
# How many of 100 open deals have a next step. A customer with open deals has its tasks there.
WITH_NEXT_STEP = 67
# How many of 1,000 customers of each status without an open deal have an open task.
OPEN = {"potential": 180, "contacted": 420, "proposal": 800, "won": 620, "retained": 560, "dormant": 90, "lost": 0}
DONE = {"potential": 0.3, "contacted": 1.6, "proposal": 3, "won": 3.5, "retained": 4, "dormant": 1.5, "lost": 1.2}


def follow_ups(world: World, now: datetime) -> None:
    """Plan tasks for the customers that somebody holds: a few are late, some are due today."""
    Planner(world, now).plan()


class Planner:
    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self.random = world.random("follow-ups")
        self.tables = {model: Table(model) for model in (Plan, Task, Event)}
        self.people: dict[int, User] = {user.pk: user for user in world.made["people"].values()}

    def plan(self) -> None:
        for batch in held_customers("name", "owned_since"):
            self._write(batch)
        self._ask_on()
        set_sequences(self.tables.values())
        self.world.rows += sum(table.written for table in self.tables.values())

    def _write(self, batch: Sequence[Customer]) -> None:
        deals: dict[int, list[int]] = defaultdict(list)
        for deal, customer_id in (
            Opportunity.objects.open().filter(customer__in=batch).order_by("pk").values_list("pk", "customer")
        ):
            deals[customer_id].append(deal)
        for customer in batch:
            self._plan_for(customer, deals[customer.pk])
        for table in self.tables.values():
            table.flush()
        refresh_customers(customer.pk for customer in batch)
        refresh_deals([], [deal for some in deals.values() for deal in some])

    def _ask_on(self) -> None:
        """Two thirds of the leads that somebody works on have a next step."""
        working = Lead.objects.filter(state=Lead.State.WORKING, owner__isnull=False).only("owner", "owned_since")
        leads = list(working.order_by("pk"))
        for lead in leads:
            self.random = self.world.random(f"follow-ups of lead {lead.pk}")
            if self.random.randrange(100) < WITH_NEXT_STEP:
                assert lead.owner_id is not None  # those without one were left out
                self._next_step(lead, self.people[lead.owner_id])
        for table in self.tables.values():
            table.flush()
        refresh_deals([lead.pk for lead in leads], [])

    def _plan_for(self, customer: Customer, deals: Sequence[int]) -> None:
        random = self.random = self.world.random(f"follow-ups {customer.pk}")
        key = customer.status.key
        assert customer.owned_since is not None
        assert customer.owner_id is not None
        owner = self.people[customer.owner_id]
        plan = None
        if key in ("proposal", "won", "retained") and random.random() < 0.12:
            plan = self._plan(customer, owner)
        held = (self.now - customer.owned_since).total_seconds()
        for _one in range(int(random.expovariate(1 / DONE.get(key, 1)))):
            ended = customer.owned_since + timedelta(seconds=held * random.random() ** 0.6)
            self._task(customer, owner, ended - timedelta(days=3), plan, ended=ended)
        for deal in deals:
            if random.randrange(100) < WITH_NEXT_STEP:
                self._next_step(customer, owner, plan, deal)
        if not deals and random.randrange(1000) < OPEN.get(key, 0):
            self._next_step(customer, owner, plan)

    def _next_step(self, of: Customer | Lead, owner: User, plan: int | None = None, deal: int | None = None) -> None:
        """An open task: four of a hundred are late, for most others there is time."""
        random = self.random
        days = -random.randint(1, 9) if random.random() < 0.05 else random.randint(0, 30)
        self._task(of, owner, self.now - timedelta(days=random.randint(1, 9)), plan, days=days, deal=deal)

    def _task(
        self,
        of: Customer | Lead,
        owner: User,
        made_at: datetime,
        plan: int | None,
        *,
        days: int = 0,
        deal: int | None = None,
        ended: datetime | None = None,
    ) -> None:
        random = self.random
        title, kind = random.choice(TASKS)
        assert of.owned_since is not None
        made_at = max(made_at, of.owned_since)
        today = (ended or self.now).astimezone(ZoneInfo(owner.time_zone)).date()
        due_on = today + timedelta(days=days or random.randint(-1, 2) * bool(ended))
        is_all_day = random.random() < 0.7
        due_at = end_of_day(due_on, owner.time_zone)
        if not is_all_day:
            due_at -= timedelta(hours=random.choice((6, 7, 8, 9, 13, 14)), minutes=random.choice((0, 30)))
        task = Task(state="not_started", due_at=due_at)
        row: dict[str, Any] = {
            "title": title,
            "kind": kind,
            "priority": random.choices((1, 2, 3, 4), (5, 80, 12, 3))[0],
            "lead_id" if isinstance(of, Lead) else "customer_id": of.pk,
            "plan_id": plan,
            "opportunity_id": deal,
            "assignee_id": owner.pk,
            "due_at": due_at,
            "is_all_day": is_all_day,
            "created_by_id": owner.pk,
            "created_at": made_at,
            "updated_at": ended or made_at,
        }
        if ended:
            row |= {"state": "done", "ended_at": ended, "ended_by_id": owner.pk, "result": random.choice(RESULTS)}
        else:
            row |= reminded(task, self.now)
        pk = self.tables[Task].add(**row)
        self._event("task.done" if ended else "task.created", of, owner, ended or made_at, (Task, pk))

    def _plan(self, customer: Customer, owner: User) -> int:
        random = self.random
        title, term = random.choice(PLANS)
        start = (self.now - timedelta(days=random.randint(5, 60))).date()
        assert customer.owned_since is not None
        made_at = max(customer.owned_since, self.now - timedelta(days=40))
        pk = self.tables[Plan].add(
            customer_id=customer.pk,
            owner_id=owner.pk,
            title=title,
            term=term,
            starts_on=start,
            ends_on=start + timedelta(days={"short": 60, "middle": 150, "long": 365}[term]),
            progress=random.choice((0, 10, 25, 40, 60, 80)),
            created_by_id=owner.pk,
            created_at=made_at,
            updated_at=made_at,
        )
        self._event("plan.created", customer, owner, made_at, (Plan, pk))
        return pk

    def _event(self, kind: str, of: Customer | Lead, by: User, at: datetime, target: tuple[Any, int]) -> None:
        note(self.tables[Event], kind, None if isinstance(of, Lead) else of.pk, by, at, target)


def reminded(task: Task, now: datetime) -> dict[str, Any]:
    """What the row of an open task says of its reminder."""
    assert task.due_at is not None  # every task of the demo has its day
    if task.due_at > now:
        return {"remind_at": next_reminder(task, now)}
    return {"reminded": "escalated"}  # told when it fell due


def note(events: Table, kind: str, customer: int | None, by: User, at: datetime, target: tuple[Any, int]) -> None:
    """A line of the ledger about a row that was written."""
    model, pk = target
    events.add(
        kind=kind,
        customer_id=customer,
        at=at,
        by_id=by.pk,
        target_label=model._meta.label_lower,
        target_id=pk,
        payload={"assignee": by.pk} if model is Task else {},
    )
