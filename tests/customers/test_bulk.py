"""Is one thing done to many customers row by row, with a result for each, and never beyond one's right?"""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.jobs import run_due
from core.models import CustomField, Job
from customers import bulk
from customers.models import CategoryDimension, Customer
from customers.services import add_collaborator
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


def test_the_first_answer_asks_and_changes_nothing(alice, signed_in):
    customers = [make_customer(alice), make_customer(alice)]
    answer = signed_in(alice).post("/customers/bulk/tag/", {"pk": [one.pk for one in customers]})
    assert "2 customers" in answer.content.decode()
    assert not Customer.objects.filter(tags__isnull=False).exists()


def test_tags_go_on_and_off_and_each_row_reports(alice, signed_in):
    customers = [make_customer(alice, tags=["old"]), make_customer(alice)]
    sent = {"pk": [one.pk for one in customers], "go": "1", "add": "VIP, 欧标", "remove": "old"}
    answer = signed_in(alice).post("/customers/bulk/tag/", sent)
    assert len(answer.context["results"]) == 2
    assert answer.context["refused"] == []
    assert {tag.name for tag in customers[0].tags.all()} == {"VIP", "欧标"}


def test_rows_of_others_are_not_even_counted(alice, charlie, signed_in):
    mine, theirs = make_customer(alice), make_customer(charlie)
    answer = signed_in(alice).post("/customers/bulk/tag/", {"pk": [mine.pk, theirs.pk], "go": "1", "add": "VIP"})
    assert [one.pk for one in answer.context["results"]] == [mine.pk]
    assert not theirs.tags.exists()


def test_a_refusal_stands_in_its_row_and_stops_no_other(alice, bob, dana, signed_in):
    customers = [make_customer(alice), make_customer(bob)]
    sent = {"pk": [one.pk for one in customers], "go": "1", "to": bob.pk, "keep_collaborators": "on"}
    answer = signed_in(dana).post("/customers/bulk/transfer/", sent)
    refused = answer.context["refused"]
    assert [one.pk for one in refused] == [customers[1].pk]
    assert refused[0].refusal in answer.content.decode()
    customers[0].refresh_from_db()
    assert customers[0].owner == bob


def test_a_salesperson_transfers_nobody(alice, bob, signed_in, now):
    customer = make_customer(alice)
    answer = signed_in(alice).post("/customers/bulk/transfer/", {"pk": customer.pk, "go": "1", "to": bob.pk})
    assert answer.status_code == 422
    results = bulk.apply("transfer", [customer.pk], {"to": bob.pk}, alice, now)
    assert results[0].refusal
    customer.refresh_from_db()
    assert customer.owner == alice


def test_a_collaborator_tags_but_the_right_is_asked_for_each_row(alice, bob, signed_in, now):
    customer = make_customer(alice)
    add_collaborator(customer=customer, user=bob, role="assistant", by=alice, now=now)
    bulk.apply("tag", [customer.pk], {"add": ["VIP"], "remove": []}, bob, now)
    assert customer.tags.get().name == "VIP"


def test_status_of_many_asks_for_the_reason_first(alice, signed_in):
    customer = make_customer(alice)
    client = signed_in(alice)
    assert client.post("/customers/bulk/status/", {"pk": customer.pk, "go": "1", "status": "lost"}).status_code == 422
    client.post("/customers/bulk/status/", {"pk": customer.pk, "go": "1", "status": "lost", "lost_reason": "price"})
    customer.refresh_from_db()
    assert customer.status.key == "lost"


def test_one_field_is_set_in_two_steps(alice, signed_in):
    field = CustomField.objects.create(target="customers.customer", key="moq", kind="number", name_en="MOQ")
    dimension = CategoryDimension.objects.get(key="industry")
    category = dimension.categories.first()
    customer = make_customer(alice, custom={"nick": "x"})
    client = signed_in(alice)
    first = client.post("/customers/bulk/field/", {"pk": customer.pk, "go": "1", "field": f"custom:{field.pk}"})
    assert 'name="value"' in first.content.decode()
    assert 'name="value_asked"' in first.content.decode()
    last = {"pk": customer.pk, "go": "1", "value_asked": "1"}
    client.post("/customers/bulk/field/", last | {"field": f"custom:{field.pk}", "value": "7"})
    client.post("/customers/bulk/field/", last | {"field": f"category:{dimension.pk}", "value": category.pk})
    customer.refresh_from_db()
    assert customer.custom == {"nick": "x", "moq": 7}
    assert customer.categories.get() == category


def test_all_that_the_filter_shows_and_nothing_else(alice, bob, signed_in):
    german, french = make_customer(alice), make_customer(alice, "Lumière SARL", country="FR")
    other = make_customer(bob)
    sent = {"all": "1", "query": "country=DE", "go": "1", "add": "VIP"}
    signed_in(alice).post("/customers/bulk/tag/", sent)
    assert german.tags.exists()
    assert not french.tags.exists()
    assert not other.tags.exists()


def test_many_become_one_job_with_progress_that_goes_on_where_it_stopped(alice, signed_in, monkeypatch):
    monkeypatch.setattr("customers.views.bulk.IN_REQUEST", 2)
    monkeypatch.setattr("customers.bulk.JOB_BATCH", 2)
    customers = [make_customer(alice) for _number in range(5)]
    client = signed_in(alice)
    sent = {
        "pk": [one.pk for one in customers],
        "go": "1",
        "add": "VIP",
        "submission": "4f3c2c53-5c3e-4c2b-9a9d-2f4f4a3f0009",
    }
    for _twice in range(2):
        answer = client.post("/customers/bulk/tag/", sent)
    job = Job.objects.get()
    assert answer.context["job_url"] == f"/jobs/{job.pk}/"
    assert run_due(timezone.now) == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.result["done"], job.result["refused"]) == ("done", 5, 5, 0)
    assert Customer.objects.filter(tags__name="VIP").count() == 5
    assert "5 done" in client.get(f"/jobs/{job.pk}/").content.decode()


def test_unknown_verbs_and_reading_are_refused(alice, signed_in):
    client = signed_in(alice)
    assert client.post("/customers/bulk/delete/", {"pk": "1"}).status_code == 404
    assert client.get("/customers/bulk/tag/").status_code == 405
