"""Do several facts together say that two contacts, or two records of a firm, are one, and one fact alone not?"""

from datetime import date

import pytest

from customers.record_likeness import Details, compare_people, compare_records

BORN = date(1980, 3, 4)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Details("Wei Zhang", birthday=BORN), Details("ZHANG Wei", birthday=BORN)),
        (Details("张伟", phones=("+86 138 0013 8000",)), Details("Zhang Wei", phones=("13800138000",))),
        (Details("Jon Smith", emails=("jon@acme.de",)), Details("John Smith", emails=("JON@ACME.DE",))),
        (Details("Иван Петров", street="ul. Lenina 4"), Details("Petrov Ivan", street="Lenina ul 4", city="Kazan")),
        (
            Details("Ann Lee", birthday=BORN, street="4 Main Street", city="Perth"),
            Details("Ann Miller", birthday=BORN, street="4 Main St.", city="Perth"),
        ),
    ],
)
def test_two_facts_make_one_person(a, b):
    likeness = compare_people(a, b)
    assert likeness.is_warned_of, likeness
    assert likeness == compare_people(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Details("Wei Zhang"), Details("Zhang Wei")),  # half a million people
        (Details("Wei Zhang", city="Shanghai"), Details("Zhang Wei", city="Shanghai")),
        (Details("Ann Lee", phones=("+49 30 123456",)), Details("Bob Stone", phones=("+49 30 123456",))),
        (Details("Ann Lee", street="4 Main St"), Details("Bob Lee", street="4 Main St")),
        (Details("Ann Lee", birthday=BORN), Details("Bob Stone", birthday=BORN)),
        (Details("Ann Lee", emails=("info@acme.de",)), Details("Ann Stone", emails=("info@acme.de",))),
        (Details(), Details()),
    ],
)
def test_one_fact_alone_is_not_enough(a, b):
    assert not compare_people(a, b).is_warned_of


def test_a_firm_is_its_name_and_its_number_or_address():
    one = Details("Arnie Morton's of Chicago", phones=("310/246-1501",), street="435 S. La Cienega Blvd.")
    same = Details("Arnie Morton's", phones=("310-246-1501",), street="435 S. La Cienega Boulevard")
    branch = Details("Arnie Morton's of Chicago", phones=("312 266 4820",), street="1050 N. State St.")
    neighbour = Details("Stefano's", phones=("310-246-1501",), street="435 S. La Cienega Blvd.")
    assert compare_records(one, same).reasons == ("similar_name", "same_phone", "same_address")
    assert compare_records(one, same).is_warned_of
    assert not compare_records(one, branch).is_warned_of
    assert not compare_records(one, neighbour).is_warned_of


def test_another_house_of_the_street_is_another_address():
    a = Details("Cafe Roma", street="3570 Las Vegas Blvd. S", city="Las Vegas")
    b = Details("Cafe Roma", street="3799 Las Vegas Blvd. S.", city="Las Vegas")
    assert "same_address" not in compare_records(a, b).reasons
