"""Can an admin define fields, and see and repair what the ground floor does?"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.admin import is_used
from core.ecb import save_rates
from core.models import CustomField, ExchangeRate, Job, OutgoingMail
from core.saved_views import save_view
from customers.models import Status
from tests.factories import make_customer

ADD = "/admin/core/customfield/add/"


@pytest.fixture
def staff(root, signed_in):
    return signed_in(root)


def field_form(**changes) -> dict:
    form = {
        "name_en": "Usual container",
        "name_zh": "常用柜型",
        "target": "customers.customer",
        "kind": "choice",
        "key": "",
        "options_key": ["", "40hq", ""],
        "options_en": ["20' GP", "40' HQ", ""],
        "options_zh": ["20尺柜", "", ""],
        "currency": "",
        "help_en": "",
        "help_zh": "",
        "is_active": "on",
        "position": "0",
    }
    return form | changes


def errors(answer) -> str:
    return " ".join(re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', answer.content.decode(), flags=re.DOTALL))


def models() -> list[str]:
    return [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]


def test_every_list_opens_and_searches(staff, alice):
    make_customer(alice)
    for url in models():
        assert staff.get(url).status_code == 200, url
        assert staff.get(url, {"q": "any thing"}).status_code == 200, url


def test_nobody_but_admins_gets_in(cast, signed_in):
    for name in ("alice", "dana"):
        client = signed_in(cast[name])
        for url in ["/admin/", *models()]:
            assert client.get(url, follow=True).status_code == 403, url


def test_our_frame_leads_back_and_needs_no_inline_script(staff):
    page = staff.get("/admin/").content.decode()
    assert 'class="admin-back" href="/"' in page
    assert "css/admin" in page
    for url in ["/admin/", *models(), ADD, "/admin/customers/categorydimension/add/"]:
        page = staff.get(url).content.decode()
        assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))", page), url
        assert "<style" not in page, url
        assert not re.search(r"<[^>]+\son\w+=", page), url
        assert not re.search(r"<[^>]+\sstyle=", page), url


def test_boxes_in_lists_and_the_way_back_have_names(staff):
    staff.post(ADD, field_form())
    page = staff.get("/admin/core/customfield/").content.decode()
    boxes = re.findall(r'<input type="(?:text|number|checkbox)"[^>]*>', page)
    assert len(boxes) >= 4
    assert [box for box in boxes if "aria-label" not in box and 'type="search"' not in box] == []
    assert 'class="admin-back" href="/" aria-label="Back to the work"' in page


# --- own fields ----------------------------------------------------------------------------------------


def test_a_field_gets_its_keys_from_the_names(staff):
    assert staff.post(ADD, field_form()).status_code == 302
    field = CustomField.objects.get()
    assert field.key == "usual_container"
    assert field.options == [
        {"key": "20_gp", "en": "20' GP", "zh": "20尺柜"},
        {"key": "40hq", "en": "40' HQ", "zh": ""},
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"options_key": ["a", "a", ""]}, "These keys stand twice: a."),
        ({"options_key": ["A b", "c", ""]}, "Row 1: a key has lower-case letters"),
        (
            {"options_en": ["", "40' HQ", ""], "options_zh": ["", "", ""], "options_key": ["x", "", ""]},
            "Row 1: give a name",
        ),
        ({"options_key": [""], "options_en": [""], "options_zh": [""]}, "Give at least one option."),
        ({"kind": "money"}, "Money needs a currency."),
        ({"name_en": "", "name_zh": ""}, "Give a name in at least one language."),
        ({"name_en": "", "name_zh": "柜型"}, "Give a key: the English name makes none."),
        ({"key": "Big Key"}, "Lower-case letters, digits and underscores."),
    ],
)
def test_mistakes_are_told_where_they_are(staff, changes, said):
    answer = staff.post(ADD, field_form(**changes))
    assert answer.status_code == 200
    assert said in errors(answer)
    assert not CustomField.objects.exists()


def test_money_and_text_have_no_options(staff):
    staff.post(ADD, field_form(kind="money", currency="EUR", key="limit"))
    assert CustomField.objects.values_list("options", "currency").get() == ([], "EUR")


def test_while_values_exist_the_field_stays(staff, alice):
    staff.post(ADD, field_form())
    field = CustomField.objects.get()
    url = f"/admin/core/customfield/{field.pk}/"
    make_customer(alice, custom={"usual_container": "40hq"})
    page = staff.get(f"{url}change/").content.decode()
    assert 'name="key"' not in page
    assert 'name="kind"' not in page
    changed = field_form(key="other", kind="text", name_en="Container", options_key=["20_gp", "40hq"])
    assert staff.post(f"{url}change/", changed).status_code == 302
    field.refresh_from_db()
    assert (field.key, field.kind, field.name_en) == ("usual_container", "choice", "Container")
    gone = field_form(options_key=["20_gp"], options_en=["20' GP"], options_zh=[""])
    assert "1 record has an option that you removed: 40hq." in errors(staff.post(f"{url}change/", gone))
    assert staff.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    staff.post("/admin/core/customfield/", {"action": "take_out", "_selected_action": [field.pk]})
    field.refresh_from_db()
    assert not field.is_active


def test_a_field_without_values_can_go(staff):
    staff.post(ADD, field_form())
    url = f"/admin/core/customfield/{CustomField.objects.get().pk}/delete/"
    assert staff.post(url, {"post": "yes"}).status_code == 302
    assert not CustomField.objects.exists()


# --- work in the background ----------------------------------------------------------------------------


def test_mails_set_aside_are_sent_again(staff, now):
    row = {"to": "a@b.example", "text": "x", "not_before": now, "created_at": now, "attempts": 6}
    parked = OutgoingMail.objects.create(subject="Parked", message_id="<1>", state="parked", error="no route", **row)
    sent = OutgoingMail.objects.create(subject="Sent", message_id="<2>", state="sent", sent_at=now, **row)
    chosen = {"action": "send_again", "_selected_action": [parked.pk, sent.pk]}
    answer = staff.post("/admin/core/outgoingmail/", chosen, follow=True)
    assert "1 mail is sent again." in answer.content.decode()
    parked.refresh_from_db()
    sent.refresh_from_db()
    assert (parked.state, parked.attempts, parked.error) == ("queued", 0, "")
    assert sent.state == "sent"
    page = staff.get(f"/admin/core/outgoingmail/{parked.pk}/change/").content.decode()
    assert ">x<" not in page, "links in mails open doors"


def test_failed_jobs_start_again_and_others_say_why_not(staff, alice, now):
    failed = Job.objects.create(kind="none", created_by=alice, state="failed", created_at=now, ended_at=now)
    done = Job.objects.create(kind="none", created_by=alice, state="done", created_at=now, ended_at=now)
    chosen = {"action": "start_again", "_selected_action": [failed.pk, done.pk]}
    said = staff.post("/admin/core/job/", chosen, follow=True).content.decode()
    assert "Done with 1 row." in said
    assert "Only a job that failed or was stopped can be started again." in said
    failed.refresh_from_db()
    assert failed.state == "queued"


def test_shared_views_can_be_tidied_up_private_ones_not(staff, alice):
    now = timezone.now() - timedelta(days=1)
    views = [
        save_view(page="customers", name=name, query="", is_shared=shared, by=alice, now=now)
        for name, shared in (("Ours", True), ("Mine", False))
    ]
    answers = [staff.post(f"/admin/core/savedview/{view.pk}/delete/", {"post": "yes"}).status_code for view in views]
    assert answers == [302, 403]


def test_what_rows_point_to_is_used(alice):
    make_customer(alice)
    assert is_used(Status.objects.get(key="potential"))
    assert not is_used(Status.objects.get(key="proposal"))


RATE = "/admin/core/exchangerate/"


def test_rates_are_entered_corrected_and_compared_with_the_one_before(staff):
    yesterday = timezone.localdate() - timedelta(days=1)
    save_rates([("USD", yesterday, Decimal("1.1")), ("CNY", yesterday, Decimal("7.81"))])
    form = {"currency": "USD", "rate": "7.2", "against": "CNY", "on": timezone.localdate()}
    assert errors(staff.post(f"{RATE}add/", form | {"against": "USD"}))
    assert errors(staff.post(f"{RATE}add/", form | {"rate": "0"}))
    assert errors(staff.post(f"{RATE}add/", form | {"on": "2199-01-01"}))
    assert staff.post(f"{RATE}add/", form).status_code == 302
    assert errors(staff.post(f"{RATE}add/", form))  # the second of one day
    own = ExchangeRate.objects.get(source="entered")
    page = staff.post(f"{RATE}{own.pk}/change/", form | {"rate": "0.139"}, follow=True).content.decode()
    assert "The rate before it was 7.100" in page
    assert 'value="0.139"' in staff.get(f"{RATE}{own.pk}/change/").content.decode()
    assert [before.rate for before in own.events.all()] == [Decimal("7.2")]
    bank = ExchangeRate.objects.filter(source="ecb").first()
    assert staff.post(f"{RATE}{bank.pk}/change/", form).status_code == 403
    assert staff.post(f"{RATE}{bank.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "USD" in staff.get(RATE, {"of": "USD"}).content.decode()


def test_a_file_of_the_bank_is_brought_and_told(staff, alice, signed_in):
    def bring(content: str, name: str = "eurofxref-hist.csv"):
        return staff.post(f"{RATE}file/", {"file": SimpleUploadedFile(name, content.encode())}, follow=True)

    assert "file/" in staff.get(RATE).content.decode()
    assert "Date" in errors(bring("no rates at all"))
    assert errors(staff.post(f"{RATE}file/"))
    page = bring("Date,USD,CNY,\n2024-12-31,1.0389,7.5833,\n2024-12-30,x,7.6,\n").content.decode()
    assert "2 new rates. The last ones are of 2024-12-31." in page
    assert "Line 3: “x” is no rate of USD" in page
    assert ExchangeRate.objects.count() == 2
    assert signed_in(alice).get(f"{RATE}file/").status_code in (302, 403)
