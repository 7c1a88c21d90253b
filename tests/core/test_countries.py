"""Is a country recognised by any of its common names, and never taken for another?"""

import csv
from pathlib import Path

import pytest
from django_countries.data import COUNTRIES
from hypothesis import given
from hypothesis import strategies as st

from core.countries import Match, country_of, match
from core.text import fold, squash

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


NAMES = {
    "DE": "DE|de|DEU|Germany|Deutschland|德国|德國|🇩🇪|Germany (DE)|DE - Germany|  germany ",
    "US": "USA|U.S.A.|United States|美国",
    "GB": "UK|England|Great Britain",
    "AE": "UAE|阿联酋",
    "KR": "Korea, Republic of|Republic of Korea|Korea|韩国",
    "KP": "North Korea",
    "VN": "Viet Nam|Vietnam",
    "CI": "Côte d’Ivoire|Ivory Coast",
    "TR": "Türkiye|Turkey",
    "CN": "P.R. China|中华人民共和国|China 中国|中国China",
    "HK": "Hong Kong SAR, China|中國香港",
    "TW": "Taiwan, China",
    "RU": "Russian Federation|Россия",
    "JP": "日本",
    "IN": "भारत",
    "BR": "Brasil",
    "CZ": "Czech Republic",
    "SA": "Kingdom of Saudi Arabia",
    "CL": "Republic of Chile",
    "VG": "British Virgin Isl",
    "MH": "Marshall Isl",
    "LC": "St. Lucia",
    "NL": "The Netherlands",
    "XK": "Kosovo",
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
    "SK": "Slovak Republic",
    "GR": "EL",
}


@pytest.mark.parametrize(("code", "text"), [(code, name) for code, names in NAMES.items() for name in names.split("|")])
def test_recognised(code, text):
    assert country_of(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Philipines", "PH"),
        ("Germny", "DE"),
        ("Untied Kingdom", "GB"),
        ("Switzerlnad", "CH"),
        ("Malaysai", "MY"),
        ("Argentinia", "AR"),
    ],
)
def test_slips_of_the_pen(text, code):
    assert match(text) == Match(code, "typo")


@pytest.mark.parametrize(
    "text",
    ["", "?", "x", "Europe", "Nigera", "Austrlia", "Republic of China", "State of Georgia", "Virgin Islands",
     "Neth. Antilles", "France, Germany",
     "Atlanta, Georgia", "Zz", "123", "Acme GmbH", "the", "a" * 10_000],
)  # fmt: skip
def test_never_guesses(text):
    assert country_of(text) is None


def test_says_who_else_it_could_be():
    assert match("Austrlia").candidates == ("AT", "AU")
    assert match("Virgin Islands").candidates == ("VG", "VI")


@pytest.mark.parametrize(("code", "name"), COUNTRIES.items())
def test_what_our_own_screens_print(code, name):
    assert country_of(str(name)) == country_of(code) == code


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text):
    assert match(text).code in {None, "XK", *COUNTRIES}


def test_tables_are_folded_as_texts_are():
    tables = (Path(__file__).resolve().parents[2] / "core" / "data" / "countries.csv").read_text(encoding="utf-8")
    keys = [key for line in tables.splitlines() for column in line.split(",")[2:] for key in column.split("|")]
    assert all(fold(key) == key for key in keys)
    assert squash("Côte d’Ivoire") == "cotedivoire"


def test_real_lists():
    source = DATA / "D_contacts" / "country-codes.csv"
    if not source.exists():
        pytest.skip(f"needs {source}")
    columns = [
        "UNTERM English Short",
        "CLDR display name",
        "official_name_en",
        "UNTERM Chinese Short",
        "official_name_cn",
        "ISO3166-1-Alpha-3",
        "official_name_fr",
        "official_name_es",
    ]
    wrong = []
    with source.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for column in columns:
                name = row[column].strip()
                if name and country_of(name) not in {row["ISO3166-1-Alpha-2"], None}:
                    wrong.append((name, country_of(name)))
    assert wrong == []
