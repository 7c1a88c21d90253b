"""Are names that people write for one company found alike, other companies' not, and is the reason said?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.company_names import CompanyName, name_key, normalise_name
from customers.similarity import WARN_AT, compare_names

# What people type for one company, or companies that belong together: a person should look.
WARNED = [
    ("Müller GmbH", "Müller AG", "form_differs"),
    ("Müller GmbH", "Mueller", "form_missing same_without_form"),
    ("深圳市华为技术有限公司", "深圳華為技術有限公司", "same_without_form"),
    ("深圳华为技术有限公司", "上海华为技术有限公司", "same_own_words other_words"),
    ("深圳华为技术有限公司", "Shenzhen Huawei Technology Co., Ltd.", "transliteration"),
    ("深圳华为技术有限公司", "Shenzhen Hua Wei Technologies", "transliteration"),
    ("宁波市金海进出口有限公司", "Ningbo Jinhai Import & Export Co., Ltd.", "transliteration"),
    ("义乌市鑫源进出口有限公司", "义乌市鑫缘进出口有限公司", "same_sound"),
    ("美的集团上海分公司", "美的集团有限公司", "same_own_words more_words form_differs"),
    ("美的集团上海分公司", "美的集团广州分公司", "other_words"),
    ("深圳市极光智造电子有限公司", "Shenzhen Jiguang Zhizao Electronics Co., Ltd. Shanghai Branch", "transliteration"),
    ("深圳市极光智造电子有限公司", "Jiguang Zhizao Electronics (Shenzhen) Co., Ltd.", "transliteration"),
    ("Ruihe Tools Co., Ltd.", "Ruihe Tools Co., Ltd., Shanghai Branch", "same_own_words more_words form_differs"),
    ("恒大地产集团", "恆大地產集團", "same_name"),
    ("台塑石化股份有限公司", "台塑石化", "form_missing"),
    ("广州市白云区锦绣服装厂", "广州锦绣服饰", "more_words"),
    ("ООО «Ромашка»", "Romashka LLC", "transliteration"),
    ("ТОВ Нова Пошта", "Nova Poshta", "transliteration"),
    ("شركة النور للتجارة", "Al Noor Trading", "transliteration"),
    ("トヨタ自動車株式会社", "Toyota Motor Corporation", "transliteration"),
    ("삼성전자", "Samsung Electronics Co., Ltd.", "transliteration"),
    ("Công ty TNHH Thương mại Minh Phát", "Minh Phat Trading", "same_without_form"),
    ("Yılmaz Tekstil San. ve Tic. Ltd. Şti.", "YILMAZ TEKSTİL", "more_words"),
    ("Transportes Silva Lda", "Silva Transportes, Lda.", "same_without_form"),
    ("Kowalski Spółka z o.o.", "Kowalsky Sp. z o.o.", "similar"),
    ("Goodwill Company", "Good Will Co", "same_name"),
    ("CRISTALORD LIMITED", "CRYSTALORD LTD", "similar"),
    ("Emard Inc", "Emard Hnc", "similar"),
    ("Wilson, Daniel and Lubowitz", "Lubowitz, Wilson and Daniel", "same_but_order"),
    ("International Business Machines Corp.", "IBM", "acronym"),
    ("First International Bank", "1st International Bank", "same_without_form"),
    ("Harris, Armstrong and Brown", "Harris Armstrong", "one_contains_other"),
]
# Other companies, though much of the name is the same.
NOT_WARNED = [
    "Plant 1 Ltd|Plant 2 Ltd",
    "3M|4M",
    "Acme 2000|Acme",
    "BWI Industries, Inc.|BAE Industries, Inc.",
    "Delta Airlines|Delta Electronics",
    "Sunshine Trading|Sunshine Textile",
    "Sunrise Lighting|Sunshine Lighting",
    "Bank of China|Bank of Japan",
    "Pacific Trading|Atlantic Trading",
    "General Trading LLC|General Contracting LLC",
    "Klein, Daniel and Lubowitz|Klein, Fadel and Lubowitz",
    "北京长城贸易有限公司|上海长城汽车有限公司",
    "宁波金海进出口有限公司|宁波金洋进出口有限公司",
    "中国石油|中国石化",
    "삼성전자|LG전자",
    "ООО БАЙ|ООО БАЙКАЛ",
    "Puffin Trust|Puccini Trust",
    "Blinq Holdings Pty Ltd|Bailey Holdings Pty Ltd",
    "IBM|International Paper",
    "GE|General Electric",
]


@pytest.mark.parametrize(("a", "b", "reasons"), WARNED)
def test_one_company_is_warned_of_with_the_reason(a, b, reasons):
    likeness = compare_names(a, b)
    assert likeness.is_warned_of, likeness
    assert set(reasons.split()) <= {*likeness.reasons}


@pytest.mark.parametrize("names", NOT_WARNED)
def test_other_companies_are_not_warned_of(names):
    likeness = compare_names(*names.split("|"))
    assert not likeness.is_warned_of, likeness


def test_a_place_or_trade_that_differs_is_less_alike():
    same = compare_names("深圳华为技术有限公司", "深圳華為技術有限公司").score
    elsewhere = compare_names("深圳华为技术有限公司", "上海华为技术有限公司").score
    assert WARN_AT <= elsewhere < same == 1


ANY_NAME = st.text(max_size=40) | st.sampled_from([name for row in WARNED for name in row[:2]])
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz ", min_size=1, max_size=24).filter(str.strip)


@given(ANY_NAME, ANY_NAME)
def test_likeness_is_symmetric_and_a_share(a, b):
    likeness = compare_names(a, b)
    assert likeness == compare_names(b, a)
    assert 0 <= likeness.score <= 1
    assert likeness.reasons
    assert likeness == compare_names(normalise_name(a), normalise_name(b))


@given(ANY_NAME)
def test_a_name_is_like_itself(name):
    assert compare_names(name, name).score == 1


@given(ANY_NAME, ANY_NAME)
def test_only_names_that_block_are_wholly_alike(a, b):
    assert (compare_names(a, b).score == 1) == (name_key(a) == name_key(b)) or not name_key(a)


WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@given(LETTERS, LETTERS)
def test_case_width_and_punctuation_do_not_matter(a, b):
    likeness = compare_names(a, b)
    assert likeness == compare_names(a.upper(), b.translate(WIDE))
    assert likeness == compare_names(f" {a}. ", b.replace(" ", ", "))


@given(LETTERS, LETTERS, st.sampled_from(["GmbH", "Ltd", "S.A. de C.V.", "Sp. z o.o.", "Ltda.", "Ltd. Şti.", "LLC"]))
def test_a_legal_form_makes_no_two_names_alike(a, b, form):
    if compare_names(a, b).is_warned_of or {normalise_name(name).legal_form for name in (a, b)} != {""}:
        return
    assert not compare_names(
        CompanyName(normalise_name(a).core, form), CompanyName(normalise_name(b).core, form)
    ).is_warned_of


@given(st.from_regex("[a-z]{5,12} [a-z]{5,12}", fullmatch=True), st.data())
def test_one_slip_of_the_pen_is_seen(name, data):
    if compare_names(name, "").reasons and len(normalise_name(name).core.split()) != 2:
        return
    place = data.draw(st.integers(0, len(name) - 1).filter(lambda place: name[place] != " "))
    slip = data.draw(st.sampled_from(["", "q", name[place] * 2]))
    assert compare_names(name, name[:place] + slip + name[place + 1 :]).score > 0.7
