"""Does every business card come in as its sender filled it, of any version, fold and encoding?"""

from pathlib import Path

import pytest

from core.importing.readers import UnreadableFile, guess_shape, open_rows, preview, reshape
from core.importing.vcard import COLUMNS

CARDS = Path(__file__).resolve().parents[4] / "shared" / "data" / "D_contacts" / "vcards"


def read(tmp_path, text):
    path = tmp_path / "upload"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    shape = guess_shape(path)
    assert shape.kind == "vcard"
    return [
        {name: cell for name, cell in zip(COLUMNS, row.cells, strict=True) if cell} for row in open_rows(path, shape)
    ]


def card(*lines, version="3.0"):
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def test_groups_types_escapes_and_folds(tmp_path):
    text = card(
        "N:Vogel;Karl;;Dr.;", "FN:Karl Vogel", "ORG:Müller\\, Söhne;Einkauf;Nord",
        "item1.TEL;type=CELL;type=pref:+49 171 1", 'TEL;VALUE=uri;TYPE="work,fax":tel:+49-711-2',
        "TEL;TYPE=work:+49 711 3;", "item1.X-ABLabel:Mobile", "EMAIL;TYPE=INTERNET:k@x", " .de",
        "ADR;TYPE=home:;;Heimweg 1;Ulm;;89073;Germany",
        "ADR;TYPE=work:;Halle 2;Werkstr. 5\\nTor 3;Bonn;NRW;53111;Germany",
        "X-WECHAT:vogel88", "X-SOCIALPROFILE;type=linkedin:https://www.linkedin.com/in/vogel", "IMPP:skype:kvogel",
        "BDAY:--0203", "CATEGORIES:fair,tools", "NOTE:one\\ntwo", "PHOTO;ENCODING=b:AAAA", " BBBB",
    )  # fmt: skip
    (found,) = read(tmp_path, text)
    assert found == {
        "company": "Müller, Söhne", "person": "Karl Vogel", "department": "Einkauf / Nord", "email": "k@x.de",
        "mobile": "+49 171 1", "fax": "+49-711-2", "phone": "+49 711 3;", "wechat": "vogel88",
        "linkedin": "https://www.linkedin.com/in/vogel", "skype": "kvogel", "address": "Werkstr. 5\nTor 3\nHalle 2",
        "city": "Bonn", "region": "NRW", "postal_code": "53111", "country": "Germany", "tags": "fair,tools",
        "remarks": "Heimweg 1, Ulm, 89073, Germany\nBDAY: --0203\none\ntwo",
    }  # fmt: skip


def test_old_cards_of_telephones(tmp_path):
    name = "王小明".encode()
    quoted = "".join(f"={byte:02X}" for byte in name)
    text = card(
        f"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{quoted[:9]};{quoted[9:18]}=\r\n{quoted[18:]};;;",
        "TEL;CELL;VOICE:13800138000", "ORG;CHARSET=UTF-8:深圳华强", version="2.1",
    )  # fmt: skip
    assert read(tmp_path, text) == [{"company": "深圳华强", "person": "王小明", "mobile": "13800138000"}]


def test_another_encoding_is_asked_and_can_be_chosen(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(card("FN:陳大文", "ORG:香港貿易有限公司").encode("big5hkscs"))
    shape = guess_shape(path)
    assert "big5hkscs" in shape.encodings
    chosen = reshape(path, shape.with_(encoding="big5hkscs"))
    assert preview(path, chosen).rows[0].cells[0] == "香港貿易有限公司"
    path.write_bytes(card("FN:陳大文", "ORG:香港貿易有限公司").encode("utf-16"))
    assert preview(path, guess_shape(path)).rows[0].cells[:3] == ["香港貿易有限公司", "", "陳大文"]


def test_without_a_company_it_is_a_person(tmp_path):
    text = card("FN:Jo Doe", "TEL:1") + card("FN:Al Doe", "TITLE:Buyer") + card("EMAIL:a@b.de")
    assert read(tmp_path, text) == [
        {"company": "Jo Doe", "kind": "person", "phone": "1"},
        {"company": "Al Doe", "kind": "person", "person": "Al Doe", "title": "Buyer"},
        {"company": "a@b.de", "kind": "person", "email": "a@b.de"},
    ]


def test_a_card_that_was_cut_off_is_refused(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, card("FN:Jo") + "BEGIN:VCARD\r\nFN:Al")
    assert (caught.value.code, caught.value.words) == ("card", {"line": 5})


@pytest.mark.skipif(not CARDS.exists(), reason=f"needs {CARDS}")
@pytest.mark.parametrize(
    ("name", "companies"),
    [
        ("John_Doe_ANDROID", ["john.doe@company.com", "jane.doe@company.com", "Ñ Ñ Ñ Ñ Ñ"]),
        ("John_Doe_EVOLUTION", ["IBM"]),
        ("John_Doe_GMAIL", ["IBM"]),
        ("John_Doe_IPHONE", ["IBM"]),
        ("John_Doe_MAC_ADDRESS_BOOK", ["IBM"]),
        ("fullcontact", ["Organization1"]),
        ("gmail-single", ["TheCompany"]),
        ("gmail-single2", ["TheCompany"]),
        ("outlook-2003", ["Company, The"]),
        ("rfc2426-example", ["Lotus Development Corporation", "Netscape Communications Corp."]),
        ("rfc6350-example", ["Viagenie"]),
    ],
)
def test_real_cards(name, companies):
    path = CARDS / f"{name}.vcf"
    rows = list(open_rows(path, guess_shape(path)))
    assert [row.cells[0] for row in rows][:3] == companies
    assert all(len(row.cells) == len(COLUMNS) and not row.problem for row in rows)
