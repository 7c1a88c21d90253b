"""Which customers has the demo firm, whose are they, and who belongs together?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime

from django.db import connection

from accounts.models import User
from core.demo import World

from ..models import Category, Customer, CustomerGroup, IdentityKey, Source
from .copying import BATCH, searched_later
from .fields import make_fields, make_tags
from .history import Historian
from .invention import Invented, Inventor
from .lexicon import City, Country, countries, showcase
from .rows import Rows
from .writing import Wanted, Writer

# From so many customers on the indexes for searching are made when all are there.
LARGE = 10_000
# Of a thousand customers: people trading alone, heads of a group, in the pool, archived.
PERSONS, GROUPS, POOLED, ARCHIVED = 25, 18, 22, 9


def customers(world: World, now: datetime) -> None:
    """Make the customers, their people and their history; all dates lie before ``now``."""
    firm = Firm(world, now)
    with searched_later(Customer, IdentityKey) if world.size > LARGE else nullcontext():
        firm.make()
    world.rows += firm.rows.written


class Firm:
    def __init__(self, world: World, now: datetime) -> None:
        self.size = world.size
        self.random = world.random("customers")
        self.people: dict[str, User] = world.made["people"]
        self.teams = world.made["teams"]
        self.inventor = Inventor(world.random("inventor"), now.year)
        self.historian = Historian(world.random("historian"), now, self.people)
        make_fields()
        self.rows = Rows(now)
        self.writer = Writer(self.rows, world.random("writer"), self.historian, make_tags())
        self.sources = list(Source.objects.values_list("pk", flat=True))
        self.categories: dict[str, dict[str, int]] = {}
        for category in Category.objects.select_related("dimension"):
            self.categories.setdefault(category.dimension.key, {})[category.key] = category.pk

    def make(self) -> None:
        with connection.cursor() as cursor:
            # Checked batch by batch: a million checks at the end would have to be kept in memory.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for wanted in self._wanted():
            self.writer.write(wanted)
            if len(self.rows.customers) >= BATCH:
                self.rows.flush()
        self.rows.end()

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
        group = self.rows.add(
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
        data.source = random.choice(self.sources) if random.random() < 0.93 else None
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
