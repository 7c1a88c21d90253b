"""Is it told where a rotation gets nothing because one before it takes what fits, and is the order mended at once?"""

from __future__ import annotations

import pytest

from customers.models import Customer, PoolMember
from publicpool.models import Rotation
from publicpool.waiting import caught_before, in_order

from .rotations import make_rotation

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(root, alice, bob, pooled, now) -> tuple[Rotation, Rotation]:
    """One that takes everything, and behind it one of Germany; two German customers wait and one of Thailand."""
    first = make_rotation(root, {alice: 1}, now, name_en="All others", position=1)
    second = make_rotation(root, {bob: 1}, now, name_en="Germany", countries=["DE"], position=2)
    for country in ("DE", "DE", "TH"):
        Customer.objects.filter(pk=pooled().pk).update(country=country)
    return first, second


def test_what_fits_goes_to_the_one_before(both, now):
    first, second = both
    (caught,) = caught_before(second, now, in_order())
    assert (caught.rotation, caught.number, caught.everything) == (first, 2, True)
    assert caught_before(first, now, in_order()) == []


def test_one_before_that_asks_for_other_things_is_no_obstacle(both, now):
    first, second = both
    Rotation.objects.filter(pk=first.pk).update(countries=["TH"])
    assert caught_before(second, now, in_order()) == []
    Rotation.objects.filter(pk=first.pk).update(countries=["DE", "TH"])
    (caught,) = caught_before(second, now, in_order())
    assert (caught.number, caught.everything) == (2, False)
    Rotation.objects.filter(pk=first.pk).update(is_active=False)
    assert caught_before(second, now, in_order()) == []


def test_the_pages_say_so_and_put_it_in_order(both, signed_in, root, now):
    first, second = both
    client = signed_in(root)
    Rotation.objects.filter(pk=second.pk).update(is_active=False)
    for page in ("", "run/", "switch/"):
        words = client.get(f"{second.get_absolute_url()}{page}").content.decode()
        assert "<b>2</b> that wait fit here, but go to a rotation before this one" in words
        assert first.get_absolute_url() in words
        assert "fit here" not in client.get(f"{first.get_absolute_url()}{page}").content.decode()
    answer = client.post(f"{second.get_absolute_url()}move/", {"before": first.pk})
    assert answer.url == second.get_absolute_url()
    assert list(Rotation.objects.order_by("position")) == [second, first]
    assert "before this one" not in client.get(answer.url).content.decode()


def test_a_rotation_that_is_not_seen_is_not_named(both, pool, signed_in, bob):
    """Who takes no part in the one before learns only that there is one."""
    _first, second = both
    PoolMember.objects.filter(user=bob).delete()
    words = signed_in(bob).get(second.get_absolute_url()).content.decode()
    assert "one in which you take no part" in words
    assert "All others" not in words
    assert "Put this one before it" not in words


def test_the_preview_accounts_for_all_that_waits(signed_in, root, alice, pooled, now, monkeypatch):
    monkeypatch.setattr("publicpool.views.rotation_runs.AMOUNTS", (2, None))
    rotation = make_rotation(root, {alice: 1}, now)
    for _n in range(3):
        pooled()
    page = signed_in(root).get(f"{rotation.get_absolute_url()}run/")
    assert (str(page.context["waiting"]), page.context["given"], page.context["left"]) == ("3", 2, 0)
    assert page.context["not_looked_at"] == 1
    assert "Not looked at" in page.content.decode()
    page = signed_in(root).get(f"{rotation.get_absolute_url()}run/?most=all")
    assert page.context["not_looked_at"] == 0


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ("by_hand", "It gives nothing out by itself"),
        ("daily", "It runs on working days at 09:00 and gives out what comes from now on."),
        ("on_arrival", "as soon as it arrives"),
    ],
)
def test_the_switch_says_what_this_one_will_do(signed_in, root, alice, now, runs, words):
    rotation = make_rotation(root, {alice: 1}, now, is_active=False, runs=runs)
    page = signed_in(root).get(f"{rotation.get_absolute_url()}switch/").content.decode()
    assert words in page
    assert ("comes from now on" in page) == (runs != "by_hand")
