"""Does an index find a name by a few of its terms, also misspelt or in another script?"""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import clean
from customers.name_grams import grams, rarest


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Schumann GmbH", "Schuhmann AG"),
        ("CaspRr-Schaden", "Casper-Schaden"),
        ("Group Quitzon", "Quitzon Group"),
        ("Huawei Technology", "深圳华为技术有限公司"),
        ("华为", "Shenzhen Huawei Technologies Co., Ltd."),
        ("深圳華為", "深圳市华为技术有限公司"),
        ("IBM", "International Business Machines"),
        ("ООО Ромашка", "Romashka LLC"),
        ("3M", "3M Company"),
    ],
)
def test_terms_are_shared_with_what_is_meant(typed, kept):
    others = ["Acme Trading", "Sunshine Lighting", "上海长城汽车有限公司", "Müller GmbH"]
    frequency = Counter(term for name in [kept, *others] for term in grams(name))
    assert not set(rarest(grams(typed), frequency)).isdisjoint(grams(kept))


def test_the_rarest_of_each_script_then_as_many_as_are_cheap():
    frequency = {"abc": 1_500, "bcd": 900, "cde": 5, "def": 30, "efg": 40, "华为": 7, "为技": 700_000}
    assert rarest(["abc", "bcd", "cde", "def", "efg"], frequency, rows=1_000) == ["cde", "def", "efg", "bcd"]
    assert rarest(["abc", "bcd", "cde", "华为", "为技"], frequency, n=1, rows=10) == ["华为", "cde"]
    assert rarest(["abc", "xyz"], frequency) == ["abc", "xyz"]  # not counted yet: it may be newer than the table


@given(st.text(max_size=60).map(clean))
def test_every_name_has_terms_each_once(name):
    found = grams(name)
    assert len(found) == len(set(found))
    assert bool(found) or not name
    assert set(rarest(found, {})) <= set(found)
