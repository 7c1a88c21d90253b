"""Is every mail read or refused with a reason, whatever stands in it?"""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from core.parsing.automatic import KINDS
from core.parsing.eml import WRONG, MailRefused, parse_mail
from core.parsing.html_text import text_from_html
from core.parsing.quoting import cut_quoted

MAILS = Path(__file__).resolve().parents[4] / "shared" / "data" / "C_email"
needs_mails = pytest.mark.skipif(not MAILS.exists(), reason="the collection of mails is not on this machine")


def mail(*lines: str, body: str = "Hello") -> bytes:
    return "\r\n".join([*lines, "", body]).encode()


def real(name: str):
    return parse_mail((MAILS / name).read_bytes())


@needs_mails
def test_every_mail_of_the_collection_is_read_or_refused_with_a_reason():
    files = sorted(MAILS.rglob("*.eml"))
    refused = {}
    for file in files:
        try:
            found = parse_mail(file.read_bytes())
        except MailRefused as error:
            refused[file.name] = str(error.message)
            continue
        text = "".join([found.message_id, found.subject, found.text, *(one.name for one in found.files)])
        assert "\0" not in text, file
        text.encode()
        assert set(found.wrong) <= set(WRONG)
        assert found.automatic in ("", *KINDS)
        assert found.at is None or found.at.tzinfo is UTC
    assert len(files) == 254
    # What has no head of a mail is none; RFC 2822's oldest form puts spaces before the colon.
    assert set(refused) <= {
        "example13.eml", "mixed.eml", "attachment_encoded_filename.eml", "attachment_long_filename.eml",
        "attachment_no_disposition.eml", "inline_attachment.eml", "issue-40.eml", "raw_email_incorrect_header.eml",
    }  # fmt: skip


@needs_mails
@pytest.mark.parametrize(
    ("name", "subject", "sender", "day", "files"),
    [
        ("webklex_php_imap/ks_c_5601-1987_headers.eml", "RE: 회원님께 Ersi님이 메시지를 보냈습니다.", "from@there.com", "2017-09-27", []),  # noqa: E501
        ("webklex_php_imap/issue-410b.eml", "386 - 400021804 - 19., Heiligenstädter Straße 80 - 0819306 - Anfrage Vergabevorschlag", "from@there.com", "2017-09-13", ["2021_Mängelliste_0819306.xlsx"]),  # noqa: E501
        ("webklex_php_imap/mixed_filename.eml", "Свежий прайс-лист", "support@part-kom.ru", "2018-02-02", ["Price4VladDaKar.xlsx"]),  # noqa: E501
        ("mikel_mail/multi_charset/japanese_attachment.eml", "testing", "raasdnil@gmail.com", "2009-10-16", ["てすと.txt"]),  # noqa: E501
        ("mikel_mail/attachment_emails/attachment_pdf.eml", "Another PDF with 🎉 Unicode chars in it 🍿", "xxxx@xxxx.com", "2005-05-10", ["broken.pdf"]),  # noqa: E501
        ("webklex_php_imap/missing_date.eml", "Nuu", "from@here.com", None, []),
        ("webklex_php_imap/missing_from.eml", "Nuu", None, "2017-09-13", []),
        ("mikel_mail/error_emails/cant_parse_from.eml", "Meet the new MacBook Pro family. Now includes 13-inch.", "news@insideapple.apple.com", "2009-06-12", []),  # noqa: E501
    ],
)  # fmt: skip
def test_facts_of_real_mails(name, subject, sender, day, files):
    found = real(name)
    assert found.subject == subject
    assert (found.sender and found.sender.email) == sender
    assert (found.at and found.at.date().isoformat()) == day
    assert [one.name for one in found.files] == files


@needs_mails
def test_charsets_that_senders_mean():
    assert real("webklex_php_imap/gbk_charset.eml").text == "Hi"
    assert "message" in real("webklex_php_imap/embedded_email.eml").subject
    assert real("mikel_mail/multi_charset/japanese_iso_2022.eml").subject == "まみむめも"


@needs_mails
def test_machines_are_told_from_people():
    bounces = [real(f"bounces/{file.name}") for file in sorted((MAILS / "bounces").glob("lhost-*.eml"))]
    assert sum(one.automatic != "" for one in bounces) / len(bounces) > 0.95
    people = [real(f"mikel_mail/rfc2822/{name}") for name in ("example01.eml", "example06.eml")]
    assert [one.automatic for one in people] == ["", ""]


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        ("gb2312", "gb18030", "报价单：镕基㐀"),
        ("x-gbk", "gbk", "深圳市華為"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("windows-1251", "cp1251", "Здравствуйте"),
        ("big5", "big5hkscs", "報價單"),
        ("iso-8859-1", "cp1252", "“Größe” €"),
        ("shift_jis", "cp932", "見積①"),
        ("iso-8859-6", "iso-8859-6", "مرحبا"),
    ],
)
def test_declared_charset(declared, codec, text):
    raw = mail("From: a@b.de", "Date: Mon, 2 Nov 2026 10:00:00 +0800", f"Content-Type: text/plain; charset={declared}")
    found = parse_mail(raw.removesuffix(b"Hello") + text.encode(codec))
    assert (found.text, found.wrong) == (text, [])
    assert found.at == datetime(2026, 11, 2, 2, tzinfo=UTC)


def test_wrong_charsets_fall_back_and_are_marked():
    head = mail(
        "From: a@b.de", "Date: Mon, 2 Nov 2026 10:00:00 +0800", "Content-Type: text/plain; charset=us-ascii", body=""
    )
    assert parse_mail(head + "Grüße".encode()).text == "Grüße"
    chinese = parse_mail(head + "您好，报价单".encode("gb18030"))
    assert (chinese.text, chinese.wrong) == ("您好，报价单", ["charset"])
    latin = parse_mail(head + b"caf\xe9 ol\xe9 ")
    assert (latin.text, latin.wrong) == ("café olé", ["charset"])
    odd = parse_mail(head.replace(b"us-ascii", b"idna") + "Grüße".encode())
    assert (odd.text, odd.wrong) == ("Grüße", ["charset"])


def test_a_character_cut_in_two_by_encoded_words():
    data = "报价单".encode()
    words = " ".join(f"=?utf-8?B?{base64.b64encode(part).decode()}?=" for part in (data[:4], data[4:]))
    assert parse_mail(mail("From: a@b.de", f"Subject: Re: {words} end")).subject == "Re: 报价单 end"


def test_nul_and_reordering_characters_never_pass():
    raw = b"From: a@b.de\r\nSubject: a\0b\xe2\x80\xaegpj\r\nContent-Type: text/plain\r\n\r\nx\0y"
    found = parse_mail(raw)
    assert (found.subject, found.text) == ("abgpj", "xy")


# --- hostile ----------------------------------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    heads = [f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}' for n in range(depth)]
    return ("From: a@b.de\r\nSubject: deep\r\n" + "\r\n".join(heads) + "\r\n\r\nx\r\n").encode()


def in_envelopes(depth: int) -> bytes:
    return ("From: a@b.de\r\n" + "Content-Type: message/rfc822\r\n\r\n" * depth + "x").encode()


@pytest.mark.parametrize("raw", [nested(5000), nested(51), in_envelopes(5000), in_envelopes(60)])
def test_too_deep(raw):
    with pytest.raises(MailRefused, match="50 deep"):
        parse_mail(raw)


def test_fifty_deep_is_read():
    assert parse_mail(nested(49)).text == "x"


def test_too_many_parts():
    parts = b"--b\r\n\r\nx\r\n" * 501
    with pytest.raises(MailRefused, match="500 parts"):
        parse_mail(b'From: a@b.de\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' + parts)


def test_depth_hidden_from_the_count_is_refused_too():
    heads = [f"Content-Type: multipart/mixed; boundary*0=b; boundary*1={n}\r\n\r\n--b{n}" for n in range(5000)]
    with pytest.raises(MailRefused):
        parse_mail(("From: a@b.de\r\n" + "\r\n".join(heads) + "\r\n\r\nx\r\n").encode())


def test_a_subject_of_twenty_thousand_encoded_words_is_read_in_a_blink():
    began = time.perf_counter()
    found = parse_mail(mail("From: a@b.de", "Subject: " + "\r\n ".join(["=?utf-8?B?5oql5Lu3?="] * 20_000)))
    assert found.subject.startswith("报价报价")
    assert len(found.subject) == 500
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"\r\n\r\n", "empty"),
        (mail("From: a@b.de", "X: " + "a" * 1_000_000), "head"),
        (b"%PDF-1.4 \x00\xff", "no mail"),
        (b"x" * 36_000_000, "larger"),
    ],
)
def test_refusals_say_why(raw, reason):
    with pytest.raises(MailRefused, match=reason):
        parse_mail(raw)


def test_neither_date_nor_sender():
    found = parse_mail(mail("Subject: Hi", "Date: 99 Foo 20x6"))
    assert (found.at, found.sender, found.wrong) == (None, None, ["date", "from"])


def test_the_day_a_server_took_it_stands_in_for_a_bad_date():
    found = parse_mail(mail("Received: by mx; Mon, 2 Nov 2026 10:00:00 +0800", "Date: ?", "From: a@b.de"))
    assert found.at == datetime(2026, 11, 2, 2, tzinfo=UTC)


# --- parts ------------------------------------------------------------------------------------------------------------


def test_plain_words_before_html_and_files_apart():
    message = EmailMessage()
    message["From"], message["To"], message["Cc"] = '"Müller, Anna" <Anna@Acme.DE>', "li@firm.cn", "x@y.z"
    message["Subject"], message["Message-ID"] = "Anfrage", "<1@acme.de>"
    message["In-Reply-To"], message["References"] = "<0@firm.cn>", "<9@firm.cn> <0@firm.cn>"
    message.set_content("Plain words\n")
    message.add_alternative("<p>Rich <b>words</b></p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="../報價 1.pdf")
    message.add_attachment(b"\x78\x9f\x3e\x22", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    found = parse_mail(message.as_bytes())
    assert found.sender is not None
    assert (found.sender.name, found.sender.email) == ("Müller, Anna", "anna@acme.de")
    assert [one.email for one in found.people] == ["anna@acme.de", "li@firm.cn", "x@y.z"]
    assert (found.message_id, found.in_reply_to, found.references) == (
        "1@acme.de",
        ("0@firm.cn",),
        ("9@firm.cn", "0@firm.cn"),
    )
    assert found.text == "Plain words"
    assert [(one.name, one.content_type) for one in found.files] == [
        ("報價 1.pdf", "application/pdf"), ("winmail.dat", "application/ms-tnef"),
    ]  # fmt: skip


def test_html_becomes_words():
    markup = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>Dear&nbsp;Li,</p><!-- <b>no</b> -->"
        '<img src="https://spy.example/x.png"><table><tr><td>A</td><td>1 &lt; 2</td></tr></table>'
        "<ul><li>one<li>two</ul><script>alert(1)</script>Bye<br>Anna</body>"
    )
    assert text_from_html(markup) == "Dear Li,\n\nA\t1 < 2\n\n• one\n• two\n\nBye\nAnna"


@pytest.mark.parametrize("piece", ["<div>", "<!--", "<script>", "<a title='", "<", "&amp", "</", "<style>x"])
def test_hostile_html_takes_linear_time(piece):
    began = time.perf_counter()
    text_from_html(piece * (1_000_000 // len(piece)))
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (["Auto-Submitted: auto-replied"], "auto_reply"),
        (["Subject: 自动回复: 报价"], "auto_reply"),
        (["Subject: Out of Office: quote"], "auto_reply"),
        (["Auto-Submitted: no"], ""),
        (["List-Unsubscribe: <mailto:x@y.z>"], "list"),
        (["From: MAILER-DAEMON@mx.example"], "bounce"),
        (["Auto-Submitted: auto-generated"], "notification"),
        (["Subject: Re: delivery of samples"], ""),
    ],
)
def test_automatic(head, kind):
    assert parse_mail(mail(*head, "Message-ID: <1@x>")).automatic == kind


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes.\n\nOn Mon, 2 Nov 2026 at 10:00, Li <li@x.cn> wrote:\n> Price?", "Yes."),
        ("好的\n\n在 2026年11月2日，李雷 <li@x.cn> 写道：\n> 价格", "好的"),
        ("Ja\n\nAm 02.11.2026 um 10:00 schrieb Li:\n> Preis?", "Ja"),
        ("ok\n\n发件人: 李雷\n发送时间: 2026年11月2日\n主题: 报价", "ok"),
        ("ok\n-----Original Message-----\nFrom: Li", "ok"),
        ("Yes.\n> a\n> b\n", "Yes."),
        ("> Price?\nUSD 3\n> Port?\nNingbo", "> Price?\nUSD 3\n> Port?\nNingbo"),
        ("From: Shanghai we ship weekly.\nRegards", "From: Shanghai we ship weekly.\nRegards"),
    ],
)
def test_quoted_part(text, new):
    assert cut_quoted(text)[0] == new


@needs_mails
def test_replies_of_many_programs_are_cut():
    bodies = [path.read_text(encoding="utf-8", errors="replace") for path in MAILS.glob("reply_*/*.txt")]
    cut = [cut_quoted(body) for body in bodies]
    assert sum(bool(quoted) for _, quoted in cut) >= 60
    assert all(new for new, _ in cut)
