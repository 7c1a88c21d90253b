"""Can a person walk an import from page to page, leave and come back, and does nobody else get in?"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import jobs
from core.importing.readers import guess_shape, open_rows
from core.models import ImportRun
from customers.inputs import CustomerData, PointData
from customers.models import Customer
from customers.services import create_customer

pytestmark = pytest.mark.django_db
FILE = "Company,Country,Born\nAcme Tools GmbH,Germany,03/04/1980\nBeta SARL,France,05/06/1981\n"


def send(client: Any, text: str | bytes = FILE, name: str = "list.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    return client.post("/imports/new/customers/", {"file": SimpleUploadedFile(name, content)})


def run_jobs() -> None:
    jobs.run_due(timezone.now)


def mapped(client: Any, run: ImportRun, **more: str) -> Any:
    fields = {f"field_{place}": entry["field"] for place, entry in enumerate(run.mapping)}
    return client.post(f"/imports/{run.pk}/columns/", fields | more)


@pytest.fixture
def tried(alice, signed_in) -> ImportRun:
    """Alice's file after its dry run."""
    client = signed_in(alice)
    send(client)
    run = ImportRun.objects.get()
    client.post(f"/imports/{run.pk}/reading/")
    run.refresh_from_db()
    assert mapped(client, run).status_code == 302
    run_jobs()
    run.refresh_from_db()
    return run


def test_the_whole_way(alice, signed_in):
    client = signed_in(alice)
    answer = send(client)
    run = ImportRun.objects.get()
    assert answer.url == f"/imports/{run.pk}/reading/"
    page = client.get(answer.url)
    assert "Acme Tools GmbH" in page.content.decode()

    answer = client.post(answer.url)
    assert answer.url == f"/imports/{run.pk}/columns/"
    page = client.get(answer.url).content.decode()
    assert '<option value="name" selected>' in page
    assert '<option value="country" selected>' in page

    run.refresh_from_db()
    answer = mapped(client, run)
    assert answer.url == f"/imports/{run.pk}/check/"
    waiting = client.get(answer.url).content.decode()
    assert 'hx-trigger="load delay:1s"' in waiting
    run_jobs()
    assert client.get(f"{answer.url}?progress=1", headers={"hx-request": "true"}).headers["HX-Refresh"] == "true"
    page = client.get(answer.url).content.decode()
    assert "Write 2 rows" in page
    assert not Customer.objects.exists()

    answer = client.post(f"/imports/{run.pk}/write/")
    assert answer.url == f"/imports/{run.pk}/result/"
    run_jobs()
    page = client.get(answer.url).content.decode()
    assert "Acme Tools GmbH" in page
    assert Customer.objects.filter(owner=alice).count() == 2
    assert f"?imported={run.pk}" in page


def test_it_is_found_again_at_the_step_where_it_stands(alice, signed_in, tried):
    client = signed_in(alice)
    assert "list.csv" in client.get("/imports/").content.decode()
    assert client.get(f"/imports/{tried.pk}/").url == f"/imports/{tried.pk}/check/"


def test_dates_that_can_be_read_two_ways_are_asked_for(alice, signed_in):
    client = signed_in(alice)
    send(client, "Company,Contact,Birthday\nAcme,Jo,03/04/1980\nBeta,Al,05/06/1981\n")
    run = ImportRun.objects.get()
    client.post(f"/imports/{run.pk}/reading/")
    run.refresh_from_db()
    answer = mapped(client, run)
    assert answer.status_code == 422
    assert "say how the dates are written" in answer.content.decode()
    assert mapped(client, run, dates_2="dmy").status_code == 302
    run.refresh_from_db()
    assert run.mapping[2] == {"field": "contact.birthday", "dates": "dmy"}


def test_without_the_name_there_is_no_dry_run(alice, signed_in):
    client = signed_in(alice)
    send(client)
    run = ImportRun.objects.get()
    client.post(f"/imports/{run.pk}/reading/")
    answer = client.post(f"/imports/{run.pk}/columns/", {"field_0": "city", "field_1": "city"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose the column of" in text
    assert "takes one column only" in text


def test_going_back_forgets_what_came_after(alice, signed_in, tried):
    client = signed_in(alice)
    client.post(f"/imports/{tried.pk}/reading/", {"guessed_for": "utf-8-sig|,|", "header_rows": "0"})
    tried.refresh_from_db()
    assert (tried.check_job, tried.rows.count(), tried.headers) == (None, 0, ["", "", ""])


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("list.csv", b"", "empty"),
        ("list.xlsx", b"PK\x03\x04 cut off", "damaged"),
        ("list.xlsx", b"%PDF-1.7\n...", "PDF"),
        ("list.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "picture"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_place_and_not_kept(alice, signed_in, own_media, name, content, says):
    answer = send(signed_in(alice), content, name)
    assert 400 <= answer.status_code < 500
    assert answer.content.decode().count(says) == 1, "said once, at the field"
    assert not ImportRun.objects.exists()
    assert [path for path in own_media.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["page.html", "list.csv.exe", "list.json", "list"])
def test_only_files_of_kinds_that_are_read_are_taken(alice, signed_in, own_media, name):
    answer = send(signed_in(alice), name=name)
    assert answer.status_code == 422
    assert "are not read" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_file_read_in_the_wrong_encoding_is_told_and_can_be_corrected(alice, signed_in):
    client = signed_in(alice)
    send(client, "公司名称,国家\n深圳市华强电子有限公司,中国\n".encode("gb18030"))
    run = ImportRun.objects.get()
    assert "深圳市华强电子有限公司" in client.get(f"/imports/{run.pk}/reading/").content.decode()
    wrong = client.get(f"/imports/{run.pk}/reading/", {"encoding": "utf-8-sig", "guessed_for": "x"})
    assert wrong.status_code == 422
    assert "Choose another encoding" in wrong.content.decode()
    assert ImportRun.objects.get().shape["encoding"] == "gb18030", "looking changes nothing"


def test_rows_are_left_out_and_put_back(alice, signed_in, tried):
    client = signed_in(alice)
    row = tried.rows.get(line=2)
    url = f"/imports/{tried.pk}/decide/"
    assert client.post(url, {"pk": row.pk, "decision": "skip", "query": "verdict=new"}).url.endswith(
        "/check/?verdict=new"
    )
    assert "Write 1 row" in client.get(f"/imports/{tried.pk}/check/").content.decode()
    assert client.post(url, {"pk": ["²", "9" * 5000], "decision": "skip"}).status_code == 302, "no ids, no rows"
    client.post(url, {"pk": row.pk, "decision": ""})
    assert "Write 2 rows" in client.get(f"/imports/{tried.pk}/check/").content.decode()
    client.post(url, {"pk": row.pk, "decision": "skip"})
    client.post(f"/imports/{tried.pk}/write/")
    run_jobs()
    assert list(Customer.objects.values_list("name", flat=True)) == ["Beta SARL"]


def test_a_whole_class_is_decided_at_once(alice, signed_in, now):
    create_customer(
        data=CustomerData(name="Held Ltd", country="GB", points=[PointData("email", "jo@held.co.uk")]),
        by=alice,
        now=now,
    )
    client = signed_in(alice)
    send(client, "Company,Country,Email\nOther Ltd,UK,jo@held.co.uk\nMore Ltd,UK,jo@held.co.uk\nFree Ltd,UK,\n")
    run = ImportRun.objects.get()
    client.post(f"/imports/{run.pk}/reading/")
    run.refresh_from_db()
    mapped(client, run)
    run_jobs()
    page = client.get(f"/imports/{run.pk}/check/?verdict=open").content.decode()
    assert "Other Ltd" in page
    assert "Free Ltd" not in page
    url = f"/imports/{run.pk}/decide/"
    client.post(url, {"all": "1", "verdict": "conflict", "decision": "create"})
    assert "Write 3 rows" in client.get(f"/imports/{run.pk}/check/").content.decode()
    client.post(url, {"all": "1", "verdict": "new", "decision": "skip"})
    assert list(run.rows.order_by("line").values_list("decision", flat=True)) == ["create", "create", "skip"]


def test_all_verdicts_as_a_workbook(alice, signed_in, tried, tmp_path):
    answer = signed_in(alice).get(f"/imports/{tried.pk}/verdicts.csv?format=xlsx")
    path = tmp_path / "book"
    path.write_bytes(b"".join(answer.streaming_content))
    answer.close()
    rows = [row.cells for row in open_rows(path, guess_shape(path))]
    assert [row[:2] for row in rows] == [["2", "New"], ["3", "New"]]
    assert rows[0][4:] == ["Acme Tools GmbH", "Germany", "03/04/1980"]


def test_rows_of_another_import_are_no_rows_of_this_one(alice, bob, signed_in, tried):
    client = signed_in(bob)
    send(client)
    own = ImportRun.objects.get(created_by=bob)
    client.post(f"/imports/{own.pk}/reading/")
    own.refresh_from_db()
    mapped(client, own)
    run_jobs()
    foreign = tried.rows.get(line=2)
    assert client.post(f"/imports/{own.pk}/decide/", {"pk": foreign.pk, "decision": "skip"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.decision == ""


def test_writing_twice_is_refused(alice, signed_in, tried):
    client = signed_in(alice)
    client.post(f"/imports/{tried.pk}/write/")
    assert client.post(f"/imports/{tried.pk}/write/").status_code == 409
    run_jobs()
    for step in ("write", "discard", "cancel"):
        assert client.post(f"/imports/{tried.pk}/{step}/").status_code == 409
    assert Customer.objects.count() == 2


def test_a_stopped_writing_goes_on_unless_it_is_taken_back(alice, dana, signed_in, tried):
    client = signed_in(alice)
    client.post(f"/imports/{tried.pk}/write/")
    client.post(f"/imports/{tried.pk}/cancel/")
    run_jobs()
    assert Customer.objects.count() == 0
    assert "Go on writing" in client.get(f"/imports/{tried.pk}/result/").content.decode()
    assert signed_in(dana).post(f"/imports/{tried.pk}/write/").status_code == 404
    assert client.post(f"/imports/{tried.pk}/write/").url == f"/imports/{tried.pk}/result/"
    run_jobs()
    tried.refresh_from_db()
    assert (tried.write_job.state, tried.written, Customer.objects.count()) == ("done", {"made": 2}, 2)
    assert "Go on writing" not in client.get(f"/imports/{tried.pk}/result/").content.decode()


def test_a_discarded_file_is_gone_with_its_rows(alice, signed_in, tried, django_capture_on_commit_callbacks):
    name = tried.file
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(alice).post(f"/imports/{tried.pk}/discard/").url == "/imports/"
    assert not ImportRun.objects.exists()
    assert not default_storage.exists(name)


def test_the_file_to_mend_carries_the_own_columns_and_can_come_in_again(alice, charlie, signed_in, now):
    create_customer(data=CustomerData(name="Held Ltd", country="GB", city="Leeds"), by=charlie, now=now)
    client = signed_in(alice)
    send(client, 'Company,Country,Phone\nHeld Ltd,UK,\n,France,+33 1 42 68 53 00\n=cmd(),Italy,-5\n"Good Srl",Italy,\n')
    run = ImportRun.objects.get()
    client.post(f"/imports/{run.pk}/reading/")
    run.refresh_from_db()
    mapped(client, run)
    run_jobs()
    text = b"".join(client.get(f"/imports/{run.pk}/mend.csv").streaming_content).decode("utf-8-sig")
    head, held, empty, *rest = text.splitlines()
    assert head.startswith("Company,Country,Phone,")
    assert rest == []
    assert held.startswith("Held Ltd,UK,,2,")
    assert "Charlie" in held
    assert "Leeds" not in text
    assert empty.startswith(",France,'+33 1 42 68 53 00,3,"), "what a spreadsheet could calculate is marked"

    mended = text.replace(",France,", "Mended SARL,France,")
    send(client, mended, "mended.csv")
    again = ImportRun.objects.first()
    client.post(f"/imports/{again.pk}/reading/")
    again.refresh_from_db()
    assert [entry["field"] for entry in again.mapping][:3] == ["name", "country", "contact.phone"]
    mapped(client, again)
    run_jobs()
    client.post(f"/imports/{again.pk}/write/")
    run_jobs()
    assert Customer.objects.get(name="Mended SARL").contact_points.get().normal == "+33142685300"


PAGES = ("", "reading/", "columns/", "check/", "mend.csv", "verdicts.csv")
ACTS = ("reading/", "columns/", "decide/", "write/", "cancel/", "discard/")


@pytest.mark.parametrize("who", ["bob", "charlie", "dana"])
def test_an_import_is_nobody_elses(cast, signed_in, tried, who):
    client = signed_in(cast[who])
    for page in PAGES:
        assert client.get(f"/imports/{tried.pk}/{page}").status_code == 404, page
    for act in ACTS:
        assert client.post(f"/imports/{tried.pk}/{act}").status_code == 404, act
    assert "list.csv" not in client.get("/imports/").content.decode()


def test_an_admin_looks_but_does_not_act(root, signed_in, tried):
    client = signed_in(root)
    for page in PAGES:
        assert client.get(f"/imports/{tried.pk}/{page}").status_code in (200, 302), page
    for act in ACTS:
        assert client.post(f"/imports/{tried.pk}/{act}").status_code == 403, act
    tried.refresh_from_db()
    assert tried.rows.count() == 2
    assert tried.write_job is None


def test_the_door_and_the_methods(client, alice, signed_in, tried):
    for page in PAGES:
        assert client.get(f"/imports/{tried.pk}/{page}").status_code == 302, page
    inside = signed_in(alice)
    for act in ("decide/", "write/", "cancel/", "discard/"):
        assert inside.get(f"/imports/{tried.pk}/{act}").status_code == 405, act
    assert inside.get("/imports/new/nothing/").status_code == 404


def test_the_verdict_page_takes_the_same_statements_for_few_and_many_rows(alice, signed_in, statements):
    client = signed_in(alice)
    counted = []
    for number in (1, 40):
        ImportRun.objects.all().delete()
        send(client, "Company,Country\n" + "".join(f"Firm {n} GmbH,Germany\n" for n in range(number)))
        run = ImportRun.objects.get()
        client.post(f"/imports/{run.pk}/reading/")
        run.refresh_from_db()
        mapped(client, run)
        run_jobs()
        client.get(f"/imports/{run.pk}/check/")
        counted.append(statements(lambda run=run: client.get(f"/imports/{run.pk}/check/")))
    assert counted[0] == counted[1]
