"""Are files kept once, checked, and handed out to nobody but who sees the customer?"""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from core.exceptions import NotAllowed
from customers import services
from customers.files import FileData, FileRefused, check, cleaned_name, picture_of, sorted_out
from customers.models import Attachment, Blob, Event
from customers.services.files import clear_files, small_path
from tests.factories import make_customer
from tests.together import at_once

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a quotation"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(size=(800, 600), kind="JPEG", turned: int = 1) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "teal")
    exif = image.getexif()
    exif[0x0112] = turned
    image.save(out, kind, exif=exif)
    return out.getvalue()


def bring(customer, by, now, **files: bytes) -> list[Attachment]:
    data = [FileData.of(name.replace("_", "."), content) for name, content in files.items()]
    return services.add_files(customer=customer, files=data, by=by, now=now)


def stored() -> list[Path]:
    return [path for path in Path(default_storage.location).rglob("*") if path.is_file()]


def test_the_same_bytes_are_stored_once_under_a_random_name(alice, now):
    customer, other = make_customer(alice), make_customer(alice, "Other")
    first, second = bring(customer, alice, now, offer_pdf=PDF), bring(other, alice, now, copy_pdf=PDF)
    assert first[0].blob == second[0].blob
    assert len(stored()) == 1
    assert "offer" not in first[0].blob.path
    event = Event.objects.get(customer=customer, kind="file.added")
    assert event.payload == {"files": [first[0].pk]}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("offer.pdf", b"", "empty"),
        ("virus.exe", b"MZ", "not kept"),
        ("page.html", b"<script>", "not kept"),
        ("logo.svg", b"<svg>", "not kept"),
        ("offer.pdf.js", b"%PDF", "not kept"),
        ("README", b"text", "not kept"),
        ("photo.jpg", b"MZ\x90", "not what"),
        ("offer.pdf", b"<html>", "not what"),
        ("notes.txt", b"a\0b", "not what"),
    ],
)
def test_refusals_say_why(name, content, reason):
    with pytest.raises(FileRefused, match=reason):
        check(name, len(content), content)


def test_too_large():
    with pytest.raises(FileRefused, match="larger than 35 MB"):
        check("a.pdf", 36_000_000, PDF)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/报价单 1.pdf", "报价单 1.pdf"),
        ("C:\\docs\\offer.pdf", "offer.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ('q"u<o>t|e?.pdf', "q_u_o_t_e_.pdf"),
        ("x" * 300 + ".pdf", "x" * 140 + ".pdf"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert cleaned_name(given) == kept


def test_pictures_in_small_stand_upright():
    drawn = picture_of("image/jpeg", io.BytesIO(picture((800, 400), turned=6)))
    assert drawn is not None
    assert (drawn.width, drawn.height) == (400, 800)
    with Image.open(io.BytesIO(drawn.small)) as small:
        assert small.size == (240, 480)
    assert picture_of("image/png", io.BytesIO(b"\x89PNG\r\nbroken")) is None


def test_a_decompression_bomb_is_refused_unopened():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    good, refused = sorted_out([FileData.of("bomb.png", out.getvalue()), FileData.of("offer.pdf", PDF)])
    assert [one.name for one in good] == ["offer.pdf"]
    assert [(name, "million pixels" in str(refusal.message)) for name, refusal in refused] == [("bomb.png", True)]


def test_a_broken_archive_is_kept_as_the_file_it_is(alice, now):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "x")
    assert bring(make_customer(alice), alice, now, samples_zip=out.getvalue())[0].blob.content_type == "application/zip"


def test_upload_page_keeps_the_good_and_names_the_bad(alice, now, signed_in):
    customer = make_customer(alice)
    page = signed_in(alice)
    address = reverse("customers:files", args=[customer.pk])
    files = [SimpleUploadedFile("fair.jpg", picture()), SimpleUploadedFile("tool.exe", b"MZ")]
    answer = page.post(address, {"files": files})
    assert answer.status_code == 422
    assert b"tool.exe" in answer.content
    file = customer.attachments.get()
    assert (file.name, file.blob.width, file.by) == ("fair.jpg", 800, alice)
    assert page.get(reverse("customers:file_thumbnail", args=[customer.pk, file.pk])).status_code == 200
    assert page.get(reverse("customers:detail", args=[customer.pk])).content.count(b"fair.jpg") == 1


def test_sent_twice_it_is_kept_once(alice, signed_in):
    customer = make_customer(alice)
    token = "7c8f2a54-5ff6-4a66-a0b5-1b1b1b1b1b1b"
    for _time in range(2):
        data = {"files": SimpleUploadedFile("offer.pdf", PDF), "submission": token}
        assert signed_in(alice).post(reverse("customers:files", args=[customer.pk]), data).status_code == 302
    assert customer.attachments.count() == 1


def test_handed_out_to_be_saved_and_never_drawn(alice, now, signed_in):
    customer = make_customer(alice)
    file = bring(customer, alice, now, 报价_pdf=PDF)[0]
    answer = signed_in(alice).get(file.get_absolute_url())
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src 'self'" not in answer["Content-Security-Policy"]


def test_nobody_without_sight_of_the_customer_gets_anything(alice, bob, charlie, dana, root, now, signed_in):
    customer = make_customer(alice)
    file = bring(customer, alice, now, fair_jpg=picture())[0]
    names = ("file", "file_thumbnail")
    for user, status in ((bob, 404), (charlie, 404), (dana, 200), (root, 200)):
        for name in names:
            answer = signed_in(user).get(reverse(f"customers:{name}", args=[customer.pk, file.pk]))
            answer.getvalue()
            assert answer.status_code == status
    own = make_customer(charlie, "Charlie's")
    for name in names:  # another customer's number before it opens no door
        assert signed_in(charlie).get(reverse(f"customers:{name}", args=[own.pk, file.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        bring(customer, charlie, now, a_pdf=PDF)


def test_deleted_brought_back_and_gone_for_good(alice, now, signed_in):
    customer = make_customer(alice)
    file = bring(customer, alice, now, fair_jpg=picture())[0]
    page = signed_in(alice)
    args = [customer.pk, file.pk]
    assert page.post(reverse("customers:file_remove", args=args)).status_code == 302
    assert page.get(file.get_absolute_url()).status_code == 404
    assert page.post(reverse("customers:file_restore", args=args)).status_code == 302
    answer = page.get(file.get_absolute_url())
    answer.getvalue()
    assert answer.status_code == 200
    services.remove_file(file=file, by=alice, now=now)
    clear_files(now + timedelta(days=89))
    assert len(stored()) == 2
    assert default_storage.exists(small_path(file.blob))


def test_the_sweep_leaves_nothing_behind(alice, now, django_capture_on_commit_callbacks):
    customer = make_customer(alice)
    gone, _kept = bring(customer, alice, now, fair_jpg=picture(), offer_pdf=PDF)
    services.remove_file(file=gone, by=alice, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        assert clear_files(now + timedelta(days=91)) == 1
    assert clear_files(now + timedelta(days=91)) == 0
    assert [path.read_bytes() for path in stored()] == [PDF]
    assert Blob.objects.count() == 1


def test_kind_and_validity(alice, now, signed_in):
    customer = make_customer(alice)
    file = bring(customer, alice, now, offer_pdf=PDF)[0]
    data = {"kind": "quotation", "expires_on": "2026-12-31"}
    signed_in(alice).post(reverse("customers:file_edit", args=[customer.pk, file.pk]), data)
    file.refresh_from_db()
    assert (file.kind, f"{file.expires_on}") == ("quotation", "2026-12-31")


def test_the_page_costs_the_same_for_one_and_thirty(alice, now, signed_in, statements):
    page = signed_in(alice)
    costs = set()
    for number in (1, 30):
        customer = make_customer(alice, f"With {number}")
        bring(customer, alice, now, **{f"f{one}_pdf": PDF + bytes([number, one]) for one in range(number)})
        page.get(reverse("customers:files", args=[customer.pk]))
        costs.add(statements(lambda: page.get(reverse("customers:files", args=[customer.pk]))))  # noqa: B023
    assert len(costs) == 1


@pytest.mark.django_db(transaction=True)
def test_two_uploads_of_the_same_bytes_at_once(alice, now):
    customers = [make_customer(alice, f"C{number}") for number in range(4)]
    at_once([lambda one=one: bring(one, alice, now, fair_jpg=picture()) for one in customers])
    assert Blob.objects.count() == 1
    assert Attachment.objects.count() == 4
    assert len(stored()) == 2
