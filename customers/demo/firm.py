"""How do the demo firm's customers get into the database, with everything that hangs on them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from django.db import connection

from accounts.models import Notification, User
from core.demo import World
from core.text import digits

from .. import facts
from ..identity import check_code
from ..identity_keys import refresh_many
from ..inputs import CustomerData, PointData
from ..models import (
    Category,
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
    Source,
    Status,
    StatusChange,
)
from ..services.customers import ELSEWHERE
from ..services.status import BY_HAND
from .copying import Table, set_sequences
from .fields import make_fields, make_tags
from .history import Historian, Life, Reason, Step
from .invention import Invented, Inventor
from .lexicon import City, Country, countries, phrase, showcase

BATCH = 1000
# Of a thousand customers: people trading alone, heads of a group, in the pool, archived.
PERSONS, GROUPS, POOLED, ARCHIVED = 25, 18, 22, 9
# Older notices were read.
READ_AFTER = timedelta(days=2)


@dataclass
class Wanted:
    """A customer to be made."""

    made: Invented
    life: Life
    is_archived: bool = False
    group: int | None = None
    group_role: str = ""


def customers(world: World, now: datetime) -> None:
    """Make the customers, their people and their history; all dates lie before ``now``."""
    Firm(world, now).make()


class Firm:
    def __init__(self, world: World, now: datetime) -> None:
        self.size = world.size
        self.now = now
        self.random = world.random("customers")
        self.people: dict[str, User] = world.made["people"]
        self.teams = world.made["teams"]
        self.inventor = Inventor(world.random("inventor"), now.year)
        self.historian = Historian(world.random("historian"), now, self.people)
        make_fields()
        self.tags = make_tags()
        self.statuses = {status.key: status for status in Status.objects.all()}
        self.sources = list(Source.objects.all())
        self.pool = Pool.objects.get(is_default=True)
        self.categories: dict[str, dict[str, int]] = {}
        for category in Category.objects.select_related("dimension"):
            self.categories.setdefault(category.dimension.key, {})[category.key] = category.pk
        # In the order in which they refer to each other.
        self.tables = {
            model: Table(model)
            for model in (
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
        }
        self.written: list[Customer] = []

    def make(self) -> None:
        with connection.cursor() as cursor:
            # Checked batch by batch: a million checks at the end would have to be kept in memory.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for wanted in self._wanted():
            self._write(wanted)
            if len(self.written) >= BATCH:
                self._flush()
        self._flush()
        set_sequences(self.tables.values())

    def _flush(self) -> None:
        for table in self.tables.values():
            table.flush()
        refresh_many(self.written)
        self.written.clear()

    def _add(self, model: Any, **values: Any) -> int:
        return self.tables[model].add(**values)

    # --- which customers ----------------------------------------------------------------------------

    def _wanted(self) -> Iterator[Wanted]:
        left = self.size
        for shown in showcase():
            yield self._showcase(shown)
            left -= 1
        places = list(countries().values())
        weights = [country.weight for country in places]
        while left > 0:
            country = self.random.choices(places, weights)[0]
            dice = self.random.randrange(1000)
            family = [self._one(country, dice)]
            if dice >= 1000 - GROUPS:
                family += self._branches(country, family[0])
            yield from family[:left]
            left -= len(family)

    def _showcase(self, shown: dict[str, str]) -> Wanted:
        country = countries()[shown["country"]]
        city = next(city for city in country.cities if city.name.local == shown["city"])
        made = self.inventor.showcase(country, city, shown["status"], shown["name"], shown.get("latin", ""))
        return self._with_life(made, country, shown["status"], self.people["alice"], shown["grade"])

    def _one(self, country: Country, dice: int, city: City | None = None) -> Wanted:
        status = self.historian.status()
        city = city or self.random.choice(country.cities)
        owner: User | None = self.historian.owner_for(country.code, self.teams[country.said["team"]])
        if PERSONS <= dice < PERSONS + POOLED:
            owner, status = None, "potential"
        if dice < PERSONS:
            made = self.inventor.person(country, city, status)
        else:
            made = self.inventor.company(country, city, status)
        wanted = self._with_life(made, country, status, owner, self.historian.grade(status) if owner else "")
        archived_from = PERSONS + POOLED
        wanted.is_archived = archived_from <= dice < archived_from + ARCHIVED
        return wanted

    def _branches(self, country: Country, head: Wanted) -> list[Wanted]:
        """Sister companies of a head office, in the group with it; some in neighbouring countries."""
        group = self._add(
            CustomerGroup,
            name=self._group_name(head.made),
            created_at=head.life.created_at,
            created_by_id=head.life.created_by.pk,
        )
        head.group, head.group_role = group, Customer.GroupRole.HEAD
        near = [other for other in countries().values() if other.said["region"] == country.said["region"]]
        branches = []
        for _branch in range(self.random.choice((1, 1, 2, 3))):
            place = self.random.choice(near) if self.random.random() < 0.5 else country
            if place.culture.key != country.culture.key:
                place = country
            status = self.historian.status()
            made = self.inventor.company(place, self.random.choice(place.cities), status, like=head.made.company)
            owner = head.life.owner
            if self.random.random() < 0.3:
                owner = self.historian.owner_for(place.code, self.teams[place.said["team"]])
            branch = self._with_life(made, place, status, owner, self.historian.grade(status))
            branch.group = group
            branch.group_role = self.random.choice((Customer.GroupRole.BRANCH, Customer.GroupRole.SISTER))
            branches.append(branch)
        return branches

    @staticmethod
    def _group_name(made: Invented) -> str:
        if made.company is None:
            return made.data.name
        shared = made.company.family if made.company.family.latin in made.company.latin else made.company.stem
        return f"{shared.latin} Group"

    def _with_life(self, made: Invented, country: Country, status: str, owner: User | None, grade: str) -> Wanted:
        data, random = made.data, self.random
        made.grade = grade
        data.source = random.choice(self.sources).pk if random.random() < 0.93 else None
        region = self.categories["sales_region"][country.said["region"]]
        kinds = list(self.categories["customer_type"].values())[:9]
        trades = list(self.categories["industry"].values())[:7]
        data.categories = [region]
        if random.random() < 0.8:
            data.categories.append(random.choice(kinds))
        if random.random() < 0.85:
            data.categories += random.sample(trades, random.choice((1, 1, 2)))
        if owner is None:  # from a list that was imported: nobody has added to it
            made.headers.clear()
        life = self.historian.life(owner, status, grade, len(data.contacts), len(made.headers))
        return Wanted(made, life)

    # --- their rows ---------------------------------------------------------------------------------

    def _write(self, wanted: Wanted) -> None:
        made, life = wanted.made, wanted.life
        data = made.data
        data.code = check_code(data.country, data.code).code
        points = [(point, self._normal(point)) for point in data.points]
        people = [[(point, self._normal(point)) for point in contact.points] for contact in data.contacts]
        row = self._customer_row(wanted)
        row["search_public"], row["search_text"] = facts.documents(
            names=[data.name, data.name, *(header[0] for header in made.headers)],
            # In the orders of the tables, so that the text is the very one that facts would make.
            people=[one.name for one in sorted(data.contacts, key=lambda one: (-one.is_primary, -one.is_decision_maker))],
            points=[
                (one.kind, one.value, normal)
                for some in zip_longest(points, *people)
                for one, normal in filter(None, some)
            ],
            texts=[data.website, data.external_id, data.code, *(header[3] for header in made.headers)],
        )
        values = [row[attribute] for attribute in facts.WANTED.values()]
        has = (bool(data.contacts), bool(points or any(people)), bool(data.categories))
        row["completeness"] = facts.share_filled(values, has)
        customer = self._add(Customer, **row)
        self._add_points(customer, None, points)
        for category in data.categories:
            self._add(Customer.categories.through, customer_id=customer, category_id=category)
        self._write_history(customer, wanted, people)
        self.written.append(
            Customer(id=customer, kind=data.kind, owner_id=row["owner_id"], archived_at=row["archived_at"])
        )

    def _customer_row(self, wanted: Wanted) -> dict[str, Any]:
        life, data = wanted.life, wanted.made.data
        row = {name: getattr(data, name) for name in CustomerData.__dataclass_fields__ if name not in ELSEWHERE}
        start = next((step.at for step in reversed(life.steps) if step.kind == "owner.transferred"), life.created_at)
        moved = next((step.at for step in reversed(life.steps) if step.kind == "status.changed"), life.created_at)
        graded = next((step for step in life.steps if step.kind == "grade.set"), None)
        row |= {
            "source_id": data.source,
            "group_id": wanted.group,
            "group_role": wanted.group_role,
            "status_id": self.statuses[life.status].pk,
            "status_at": moved,
            "grade": wanted.made.grade if graded else "",
            "created_at": life.created_at,
            "created_by_id": life.created_by.pk,
            "updated_at": life.created_at,
            "owner_id": life.owner.pk if life.owner else None,
            "pool_id": None if life.owner else self.pool.pk,
            "owned_since": start,
            "idle_since": start,
            "archived_at": None,
        }
        if graded:
            row["grade_reason"] = self.historian.grade_reason(wanted.made.grade)
        if protected := next((step for step in life.steps if step.kind == "customer.protected"), None):
            until = (self.now + timedelta(days=self.random.randint(12, 150))).date()
            protected.more["until"] = until.isoformat()
            row |= {"protected_until": until, "protected_reason": phrase(self.random, "protected_reasons")}
        if wanted.is_archived:
            row |= dict.fromkeys(("owner_id", "pool_id", "owned_since", "idle_since"))
            last = life.steps[-1].at if life.steps else life.created_at
            row["archived_at"] = self.historian.at_work(last + (self.now - last) / 2, last)
            row["archive_reason"] = phrase(self.random, "archive_reasons")
        return row

    @staticmethod
    def _normal(point: PointData) -> str:
        """As customers.services.contacts.normal_form, without reading the number again: ours are all international."""
        if point.kind in ContactPoint.PHONES:
            return "+" + digits(point.value).lstrip("0")
        return point.value.lower()

    def _add_points(self, customer: int, contact: int | None, points: list[tuple[PointData, str]]) -> None:
        for position, (point, normal) in enumerate(points):
            self._add(
                ContactPoint,
                customer_id=customer,
                contact_id=contact,
                kind=point.kind,
                value=point.value,
                normal=normal,
                position=position,
            )

    # --- their history --------------------------------------------------------------------------------

    def _write_history(self, customer: int, wanted: Wanted, people: list[list[tuple[PointData, str]]]) -> None:
        life, data = wanted.life, wanted.made.data
        self._header(customer, (data.name, CustomerName.Kind.LEGAL, data.country, data.code), life.created_at, True)
        starts = [step for step in life.steps if step.kind == "owner.transferred"]
        ends = [step.at for step in starts]
        archived_at = self.tables[Customer].rows[-1]["archived_at"]
        period = self._period(customer, life.first_owner, life.created_at, [*ends, archived_at][0], life.reason, life.created_by)
        self._event(
            customer,
            "customer.imported" if life.reason == Reason.IMPORTED else "customer.created",
            life.created_at,
            life.created_by,
            OwnershipPeriod,
            period,
            {"owner": life.first_owner.pk} if life.first_owner else {"pool": self.pool.pk},
        )
        self._status_change(customer, None, life.way[0], life.created_at, life.created_by)
        late = iter([step.at for step in life.steps if step.kind == "contact.added"])
        added = sum(step.kind == "contact.added" for step in life.steps)
        contacts = []
        for number, (contact, points) in enumerate(zip(data.contacts, people, strict=True)):
            # Whoever was entered later stands behind those who came with the customer.
            at = life.created_at if number < len(data.contacts) - added else next(late)
            columns = {name: value for name, value in vars(contact).items() if name != "points"}
            contacts.append(self._add(Contact, customer_id=customer, created_at=at, **columns))
            self._add_points(customer, contacts[-1], points)
        to_come = {
            "contact.added": iter(contacts[len(contacts) - added :]),
            "header.added": iter(wanted.made.headers),
            "status.changed": iter(zip(life.way, life.way[1:], strict=False)),
            "owner.transferred": iter(zip(starts, [*ends[1:], archived_at], strict=False)),
        }
        for step in life.steps:
            self._step(customer, life, step, to_come)
        if wanted.group:
            joined = self.historian.at_work(life.created_at + timedelta(days=2), life.created_at)
            by = life.first_owner or life.created_by
            role = {"role": str(wanted.group_role)}
            self._event(customer, "group.joined", joined, by, CustomerGroup, wanted.group, role)
        if archived_at:
            by = self.historian.managers[life.owner.team] if life.owner else self.people["root"]
            former = {"owner": life.owner.pk if life.owner else None}
            self._event(customer, "customer.archived", archived_at, by, None, None, former)

    def _step(self, customer: int, life: Life, step: Step, to_come: dict[str, Iterator[Any]]) -> None:
        """Write the row of one step, its event and whom it tells."""
        kind, at, by = step.kind, step.at, step.by
        target: tuple[Any, int | None] = (None, None)
        payload: dict[str, Any] = {}
        if kind == "status.changed":
            before, after = next(to_come[kind])
            target = StatusChange, self._status_change(customer, before, after, at, by)
            payload = {"from": self.statuses[before].pk, "to": self.statuses[after].pk}
            if after == "retained":
                on = (at + timedelta(days=30 + int(self.random.random() * 330))).date()
                self._add(KeyDate, customer_id=customer, kind=KeyDate.Kind.RENEWAL, on=on, source=BY_HAND)
        elif kind == "header.added":
            target = CustomerName, self._header(customer, next(to_come[kind]), at, False)
        elif kind == "contact.added":
            target = Contact, next(to_come[kind])
        elif kind == "grade.set":
            payload = {"from": "", "to": step.more["to"]}
        elif kind == "customer.protected":
            payload = {"until": step.more["until"]}
        elif kind == "tags.changed":
            tags = self.random.sample(self.tags, self.random.choice((1, 1, 2, 3)))
            payload = {"added": sorted(tag.pk for tag in tags), "removed": []}
            for tag in tags:
                self._add(Customer.tags.through, customer_id=customer, tag_id=tag.pk)
        elif kind == "note.added":
            self._note(customer, life, step)
            return
        elif kind == "collaborator.added":
            self._collaborator(customer, life, step)
            return
        elif kind == "owner.transferred":
            self._transfer(customer, step, next(to_come[kind])[1])
            return
        self._event(customer, kind, at, by, *target, payload)

    def _transfer(self, customer: int, step: Step, ended_at: datetime | None) -> None:
        former: Any = step.more["from"]
        to: Any = step.more["to"]
        note = phrase(self.random, "transfer_notes")
        period = self._period(customer, to, step.at, ended_at, Reason.TRANSFERRED, step.by, note)
        payload = {"from": former.pk, "to": to.pk}
        self._event(customer, "owner.transferred", step.at, step.by, OwnershipPeriod, period, payload)
        self._notify(to, "customer_given", step, Customer, customer, f"given:{period}")
        self._notify(former, "customer_taken", step, Customer, customer, f"taken:{period}")

    def _note(self, customer: int, life: Life, step: Step) -> None:
        body, named = self.historian.note(step.by)
        note = self._add(Note, customer_id=customer, author_id=step.by.pk, body=body, created_at=step.at)
        for person in named:
            self._add(Note.mentions.through, note_id=note, user_id=person.pk)
            if life.owner and life.owner.team_id == person.team_id:  # who may see it
                self._notify(person, "mention", step, Note, note, f"mention:{note}")
        self._event(customer, "note.added", step.at, step.by, Note, note, {})

    def _collaborator(self, customer: int, life: Life, step: Step) -> None:
        person = self.people[self.random.choice([name for name in self.people if name != "root"])]
        if person == life.owner:
            return
        role = self.random.choice(Collaborator.Role.values)
        row = {"customer_id": customer, "user_id": person.pk, "role": role}
        self._add(Collaborator, **row, added_by_id=step.by.pk, added_at=step.at)
        payload = {"user": person.pk, "role": role}
        event = self._event(customer, "collaborator.added", step.at, step.by, None, None, payload)
        self._notify(person, "customer_shared", step, Customer, customer, f"shared:{event}")

    # --- single rows ----------------------------------------------------------------------------------

    def _event(
        self, customer: int, kind: str, at: datetime, by: User, target: Any, pk: int | None, payload: dict[str, Any]
    ) -> int:
        return self._add(
            Event,
            kind=kind,
            customer_id=customer,
            at=at,
            by_id=by.pk,
            target_label=target._meta.label_lower if target else "",
            target_id=pk,
            payload=payload,
        )

    def _header(self, customer: int, header: tuple[str, str, str, str], at: datetime, is_main: bool) -> int:
        name, kind, country, code = header
        row = {"name": name, "kind": kind, "country": country, "code": code, "is_main": is_main}
        return self._add(CustomerName, customer_id=customer, created_at=at, **row)

    def _period(
        self,
        customer: int,
        owner: User | None,
        start: datetime,
        end: datetime | None,
        reason: str,
        by: User,
        note: str = "",
    ) -> int:
        return self._add(
            OwnershipPeriod,
            customer_id=customer,
            owner_id=owner.pk if owner else None,
            pool_id=None if owner else self.pool.pk,
            started_at=start,
            ended_at=end,
            reason=reason,
            by_id=by.pk,
            note=note,
        )

    def _status_change(self, customer: int, before: str | None, after: str, at: datetime, by: User) -> int:
        reason, lost_reason = self.historian.status_reason(after) if before else ("", "")
        return self._add(
            StatusChange,
            customer_id=customer,
            before_id=self.statuses[before].pk if before else None,
            after_id=self.statuses[after].pk,
            by_id=by.pk,
            reason=reason,
            lost_reason=lost_reason,
            at=at,
        )

    def _notify(self, person: User, kind: str, step: Step, model: Any, pk: int, key: str) -> None:
        if person == step.by:
            return
        self._add(
            Notification,
            recipient_id=person.pk,
            kind=kind,
            target_label=model._meta.label_lower,
            target_id=pk,
            actor_id=step.by.pk,
            key=key,
            created_at=step.at,
            read_at=step.at + READ_AFTER if step.at + READ_AFTER < self.now else None,
        )
