"""Are exported WhatsApp chats read in every phone's form, and asked about where they do not say?"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest

from communications.parsing.whatsapp import ChatRefused, parse_chat

NOW = datetime(2026, 11, 26, 15, 20)  # noqa: DTZ001  a phone's wall time


def chat(text: str, name: str = "WhatsApp Chat with Anna Müller.txt", **asked):
    return parse_chat(name, text.encode(), now=NOW, **asked)


def said(text: str) -> list[tuple[str, str, str]]:
    return [(f"{one.at:%Y-%m-%d %H:%M:%S}", one.author, one.text) for one in chat(text).messages]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("31/12/2025, 21:41 - Anna: Hi", "2025-12-31 21:41:00"),
        ("12/31/25, 9:41\u202fPM - Anna: Hi", "2025-12-31 21:41:00"),
        ("12/31/25, 12:05 AM - Anna: Hi", "2025-12-31 00:05:00"),
        ("31/12/25, 9:41 p. m. - Anna: Hi", "2025-12-31 21:41:00"),
        ("31.12.25, 21:41 - Anna: Hi", "2025-12-31 21:41:00"),
        ("2025-12-31, 9:41 p.m. - Anna: Hi", "2025-12-31 21:41:00"),
        ("2025/12/31 下午9:41 - Anna: Hi", "2025-12-31 21:41:00"),
        ("[2025/12/31 凌晨12:10:09] Anna: Hi", "2025-12-31 00:10:09"),
        ("[2025/12/31 中午1:10:09] Anna: Hi", "2025-12-31 13:10:09"),
        ("\u200e[31.12.25, 21:41:05] Anna: Hi", "2025-12-31 21:41:05"),
        ("[31/12/2025, 9:41:05\u202fPM] ~\u202fAnna: Hi", "2025-12-31 21:41:05"),
        ("٣١\u200f/١٢\u200f/٢٠٢٥، ٩:٤١ م - Anna: Hi", "2025-12-31 21:41:00"),
        ("2025. 12. 31. 오후 9:41 - Anna: Hi", "2025-12-31 21:41:00"),
    ],
)
def test_forms_of_the_head(line, at):
    assert said(line) == [(at, "Anna", "Hi")]


def test_lines_without_a_head_go_on_with_the_message_and_the_systems_own_lines_are_no_messages():
    text = (
        "13/06/25, 21:40 - Messages and calls are end-to-end encrypted.\r\n"
        "13/06/25, 21:41 - Anna: First\r\nsecond: line\r\n\r\nlast\r\n"
        "13/06/25, 21:42 - +86 139 0000 0000: <Media omitted>"
    )
    assert said(text) == [
        ("2025-06-13 21:41:00", "Anna", "First\nsecond: line\n\nlast"),
        ("2025-06-13 21:42:00", "+86 139 0000 0000", "<Media omitted>"),
    ]


def test_the_iphones_notice_is_not_the_contacts_message():
    text = (
        "[13.06.25, 21:40:00] Anna: \u200eMessages and calls are end-to-end encrypted. Only people in this chat can read them.\n"  # noqa: E501
        "[13.06.25, 21:41:00] Anna: Hi"
    )
    assert [one[2] for one in said(text)] == ["Hi"]


def test_day_and_month_are_decided_for_the_whole_file():
    assert chat("13/06/25, 10:00 - A: x").orders == ("DMY",)
    assert chat("25/12/31, 10:00 - A: x").orders == ("YMD",)
    by_range = chat("05/06/25, 10:00 - A: x\n13/06/25, 10:00 - A: y")
    assert (by_range.orders, by_range.messages[0].at.month) == (("DMY",), 6)
    by_running_on = chat("05/06/25, 10:00 - A: x\n05/07/25, 10:00 - A: y\n04/08/25, 10:00 - A: z")
    assert by_running_on.orders == ("DMY",)
    by_the_future = parse_chat("c.txt", b"02/12/26, 10:00 - A: x", now=NOW)
    assert by_the_future.orders == ("MDY",)


def test_an_open_order_is_asked_for_and_the_answer_holds():
    text = "05/06/25, 10:00 - A: x\n06/06/25, 10:00 - A: y"
    assert chat(text).orders == ("DMY", "MDY")
    answered = chat(text, order="MDY")
    assert (answered.orders, answered.messages[0].at.month) == (("MDY",), 5)


@pytest.mark.parametrize(
    "line",
    [
        "IMG-1.jpg (file attached)", "\u200eIMG-1.jpg (文件附件)", "IMG-1.jpg (файл добавлен)", "IMG-1.jpg (archivo adjunto)",  # noqa: E501
        "\u200e<attached: IMG-1.jpg>", "\u200e<附件：IMG-1.jpg>", "<Anhang: IMG-1.jpg>", "\u200e<adjunto: IMG-1.jpg>",
    ],
)  # fmt: skip
def test_files_of_an_archive(line):
    found = parse_chat(
        "x.zip", archive({"_chat.txt": f"[13.06.25, 21:40:00] Anna: {line}", "IMG-1.jpg": "pixels"}), now=NOW
    )
    assert found.messages[0].file == "IMG-1.jpg"
    enclosed = found.enclosed("IMG-1.jpg", 100)
    assert enclosed is not None
    assert enclosed.content == b"pixels"
    assert found.enclosed("IMG-1.jpg", 3) is None
    assert found.enclosed("../etc/passwd", 100) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("WhatsApp Chat with Anna Müller.txt", "Anna Müller"),
        ("WhatsApp Chat - Anna.zip", "Anna"),
        ("与李雷的 WhatsApp 聊天.txt", "李雷"),
        ("Chat de WhatsApp con Ana.txt", "Ana"),
    ],
)
def test_title(name, title):
    assert chat("13/06/25, 21:41 - Anna: Hi", name=name).title == title


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no line begins"),
        (b"Dear Sirs,\nno chat", "no line begins"),
        (b"32/13/25, 10:00 - A: x", "dates"),
        (b"13/06/25, 21:41 - no author here", "no message"),
        (b"PK\x03\x04broken", "damaged"),
    ],
)
def test_refusals(raw, reason):
    with pytest.raises(ChatRefused, match=reason):
        parse_chat("c.txt", raw, now=NOW)


def archive(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out.getvalue()


def test_archives_that_are_no_chat():
    with pytest.raises(ChatRefused, match="no text file"):
        parse_chat("x.zip", archive({"a.jpg": "x"}), now=NOW)
    with pytest.raises(ChatRefused, match="more than 3000 files"):
        parse_chat("x.zip", archive({f"{n}.jpg": "" for n in range(3001)}), now=NOW)


def test_a_bomb_is_not_unpacked():
    with pytest.raises(ChatRefused, match="Unpacked"):
        parse_chat("x.zip", archive({"_chat.txt": "0" * 301_000_000}), now=NOW)


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_whose_content_is_broken_is_refused(packed):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        archive.writestr(
            "_chat.txt", "".join(f"[0{n % 9 + 1}/06/25, 10:{n % 60:02}:00] Ann: {n}\n" for n in range(500))
        )
    raw = bytearray(out.getvalue())
    raw[64:66] = bytes(byte ^ 0xFF for byte in raw[64:66])
    with pytest.raises(ChatRefused):
        parse_chat("chat.zip", bytes(raw), now=NOW)
