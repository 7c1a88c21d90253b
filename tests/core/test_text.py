"""Can what people type be stored safely and found again?"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import text

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


class TestClean:
    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            ("  Acme \t Ltd\n", "Acme Ltd"),
            ("Ac\x00me", "Acme"),
            ("Acme\ud800 Ltd", "Acme Ltd"),
            ("invoice\u202efdp.exe", "invoicefdp.exe"),
            ("Mu\u0308ller", "Müller"),
            ("深圳\u3000华为", "深圳 华为"),
            ("\ufeffname", "name"),
            ("\u200d \u3164", ""),
            ("شركة\u200f النور", "شركة\u200f النور"),
            ("Acme\u200f Ltd", "Acme Ltd"),
        ],
    )
    def test_one_line(self, raw, expected):
        assert text.clean(raw) == expected

    def test_lines_stay_when_wanted(self):
        assert text.clean("Dear Li,\r\n  price?\x0b\x07\n\nBest ", newlines=True) == "Dear Li,\n  price?\n\n\nBest"

    @given(ANY_TEXT, st.booleans())
    def test_idempotent_and_storable(self, raw, newlines):
        once = text.clean(raw, newlines=newlines)
        assert text.clean(once, newlines=newlines) == once
        once.encode("utf-8")
        assert "\x00" not in once
        assert unicodedata.is_normalized("NFC", once)
        assert newlines or "\n" not in once

    def test_emoji_and_joined_scripts_survive(self):
        for kept in ("👩‍💻 Studio", "می‌خواهم", "हिन्दी", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"):
            assert text.clean(kept) == kept


class TestFold:
    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            ("Müller & Söhne GmbH", "muller sohne gmbh"),
            ("STRAẞE", "strasse"),
            ("İstanbul Işık A.Ş.", "istanbul isik a s"),
            ("Łódź Ørsted", "lodz orsted"),
            ("深圳華為技術有限公司", "深圳华为技术有限公司"),
            ("ＡＢＣ（株）", "abc 株"),
            ("ｶﾞｽ", "ガス"),
            ("Ёлки й", "елки и"),
            ("हिन्दी", "हिन्दी"),
            ("…", ""),
        ],
    )
    def test_examples(self, raw, expected):
        assert text.fold(raw) == expected

    @given(ANY_TEXT)
    def test_idempotent(self, raw):
        once = text.fold(raw)
        assert text.fold(once) == once

    @given(st.text("深圳華為著名後發里麵ABc é", max_size=12), st.integers(0, 12), st.integers(0, 12))
    def test_a_part_of_a_name_folds_to_a_part_of_the_folded_name(self, name, start, end):
        assert text.squash(name[start:end]) in text.squash(name)


class TestCJK:
    @pytest.mark.parametrize(
        ("raw", "expected"), [("华", True), ("カ", True), ("한", True), ("Acme é", False), ("ไทย", False)]
    )
    def test_is_cjk(self, raw, expected):
        assert text.is_cjk(raw) is expected

    def test_bigrams_do_not_cross_other_characters(self):
        assert text.bigrams("华为A公司 公司") == ["公司", "华为"]
        assert text.bigrams("深圳华为") == ["华为", "圳华", "深圳"]
        assert text.bigrams("华 abc") == []

    def test_grams_are_the_characters_and_the_pairs(self):
        assert text.cjk_grams("华为a公") == ["为", "公", "华", "华为"]
        assert text.cjk_grams("abc") == []

    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            ("深圳华为", "szhw"),
            ("深圳華為", "szhw"),
            ("重庆长安", "cqca"),
            ("厦门银行", "xmyh"),
            ("TCL科技3", "tclkj3"),
            ("Acme", ""),
            ("番禺、會計", "pykj"),
        ],
    )
    def test_pinyin_initials(self, raw, expected):
        assert text.pinyin_initials(raw) == expected

    def test_tables_are_what_the_libraries_say(self):
        opencc, pypinyin = pytest.importorskip("opencc"), pytest.importorskip("pypinyin")
        assert text.fold("後發著麵廠") == opencc.OpenCC("t2s").convert("後發著麵廠")
        for char in "东莞蚌埠渤海鑫":
            assert text.pinyin_initials(char) == pypinyin.pinyin(char, style=pypinyin.Style.FIRST_LETTER)[0][0]


class TestSearch:
    DOCUMENT = text.search_document(
        names=["深圳市華為技術有限公司", "Müller & Söhne GmbH", "Mueller Tools", "Coca-Cola"],
        texts=["info@acme-tools.de", "https://www.example.com"],
        phones=["0171 1234567", "+491711234567", "+86 (0)755 2878 0808"],
    )

    @pytest.mark.parametrize(
        "typed",
        [
            "华为",
            "華為",
            "為",
            "szshw",
            "muller",
            "mueller",
            "Müller",
            "MÜLLER gmbh",
            "coca cola",
            "cocacola",
            "acme-tools.de",
            "info@acme",
            "+49 171 1234567",
            "0171/1234567",
            "0049 171 123 45 67",
            "28780808",
            "755-2878-0808",
            "１７１１２３４５６７",
        ],
    )
    def test_found_however_typed(self, typed):
        assert self.found(typed)

    def test_unrelated_is_not_found(self):
        assert not self.found("Siemens")
        assert not self.found("华人")
        assert not self.found("muller siemens")

    @pytest.mark.parametrize("typed", ["", " ", "!?", "\x00", "\ud800"])
    def test_nothing_to_look_for(self, typed):
        assert text.search_query(typed) == []

    @pytest.mark.parametrize(
        ("typed", "kinds"),
        [
            ("华为", ["cjk"]),
            ("华", ["cjk"]),
            ("a华", ["cjk"]),
            ("ab", ["short"]),
            ("acme 华为公司", ["word", "cjk"]),
            ("1391234", ["word"]),
        ],
    )
    def test_kind_says_which_index_serves(self, typed, kinds):
        assert [term.kind for term in text.search_query(typed)] == kinds

    @given(st.text(max_size=30))
    def test_every_term_of_a_name_is_in_its_document(self, name):
        document = text.search_document(names=[name], phones=[name])
        assert all(any(spelling in document for spelling in term.spellings) for term in text.search_query(name))

    def test_long_input_is_bounded(self):
        terms = text.search_query("word " * 100_000 + "x" * 100_000)
        assert len(terms) <= 10
        assert all(len(term.spellings[0]) <= 100 for term in terms)

    def found(self, typed):
        terms = text.search_query(typed)
        return bool(terms) and all(any(spelling in self.DOCUMENT for spelling in term.spellings) for term in terms)
