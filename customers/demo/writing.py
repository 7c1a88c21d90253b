"""How does an invented customer become rows, with everything that happened to it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random
from typing import Any

from accounts.models import User

from .. import facts
from ..identity import check_code
from ..inputs import CustomerData
from ..models import (
    Collaborator,
    Contact,
    Customer,
    CustomerGroup,
    CustomerName,
    KeyDate,
    Note,
    OwnershipPeriod,
    StatusChange,
    Tag,
)
from ..services.customers import ELSEWHERE
from ..services.status import BY_HAND
from .history import Historian, Life, Reason, Step
from .invention import Invented
from .lexicon import phrase
from .rows import Rows, normal


@dataclass
class Wanted:
    """A customer to be made."""

    made: Invented
    life: Life
    is_archived: bool = False
    group: int | None = None
    group_role: str = ""


class Writer:
    """Lines up the rows of one customer after the other."""

    def __init__(self, rows: Rows, random: Random, historian: Historian, tags: list[Tag]) -> None:
        self.rows = rows
        self.random = random
        self.historian = historian
        self.people = historian.people
        self.tags = tags
        self.steps: dict[str, Callable[[Scene, Step], None]] = {
            "status.changed": self._status_changed,
            "header.added": self._header_added,
            "contact.added": self._contact_added,
            "grade.set": self._graded,
            "customer.protected": self._protected,
            "tags.changed": self._tagged,
            "note.added": self._noted,
            "collaborator.added": self._shared,
            "owner.transferred": self._transferred,
        }

    def write(self, wanted: Wanted) -> None:
        data, life = wanted.made.data, wanted.life
        data.code = check_code(data.country, data.code).code
        row = self._row(wanted) | self._facts(wanted.made)
        customer = self.rows.add(Customer, **row)
        self.rows.customers.append(
            Customer(id=customer, kind=data.kind, owner_id=row["owner_id"], archived_at=row["archived_at"])
        )
        self.rows.points(customer, None, data.points)
        for category in data.categories:
            self.rows.add(Customer.categories.through, customer_id=customer, category_id=category)
        scene = self._beginning(customer, wanted, row["archived_at"])
        for step in life.steps:
            self.steps[step.kind](scene, step)
        self._end(scene, wanted)

    # --- the customer's own row -----------------------------------------------------------------------

    def _row(self, wanted: Wanted) -> dict[str, Any]:
        life, data = wanted.life, wanted.made.data
        row = {name: getattr(data, name) for name in CustomerData.__dataclass_fields__ if name not in ELSEWHERE}
        given, moved = life.last("owner.transferred"), life.last("status.changed")
        held_since = given.at if given else life.created_at
        row |= {
            "source_id": data.source,
            "group_id": wanted.group,
            "group_role": wanted.group_role,
            "status_id": self.rows.statuses[life.status],
            "status_at": moved.at if moved else life.created_at,
            "created_at": life.created_at,
            "created_by_id": life.created_by.pk,
            "updated_at": life.created_at,
            "owner_id": life.owner.pk if life.owner else None,
            "pool_id": None if life.owner else self.rows.pool,
            "owned_since": held_since,
            "idle_since": held_since,
            "archived_at": None,
        }
        if life.last("grade.set"):
            row |= {
                "grade": wanted.made.grade,
                "grade_reason": phrase(self.random, f"grade_reasons.{wanted.made.grade}"),
            }
        if protected := life.last("customer.protected"):
            until = (self.rows.now + timedelta(days=self.random.randint(12, 150))).date()
            protected.more["until"] = until.isoformat()
            row |= {"protected_until": until, "protected_reason": phrase(self.random, "protected_reasons")}
        if wanted.is_archived:
            row |= dict.fromkeys(("owner_id", "pool_id", "owned_since", "idle_since"))
            last = life.steps[-1].at if life.steps else life.created_at
            row["archived_at"] = self.historian.at_work(last + (self.rows.now - last) / 2, last)
            row["archive_reason"] = phrase(self.random, "archive_reasons")
        return row

    @staticmethod
    def _facts(made: Invented) -> dict[str, Any]:
        """Search texts and completeness, as facts would make them from the rows, in the orders of the tables."""
        data = made.data
        people = sorted(data.contacts, key=lambda one: (-one.is_primary, -one.is_decision_maker))
        places = zip_longest(data.points, *(contact.points for contact in data.contacts))
        public, full = facts.documents(
            names=[data.name, data.name, *(header[0] for header in made.headers)],
            people=[contact.name for contact in people],
            points=[(one.kind, one.value, normal(one)) for place in places for one in place if one],
            texts=[data.website, data.external_id, data.code, *(header[3] for header in made.headers)],
        )
        has_points = bool(data.points or any(contact.points for contact in data.contacts))
        share = facts.share_filled(
            (getattr(data, attribute.removesuffix("_id")) for attribute in facts.WANTED.values()),
            (bool(data.contacts), has_points, bool(data.categories)),
        )
        return {"search_public": public, "search_text": full, "completeness": share}

    # --- beginning and end ------------------------------------------------------------------------------

    def _beginning(self, customer: int, wanted: Wanted, archived_at: datetime | None) -> Scene:
        """Write what came with the customer; the rest waits in the scene for its steps."""
        life, data, rows = wanted.life, wanted.made.data, self.rows
        at, by, owner = life.created_at, life.created_by, life.first_owner
        rows.header(customer, (data.name, CustomerName.Kind.LEGAL, data.country, data.code), at, is_main=True)
        ends = [step.at for step in life.steps if step.kind == "owner.transferred"] + [archived_at]
        period = rows.period(customer, owner, at, ends[0], life.reason, by)
        kind = "customer.imported" if life.reason == Reason.IMPORTED else "customer.created"
        payload = {"owner": owner.pk} if owner else {"pool": rows.pool}
        rows.event(customer, kind, at, by, payload, (OwnershipPeriod, period))
        self._status_change(customer, None, life.way[0], at, by)
        # Who was entered later stands behind those who came with the customer.
        later = [step.at for step in life.steps if step.kind == "contact.added"]
        with_it = len(data.contacts) - len(later)
        contacts = []
        for contact, since in zip(data.contacts, [at] * with_it + later, strict=True):
            columns = {name: value for name, value in vars(contact).items() if name != "points"}
            contacts.append(rows.add(Contact, customer_id=customer, created_at=since, **columns))
            rows.points(customer, contacts[-1], contact.points)
        return Scene(
            customer,
            life,
            contacts=iter(contacts[with_it:]),
            headers=iter(wanted.made.headers),
            statuses=iter(zip(life.way, life.way[1:], strict=False)),
            ends=iter(ends[1:]),
            archived_at=archived_at,
        )

    def _end(self, scene: Scene, wanted: Wanted) -> None:
        life = wanted.life
        if wanted.group:
            joined = self.historian.at_work(life.created_at + timedelta(days=2), life.created_at)
            role = {"role": str(wanted.group_role)}
            by = life.first_owner or life.created_by
            self.rows.event(scene.customer, "group.joined", joined, by, role, (CustomerGroup, wanted.group))
        if scene.archived_at:
            by = self.historian.managers[life.owner.team] if life.owner else self.people["root"]
            former = {"owner": life.owner.pk if life.owner else None}
            self.rows.event(scene.customer, "customer.archived", scene.archived_at, by, former)

    # --- what happened in between -------------------------------------------------------------------------

    def _status_changed(self, scene: Scene, step: Step) -> None:
        before, after = next(scene.statuses)
        change = self._status_change(scene.customer, before, after, step.at, step.by)
        payload = {"from": self.rows.statuses[before], "to": self.rows.statuses[after]}
        self.rows.event(scene.customer, step.kind, step.at, step.by, payload, (StatusChange, change))
        if after == "retained":
            on = (step.at + timedelta(days=30 + int(self.random.random() * 330))).date()
            self.rows.add(KeyDate, customer_id=scene.customer, kind=KeyDate.Kind.RENEWAL, on=on, source=BY_HAND)

    def _status_change(self, customer: int, before: str | None, after: str, at: datetime, by: User) -> int:
        lost = self.random.choice(StatusChange.LostReason.values[:6]) if before and after == "lost" else ""
        return self.rows.add(
            StatusChange,
            customer_id=customer,
            before_id=self.rows.statuses[before] if before else None,
            after_id=self.rows.statuses[after],
            by_id=by.pk,
            reason=phrase(self.random, f"status_reasons.{after}") if before else "",
            lost_reason=lost,
            at=at,
        )

    def _header_added(self, scene: Scene, step: Step) -> None:
        header = self.rows.header(scene.customer, next(scene.headers), step.at)
        self.rows.event(scene.customer, step.kind, step.at, step.by, {}, (CustomerName, header))

    def _contact_added(self, scene: Scene, step: Step) -> None:
        self.rows.event(scene.customer, step.kind, step.at, step.by, {}, (Contact, next(scene.contacts)))

    def _graded(self, scene: Scene, step: Step) -> None:
        self.rows.event(scene.customer, step.kind, step.at, step.by, {"from": "", "to": step.more["to"]})

    def _protected(self, scene: Scene, step: Step) -> None:
        self.rows.event(scene.customer, step.kind, step.at, step.by, {"until": step.more["until"]})

    def _tagged(self, scene: Scene, step: Step) -> None:
        tags = self.random.sample([tag.pk for tag in self.tags], self.random.choice((1, 1, 2, 3)))
        for tag in tags:
            self.rows.add(Customer.tags.through, customer_id=scene.customer, tag_id=tag)
        self.rows.event(scene.customer, step.kind, step.at, step.by, {"added": sorted(tags), "removed": []})

    def _noted(self, scene: Scene, step: Step) -> None:
        body, named = self.historian.note(step.by, scene.life.owner)
        row = {"customer_id": scene.customer, "author_id": step.by.pk}
        note = self.rows.add(Note, **row, body=body, created_at=step.at)
        for person in named:
            self.rows.add(Note.mentions.through, note_id=note, user_id=person.pk)
            self.rows.notice(person, "mention", step, (Note, note), f"mention:{note}")
        self.rows.event(scene.customer, step.kind, step.at, step.by, {}, (Note, note))

    def _shared(self, scene: Scene, step: Step) -> None:
        person = self.people[self.random.choice([name for name in self.people if name != "root"])]
        if person == scene.life.owner:
            return
        role = self.random.choice(Collaborator.Role.values)
        row = {"customer_id": scene.customer, "user_id": person.pk, "role": role}
        self.rows.add(Collaborator, **row, added_by_id=step.by.pk, added_at=step.at)
        event = self.rows.event(scene.customer, step.kind, step.at, step.by, {"user": person.pk, "role": role})
        self.rows.notice(person, "customer_shared", step, (Customer, scene.customer), f"shared:{event}")

    def _transferred(self, scene: Scene, step: Step) -> None:
        former: Any = step.more["from"]
        to: Any = step.more["to"]
        note = phrase(self.random, "transfer_notes")
        period = self.rows.period(scene.customer, to, step.at, next(scene.ends), Reason.TRANSFERRED, step.by, note)
        payload = {"from": former.pk, "to": to.pk}
        self.rows.event(scene.customer, step.kind, step.at, step.by, payload, (OwnershipPeriod, period))
        for person, kind, key in ((to, "customer_given", "given"), (former, "customer_taken", "taken")):
            self.rows.notice(person, kind, step, (Customer, scene.customer), f"{key}:{period}")


@dataclass
class Scene:
    """A customer while its history is written, and what its steps have yet to use, in order."""

    customer: int
    life: Life
    contacts: Iterator[int]
    headers: Iterator[tuple[str, str, str, str]]
    statuses: Iterator[tuple[str, str]]
    # When the periods that begin with a transfer end.
    ends: Iterator[datetime | None]
    archived_at: datetime | None
