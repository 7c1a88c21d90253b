"""Do customers come straight into a pool, by hand and by file, for those who may fill it and for nobody else?"""

from __future__ import annotations

import pytest

from core import jobs
from core.exceptions import NotAllowed
from core.importing import undo
from core.models import ImportRow
from customers import ledger
from customers.inputs import CustomerData
from customers.models import Customer, Event, OwnershipPeriod, Pool, PoolMember
from customers.services import create_customer
from publicpool.services import claim_customer
from tests.bringing import tried, written
from tests.customers.test_forms_pages import new

pytestmark = pytest.mark.django_db

FILE = "Company,Country,Owner\nHafenlicht GmbH,DE,%s\nPariser SARL,FR,\n"


def test_who_leads_enters_into_the_pool_and_a_member_claims_it(pool, dana, alice, now):
    customer = create_customer(data=CustomerData("Hafenlicht GmbH", country="DE"), by=dana, now=now, pool=pool)
    assert (customer.owner, customer.pool, customer.owned_since) == (None, pool, now)
    period = OwnershipPeriod.objects.get(customer=customer)
    assert (period.owner, period.pool, period.reason, period.by) == (None, pool, "created", dana)
    event = Event.objects.get(customer=customer, kind="customer.created")
    assert (event.target_id, event.payload) == (period.pk, {"pool": pool.pk})
    assert not Customer.objects.visible_to(dana).exists()
    assert Customer.objects.pooled_for(alice).get() == customer
    claim_customer(customer=customer, by=alice, now=now)
    assert Customer.objects.visible_to(alice).get() == customer


def test_delivered_events_make_nothing_at_a_customer_that_nobody_holds(pool, dana, now):
    customer = create_customer(data=CustomerData("Hafenlicht GmbH", country="DE"), by=dana, now=now, pool=pool)
    ledger.deliver_due(now=now)
    assert not customer.tasks.exists()


def test_salespeople_and_strangers_of_a_pool_do_not(pool, alice, dana, other_team, now):
    theirs = Pool.objects.create(name_en="Americas")
    PoolMember.objects.create(pool=theirs, team=other_team)
    data = CustomerData("Hafenlicht GmbH", country="DE")
    for person, wanted in ((alice, pool), (dana, theirs)):
        with pytest.raises(NotAllowed):
            create_customer(data=data, by=person, now=now, pool=wanted)
    PoolMember.objects.create(pool=pool, user=alice, is_admin=True)
    create_customer(data=data, by=alice, now=now, pool=pool)


def test_the_form_offers_people_and_pools_to_whom_it_may(pool, alice, dana, root, signed_in):
    assert "holder" not in signed_in(alice).get("/customers/new/").context["form"].fields
    client = signed_in(dana)
    words = [word for word, _label in client.get("/customers/new/").context["form"].fields["holder"].choices]
    assert words == ["", f"owner:{alice.pk}", f"pool:{pool.pk}"]
    answer = client.post("/customers/new/", new(holder=f"pool:{pool.pk}"))
    assert answer.url == f"/pool/{Customer.objects.get().pk}/"
    assert f"Hafenlicht GmbH lies in the pool {pool}." in client.get(answer.url).content.decode()
    client.post("/customers/new/", new(name="Pariser SARL", country="FR", holder=f"owner:{alice.pk}"))
    assert client.post("/customers/new/", new(name="Third", holder=f"owner:{root.pk}")).status_code == 422
    assert {one.name: (one.owner, one.pool) for one in Customer.objects.all()} == {
        "Hafenlicht GmbH": (None, pool),
        "Pariser SARL": (alice, None),
    }


def test_its_history_tells_into_which_pool(pool, dana, alice, signed_in, now):
    customer = create_customer(data=CustomerData("Hafenlicht GmbH", country="DE"), by=dana, now=now, pool=pool)
    claim_customer(customer=customer, by=alice, now=now)
    said = signed_in(alice).get(customer.get_absolute_url()).content.decode()
    assert "into the pool" in said


def test_a_file_goes_into_the_pool_that_is_chosen_for_it(pool, dana, now):
    written(tried("customers", FILE % "Dana", dana, now, pool=pool.pk), dana, now)
    owners = {one.name: (one.owner, one.pool) for one in Customer.objects.all()}
    assert owners == {"Hafenlicht GmbH": (dana, None), "Pariser SARL": (None, pool)}
    assert set(OwnershipPeriod.objects.values_list("reason", flat=True)) == {"imported"}


def test_a_column_names_pools_as_it_names_people(pool, dana, now):
    europe = Pool.objects.create(name_en="Europe pool", name_zh="欧洲公海", is_for_all=True)
    content = "Company,Country,Owner\nA GmbH,DE,europe pool\nB GmbH,DE,欧洲公海\nC GmbH,DE,Nobody\n"
    run = tried("customers", content, dana, now)
    verdicts = list(ImportRow.objects.filter(run=run).order_by("line").values_list("verdict", flat=True))
    assert verdicts[2] == ImportRow.Verdict.ERROR
    written(run, dana, now)
    assert {one.name: one.pool for one in Customer.objects.all()} == {"A GmbH": europe, "B GmbH": europe}


def test_a_salesperson_cannot_name_a_pool(pool, alice, now):
    written(tried("customers", FILE % pool, alice, now, pool=pool.pk), alice, now)
    assert {one.owner for one in Customer.objects.all()} == {alice}


def test_an_import_into_a_pool_can_be_undone_while_nobody_took_it(pool, dana, alice, now):
    run = written(tried("customers", FILE % "", dana, now, pool=pool.pk), dana, now)
    claim_customer(customer=Customer.objects.get(name="Pariser SARL"), by=alice, now=now)
    undo.start_undo(run=run, by=dana, now=now)
    jobs.run_due(lambda: now)
    kept = Customer.objects.get(name="Pariser SARL")
    assert kept.owner == alice
    assert Customer.objects.get(name="Hafenlicht GmbH").is_archived
