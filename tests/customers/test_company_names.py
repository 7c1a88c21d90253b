"""Do different writings of one company's name come out equal, and different companies stay apart?"""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.company_names import CompanyName, name_key, normalise_name
from customers.legal_forms import canonical_form
from customers.places import split_place

NAMES = Path(__file__).resolve().parents[3] / "shared" / "data" / "B_names"

SAME = [
    "Müller GmbH|MÜLLER G.m.b.H.|Muller Gmbh|Müller Gesellschaft mit beschränkter Haftung|müller  gmbh.",
    "Müller & Söhne GmbH & Co. KG|Müller und Söhne GmbH und Co KG|MÜLLER AND SÖHNE GMBH + CO. KG",
    "Acme Co., Ltd.|ACME CO LTD|Acme Co.,Ltd|Acme Company Limited|Acme Co.Ltd.|Acme Co.，Ltd．",
    "Acme Pte Ltd|Acme Private Limited|Acme Pvt. Ltd.|Acme (P) Ltd",
    "Simec S.A. de C.V.|Simec SA de CV|SIMEC, S. A. DE C. V.|Simec Sociedad Anónima de Capital Variable",
    "深圳華為技術有限公司|深圳华为技术有限公司|深圳华为技术有限责任公司|深圳华为技术 有限公司",
    "株式会社トヨタ|㈱トヨタ|（株）トヨタ|トヨタ株式会社|ﾄﾖﾀ(株)",
    'ООО «Ромашка»|Ромашка ООО|Общество с ограниченной ответственностью "Ромашка"|ооо ромашка',
    "삼성전자주식회사|(주)삼성전자|삼성전자 주식회사|㈜삼성전자",
    "FABERLIC EUROPE Sp. z o.o.|Faberlic Europe Spółka z ograniczoną odpowiedzialnością",
    "AB Volvo|Volvo AB|A B Volvo|Volvo Aktiebolag",
    "PT Astra Tbk|PT. Astra, Tbk.",
    "บริษัท เอบีซี จำกัด|บริษัทเอบีซีจำกัด",
    "شركة النور ذ.م.م|شركة النور ذ م م",
    "Công ty TNHH ABC|CONG TY TNHH ABC|Công ty Trách nhiệm hữu hạn ABC",
    "Dacia S.R.L.|S.C. Dacia SRL|Societatea cu răspundere limitată Dacia",
    "Siemens AG|Siemens Aktiengesellschaft|SiemensAG",
    "Goldman Sachs & Co.|Goldman Sachs and Company",
    "JSC Tactical Missiles Corp.|TACTICAL MISSILES CORPORATION JOINT STOCK COMPANY",
    "Kardeşler San. ve Tic. Ltd. Şti.|KARDEŞLER SAN VE TİC LTD ŞTİ",
    "A.B.C. Company|ABC Company|ABC Co.",
    "Acme U.S.A.|Acme USA",
    "Acme SE & Co. KG|ACME SE und Co KG",
    "Kowalski Spółka komandytowo-akcyjna|Kowalski S.K.A.",
    "Công ty TNHH MTV Đại Phát|Công ty TNHH Đại Phát|Đại Phát TNHH",
    "Монгол Говь ХХК|Монгол Говь Хязгаарлагдмал хариуцлагатай компани",
    "Frota S/A|FROTA S.A.|Frota Sociedade Anônima",
    "Acme Komandit Şirketi|ACME Kom. Şti.",
]
DIFFERENT = [
    "Müller GmbH|Müller AG",
    "Acme Ltd|Acme Co., Ltd.",
    "Acme Inc|Acme Corp",
    "深圳市华为技术有限公司|深圳华为技术有限公司",
    "深圳华为技术有限公司|深圳华为技术股份有限公司",
    "深圳华为技术有限公司|上海华为技术有限公司",
    "Smith and Jones Ltd|Smith Jones Ltd",
    "Deutsche Bank (Schweiz) AG|Deutsche Bank AG",
    "Westminster Management Company|Management Company",
    "BWI Industries, Inc.|BAE Industries, Inc.",
    "ООО БАЙ|ООО БАЙКАЛ",
    "Lehner & Co. LLC|Lehner LLC",
    "Müller & Co. KG|Müller KG",
    "金星工作室|金星商行|金星合作社",
    "Արարատ ՍՊԸ|Արարատ ՓԲԸ|Արարատ ԲԲԸ",
    "شركة النور ذ.م.م|شركة النور ش.م.ل",
    "한빛 유한회사|한빛 유한책임회사",
]
SAME_WITHOUT_FORM = [
    "Müller GmbH|Müller AG|Mueller|Muller Inc.",
    "深圳市华为技术有限公司|深圳華為技術有限公司|广东省深圳市华为技术股份有限公司|深圳市南山区华为技术公司",
    "HOMS REFINERY CORPORATION|The Homs Refinery Company",
    "Nanshan Group|Nanshan Group Co Ltd",
    "Acme Technologies Ltd|Acme Tech LLC|Acme Technology",
    "Acme Intl. Inc|Acme International",
]


@pytest.mark.parametrize("names", SAME)
def test_writings_of_one_name_are_equal(names):
    assert len({name_key(name) for name in names.split("|")}) == 1, [normalise_name(name) for name in names.split("|")]


@pytest.mark.parametrize("names", DIFFERENT)
def test_other_names_and_other_forms_are_different(names):
    names = names.split("|")
    assert len({name_key(name) for name in names}) == len(names)


@pytest.mark.parametrize("names", SAME_WITHOUT_FORM)
def test_without_form_the_net_is_wider(names):
    assert len({name_key(name, with_form=False) for name in names.split("|")}) == 1


@pytest.mark.parametrize(
    ("name", "core", "form"),
    [
        ("Bäckerei Huber e.K.", "backerei huber", "e.K."),
        ("Novo-Nordisk A/S", "novo nordisk", "AS"),
        ("Minefinders Corp. Ltd.", "minefinders", "Corp Ltd"),
        ("百度在线网络技术（北京）公司", "百度在线网络技术 北京", "公司"),
        ("华为技术有限公司深圳分公司", "华为技术深圳", "分公司"),
        ("Ruihe Tools Co., Ltd. Shanghai Branch Office", "ruihe tools shanghai", "Branch"),
        ("Acme GmbH, Zweigniederlassung Wien", "acme wien", "Branch"),
        ("Olive Branch Ltd", "olive branch", "Ltd"),
        ("Acme GmbH (Berlin)", "acme berlin", "GmbH"),
        ("腾讯控股有限公司", "腾讯控股", "有限公司"),
        ("3M Company", "3m", "Co"),
    ],
)
def test_taken_apart(name, core, form):
    assert normalise_name(name) == CompanyName(core, form)


@pytest.mark.parametrize(
    "name", ["GmbH", "Co., Ltd.", "有限公司", "The Company", "!!!", "🍎", "A", "株式会社", "ООО", "&", "and"]
)
def test_never_reduced_to_nothing(name):
    assert normalise_name(name).core.replace("the", "")
    assert name_key(name)
    assert name_key(name, with_form=False)


@given(st.text(max_size=40))
def test_any_text_has_a_stable_key(name):
    parsed = normalise_name(name)
    assert parsed == normalise_name(name)
    assert normalise_name(name.upper()).core == normalise_name(name.upper().upper()).core
    assert bool(name_key(name)) == bool(parsed.core)
    assert bool(name_key(name, with_form=False)) == bool(parsed.core)


@given(st.sampled_from([names.split("|")[0] for names in SAME]), st.sampled_from(["  ", " ", ".", ","]))
def test_signs_around_a_name_do_not_matter(name, sign):
    assert name_key(f"{sign}{name}{sign}") == name_key(name)


@pytest.mark.parametrize(
    ("core", "place", "rest"),
    [
        ("深圳市华为技术", "深圳", "华为技术"),
        ("广东省深圳市南山区华为技术", "深圳", "华为技术"),
        ("宁波奥克斯电气", "宁波", "奥克斯电气"),
        ("shenzhen huawei technologies", "shenzhen", "huawei technologies"),
        ("华为技术", "", "华为技术"),
        ("上海", "", "上海"),
        ("shanghai", "", "shanghai"),
    ],
)
def test_places(core, place, rest):
    assert split_place(core) == (place, rest)


@pytest.mark.parametrize(
    ("text", "form"),
    [("G.m.b.H.", "GmbH"), ("有限責任公司", "有限公司"), ("s.a. de c.v.", "S.A. de C.V."), ("Acme", "")],
)
def test_canonical_form(text, form):
    assert canonical_form(text) == form


def test_known_abbreviations_of_others():
    source = NAMES / "legal_forms" / "dnb_legal_names.csv"
    if not source.exists():
        pytest.skip(f"needs {source}")
    with source.open(encoding="utf-8", newline="") as file:
        forms = [row["abbreviation"] for row in csv.DictReader(file)]
    assert sum(bool(canonical_form(form)) for form in forms) / len(forms) > 0.6  # the rest are no trading companies


def test_real_names_of_one_country_do_not_collide():
    source = NAMES / "cleanco_companies.csv"
    if not source.exists():
        pytest.skip(f"needs {source}")
    with source.open(encoding="utf-8", newline="") as file:
        rows = [tuple(row) for row in csv.reader(file, delimiter=";") if row]
    keys = {}
    for name, country in rows:
        keys.setdefault((name_key(name), country), set()).add(normalise_name(name).core.replace(" ", ""))
    assert all(len(cores) == 1 for cores in keys.values())
    assert sum(bool(normalise_name(name).legal_form) for name, _ in rows) / len(rows) > 0.9
