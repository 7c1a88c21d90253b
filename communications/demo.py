"""What was said in the demo firm: some three exchanges a customer, by whoever held it then."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.demo import World
from core.zones import zone_of
from customers.demo.copying import Table, held_customers, searched_later, set_sequences
from customers.models import Contact, Customer, Event, OwnershipPeriod

from .facts import refresh_contacts_made, searched
from .inputs import CommunicationData
from .models import Communication
from .services import log_communication

# From so many customers on the indexes for searching are made when all is there.
LARGE = 10_000
# How many exchanges a customer of each status has, on average.
TALKS = {"potential": 0.3, "contacted": 3, "proposal": 6, "won": 7, "retained": 9, "dormant": 4, "lost": 4}
# Days since the last one, at least: who sleeps was not talked to of late.
SILENT = {"dormant": 120, "lost": 60}
CHANNELS = {
    "email": 44,
    "phone": 18,
    "whatsapp": 20,
    "wechat": 8,
    "meeting": 4,
    "linkedin": 3,
    "exhibition": 2,
    "other": 1,
}
LANGUAGES = {
    "ES": "es",
    "MX": "es",
    "CL": "es",
    "PE": "es",
    "CO": "es",
    "AR": "es",
    "RU": "ru",
    "KZ": "ru",
    "AE": "ar",
    "SA": "ar",
    "EG": "ar",
    "CN": "zh",
    "HK": "zh",
    "TW": "zh",
}


@cache
def prose() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "demo.toml").read_text(encoding="utf-8"))


def communications(world: World, now: datetime) -> None:
    """Write down what was said with the customers that somebody holds; facts follow."""
    with searched_later(Communication) if world.size > LARGE else nullcontext():
        Talker(world, now).talk()


def first_contacts(world: World, now: datetime) -> None:
    """Whoever took a customer from a pool wrote to it within days; one of five was forgotten."""
    reasons = (OwnershipPeriod.Reason.CLAIMED, OwnershipPeriod.Reason.ROTATED)
    taken = OwnershipPeriod.objects.filter(reason__in=reasons, ended_at=None, started_at__lt=now - timedelta(days=4))
    rows = taken.select_related("customer", "owner").order_by("pk")[: world.size // 25]
    for number, period in enumerate(rows):
        at = period.started_at + timedelta(days=1 + number % 3, hours=3)
        if number % 5 and period.owner is not None:
            words = CommunicationData("email", "out", at, "Our catalogue and your drills", "Shall we send samples?")
            log_communication(customer=period.customer, data=words, by=period.owner, now=at)


def _there(at: datetime, customer: Customer, number: int) -> datetime:
    """When they write: around an hour of their own, by the clock on their wall."""
    zone = zone_of(str(customer.country))
    there = at.astimezone(ZoneInfo(zone.name) if zone else UTC)
    return there.replace(hour=9 + customer.pk % 8 + number % 3).astimezone(UTC)


class Talker:
    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self.random = world.random("communications")
        self.links: Any = Communication.contacts.through
        self.tables = {model: Table(model) for model in (Communication, self.links, Event)}

    def talk(self) -> None:
        for batch in held_customers("name", "country", "created_at"):
            self._write(batch)
        set_sequences(self.tables.values())
        self.world.rows += sum(table.written for table in self.tables.values())

    def _write(self, batch: Sequence[Customer]) -> None:
        ids = [customer.pk for customer in batch]
        people: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for of, pk, name in (
            Contact.objects.filter(customer__in=ids, archived_at=None)
            .order_by("pk")
            .values_list("customer_id", "pk", "name")
        ):
            people[of].append((pk, name))
        held: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
        periods = OwnershipPeriod.objects.filter(customer__in=ids, owner__isnull=False).order_by("started_at")
        for of, start, owner in periods.values_list("customer_id", "started_at", "owner_id"):
            held[of].append((start, owner))
        for customer in batch:
            self._talk_with(customer, people[customer.pk], held[customer.pk])
        for table in self.tables.values():
            table.flush()
        refresh_contacts_made(ids)

    def _talk_with(
        self, customer: Customer, people: Sequence[tuple[int, str]], held: Sequence[tuple[datetime, int]]
    ) -> None:
        # A generator of its own: one more word with one customer leaves the others' content alone.
        random = self.random = self.world.random(f"communications {customer.pk}")
        key = customer.status.key
        number = min(40, int(random.expovariate(1 / TALKS.get(key, 2)) + random.random()))
        if key != "potential":
            number = max(1, number)
        # Who held it then wrote it down: first whose time, then the moment in it, of late more often.
        turns = sorted((random.randrange(len(held)), random.random() ** 0.6) for _one in range(number))
        said: list[tuple[datetime, bool, tuple[int, str] | None, int]] = []
        for turn, share in turns:
            start, holder = held[turn]
            end = held[turn + 1][0] if turn + 1 < len(held) else self._silent_since(start, key)
            is_in = key == "potential" or random.random() < 0.42
            person = random.choice(people) if people else None
            at = start + (end - start) * share
            hour, minute = random.choice(range(1, 11)), random.randrange(60)
            at_work = _there(at, customer, hour) if is_in else at.replace(hour=hour)
            at_work = at_work.replace(minute=minute)
            said.append((at_work if start < at_work < end else at, is_in, person, holder))
        for at, is_in, person, holder in self._soon_answered(sorted(said, key=itemgetter(0))):
            self._say(customer, person, at, is_in, holder)

    def _soon_answered(
        self, said: list[tuple[datetime, bool, tuple[int, str] | None, int]]
    ) -> Iterator[tuple[datetime, bool, tuple[int, str] | None, int]]:
        """Most of what came in came hours, not weeks, before the answer: it is put later, our word stays."""
        before = None
        for place, (at, is_in, person, holder) in enumerate(said):
            following = said[place + 1] if place + 1 < len(said) else None
            hours = 0.3 + self.random.expovariate(1 / 14)
            if is_in and following and not following[1] and following[3] == holder and self.random.random() < 0.85:
                at = max(at, following[0] - timedelta(hours=hours), before or at)
            yield at, is_in, person, holder
            before = at

    def _silent_since(self, start: datetime, key: str) -> datetime:
        """Until when was talked in a time that began at ``start`` and lasts."""
        return max(start + (self.now - start) / 2, self.now - timedelta(days=SILENT.get(key, 0)))

    def _say(self, customer: Customer, person: tuple[int, str] | None, at: datetime, is_in: bool, author: int) -> None:
        random = self.random
        channel = random.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        direction = "in" if is_in else "both" if channel in ("meeting", "exhibition", "phone") else "out"
        is_automatic = direction == "in" and channel == "email" and random.random() < 0.04
        words = self._words(customer, person[1] if person else customer.name, direction, is_automatic)
        said = Communication(**words)
        pk = self.tables[Communication].add(
            customer_id=customer.pk,
            channel=channel,
            direction=direction,
            happened_at=at,
            author_id=author,
            logged_at=at,
            is_automatic=is_automatic,
            event_id=self.tables[Event].last_id + 1,
            search_text=searched(said, customer.name, [person[1]] if person else []),
            **words,
        )
        self.tables[Event].add(
            kind="communication.logged",
            customer_id=customer.pk,
            at=at,
            by_id=author,
            target_label=Communication._meta.label_lower,
            target_id=pk,
            payload={"channel": channel, "direction": direction},
        )
        if person:
            self.tables[self.links].add(communication_id=pk, contact_id=person[0])

    def _words(self, customer: Customer, person: str, direction: str, is_automatic: bool) -> dict[str, str]:
        random, common = self.random, prose()["common"]
        language = LANGUAGES.get(str(customer.country), "en") if random.random() < 0.6 else random.choice(["en", "zh"])
        said = prose()[language]
        product = random.choice(common["products_zh" if language == "zh" else "products"])
        if is_automatic:
            return {"subject": "", "body": random.choice(common["automatic"]), "feedback": "", "agreement": ""}
        spoken = said["in" if direction == "in" else "out"]
        return {
            "subject": random.choice(said["topics"]).format(product=product),
            "body": random.choice(spoken).format(product=product, person=person),
            "feedback": random.choice(common["feedback"]) if random.random() < 0.2 else "",
            "agreement": random.choice(common["agreement"]) if random.random() < 0.15 else "",
        }
