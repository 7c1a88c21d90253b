"""Is the demo firm believable, the same every time, and true to every promise?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import Notification, Team, User
from core.demo import World, build
from core.invariants import verdicts
from core.models import CustomField
from customers import facts
from customers.demo import lexicon, naming, paperwork
from customers.identity import check_code
from customers.inputs import PointData
from customers.management.commands.check_invariants import stale_search_texts
from customers.models import Contact, ContactPoint, Customer, CustomerName, Event, Note, OwnershipPeriod
from opportunities.models import Inquiry, Lead, Opportunity

NOW = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)
SIZE = 240


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Loaded once for the tests that look at it, and rolled back behind them."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World(SIZE)
        build(world, NOW)
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def firm(loaded, db) -> World:
    return loaded


def test_every_promise_holds(firm):
    broken = [(verdict.key, verdict.rows) for verdict in verdicts() if verdict.broken]
    assert broken == []
    assert stale_search_texts(SIZE) == []


def test_a_broken_promise_is_found(firm):
    customer = Customer.objects.filter(owner__isnull=False).first()
    Customer.objects.filter(pk=customer.pk).update(completeness=customer.completeness + 1, search_text="other")
    assert {verdict.key for verdict in verdicts() if verdict.broken} == {"customers.completeness"}
    assert stale_search_texts(SIZE) == [customer.pk]
    with pytest.raises(CommandError):
        call_command("check_invariants", verbosity=0)
    call_command("recompute", verbosity=0)
    call_command("check_invariants", verbosity=0)


def test_the_people_of_the_firm(firm, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # as when it was loaded
    assert Team.objects.count() == 3
    assert User.objects.count() == 14
    alice, bob, charlie, dana, root = (
        User.objects.get(username=name) for name in ("alice", "bob", "charlie", "dana", "root")
    )
    assert alice.team == bob.team == dana.team != charlie.team
    assert dana.is_manager
    assert root.is_admin
    assert alice.check_password(settings.DEMO_PASSWORD)
    assert not User.objects.exclude(language="").exists()


def test_the_customers_of_the_firm(firm):
    assert Customer.objects.count() == SIZE
    assert Customer.objects.filter(pool__isnull=False).exists()
    assert Customer.objects.visible_to(User.objects.get(username="alice")).count() > 18
    assert Customer.objects.filter(last_followed_at=None, status__key="potential").exists()
    assert Customer.objects.filter(touches__gt=2, replies__gt=0, next_task_at__isnull=False).exists()
    assert Customer.objects.filter(search_text__contains="前海联拓").exists()
    assert CustomField.objects.filter(target="customers.customer").count() == 8
    assert {*CustomField.objects.values_list("kind", flat=True)} == {*CustomField.Kind.values}
    assert CustomerName.objects.filter(is_main=False).exists()
    assert Note.objects.filter(mentions__isnull=False).exists()
    assert Notification.objects.exists()
    assert OwnershipPeriod.objects.filter(reason="transferred").exists()


def test_the_deals_of_the_firm_move(firm):
    deals = Opportunity.objects
    open_ones = deals.open().count()
    assert open_ones > 40
    for rows, least, most in (
        (deals.stalled(NOW), 0.1, 0.3),
        (deals.past_close(NOW.date()), 0.04, 0.2),
        (deals.without_next_step(), 0.2, 0.45),
    ):
        assert least < rows.count() / open_ones < most
    assert Lead.objects.exclude(next_task_title="").exists()
    assert set(Inquiry.objects.values_list("state", flat=True)) == {"lead", "suspect"}


def test_nothing_lies_in_the_future(firm):
    for model, column in (
        (Customer, "created_at"),
        (Customer, "status_at"),
        (Customer, "owned_since"),
        (Event, "at"),
        (Contact, "created_at"),
        (Note, "created_at"),
        (OwnershipPeriod, "started_at"),
        (Opportunity, "stage_at"),
        (Inquiry, "received_at"),
    ):
        assert not model.objects.filter(**{f"{column}__gt": NOW}).exists(), f"{model.__name__}.{column}"


def test_numbers_and_codes_are_right(firm):
    for point in ContactPoint.objects.select_related("customer"):
        assert point.normal == facts.normal_form(point.kind, point.value, str(point.customer.country)), point.value
        if point.kind in ContactPoint.PHONES:
            assert point.normal.startswith("+")
        elif point.kind == ContactPoint.Kind.EMAIL:
            assert point.normal.endswith(".example")
    for header in CustomerName.objects.exclude(code=""):
        found = check_code(str(header.country), header.code)
        assert not found.is_wrong
        assert found.code == header.code


def test_a_country_of_few_words_never_runs_out_of_names():
    random, names, israel = Random(7), naming.CompanyNames(), lexicon.countries()["IL"]
    made = {names.make(random, israel, israel.cities[0]).local for _time in range(1200)}
    assert len(made) == 1200  # 596 of one and two stems


def test_invented_names_do_not_repeat_and_use_every_script():
    random, names = Random(7), naming.CompanyNames()
    scripts = {
        "Cyrillic": "[а-я]",
        "Arabic": "[\u0600-\u06ff]",
        "Hebrew": "[\u0590-\u05ff]",
        "Thai": "[\u0e00-\u0e7f]",
        "Han": "[\u4e00-\u9fff]",
        "kana": "[\u3040-\u30ff]",
        "Hangul": "[\uac00-\ud7a3]",
        "Greek": "[α-ω]",
        "Devanagari": "[\u0900-\u097f]",
        "Vietnamese": "[ạ-ỹ]",
    }
    made = [
        (country.code, names.make(random, country, random.choice(country.cities)))
        for country in lexicon.countries().values()
        for _time in range(6)
    ]
    assert len({(code, name.local) for code, name in made}) == len(made)
    everything = " ".join(name.local for _code, name in made).lower()
    assert [name for name, pattern in scripts.items() if not re.search(pattern, everything)] == []
    assert all(re.search("[A-Za-z]", name.latin) for _code, name in made)


@pytest.mark.parametrize("code", sorted(lexicon.countries()))
def test_every_country_has_phones_and_right_codes(code):
    random, country = Random(code), lexicon.countries()[code]
    for mobile in (True, False):
        shown, e164 = paperwork.phone_plan(code, mobile).number(random)
        assert facts.normal_form("mobile", shown, code) == e164
    made = paperwork.tax_code(random, country)
    assert bool(made) == ("code" in country.said)
    assert not made or not check_code(code, made).is_wrong


def test_a_number_written_with_zeros_is_the_same_number():
    from_zeros = PointData("mobile", "0049-1512-3456789")
    assert facts.normal_form(from_zeros.kind, from_zeros.value, "DE") == "+4915123456789"
