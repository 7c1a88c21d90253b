"""Is a number the same however it is written, and never another's?"""

import json
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.phones import parse, whatsapp_link

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.parametrize(
    ("raw", "country", "e164"),
    [
        ("+86 139 1234 5678", "", "+8613912345678"),
        ("13912345678", "CN", "+8613912345678"),
        ("13912345678", "cn", "+8613912345678"),
        ("0086-139-1234-5678", "", "+8613912345678"),
        ("0086 139 1234 5678", "US", "+8613912345678"),
        ("86 13912345678", "", "+8613912345678"),
        ("+0086 13912345678", "", "+8613912345678"),
        ("（0755）2878-0808", "CN", "+8675528780808"),
        ("+49 (0)30 901820", "CN", "+4930901820"),
        ("030 901820", "DE", "+4930901820"),
        ("tel:+1-415-555-2671", "", "+14155552671"),
        ("１３９１２３４５６７８", "CN", "+8613912345678"),
        ("+1 212 456 7890 ext. 12", "", "+12124567890"),
    ],
)
def test_any_writing_is_one_number(raw, country, e164):
    phone = parse(raw, country)
    assert phone.e164 == e164
    assert phone.raw == raw


@pytest.mark.parametrize(
    ("raw", "country"),
    [
        ("13912345678", ""),
        ("13123456789", ""),
        ("4582345678", ""),
        ("12345", "CN"),
        ("ask Li", "CN"),
        ("", ""),
        ("+", ""),
        ("9" * 500, "CN"),
        ("139 1234 5678", "DE"),
        ("n/a", "XX"),
    ],
)
def test_uncertain_numbers_are_shown_as_typed(raw, country):
    phone = parse(raw, country)
    assert phone.e164 is None
    assert phone.display == raw
    assert whatsapp_link(phone.e164) == ""


def test_links():
    phone = parse("+1 212 456 7890 x12")
    assert phone.country == "US"
    assert phone.extension == "12"
    assert whatsapp_link(phone.e164) == "https://wa.me/12124567890"
    assert whatsapp_link(phone.e164, "你好 & hi") == "https://wa.me/12124567890?text=%E4%BD%A0%E5%A5%BD%20%26%20hi"


@given(st.text(st.characters(exclude_categories=()), max_size=80), st.sampled_from(["", "CN", "US", "??"]))
def test_never_raises(raw, country):
    phone = parse(raw, country)
    assert phone.e164 is None or phone.e164[1:].isdigit()


def test_examples_of_every_country():
    source = DATA / "D_contacts" / "libphonenumber_js_examples_mobile.json"
    if not source.exists():
        pytest.skip(f"needs {source}")
    for region, national in json.loads(source.read_text()).items():
        expected = f"+{phonenumbers.country_code_for_region(region)}"
        assert (parse(national, region).e164 or "").startswith(expected), region
