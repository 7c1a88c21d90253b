"""Does anything of a pooled customer come out that masked.py does not name?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import jobs
from core.models import ExportLog, Job
from core.tables import Reading
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Customer, Event
from opportunities.inputs import ConversionData
from opportunities.services import convert_lead, start_lead
from publicpool import masked
from publicpool.filters import PoolFilters
from publicpool.models import Reveal
from publicpool.services import claim_customer, release_customer
from publicpool.tables import PoolTable
from tests.factories import make_lead

pytestmark = pytest.mark.django_db

SECRETS = {
    "region": "SECRETregion",
    "city": "SECRETcity",
    "address": "SECRETaddress",
    "website": "https://secretsite.example",
    "needs": "SECRETneeds",
    "remarks": "SECRETremarks",
    "competitors": "SECRETcompetitors",
    "payment_terms": "SECRETterms",
    "external_id": "SECRETnumber",
}
MASKED = {"SECRET", "secretsite", "Lena", "lena@", "7119982140"}


@pytest.fixture
def secretive(pooled) -> Customer:
    point = [PointData("email", "lena@hidden.example"), PointData("mobile", "+49 711 9982140")]
    contacts = [ContactData("Lena Verborgen", title="SECRETtitle", points=point)]
    return pooled("Hafen Metall GmbH", contacts=contacts, tags=["Messe"], **SECRETS)


def shows(text: str) -> set[str]:
    return {word for word in MASKED if word in text.replace(" ", "") or word in text}


@pytest.mark.parametrize("who", ["alice", "bob", "dana", "root"])
def test_no_page_shows_what_is_masked(who, cast, signed_in, secretive, now):
    client = signed_in(cast[who])
    every = ",".join(PoolTable(Reading(cast[who], now)).all)
    for path in (
        "/pool/",
        f"/pool/?m=1&cols={every},address,website,contact,city,search_text",
        "/pool/filter/",
        f"/pool/{secretive.pk}/",
        "/search/?q=Hafen",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        assert shows(text) == set(), path
    assert f"/pool/{secretive.pk}/" in text  # the search found it by its name


@pytest.mark.parametrize(
    "words", ["Lena", "lena@hidden.example", "9982140", "secretsite", "SECRETcity", "SECRETnumber"]
)
def test_a_masked_word_finds_nothing(alice, signed_in, secretive, words):
    client = signed_in(alice)
    for path in (f"/pool/?q={words}", f"/search/?q={words}"):
        assert "Hafen Metall" not in client.get(path).content.decode()


@pytest.mark.parametrize("column", ["address", "website", "city", "owner__password", "search_text", "needs"])
def test_a_masked_column_sorts_and_filters_nothing(alice, signed_in, pooled, secretive, column):
    """Order and rows are those without the word: what cannot be asked cannot be guessed."""
    pooled("Anderer Kunde GmbH", by=secretive.periods.filter(owner__isnull=False).get().owner)
    client = signed_in(alice)
    plain = rows_of(client.get("/pool/"))
    assert rows_of(client.get(f"/pool/?m=1&sort=-{column}")) == plain
    assert rows_of(client.get(f"/pool/?m=1&{column}=SECRET")) == plain
    assert column not in PoolFilters.base_filters
    assert column not in masked.SORTS


def rows_of(answer) -> list[int]:
    return [row.pk for row in answer.context["rows"]]


def test_only_the_named_columns_leave_the_database(alice, secretive):
    (row,) = masked.pooled(alice)
    loaded = set(row.__dict__) - row.get_deferred_fields()
    assert {name for name in loaded if not name.startswith("_")} == {
        "id", "name", "country", "status_id", "grade", "source_id", "pool_id", "owned_since", "created_at", "won_total",
        "orders_count", "contacted_on", "owner_id",
    }  # fmt: skip


def test_of_the_last_contact_the_day_is_told_and_nothing_finer(alice, bob, signed_in, secretive):
    at = secretive.owned_since - timedelta(hours=3, minutes=7)
    Customer.objects.filter(pk=secretive.pk).update(last_followed_at=at)
    (row,) = masked.pooled(alice)
    assert type(row.contacted_on) is date
    text = signed_in(alice).get("/pool/?m=1&sort=contacted").content.decode()
    assert at.isoformat()[:16] not in text


def test_the_export_holds_what_the_list_shows(dana, signed_in, secretive):
    client = signed_in(dana)
    page = client.get("/exports/pool/").content.decode()
    assert shows(page) == set()
    client.post("/exports/pool/", {"format": "shown-csv", "query": "m=1&cols=name,why,former,won,contact,address"})
    jobs.run_due()
    job = Job.objects.get(created_by=dana, result__has_key="file")
    text = b"".join(client.get(f"/jobs/{job.pk}/file/").streaming_content).decode()
    assert "Hafen Metall GmbH" in text
    assert shows(text) == set()
    assert ExportLog.objects.get(page="pool", by=dana).rows == 1


def test_who_may_not_export_customers_may_not_export_the_pool(alice, signed_in, secretive):
    assert signed_in(alice).get("/exports/pool/").status_code == 403


def test_an_admin_sees_contact_data_once_with_a_reason_that_is_noted(root, alice, signed_in, secretive):
    client = signed_in(root)
    assert client.post(f"/pool/{secretive.pk}/reveal/", {"reason": " "}).status_code == 422
    assert not Reveal.objects.exists()
    answer = client.post(f"/pool/{secretive.pk}/reveal/", {"reason": "The authority asks"})
    assert answer.status_code == 200
    assert "Lena Verborgen" in answer.content.decode()
    event = Event.objects.get(kind="pool.revealed")
    assert (event.by, event.customer) == (root, secretive)
    assert shows(client.get(f"/pool/{secretive.pk}/").content.decode()) == set()
    # The next owner reads on the timeline who looked, and why.
    signed_in(alice).post(f"/pool/{secretive.pk}/claim/", {"at": "record"})
    assert "The authority asks" in signed_in(alice).get(secretive.get_absolute_url()).content.decode()


@pytest.mark.parametrize("who", ["alice", "dana"])
def test_nobody_else_reveals(who, cast, signed_in, secretive):
    client = signed_in(cast[who])
    assert client.get(f"/pool/{secretive.pk}/reveal/").status_code == 403
    assert client.post(f"/pool/{secretive.pk}/reveal/", {"reason": "Please"}).status_code == 403
    assert not Reveal.objects.exists()


def test_the_conflict_check_leads_members_to_the_masked_page(alice, signed_in, secretive):
    answer = signed_in(alice).post("/customers/lookup/", {"text": "Hafen Metall GmbH"}, follow=True)
    assert f"/pool/{secretive.pk}/" in answer.content.decode()
    assert shows(answer.content.decode()) == set()


def test_the_lead_it_came_from_is_masked_with_it_and_comes_back_with_an_owner(alice, bob, signed_in, reason, now):
    lead = make_lead(alice, "Hafen Metall GmbH", country="DE", message="Call me: SECRETphone")
    data = ConversionData(customer=None, new_customer=CustomerData(name="Hafen Metall GmbH", country="DE"))
    customer = start_and_convert(lead, data, by=alice, now=now)
    page, client = f"/leads/{lead.pk}/", signed_in(alice)
    assert "SECRETphone" in client.get(page).content.decode()
    release_customer(customer=customer, reason=reason, by=alice, now=now)
    assert client.get(page).status_code == 404
    assert "Hafen" not in client.get("/leads/?m=1").content.decode()
    claim_customer(customer=customer, by=bob, now=now + timedelta(days=40))
    assert client.get(page).status_code == 200  # somebody holds it: the lead is its owner's as ever


def start_and_convert(lead, data, *, by, now):
    start_lead(lead=lead, by=by, now=now)
    return convert_lead(lead=lead, data=data, by=by, now=now).customer
