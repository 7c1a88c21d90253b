"""Do words of other scripts sound in Latin letters as their owners write them?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.latin import skeleton, to_latin
from core.text import fold


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("深圳华为", "shenzhenhuawei"),
        ("重庆长安", "chongqingchangan"),
        ("東莞", "dongguan"),
        ("ООО Ромашка", "ooo romashka"),
        ("Щука", "shchuka"),
        ("Ελλάδα", "ellada"),
        ("トヨタ", "toyota"),
        ("ﾄﾖﾀ", "toyota"),
        ("ファナック", "fanaku"),
        ("シャープ", "shapu"),
        ("삼성", "samsung"),
        ("النور", "nour"),
        ("LG전자", "lgjunja"),
        ("Acme 3", "acme 3"),
    ],
)
def test_sounds(text, latin):
    assert to_latin(fold(text)) == latin


def test_consonants_of_one_sound_are_one():
    assert skeleton("nour") == skeleton("noor")
    assert skeleton("starbucks") == "strbks"


@given(st.text(max_size=30))
def test_any_text_has_a_sound(text):
    assert isinstance(to_latin(fold(text)), str)
