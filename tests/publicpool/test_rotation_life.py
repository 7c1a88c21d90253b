"""Whatever happens to a rotation in a fortnight: do its accounts, its ledger and the promises hold?"""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from accounts.models import User
from customers.models import Customer, Pool
from publicpool.models import Rotation, RotationMember
from publicpool.proving import prove
from publicpool.services import (
    add_member,
    claim_customers,
    release_customers,
    remove_member,
    run_rotation,
    set_limits,
    set_order,
    set_weights,
)
from publicpool.services.heads import write_heads
from publicpool.services.passing_on import pass_on_due
from publicpool.services.rotating import rotate_due
from tests.factories import make_customer, make_user, say

from .rotations import make_rotation

pytestmark = pytest.mark.django_db


class Fortnight:
    """Random acts on one rotation, whose clock goes on with each."""

    def __init__(self, seed: int, root, reason, now) -> None:
        self.random, self.root, self.reason, self.now = random.Random(seed), root, reason, now
        self.people = [make_user() for _number in range(self.random.randint(1, 6))]
        weights = {one: self.random.randint(0, 4) for one in self.people}
        runs = self.random.choice(list(Rotation.Runs))
        self.rotation = make_rotation(root, weights, now, passes_on=True, runs=runs)
        self.acts = [
            self.arrive,
            self.arrive,
            self.arrive,
            self.run,
            self.run,
            self.away,
            self.weigh,
            self.leave_or_join,
        ]
        self.acts += [self.reorder, self.claim, self.release, self.release, self.contact, self.limit, self.capacity]

    def step(self) -> None:
        self.now += timedelta(hours=self.random.choice([1, 7, 19]))
        self.random.choice(self.acts)()
        pass_on_due(self.now)
        rotate_due(self.now)
        write_heads(self.now)

    @property
    def members(self) -> list[int]:
        rows = RotationMember.objects.filter(rotation=self.rotation, left_at=None)
        return list(rows.values_list("user", flat=True))

    def somebody(self) -> User:
        return User.objects.get(pk=self.random.choice(self.people).pk)

    def arrive(self) -> None:
        person = self.somebody()
        if person.is_active:
            ids = [make_customer(person, at=self.now - timedelta(days=90)).pk for _number in range(3)]
            release_customers(ids=ids, reason=self.reason, by=person, now=self.now - timedelta(days=40))

    def run(self) -> None:
        run_rotation(rotation=self.rotation, by=self.root, now=self.now, most=self.random.choice([1, 2, None]))

    def away(self) -> None:
        days = self.random.choice([None, (self.now.date(), self.now.date() + timedelta(days=2))])
        first, last = days or (None, None)
        User.objects.filter(pk=self.somebody().pk).update(
            away_from=first, away_to=last, is_active=self.random.random() > 0.1
        )

    def weigh(self) -> None:
        weights = {pk: self.random.randint(0, 4) for pk in self.members}
        set_weights(rotation=self.rotation, weights=weights, by=self.root, now=self.now)

    def leave_or_join(self) -> None:
        person = self.somebody()
        if person.pk in self.members:
            remove_member(rotation=self.rotation, user=person, by=self.root, now=self.now)
        elif person.is_active:
            add_member(rotation=self.rotation, user=person, weight=2, by=self.root, now=self.now)

    def reorder(self) -> None:
        users = self.members
        self.random.shuffle(users)
        set_order(rotation=self.rotation, users=users, by=self.root, now=self.now)

    def limit(self) -> None:
        if self.members:
            person = User.objects.get(pk=self.random.choice(self.members))
            limits = {"a_day": self.random.choice([None, 1, 2])}
            set_limits(rotation=self.rotation, user=person, limits=limits, by=self.root, now=self.now)

    def capacity(self) -> None:
        Pool.objects.filter(is_default=True).update(capacity=self.random.choice([None, 3, 6]))

    def claim(self) -> None:
        person = self.somebody()
        waiting = list(Customer.objects.filter(pool__isnull=False).values_list("pk", flat=True)[:3])
        if person.is_active:
            claim_customers(ids=waiting, by=person, now=self.now)

    def release(self) -> None:
        person = self.somebody()
        mine = list(Customer.objects.filter(owner=person).values_list("pk", flat=True)[:2])
        release_customers(ids=mine, reason=self.reason, by=self.root, now=self.now)

    def contact(self) -> None:
        person = self.somebody()
        if person.is_active and (customer := Customer.objects.filter(owner=person).first()):
            say(customer, person, self.now)


@pytest.mark.parametrize("seed", range(8))
def test_a_fortnight(seed, root, reason, now, promises):
    life = Fortnight(seed, root, reason, now - timedelta(days=60))
    for _step in range(45):
        life.step()
    promises()
    assert prove(life.rotation).fault is None
