"""Is a company's code checked as its country does, and is the verdict one that people understand?"""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from customers.codes import _KINDS, _UNION, check_code


@pytest.mark.parametrize(
    ("country", "code", "key"),
    [
        ("CN", "91440300708461136T", "CN:91440300708461136T"),
        ("cn", "9144 0300 7084 6113-6t", "CN:91440300708461136T"),
        ("DE", "DE 136 695 976", "DE:DE136695976"),
        ("DE", "136695976", "DE:DE136695976"),
        ("", "DE136695976", "DE:DE136695976"),
        ("GR", "EL 094259216", "GR:EL094259216"),
        ("FR", "Fr 40 303 265 045", "FR:FR40303265045"),
        ("GB", "GB 980 7806 84", "GB:980780684"),
        ("CH", "CHE-107.787.577 IVA", "CH:CHE107787577"),
        ("BR", "16.727.230/0001-97", "BR:16727230000197"),
        ("US", "91-1144442", "US:911144442"),
        ("MX", "GODE 561231 GR8", "MX:GODE561231GR8"),
        ("IN", "27AAPFU0939F1ZV", "IN:27AAPFU0939F1ZV"),
        ("RU", "7707083893", "RU:7707083893"),
        ("JP", "5835678256246", "JP:5835678256246"),
    ],
)
def test_right_codes(country, code, key):
    found = check_code(country, code)
    assert found.verdict == "ok"
    assert found.key == key


@pytest.mark.parametrize(
    ("country", "code", "part"),
    [
        ("CN", "914403007084611361", "check digit"),
        ("CN", "91440300", "18 characters; this one has 8"),
        ("CN", "9144030070846113OT", "check digit"),
        ("DE", "136695978", "check digit of this VAT number"),
        ("BR", "16.727.230/0001-98", "CNPJ"),
        ("IN", "27AAPFU0939F1ZX", "GSTIN"),
        ("RU", "7707083894", "ИНН"),
    ],
)
def test_wrong_codes_say_what_is_wrong(country, code, part):
    found = check_code(country, code)
    assert found.is_wrong
    with translation.override("en"):
        assert part in found.message


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("CN", "440300708461136"),
        ("DE", "HRB 12345"),
        ("KZ", "123"),
        ("", "123456789"),
        ("", "A" * 18),
        ("ZZ", "x"),
        ("CN", ""),
        ("CN", "\x00"),
    ],
)
def test_codes_that_nobody_can_check_are_kept(country, code):
    found = check_code(country, code)
    assert found.verdict == "unknown"
    assert not found.is_wrong
    with translation.override("en"):
        assert found.message.startswith("Kept without a check")


@given(
    st.sampled_from([*_KINDS, *_UNION, "", "??"]), st.text("0123456789ABCXT ./-", max_size=20) | st.text(max_size=20)
)
def test_any_text_gets_a_verdict_and_a_stable_form(country, code):
    found = check_code(country, code)
    again = check_code(country, found.code)
    assert again.code == found.code
    assert found.verdict != "ok" or again.verdict == "ok"
