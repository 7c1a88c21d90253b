"""Does searching find every row that holds what was typed, in any script and writing, and no other?"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.search import matching
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Customer
from customers.services import create_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def firms(alice, now) -> None:
    for name, country, contact, phone in (
        ("Müller Werkzeuge GmbH", "DE", "Jörg Weiß", "+49 711 9012331"),
        ("深圳市华强电子有限公司", "CN", "王小明", "+86 138 0013 8000"),
        ("ТОО Алматы Құрал", "KZ", "Айгүл", "+7 727 250 1234"),
        ("100%_Cotton & Co", "GB", "O'Brien", "+44 20 7946 0018"),
    ):
        person = ContactData(contact, points=[PointData("phone", phone)])
        create_customer(data=CustomerData(name=name, country=country, contacts=[person]), by=alice, now=now)


def found(text: str) -> set[str]:
    return set(matching(Customer.objects.all(), text).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("müller", "Mü"), ("MULLER", "Mü"), ("mueller", "Mü"), ("rkzeu", "Mü"), ("weiss", "Mü"), ("jorg gmbh", "Mü"),
        ("华强", "深"), ("華強", "深"), ("强电", "深"), ("王小", "深"), ("hqdz", "深"),
        ("алматы", "ТО"), ("9012331", "Mü"), ("711 90", "Mü"), ("138-0013-8000", "深"), ("13800138000", "深"),
        ("100%", "10"), ("cotton", "10"), ("o'brien", "10"),
    ],
)  # fmt: skip
def test_any_part_in_any_writing(firms, text, first):
    assert [name[: len(first)] for name in found(text)] == [first]


@pytest.mark.parametrize("text", ["", "%", "_", "'", "zzz", "强华", "\0", "  ", "'; DROP", "\\", "müller 华强"])
def test_what_stands_nowhere_finds_nothing(firms, text):
    assert found(text) == set()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=30))
def test_nothing_that_can_be_typed_is_an_error(firms, text):
    assert len(found(text)) <= 4


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_part_of_a_name_of_two_characters_or_more_finds_it(firms, data):
    name = data.draw(st.sampled_from(["Werkzeuge", "深圳市华强电子有限公司", "Cotton"]))
    start = data.draw(st.integers(0, len(name) - 3))
    part = name[start : data.draw(st.integers(start + 3, len(name)))]
    assert any(name in whole for whole in found(part)), part
