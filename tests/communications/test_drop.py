"""Are dropped mails and chats shown first, brought in once, and never under a wrong name?"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from communications import services
from communications.dropped import people_of, read_drop
from communications.models import Communication, Drop, ImportedMessage
from communications.services.bringing_in import bring_in, clear_drops
from core import jobs
from customers.models import Contact, Customer
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db
MAILS = Path(__file__).resolve().parents[3] / "shared" / "data" / "C_email"
CHAT = (
    "13/06/25, 21:40 - Messages and calls are end-to-end encrypted.\n"
    "13/06/25, 21:41 - Anna Müller: Price?\n"
    "13/06/25, 21:50 - Alice: USD 3\n"
    "14/06/25, 09:00 - Anna Müller: IMG-1.png (file attached)\nthe sample\n"
)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def customer(alice) -> Customer:
    made = make_customer(alice, "Acme GmbH")
    make_contact(made, "Anna Müller", email="anna@acme.de")
    return made


def mail(sender: str = "anna@acme.de", to: str = "alice@firm.example", *more: str, subject: str = "Price") -> bytes:
    head = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", "Date: Mon, 2 Nov 2026 10:00:00 +0800", *more]
    return "\n".join([*head, "", "What does it cost?"]).encode()


def drop(customer, by, now, **files: bytes | str) -> Drop:
    uploads = [
        SimpleUploadedFile(name.replace("_", "."), content.encode() if isinstance(content, str) else content)
        for name, content in files.items()
    ]
    return services.start_drop(customer=customer, files=uploads, by=by, now=now)


def say(page, dropped: Drop, **more: str):
    """Post what the page proposes, and `more`."""
    items = read_drop(dropped, dropped.by, datetime.now(UTC))
    data = {f"person-{number}": person.guess for number, person in enumerate(people_of(items))}
    data |= {f"take-{item.number}": "on" for item in items if item.is_new and not item.strangers} | more
    return page.post(dropped.get_absolute_url(), data)


def test_a_mail_becomes_a_communication_with_its_files(customer, alice, now, signed_in):
    alice.email = "alice@firm.example"
    alice.save()
    page = signed_in(alice)
    upload = {"files": SimpleUploadedFile("offer.eml", mail())}
    answer = page.post(reverse("communications:drop_new", args=[customer.pk]), upload)
    shown = page.get(answer["Location"])
    assert "Price" in shown.content.decode()
    assert say(page, Drop.objects.get()).status_code == 302
    said = Communication.objects.get()
    assert (said.channel, said.direction, said.source, said.subject) == ("email", "in", "mail", "Price")
    assert said.happened_at == datetime(2026, 11, 2, 2, tzinfo=UTC)
    assert said.body == "What does it cost?"
    assert [one.name for one in said.contacts.all()] == ["Anna Müller"]
    assert [one.name for one in customer.attachments.all()] == ["Price.eml"]
    customer.refresh_from_db()
    assert customer.last_inbound_at == said.happened_at
    assert "Price.eml" in page.get(said.get_absolute_url()).content.decode()


def test_ours_goes_out_and_stands_once(customer, alice, now, signed_in):
    page = signed_in(alice)
    for _time in range(2):
        dropped = drop(customer, alice, now, a_eml=mail("li@firm.cn", "anna@acme.de", "Message-ID: <1@firm.cn>"))
        items = read_drop(dropped, alice, now)
        assert [person.guess for person in items[0].people] == ["", str(customer.contacts.get().pk)]
        say(page, dropped, **{"person-0": "us", "take-0": "on"})
    said = Communication.objects.get()
    assert said.direction == "out"


def test_who_wrote_must_be_said(customer, alice, now, signed_in):
    dropped = drop(customer, alice, now, a_eml=mail("boss@else.example", "anna@acme.de"))
    assert say(signed_in(alice), dropped).status_code == 422
    assert not Communication.objects.exists()
    assert say(signed_in(alice), dropped, **{"person-0": "new"}).status_code == 302
    assert Communication.objects.get().direction == "in"
    assert Contact.objects.filter(customer=customer, name="boss@else.example").exists()


def test_a_mail_of_a_wrong_customer_warns_and_is_left_out_unless_ticked(customer, alice, now, signed_in):
    dropped = drop(customer, alice, now, a_eml=mail("x@else.example", "y@else.example"))
    page = signed_in(alice)
    assert "Is it the right customer" in page.get(dropped.get_absolute_url()).content.decode()
    assert say(page, dropped, **{"person-0": "new"}).status_code == 422
    assert say(page, dropped, **{"person-0": "new", "take-0": "on"}).status_code == 302


def test_one_bad_file_takes_nothing_from_the_others(customer, alice, now, signed_in):
    dropped = drop(customer, alice, now, a_eml=mail(), b_eml=b"%PDF", c_txt="no chat", d_zip=b"PK\x03\x04")
    page = signed_in(alice)
    shown = page.get(dropped.get_absolute_url()).content.decode()
    for reason in ("This is no mail", "no line begins with a date", "damaged"):
        assert reason in shown
    say(page, dropped, **{"person-1": "us"})
    dropped.refresh_from_db()
    assert [one["added"] for one in dropped.result] == [1, 0, 0, 0]
    assert "damaged" in page.get(dropped.get_absolute_url()).content.decode()


def test_a_machines_mail_is_kept_but_is_no_answer(customer, alice, now, signed_in):
    dropped = drop(customer, alice, now, a_eml=mail("anna@acme.de", "x@y.z", "Auto-Submitted: auto-replied"))
    say(signed_in(alice), dropped)
    assert Communication.objects.get().is_automatic
    customer.refresh_from_db()
    assert (customer.last_inbound_at, customer.last_followed_at, customer.replies) == (None, None, 0)


def chat_zip(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("_chat.txt", text)
        file.writestr("IMG-1.png", b"\x89PNG\r\n\x1a\nbroken")
    return out.getvalue()


def test_a_chat_becomes_an_entry_a_day(customer, alice, now, signed_in):
    alice.time_zone = "Asia/Shanghai"
    alice.save()
    dropped = drop(customer, alice, now, chat_zip=chat_zip(CHAT))
    say(signed_in(alice), dropped)
    dropped.refresh_from_db()
    assert not dropped.result[0]["why"]
    first, second = Communication.objects.order_by("happened_at")
    assert (first.direction, second.direction) == ("both", "in")
    assert first.happened_at == datetime(2025, 6, 13, 13, 50, tzinfo=UTC)
    assert first.body == "21:41 Anna Müller: Price?\n21:50 Alice: USD 3"
    assert [one.name for one in customer.attachments.all()] == ["IMG-1.png"]
    assert customer.attachments.get().target_id == second.pk


def test_a_later_export_adds_only_what_is_new(customer, alice, now, signed_in):
    page = signed_in(alice)
    say(page, drop(customer, alice, now, chat_txt=CHAT))
    again = drop(customer, alice, now, chat_txt=CHAT)
    assert not read_drop(again, alice, now)[0].is_new
    longer = drop(
        customer, alice, now, chat_txt=CHAT + "14/06/25, 10:00 - Alice: Thanks\n14/06/25, 10:00 - Alice: Thanks"
    )
    say(page, longer)
    newest = Communication.objects.order_by("-pk").first()
    assert newest is not None
    assert newest.body == "10:00 Alice: Thanks\n10:00 Alice: Thanks"
    assert ImportedMessage.objects.count() == 5


def test_open_date_order_is_asked(customer, alice, now, signed_in):
    dropped = drop(customer, alice, now, chat_txt="05/06/25, 10:00 - Anna Müller: Hi")
    page = signed_in(alice)
    assert say(page, dropped).status_code == 422
    assert say(page, dropped, **{"order-0": "MDY", "zone": "UTC"}).status_code == 302
    assert Communication.objects.get().happened_at == datetime(2025, 5, 6, 10, tzinfo=UTC)


def test_much_becomes_a_job_and_a_killed_one_goes_on(customer, alice, now, signed_in):
    start = datetime(2025, 1, 1, 9)  # noqa: DTZ001  a phone's wall time
    days = [start + timedelta(days=number) for number in range(80)]
    text = "\n".join(f"{day:%d/%m/%y, %H:%M} - Anna Müller: Day {number}" for number, day in enumerate(days))
    dropped = drop(customer, alice, now, chat_txt=text)
    say(signed_in(alice), dropped)
    assert not Communication.objects.exists()
    dropped.refresh_from_db()
    steps = bring_in(drop=dropped, by=alice, now=now)
    assert [next(steps) for _step in range(10)][-1] == 10  # killed here
    jobs.run_due(lambda: now)
    dropped.refresh_from_db()
    assert dropped.done_at is not None
    assert Communication.objects.count() == 80
    assert set(Communication.objects.values_list("messages__key", flat=True)) == set(
        ImportedMessage.objects.values_list("key", flat=True)
    )


def test_a_drop_is_nobody_elses(customer, alice, bob, dana, now, signed_in):
    dropped = drop(customer, alice, now, a_eml=mail())
    for user in (bob, dana):
        assert signed_in(user).get(dropped.get_absolute_url()).status_code == 404


def test_what_was_never_brought_in_is_forgotten(customer, alice, now, tmp_path):
    drop(customer, alice, now, a_eml=mail())
    assert clear_drops(now + timedelta(days=1)) == 0
    assert clear_drops(now + timedelta(days=3)) == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.skipif(not MAILS.exists(), reason="the collection of mails is not on this machine")
def test_every_mail_of_the_collection_is_stored_or_refused(customer, alice, now):
    files = sorted(MAILS.rglob("*.eml"))
    told = []
    for file in files:
        dropped = drop(customer, alice, now, **{file.name.replace(".eml", "") + "_eml": file.read_bytes()})
        items = read_drop(dropped, alice, now)
        people = {person.key: person.guess or "us" for person in people_of(items)}
        dropped.answers = {"people": people, "take": [0]}
        for _step in bring_in(drop=dropped, by=alice, now=now):
            pass
        told += dropped.result
    assert len(told) == len(files)
    assert all(one["added"] or one["known"] or one["why"] for one in told)
    assert sum(one["added"] for one in told) == Communication.objects.count() > 180


def test_a_file_that_is_too_large_is_refused_on_the_page(customer, alice, now, signed_in, monkeypatch):
    monkeypatch.setattr("communications.services.bringing_in.MOST_BYTES", 10)
    dropped = drop(customer, alice, now, mail_eml=mail())
    page = signed_in(alice).get(dropped.get_absolute_url())
    assert page.status_code == 200
    assert "larger than" in page.content.decode()
