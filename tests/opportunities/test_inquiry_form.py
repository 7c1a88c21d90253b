"""Can a stranger ask by a public form, in any encoding and language, once, within its limits, and learn nothing?"""

from __future__ import annotations

import random
import re
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from core.posted import MOST_BYTES
from opportunities.models import Inquiry, InquiryForm, Lead
from opportunities.services import clear_junk, save_inquiry_form
from opportunities.services.inquiries import JUNK_KEPT, SUSPECTS_KEPT
from tests.asking import Visitors
from tests.factories import THEN, make_customer

pytestmark = pytest.mark.django_db
ASK = {
    "person": "required", "email": "required", "company": "shown", "phone": "shown", "country": "shown",
    "product": "shown", "quantity": "shown", "amount": "shown", "message": "required",
}  # fmt: skip
SAID = {"person": "Jane Doe", "email": "jane@acme.example", "company": "Acme Ltd", "message": "We need steel tubes."}
NAUGHTY = Path(__file__).resolve().parents[3] / "shared" / "data" / "E_spreadsheets" / "blns.txt"


@pytest.fixture(autouse=True)
def _people_take_time(monkeypatch):
    monkeypatch.setattr("opportunities.inquiries.FASTEST_S", -60)


@pytest.fixture
def form(root, team, alice) -> InquiryForm:
    return make_form(root, team=team, assignee=alice)


def make_form(by, **more) -> InquiryForm:
    data = {"name": "Web site", "fields": ASK} | more
    return save_inquiry_form(form=None, data=data, by=by, now=THEN)


def page_of(client, form, **query):
    page = client.get(f"/inquiry/{form.token}/", query).content.decode()
    return re.search(r'name="page_token" value="([^"]+)"', page)[1]


def send(form, client=None, said=SAID, **more):
    """Open the page and send what was typed; a visitor has no cookies."""
    client = client or Client()
    token = more.pop("page_token", None) or page_of(client, form)
    return client.post(f"/inquiry/{form.token}/", said | {"page_token": token} | more)


def test_an_inquiry_becomes_one_lead_of_whom_the_form_names(form, alice):
    answer = send(form, quantity="1,500 pcs a month", amount="EUR 20.000", country="DE", phone="+49 40 123456")
    assert answer.status_code == 302
    assert "Thank you" in Client().get(answer.url).content.decode()
    lead = Lead.objects.get()
    assert (lead.person, lead.company, lead.email, lead.owner) == ("Jane Doe", "Acme Ltd", "jane@acme.example", alice)
    assert (lead.quantity, lead.unit, lead.amount, lead.currency) == (1500, "pcs", 20000, "EUR")
    assert "1,500 pcs a month" in lead.remarks
    assert (lead.form, lead.created_by, str(lead.country)) == (form, None, "DE")
    assert Notification.objects.get().recipient == alice


def test_without_an_assignee_the_managers_of_the_team_are_told(root, team, dana, alice):
    form = make_form(root, team=team)
    send(form)
    lead = Lead.objects.get()
    assert (lead.owner, lead.team) == (None, team)
    assert [(one.recipient, one.kind) for one in Notification.objects.all()] == [(dana, "lead_waits")]


def test_the_same_post_again_is_one_inquiry_and_a_corrected_one_another(form):
    token = page_of(Client(), form)
    for _time in range(3):
        assert send(form, page_token=token).status_code == 302
    assert Lead.objects.count() == 1
    send(form, page_token=token, message="We need copper tubes.")
    assert Lead.objects.count() == 2


@pytest.mark.parametrize(
    "trick", [{"contact_me_by_fax": "x"}, {"message": "http://a http://b http://c https://d http://e"}]
)
def test_junk_looks_like_success_and_waits_for_a_person(form, trick, dana, signed_in):
    assert send(form, **trick).status_code == 302
    inquiry = Inquiry.objects.get()
    assert (inquiry.state, inquiry.lead) == ("suspect", None)
    assert not Lead.objects.exists()
    client = signed_in(dana)
    assert "jane@acme.example" in client.get("/leads/suspects/").content.decode()
    client.post("/leads/suspects/decide/", {"pk": inquiry.pk, "act": "lead"})
    client.post("/leads/suspects/decide/", {"pk": inquiry.pk, "act": "lead"})
    assert Lead.objects.get().email == "jane@acme.example"


def test_what_is_sent_within_seconds_is_suspected(form, monkeypatch):
    monkeypatch.setattr("opportunities.inquiries.FASTEST_S", 3)
    send(form)
    assert Inquiry.objects.get().why == "too_fast"


def test_other_managers_neither_see_nor_decide(form, charlie, other_team, signed_in):
    send(form, contact_me_by_fax="x")
    charlie.role = "manager"
    charlie.save()
    client = signed_in(charlie)
    assert "jane@acme.example" not in client.get("/leads/suspects/").content.decode()
    client.post("/leads/suspects/decide/", {"pk": Inquiry.objects.get().pk, "act": "lead"})
    assert not Lead.objects.exists()


def test_junk_goes_after_its_days(form):
    now = timezone.now()
    ages = {"junk": JUNK_KEPT, "suspect": SUSPECTS_KEPT}
    for state, kept in ages.items():
        for place, age in enumerate((kept * 1.01, kept * 0.99)):
            Inquiry.objects.create(form=form, received_at=now - age, state=state, token=f"{state}{place}")
    assert clear_junk(now) == 2
    assert clear_junk(now) == 0
    assert Inquiry.objects.count() == 2


def test_the_sixth_within_a_minute_is_refused_with_its_words_kept(form):
    for number in range(5):
        assert send(form, message=f"number {number}").status_code == 302
    answer = send(form, message="one too many")
    assert answer.status_code == 429
    assert "one too many" in answer.content.decode()
    assert Lead.objects.count() == 5
    answer = Client(REMOTE_ADDR="192.0.2.7").post(
        f"/inquiry/{form.token}/", SAID | {"page_token": page_of(Client(), form)}
    )
    assert answer.status_code == 302  # somebody else is not stopped


def test_above_a_flood_inquiries_wait_for_a_person(form, monkeypatch):
    monkeypatch.setattr("opportunities.services.inquiries.FLOOD", (JUNK_KEPT, 2))
    for number in range(4):
        send(form, Client(REMOTE_ADDR=f"192.0.2.{number}"), message=f"number {number}")
    assert (Lead.objects.count(), Inquiry.objects.filter(why="flood").count()) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_keep_the_limits(form):
    token = page_of(Client(), form)
    answers: list[int] = []
    visitors = Visitors()

    def post(number: int) -> None:
        said = SAID | {"page_token": token, "message": f"at once {number % 25}"}
        answers.append(visitors.post(f"/inquiry/{form.token}/", urlencode(said).encode()))

    threads = [Thread(target=post, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {302, 429}
    assert Lead.objects.count() == Inquiry.objects.count() == 5


def test_utm_referrer_consent_and_language_are_kept(root, team):
    form = make_form(root, team=team, consent_en="I agree to be called.", consent_zh="我同意被联系。", title_zh="询价")
    client = Client(headers={"accept-language": "zh-CN,zh;q=0.9", "referer": "https://www.shop.example/p?x=1"})
    page = client.get(f"/inquiry/{form.token}/?utm_source=google&utm_campaign=led&evil=1").content.decode()
    assert "询价" in page
    assert "我同意被联系。" in page
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    assert (hidden["utm_source"], hidden["referrer"], hidden["lang"]) == (
        "google",
        "https://www.shop.example/p?x=1",
        "zh-hans",
    )
    assert client.post(f"/inquiry/{form.token}/", SAID | hidden).status_code == 422  # without consent
    assert not Inquiry.objects.exists()
    client.post(f"/inquiry/{form.token}/", SAID | hidden | {"consent": "on"})
    lead = Lead.objects.get()
    assert lead.utm == {"utm_source": "google", "utm_campaign": "led", "referrer": "https://www.shop.example/p?x=1"}
    assert (lead.consent_text, lead.language) == ("我同意被联系。", "zh-hans")
    assert lead.consent_at == lead.asked_at


def test_a_link_with_endless_parameters_stops_nobody(form):
    assert send(form, utm_source="x" * 50_000, referrer="y" * 9_000).status_code == 302
    assert Lead.objects.get().utm == {"utm_source": "x" * 300, "referrer": "y" * 300}


def test_consent_to_other_words_is_asked_for_again(root, team):
    form = make_form(root, team=team, consent_en="Old words.")
    token = page_of(Client(), form)
    save_inquiry_form(form=form, data={"consent_en": "New words."}, by=root, now=THEN)
    answer = send(form, page_token=token, consent="on")
    assert (answer.status_code, Lead.objects.count()) == (422, 0)
    assert "New words." in answer.content.decode()


def test_a_false_or_old_page_is_asked_again_with_the_words_kept(form):
    for token in ("", "nonsense", "a:b:c", "\x00"):
        answer = Client().post(f"/inquiry/{form.token}/", SAID | {"page_token": token})
        assert answer.status_code == 422
        assert "We need steel tubes." in answer.content.decode()
    assert not Inquiry.objects.exists()


def test_only_named_sites_may_frame_it_and_no_cookie_is_set(root, team):
    form = make_form(root, team=team)
    page = Client().get(f"/inquiry/{form.token}/")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    save_inquiry_form(form=form, data={"embed_on": "https://www.shop.example"}, by=root, now=THEN)
    client = Client()
    page = client.get(f"/inquiry/{form.token}/?embed=1")
    assert "frame-ancestors https://www.shop.example;" in page.headers["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in page.headers
    assert not client.cookies
    answer = send(form, Client(enforce_csrf_checks=True))
    assert answer.status_code == 302
    assert not answer.cookies


def test_nothing_is_revealed_of_whom_we_know(form, alice):
    make_customer(alice, "Acme Ltd", country="DE")
    known = send(form, country="DE")
    stranger = send(form, said=SAID | {"company": "Nobody Ever Ltd"}, country="DE")
    assert (known.status_code, known.url) == (stranger.status_code, stranger.url)
    assert Client().get(known.url).content == Client().get(stranger.url).content


def test_a_form_out_of_use_is_not_there(form, root):
    save_inquiry_form(form=form, data={"is_active": False}, by=root, now=THEN)
    assert Client().get(f"/inquiry/{form.token}/").status_code == 404
    assert Client().post(f"/inquiry/{form.token}/", SAID).status_code == 404


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb18030"])
@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_chinese_arrives_in_any_encoding(form, charset, kind):
    said = SAID | {
        "person": "王小明",
        "company": "杭州远航进出口有限公司",
        "message": "我们需要采购不锈钢保温杯，请报价。",
    }
    fields = {name: value.encode(charset) for name, value in (said | {"page_token": page_of(Client(), form)}).items()}
    if kind == "urlencoded":
        body, content_type = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    else:
        parts = [b'--xx\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
                 for name, value in fields.items()]  # fmt: skip
        body, content_type = b"".join(parts) + b"--xx--\r\n", "multipart/form-data; boundary=xx"
    answer = Client().post(f"/inquiry/{form.token}/", body, content_type=content_type)
    assert answer.status_code == 302
    lead = Lead.objects.get()
    assert (lead.person, lead.company) == ("王小明", "杭州远航进出口有限公司")
    assert lead.message == "我们需要采购不锈钢保温杯，请报价。"


def test_whatever_comes_is_answered(form):
    """Naughty strings in every field, bodies that are none, huge ones, wrong types: never a fault."""
    address, token = f"/inquiry/{form.token}/", page_of(Client(), form)
    strings = [line for line in NAUGHTY.read_text().splitlines() if line] if NAUGHTY.exists() else []
    strings += [
        "\x00",
        "\ud800\udfff",
        "\u202egpj.exe",
        "𝒳" * 500,
        "a" * 30_000,
        "%",
        "&&&",
        "';--",
        "<script>",
        "9" * 400,
    ]
    dice = random.Random(3)
    seen = set()
    for number, text in enumerate(dice.sample(strings, min(len(strings), 40)) + strings[-10:]):
        said = dict.fromkeys([*ASK, "utm_source", "referrer", "lang", "consent"], text) | {"page_token": token}
        body = "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in said.items())
        client = Client(REMOTE_ADDR=f"10.0.{number // 250}.{number % 250}")
        for content in (
            body,
            body.replace(f"email={quote(text.encode('utf-8', 'surrogatepass'))}", "email=a@b.example"),
        ):
            answer = client.post(address, content, content_type="application/x-www-form-urlencoded")
            seen.add(answer.status_code)
    multipart, plain = "multipart/form-data; boundary=xx", "application/x-www-form-urlencoded"
    for body, kind in [
        (b"", ""), (b"{}", "application/json"), (b"\xff\xfe" * 99, "text/plain"), (b"junk", multipart),
        (b"--xx\r\n\r\n--xx--", multipart), (b"x", "multipart/form-data"), (b"a=" * 300, plain),
        (b"&" * 5000, plain), (b"message=" + b"a" * (MOST_BYTES + 1), plain),
        (b"message=" + b"\xff" * 5000, f"{plain}; charset=nonsense"),
        (b"message=%ff%fe%00%e4", f"{plain}; charset=utf-16"),
    ]:  # fmt: skip
        seen.add(Client().generic("POST", address, body, content_type=kind).status_code)
    for method in ("put", "delete", "patch", "options"):
        seen.add(getattr(Client(), method)(address).status_code)
    for query in ("?lang=%00", "?utm_source=" + "%ff" * 2000, "?lang=\u202e", "?sent=1", "?embed=<script>"):
        seen.add(Client().get(f"{address}{query}").status_code)
    assert seen <= {200, 302, 400, 405, 413, 422, 429}
    for token in ("x", "../admin", "a" * 5000, "%00"):
        assert Client().get(f"/inquiry/{token}/").status_code in (400, 404)


def test_an_admin_makes_a_form_and_puts_it_on_a_site(root, team, dana, alice, signed_in):
    client = signed_in(root)
    data = {
        "name": "Fair", "is_active": "on", "team": team.pk, "ask_email": "required", "ask_message": "shown",
        "embed_on": "https://www.Shop.example/\nhttps://shop.example", "submission": "",
    }  # fmt: skip
    answer = client.post("/leads/forms/new/", data)
    form = InquiryForm.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/leads/forms/{form.pk}/")
    assert form.origins == ["https://www.shop.example", "https://shop.example"]
    assert form.fields == {"email": "required", "message": "shown"}
    page = client.get(answer.url).content.decode()
    assert f"/inquiry/{form.token}/?embed=1" in page
    for wrong in ("javascript:alert(1)", "https://a.example; script-src *", "https://a.example/path", "a.example"):
        assert client.post("/leads/forms/new/", data | {"embed_on": wrong}).status_code == 422
    assert client.post("/leads/forms/new/", data | {"ask_email": ""}).status_code == 422
    assert signed_in(dana).get(answer.url).status_code == 200
    assert signed_in(dana).get(f"{answer.url}edit/").status_code == 403
    assert signed_in(alice).get("/leads/forms/").status_code == 403


def test_lists_take_the_same_statements_with_one_and_with_thirty(root, team, form, signed_in, statements):
    client = signed_in(root)
    pages = ("/leads/forms/", "/leads/suspects/", f"/leads/forms/{form.pk}/")
    now = timezone.now()
    Inquiry.objects.create(form=form, received_at=now, state="suspect", posted=SAID, token="0")
    counts = []
    for number in (1, 30):
        for place in range(1, number):
            other = make_form(root, team=team, name=f"Form {place}")
            Inquiry.objects.create(form=other, received_at=now, state="suspect", posted=SAID, token=str(place))
        for page in pages:
            client.get(page)
        counts.append([statements(lambda page=page: client.get(page)) for page in pages])
    assert counts[0] == counts[1]
