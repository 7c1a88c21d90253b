"""What lists and rules read from the customer's row equals what is made of it anew, whatever was done before."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from core import rollups
from core.exceptions import DomainError
from core.registries import INVARIANTS
from core.search import matching
from customers import facts, services
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Category, Contact, Customer, CustomerGroup, CustomerName, Source, Status
from tests.factories import THEN, make_contact, make_customer, say
from tests.refusals import contents

pytestmark = pytest.mark.django_db

FACTS = ("owner_id", "pool_id", "owned_since", "idle_since", "completeness", "search_text", "search_public")


def broken_promises() -> dict[str, list]:
    """Rows that break one, by the name of the promise; deliveries wait for real time and are left out."""
    found = {}
    with connection.cursor() as cursor:
        for key, invariant in INVARIANTS.items():
            if key.startswith("customers.") and "deliveries" not in key:
                cursor.execute(invariant.sql)
                if rows := cursor.fetchall():
                    found[invariant.says] = rows
    return found


# --- completeness -----------------------------------------------------------------------------------

FILLED = {
    "country": "DE",
    "city": "Köln",
    "website": "acme.example",
    "size": "11-50",
    "source": 0,
    "currency": "EUR",
    "incoterm": "FOB",
    "payment_terms": "30 days",
    "annual_purchase": Decimal("0.00"),
    "needs": "drills",
}


def test_completeness_is_the_share_of_wanted_fields_rounded_down(alice, now):
    assert set(FILLED) == set(facts.WANTED)
    total = len(facts.WANTED) + len(facts.WANTED_ROWS)
    customer = make_customer(alice, country="")
    assert customer.completeness == 0

    values = FILLED | {"source": Source.objects.get(key="referral")}
    for filled, (name, value) in enumerate(values.items(), 1):
        customer = services.update_customer(customer=customer, changes={name: value}, by=alice, now=now)
        assert customer.completeness == filled * 100 // total
    make_contact(customer, "Eva")
    services.update_customer(
        customer=customer, changes={}, points=[PointData("email", "a@x.example")], by=alice, now=now
    )
    customer = services.update_customer(
        customer=customer, changes={}, categories=[Category.objects.first()], by=alice, now=now
    )
    assert customer.completeness == 100


def test_what_hangs_on_an_archived_contact_counts_for_nothing(alice, now):
    customer = make_customer(alice, country="")
    contact = make_contact(customer, "Eva", email="eva@x.example")
    customer.refresh_from_db()
    assert customer.completeness == 200 // 13
    services.archive_contact(contact=contact, by=alice, now=now)
    customer.refresh_from_db()
    assert customer.completeness == 0


# --- search text ------------------------------------------------------------------------------------


def test_the_public_text_holds_names_only(alice):
    customer = make_customer(
        alice,
        "深圳市极光科技有限公司",
        country="CN",
        website="secret-site.example",
        external_id="ERP-77",
        code="914403001922038216",
        points=[PointData("email", "secret@mail.example"), PointData("wechat", "secret-wechat")],
        contacts=[ContactData("Secret Person", points=[PointData("mobile", "13912345678")])],
    )
    for word in ("极光", "szsjgkj", "极光科技"):
        assert matching(Customer.objects.all(), word, "search_public").get() == customer
    for word in ("secret", "erp77", "914403001922038216", "13912345678", "139-1234-5678"):
        assert matching(Customer.objects.all(), word).get() == customer
        assert not matching(Customer.objects.all(), word, "search_public").exists()
        assert word.replace("-", "") not in customer.search_public


# --- owner, idle ------------------------------------------------------------------------------------


def test_an_archived_customer_is_idle_since_never(alice, dana, now):
    customer = make_customer(alice)
    Customer.objects.filter(pk=customer.pk).update(last_followed_at=now)
    services.archive_customer(customer=customer, reason="x", by=dana, now=now)
    facts.refresh_holding([customer.pk])
    customer.refresh_from_db()
    assert (customer.idle_since, customer.last_followed_at) == (None, now)


@pytest.mark.parametrize("hours", [-1, 1])
def test_idle_since_is_the_later_of_contact_and_taking(alice, hours):
    customer = make_customer(alice)
    contact_at = THEN + timedelta(hours=hours)
    Customer.objects.filter(pk=customer.pk).update(last_followed_at=contact_at, idle_since=None, owner=alice)
    facts.refresh_holding([customer.pk])
    customer.refresh_from_db()
    assert customer.idle_since == max(contact_at, THEN)


# --- everything, after anything ---------------------------------------------------------------------


def test_recompute_heals_what_raw_sql_broke(cast, now):
    play(cast, now, seed=1, steps=30)
    rollups.sweep()  # what is marked as stale would be made anew too
    before = contents()
    Customer.objects.update(search_text="", search_public="x", completeness=99, owned_since=now, idle_since=None)
    seen: list[int] = []
    assert facts.recompute_all(progress=seen.append) == Customer.objects.count() == seen[-1]
    assert contents() == before


@pytest.mark.parametrize("seed", range(4))
def test_services_leave_what_recomputing_makes_and_break_no_promise(cast, now, seed):
    assert play(cast, now, seed=seed, steps=70) > 35
    left = list(Customer.objects.order_by("pk").values("pk", *FACTS))
    normals = list(Contact.objects.order_by("pk", "points__pk").values_list("points__normal", flat=True))
    assert broken_promises() == {}
    facts.recompute_all()
    assert list(Customer.objects.order_by("pk").values("pk", *FACTS)) == left
    assert list(Contact.objects.order_by("pk", "points__pk").values_list("points__normal", flat=True)) == normals


def play(cast, now, *, seed: int, steps: int) -> int:
    """Let people do things at random; returns how many were allowed."""
    game = Game(cast, now, random.Random(seed))
    return sum(game.step(number) for number in range(steps))


class Game:
    """People who do whatever comes to their mind, under a clock that sometimes jumps back."""

    def __init__(self, cast, now, dice: random.Random) -> None:
        self.people, self.now, self.dice = list(cast.values()), now, dice

    def step(self, number: int) -> bool:
        """Do one thing; False where a rule refused it."""
        at = self.now + timedelta(hours=number if self.dice.random() < 0.8 else -number)
        customer = self.one(Customer.objects.order_by("pk"))
        contact = self.one(Contact.objects.order_by("pk"))
        # Mostly the admin, who may: else nearly everything would be refused.
        by = self.people[-1] if customer and self.dice.random() < 0.7 else self.dice.choice(self.people)
        who = {"by": by, "now": at}
        verbs = [self.enter(who)]
        if customer and contact and number > 3:
            verbs += self.verbs(who, customer) + self.verbs_of_parts(who, contact)
        try:
            self.dice.choice(verbs)()
        except DomainError:
            return False
        if customer and self.dice.random() < 0.1:  # somebody called
            living = Customer.objects.select_related("owner").filter(pk=customer.pk, owner__isnull=False).first()
            if living:
                say(living, living.owner, at, self.dice.choice(["out", "in", "both"]))
        return True

    def one(self, rows):
        rows = list(rows)
        return self.dice.choice(rows) if rows else None

    def name(self) -> str:
        return f"Firm {self.dice.randrange(12)} GmbH"

    def country(self) -> str:
        return self.dice.choice(["DE", "CN", "US", ""])

    def contact(self) -> ContactData:
        point = self.dice.choice([("mobile", "0171 2345678"), ("email", "a@x.example"), ("fax", "021 5555")])
        return ContactData(
            f"Person {self.dice.randrange(9)}", is_primary=self.dice.random() < 0.5, points=[PointData(*point)]
        )

    def header(self) -> dict[str, str]:
        return {
            "name": self.name(),
            "kind": "legal",
            "country": self.country(),
            "code": self.dice.choice(["", "HRB 7"]),
        }

    def enter(self, who):
        data = CustomerData(self.name(), country=self.country(), contacts=[self.contact()])
        return lambda: services.create_customer(data=data, **who)

    def verbs(self, who, customer):
        of = who | {"customer": customer}
        to = self.dice.choice(self.people)
        kinds = [("country", "US"), ("country", ""), ("kind", "person"), ("kind", "company"), ("city", self.name())]
        changes = dict([self.dice.choice(kinds)])
        status, group = self.one(Status.objects.all()), self.one(CustomerGroup.objects.all())
        said = {"reason": "x", "lost_reason": "price", "renewal_on": date(2027, 12, 1)}
        return [
            lambda: services.update_customer(changes=changes, points=self.contact().points, **of),
            lambda: services.archive_customer(reason="x", **of),
            lambda: services.restore_customer(owner=to, **of),
            lambda: services.transfer_customer(to=to, **of),
            lambda: services.add_header(**self.header(), **of),
            lambda: services.save_contact(data=self.contact(), **of),
            lambda: services.change_status(status=status, **said, **of),
            lambda: services.add_tags(names=[self.name()], **of),
            lambda: services.put_in_group(group=group, name=self.name(), role="head", **of),
            lambda: services.leave_group(**of),
            lambda: services.add_collaborator(user=to, role="assistant", **of),
            lambda: services.add_note(body=f"@{to.username} hello", **of),
        ]

    def verbs_of_parts(self, who, contact):
        header = self.one(CustomerName.objects.order_by("pk"))
        return [
            lambda: services.save_contact(customer=contact.customer, contact=contact, data=self.contact(), **who),
            lambda: services.archive_contact(contact=contact, **who),
            lambda: services.restore_contact(contact=contact, **who),
            lambda: services.update_header(header=header, **self.header(), **who),
            lambda: services.make_main(header=header, **who),
            lambda: services.remove_header(header=header, **who),
        ]
