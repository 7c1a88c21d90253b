"""Which rows does the demo write? Their tables, and the shapes in which rows come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Notification, User
from core.text import digits

from ..identity_keys import count_grams, refresh_many
from ..inputs import PointData
from ..models import (
    Collaborator,
    Contact,
    ContactPoint,
    Customer,
    CustomerGroup,
    CustomerName,
    Event,
    KeyDate,
    Note,
    OwnershipPeriod,
    Pool,
    Status,
    StatusChange,
)
from .copying import Table, set_sequences
from .history import Step

# In the order in which they refer to each other.
MODELS: tuple[Any, ...] = (
    CustomerGroup,
    Customer,
    CustomerName,
    Contact,
    ContactPoint,
    Customer.categories.through,
    Customer.tags.through,
    OwnershipPeriod,
    StatusChange,
    Note,
    Note.mentions.through,
    Collaborator,
    KeyDate,
    Event,
    Notification,
)
# Older notices were read.
READ_AFTER = timedelta(days=2)


class Rows:
    """Rows that wait for ``flush``, and how to add one."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.tables = {model: Table(model) for model in MODELS}
        self.statuses = {status.key: status.pk for status in Status.objects.all()}
        self.pool: int = Pool.objects.get(is_default=True).pk
        self.customers: list[Customer] = []

    def flush(self) -> None:
        """Write what waits, and the identity keys of its customers."""
        for table in self.tables.values():
            table.flush()
        refresh_many(self.customers)
        self.customers.clear()

    def end(self) -> None:
        self.flush()
        set_sequences(self.tables.values())
        count_grams()

    @property
    def written(self) -> int:
        """How many rows are in the tables by now, identity keys not counted."""
        return sum(table.written for table in self.tables.values())

    def add(self, model: Any, **values: Any) -> int:
        return self.tables[model].add(**values)

    def event(
        self,
        customer: int,
        kind: str,
        at: datetime,
        by: User,
        payload: dict[str, Any],
        target: tuple[Any, int] | None = None,
    ) -> int:
        return self.add(
            Event,
            kind=kind,
            customer_id=customer,
            at=at,
            by_id=by.pk,
            target_label=target[0]._meta.label_lower if target else "",
            target_id=target[1] if target else None,
            payload=payload,
        )

    def header(self, customer: int, header: tuple[str, str, str, str], at: datetime, is_main: bool = False) -> int:
        name, kind, country, code = header
        row = {"name": name, "kind": kind, "country": country, "code": code, "is_main": is_main}
        return self.add(CustomerName, customer_id=customer, created_at=at, **row)

    def period(
        self,
        customer: int,
        owner: User | None,
        start: datetime,
        end: datetime | None,
        reason: str,
        by: User,
        note: str = "",
    ) -> int:
        return self.add(
            OwnershipPeriod,
            customer_id=customer,
            owner_id=owner.pk if owner else None,
            pool_id=None if owner else self.pool,
            started_at=start,
            ended_at=end,
            reason=reason,
            by_id=by.pk,
            note=note,
        )

    def points(self, customer: int, contact: int | None, points: list[PointData]) -> None:
        for position, point in enumerate(points):
            self.add(
                ContactPoint,
                customer_id=customer,
                contact_id=contact,
                kind=point.kind,
                value=point.value,
                normal=normal(point),
                position=position,
            )

    def notice(self, person: User, kind: str, step: Step, target: tuple[Any, int], key: str) -> None:
        if person == step.by:
            return
        self.add(
            Notification,
            recipient_id=person.pk,
            kind=kind,
            target_label=target[0]._meta.label_lower,
            target_id=target[1],
            actor_id=step.by.pk,
            key=key,
            created_at=step.at,
            read_at=step.at + READ_AFTER if step.at + READ_AFTER < self.now else None,
        )


def normal(point: PointData) -> str:
    """As facts.normal_form, without reading the number again: ours are all written internationally."""
    if point.kind in ContactPoint.PHONES:
        return "+" + digits(point.value).lstrip("0")
    return point.value.lower()
