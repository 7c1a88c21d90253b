"""Does undoing take back what nobody touched since, leave the rest with a reason, and let the file in again?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import jobs
from core.importing import undo
from core.importing.engine import WRITE
from core.models import ImportRow, ImportRun, Job
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Category, Contact, ContactPoint, Customer, Event, IdentityKey, Source
from customers.services import add_note, create_customer, save_contact, transfer_customer, update_customer
from tests.customers.test_import import broken_promises, said, upload, verdicts, write
from tests.together import at_once

pytestmark = pytest.mark.django_db
Undone = ImportRow.Undone
FILE = (
    "Company,Country,Id,Code,City,Contact,Email,Tags,Notes\n"
    "New One GmbH,Germany,N1,,Ulm,Jo,jo@one.de,fair,\n"
    "New One GmbH,Germany,N1,,,Al,al@one.de,,\n"
    "New Two GmbH,Germany,N2,,Bonn,Bo,bo@two.de,fair,\n"
    "Old Ltd,UK,,,Leeds,Kim,kim@old.co.uk,fair,from the file\n"
)


@pytest.fixture
def old(alice, now) -> Customer:
    data = CustomerData(
        name="Old Ltd", country="GB", address="1 Road", tags=["key"], custom={"a": 1},
        contacts=[ContactData("Kay", points=[PointData("email", "kay@old.co.uk")])],
    )  # fmt: skip
    return create_customer(data=data, by=alice, now=now - timedelta(days=5))


@pytest.fixture
def later(now):
    return now + timedelta(hours=2)


@pytest.fixture
def run(alice, old, now) -> ImportRun:
    run = write(upload(FILE, alice, now), alice, now)
    assert run.written == {"made": 3, "updated": 1}
    return run


def take_back(run: ImportRun, by: Any, at: Any) -> ImportRun:
    undo.start_undo(run=run, by=by, now=at)
    jobs.run_due(lambda: at)
    run.refresh_from_db()
    assert run.undo_job.state == Job.State.DONE, run.undo_job.message
    return run


def picture(customer: Customer) -> dict[str, Any]:
    """What people see of a customer."""
    customer.refresh_from_db()
    skipped = ("updated_at", "search", "completeness")
    columns = {f.attname: getattr(customer, f.attname) for f in customer._meta.concrete_fields}
    return {name: value for name, value in columns.items() if name not in skipped} | {
        "tags": sorted(customer.tags.values_list("name", flat=True)),
        "categories": sorted(customer.categories.values_list("pk", flat=True)),
        "points": list(ContactPoint.objects.filter(customer=customer, contact__archived_at=None).values_list("value")),
        "people": list(Contact.objects.filter(customer=customer, archived_at=None).values_list("name", "is_primary")),
        "codes": list(customer.headers.values_list("code", "country")),
        "keys": sorted(IdentityKey.objects.filter(customer=customer).values_list("kind", "value")),
    }


def test_the_preview_of_a_big_import_looks_at_its_last_rows(run, alice, signed_in, monkeypatch):
    monkeypatch.setattr(undo, "MOST_FORESEEN", 2)
    monkeypatch.setattr(undo, "PREVIEW_BATCH", 2)
    page = signed_in(alice).get(f"/imports/{run.pk}/undo/")
    assert "The last 2 rows were looked at; 2 more are judged" in page.content.decode()


def test_everything_goes_back_and_the_file_comes_in_again(alice, old, now, later):
    before = picture(old)
    run = write(upload(FILE, alice, now), alice, now)
    assert picture(old) != before
    foreseen = undo.foresee(run, by=alice, now=later)
    assert (foreseen.counts, foreseen.left) == ({Undone.BACK: 4}, [])
    assert Customer.objects.living().count() == 3, "a preview changes nothing"

    take_back(run, alice, later)
    assert run.undone == {Undone.BACK: 4}
    assert list(Customer.objects.living()) == [old]
    assert picture(old) == before
    gone = Customer.objects.get(name="New One GmbH")
    assert (gone.owner, gone.external_id) == (None, "")
    assert "fair.csv" in gone.archive_reason
    assert broken_promises() == {}

    again = upload(FILE, alice, later)
    assert verdicts(again) == ["new", "new", "new", "update"]
    assert write(again, alice, later).written == {"made": 3, "updated": 1}
    assert Customer.objects.living().filter(external_id="N1").count() == 1
    assert broken_promises() == {}


def test_twice_is_refused_and_harmless(alice, run, later):
    take_back(run, alice, later)
    events = Event.objects.count()
    with pytest.raises(undo.AlreadyUndone):
        undo.start_undo(run=run, by=alice, now=later)
    Job.objects.filter(pk=run.undo_job_id).update(state=Job.State.QUEUED)
    jobs.run_due(lambda: later)
    assert (Event.objects.count(), run.undone) == (events, {Undone.BACK: 4})


def test_what_was_worked_on_since_stays_and_is_listed(alice, old, run, now, later):
    add_note(customer=Customer.objects.get(name="New One GmbH"), body="Called.", by=alice, now=now + timedelta(hours=1))
    hour = now + timedelta(hours=1)
    update_customer(customer=old, changes={"city": "York"}, by=alice, now=hour)
    kim = Contact.objects.get(name="Kim")
    save_contact(customer=old, contact=kim, data=ContactData("Kim", title="Head"), by=alice, now=hour)
    foreseen = undo.foresee(run, by=alice, now=later)
    assert foreseen.counts == {Undone.BACK: 1, Undone.PARTLY: 1, Undone.STAYS: 2}

    take_back(run, alice, later)
    assert run.undone == foreseen.counts
    assert set(Customer.objects.living().values_list("name", flat=True)) == {"New One GmbH", "Old Ltd"}
    old.refresh_from_db()
    assert (old.city, old.remarks) == ("York", "")
    assert set(Contact.objects.filter(customer=old, archived_at=None).values_list("name", flat=True)) == {"Kay", "Kim"}
    assert list(old.tags.values_list("name", flat=True)) == ["key"]
    assert "Stays: " in said(run, 2, alice)
    assert "Changed since, stays: City." in said(run, 5, alice)
    assert "1 contact stays" in said(run, 5, alice)
    assert broken_promises() == {}


def test_a_customer_that_went_to_somebody_else_stays_there(alice, bob, dana, run, now, later):
    two = Customer.objects.get(name="New Two GmbH")
    transfer_customer(customer=two, to=bob, by=dana, now=now + timedelta(hours=1))
    take_back(run, alice, later)
    two.refresh_from_db()
    assert two.owner == bob
    assert "not in your hands" in said(run, 4, alice)
    assert run.undone == {Undone.BACK: 3, Undone.STAYS: 1}


def test_codes_numbers_dates_and_choices_go_back(alice, now, later):
    old = create_customer(data=CustomerData(name="Plain SARL", country="FR"), by=alice, now=now - timedelta(days=1))
    before = picture(old)
    text = (
        "Company,Country,Vat,Annual purchase,Our share,Source,Industry,Contact,Birthday,Website\n"
        "Plain SARL,France,FR40303265045,1000.50,20,exhibition,tools,Jo,1980-03-21,plain.fr\n"
    )
    assert Source.objects.exists()
    assert Category.objects.exists()
    run = write(upload(text, alice, now), alice, now)
    assert picture(old)["annual_purchase"] is not None
    take_back(run, alice, later)
    assert picture(old) == before
    assert broken_promises() == {}


def test_two_lines_for_one_customer_in_different_batches_go_back_step_by_step(alice, old, now, later, monkeypatch):
    monkeypatch.setattr("core.importing.engine.WRITE_BATCH", 1)
    monkeypatch.setattr(undo, "BATCH", 1)
    before = picture(old)
    text = "Company,Country,Website,City\nOld Ltd,UK,,Leeds\nX GmbH,Germany,,\nOLD LIMITED,UK,old.co.uk,\n"
    run = write(upload(text, alice, now), alice, now)
    take_back(run, alice, later)
    assert picture(old) == before


@pytest.mark.django_db(transaction=True)
def test_a_killed_undoing_goes_on_and_two_at_once_do_it_once(alice, old, now, later, monkeypatch):
    run = write(upload(FILE, alice, now), alice, now)
    monkeypatch.setattr(undo, "BATCH", 1)
    done: list[int] = []

    def killed(*args: Any) -> int:
        done.append(1)
        if len(done) == 3:
            raise SystemExit
        return original(*args)

    original = undo._undo_batch
    monkeypatch.setattr(undo, "_undo_batch", killed)
    outcomes = at_once([lambda: undo.start_undo(run=run, by=alice, now=later)] * 2)
    assert sorted(isinstance(one, undo.AlreadyUndone) for one in outcomes) == [False, True]
    with pytest.raises(SystemExit):
        jobs.run_due(lambda: later)
    jobs.run_due(lambda: later + jobs.LEASE + timedelta(seconds=1))
    run.refresh_from_db()
    assert run.undone == {Undone.BACK: 4}
    assert Event.objects.filter(kind="customer.archived").count() == 2
    assert broken_promises() == {}


def test_only_within_thirty_days_and_by_whom_it_concerns(alice, bob, root, run, now):
    end = now + undo.WINDOW
    with pytest.raises(undo.TooLate):
        undo.start_undo(run=run, by=alice, now=end + timedelta(seconds=1))
    assert [undo.may_undo(one, run) for one in (alice, bob, root)] == [True, False, True]
    undo.start_undo(run=run, by=root, now=end)


def test_an_import_that_was_stopped_is_taken_back_as_far_as_it_came(alice, old, now, later):
    run = upload(FILE, alice, now)
    with pytest.raises(undo.NotWritten):
        undo.start_undo(run=run, by=alice, now=later)
    run = write(run, alice, now)
    Job.objects.filter(kind=WRITE).update(state=Job.State.CANCELLED)
    run.rows.filter(line__gt=3).update(outcome="")
    run.refresh_from_db()
    assert take_back(run, alice, later).undone == {Undone.BACK: 2}


def test_the_pages(alice, root, signed_in, run, now, later, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    client = signed_in(alice)
    url = f"/imports/{run.pk}/undo/"
    assert url in client.get(f"/imports/{run.pk}/result/").content.decode()
    page = client.get(url).content.decode()
    assert "Undo the import" in page
    assert "Goes back" in page
    assert "Taken back" not in page, "nothing is before it is done"
    assert client.post(url).url == f"/imports/{run.pk}/result/"
    assert "Taking the import back" in client.get(f"/imports/{run.pk}/result/").content.decode()
    jobs.run_due(lambda: later)
    page = client.get(f"/imports/{run.pk}/result/").content.decode()
    assert "Taken back." in page
    assert url not in page
    assert client.post(url).status_code == 409
    assert "Taken back" in client.get("/imports/").content.decode()
