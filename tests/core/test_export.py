"""Does a list leave the house as it is shown, only with whom may, for nobody else, and on record?"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from python_calamine import CalamineWorkbook

from core import expiry, jobs
from core.models import ExportLog, Job
from customers.inputs import CustomerData, PointData
from customers.models import Customer
from customers.services import add_collaborator, create_customer
from tests.customers.test_import import upload, verdicts

pytestmark = pytest.mark.django_db


@pytest.fixture
def firms(alice, bob, charlie, now) -> dict[str, Customer]:
    return {
        name: create_customer(data=CustomerData(name=name, country=country, city="-5+cmd"), by=by, now=now)
        for name, country, by in (
            ("=HYPERLINK Ltd", "GB", alice),
            ("Beta GmbH", "DE", alice),
            ("Gamma SARL", "FR", bob),
            ("Delta SA", "FR", charlie),
        )
    }


def export(client: Any, query: str = "", kind: str = "csv") -> Job:
    answer = client.post("/exports/customers/", {"query": query, "format": kind})
    assert answer.status_code == 302, answer.status_code
    jobs.run_due(timezone.now)
    job = Job.objects.latest("pk")
    assert answer.url == f"/jobs/{job.pk}/"
    assert job.state == Job.State.DONE, job.message
    return job


def content(client: Any, job: Job) -> bytes:
    return b"".join(client.get(f"/jobs/{job.pk}/file/").streaming_content)


def lines(client: Any, job: Job) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(client, job).decode("utf-8-sig"))))


def test_exactly_the_rows_and_columns_that_are_shown(dana, signed_in, firms):
    client = signed_in(dana)
    head, *rows = lines(client, export(client, "country=DE&country=FR&cols=name,city&sort=-name"))
    assert len(head) == 2
    assert [row[0] for row in rows] == ["Gamma SARL", "Beta GmbH"]


def test_nothing_in_the_file_is_run_by_a_spreadsheet(dana, signed_in, firms):
    client = signed_in(dana)
    text = lines(client, export(client, "cols=name,city"))
    assert "'=HYPERLINK Ltd" in [row[0] for row in text]
    assert {row[1] for row in text[1:]} == {"'-5+cmd"}
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(client, export(client, "cols=name,city", "xlsx"))))
    cells = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in cells[1:]] == [row[0] for row in text[1:]]


def test_a_salesperson_exports_only_when_it_was_granted_and_only_what_she_holds(alice, bob, signed_in, firms, now):
    client = signed_in(alice)
    assert client.get("/exports/customers/").status_code == 403
    assert client.post("/exports/customers/", {"format": "csv"}).status_code == 403
    assert not Job.objects.exists()
    alice.may_export = True
    alice.save()
    add_collaborator(customer=firms["Gamma SARL"], user=alice, role="collaborator", by=bob, now=now)
    assert "Gamma SARL" in client.get("/customers/").content.decode()
    names = {row[0] for row in lines(client, export(client, "cols=name"))[1:]}
    assert names == {"'=HYPERLINK Ltd", "Beta GmbH"}


@pytest.mark.parametrize(("who", "count"), [("dana", 3), ("root", 4)])
def test_managers_take_their_team_admins_everything(cast, signed_in, firms, who, count):
    client = signed_in(cast[who])
    job = export(client)
    assert len(lines(client, job)) == count + 1
    log = ExportLog.objects.get()
    assert (log.by, log.rows, log.kind, log.page, log.job) == (cast[who], count, "csv", "customers", job)
    assert log.columns


def test_the_file_is_for_whoever_asked_and_goes_after_a_day(cast, dana, root, signed_in, firms):
    job = export(signed_in(dana))
    for who in ("alice", "bob", "charlie", "root"):
        assert signed_in(cast[who]).get(f"/jobs/{job.pk}/file/").status_code == 404, who
    answer = signed_in(dana).get(f"/jobs/{job.pk}/file/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"".join(answer.streaming_content)
    expiry.clear_expired(job.ended_at + timedelta(hours=25))
    assert not default_storage.exists(job.result["file"])
    assert signed_in(dana).get(f"/jobs/{job.pk}/file/").status_code == 404
    assert ExportLog.objects.get().rows == 3, "the record stays"


def test_whoever_loses_the_right_meanwhile_gets_no_file(alice, signed_in, firms):
    alice.may_export = True
    alice.save()
    signed_in(alice).post("/exports/customers/", {"format": "csv"})
    alice.may_export = False
    alice.save()
    jobs.run_due(timezone.now)
    job = Job.objects.get()
    assert (job.state, job.result) == (Job.State.FAILED, {})


def test_rows_that_left_the_scope_meanwhile_are_not_in_the_file(dana, charlie, root, signed_in, firms, now):
    client = signed_in(dana)
    client.post("/exports/customers/", {"format": "csv", "query": "cols=name"})
    from_team = firms["Beta GmbH"]
    Customer.objects.filter(pk=from_team.pk).update(owner=charlie)
    jobs.run_due(timezone.now)
    assert "Beta GmbH" not in {row[0] for row in lines(client, Job.objects.get())}


def test_garbage_in_the_query_is_the_plain_list(dana, signed_in, firms):
    client = signed_in(dana)
    rows = lines(client, export(client, "sort=owner__password&cols=owner__password,name&q=%00&page=99&after=zz"))
    assert len(rows[0]) >= 1
    assert "password" not in str(rows)
    assert client.post("/exports/customers/", {"format": "exe"}).status_code == 422
    assert client.get("/exports/nothing/").status_code == 404


def test_what_leaves_comes_back_and_changes_nothing(dana, signed_in, now):
    data = CustomerData(
        name="+Plus & Co GmbH", country="DE", city="-Ulm", points=[PointData("phone", "+49 711 9012331")]
    )
    create_customer(data=data, by=dana, now=now)
    client = signed_in(dana)
    text = content(client, export(client, "cols=name,country,city")).decode("utf-8-sig")

    assert verdicts(upload(text, dana, now)) == ["same"]
