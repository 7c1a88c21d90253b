"""Is the day on which a customer goes the one the rules say, and has the owner always been told of it?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import AwayTime
from customers.models import Customer
from opportunities.inputs import OpportunityData
from opportunities.models import Pipeline, Stage
from opportunities.services import create_opportunity
from publicpool.countdown import Clock, countdown, every, reclaim_day, within
from publicpool.models import ExemptStage, FirmHoliday, PoolSettings, ReclaimWarning
from publicpool.services import ask_for_more_time, decide_extension
from publicpool.services.reclaiming import reclaim_due
from publicpool.services.warning import warn_due
from tests.factories import make_customer, say


def day_of(customer, now):
    found = countdown(Clock.load(now), customer.pk)
    return found and found.on


@pytest.fixture
def far(now):
    """A moment so long ago that no holiday lies between: 1 September 2025, a Monday noon in Shanghai."""
    return now.replace(year=2025, month=9, day=1, hour=4)


def test_idle_n_days_and_one(alice, rule, far):
    rule("idle", 10)
    customer = make_customer(alice, at=far)
    say(customer, alice, far + timedelta(days=2))
    found = countdown(Clock.load(far + timedelta(days=3)), customer.pk)
    # Idle since the 3rd; ten whole days are the 4th to the 13th.
    assert (found.due_on, found.on) == (date(2025, 9, 14), date(2025, 9, 14))
    assert found.days_left(date(2025, 9, 4)) == 10


def test_firm_holidays_and_days_away_stop_the_clock(alice, bob, rule, far):
    rule("idle", 10)
    customer, other = make_customer(alice, at=far), make_customer(bob, at=far)
    FirmHoliday.objects.create(name="Fair", first_on="2025-09-05", last_on="2025-09-06")
    AwayTime.objects.create(user=alice, first_on="2025-09-11", last_on="2025-09-13")
    assert day_of(other, far) == date(2025, 9, 14)
    # 2 days of the firm; the three away are still ahead of the tenth day.
    assert day_of(customer, far) == date(2025, 9, 17)


def test_nobody_loses_anything_on_a_day_that_does_not_count(alice, rule, far):
    rule("idle", 10)
    customer = make_customer(alice, at=far)
    FirmHoliday.objects.create(name="Fair", first_on="2025-09-12", last_on="2025-09-13")
    assert day_of(customer, far) == date(2025, 9, 14)


def test_an_exemption_that_ends_on_a_day_off_holds_until_work_begins(alice, rule, far):
    rule("idle", 10)
    customer = make_customer(alice, at=far)
    Customer.objects.filter(pk=customer.pk).update(protected_until=date(2025, 9, 30))
    assert day_of(customer, far) == date(2025, 10, 4)  # the first days of October are off


def test_warnings_a_day_ahead_are_too_few_for_the_grace(alice, rule, far):
    """Else each day would put the next one off."""
    rule("idle", 10)
    PoolSettings(warn_days=[1]).save()
    customer = make_customer(alice, at=far)
    for days in range(11):
        warn_due(far + timedelta(days=days))
        assert day_of(customer, far + timedelta(days=days)) == date(2025, 9, 12)
    told = ReclaimWarning.objects.order_by("warned_on").values_list("distance", "warned_on")
    assert list(told) == [(3, date(2025, 9, 9)), (1, date(2025, 9, 11))]


def test_times_away_that_overlap_count_once(alice, rule, far):
    rule("idle", 10)
    customer = make_customer(alice, at=far)
    for last in ("2025-09-05", "2025-09-06"):
        AwayTime.objects.create(user=alice, first_on="2025-09-03", last_on=last)
    AwayTime.objects.create(user=alice, first_on="2025-01-05", last_on="2025-01-29")  # 25 of the 30 are used
    assert day_of(customer, far) == date(2025, 9, 16)


def test_thirty_days_away_a_year_count(alice, rule, far):
    rule("idle", 10)
    customer = make_customer(alice, at=far)
    AwayTime.objects.create(user=alice, first_on="2025-09-02", last_on="2025-11-30")
    assert day_of(customer, far) > date(2025, 10, 1) + timedelta(days=10)
    assert day_of(customer, far) < date(2025, 10, 1) + timedelta(days=21)  # and the public holidays of October


def test_untouched_ends_with_the_first_contact(alice, rule, far):
    rule("untouched", 7)
    customer = make_customer(alice, at=far)
    assert day_of(customer, far) == date(2025, 9, 9)
    say(customer, alice, far + timedelta(hours=1))
    assert day_of(customer, far + timedelta(hours=2)) is None


def test_the_earliest_day_wins_then_the_order(alice, rule, far):
    rule("idle", 20, position=1)
    second = rule("untouched", 7, position=2)
    customer = make_customer(alice, at=far)
    found = countdown(Clock.load(far), customer.pk)
    assert found.spec.rule_id == second.pk
    assert [one.spec.kind for one in every(Clock.load(far), customer.pk)] == ["untouched", "idle"]


def test_conditions_hold_together(alice, charlie, rule, far, team):
    kept = rule("idle", 10, is_for_all=False, countries=["DE", "FR"], grades=[])
    kept.teams.add(team)
    mine, abroad, theirs = (
        make_customer(alice, at=far),
        make_customer(alice, at=far, country="PL"),
        make_customer(charlie, at=far),
    )
    days = [day_of(one, far) for one in (mine, abroad, theirs)]
    assert days == [date(2025, 9, 12), None, None]


def test_a_protected_customer_an_order_and_a_live_deal_exempt(alice, rule, far):
    rule("idle", 10)
    plain, locked, ordered, dealing = (make_customer(alice, at=far) for _n in range(4))
    Customer.objects.filter(pk=locked.pk).update(protected_until=date(2025, 10, 1))
    Customer.objects.filter(pk=ordered.pk).update(last_order_on=date(2025, 8, 20))
    PoolSettings(order_days=60).save()
    pipeline = Pipeline.objects.get()
    ExemptStage.objects.create(pipeline=pipeline, stage=Stage.objects.get(pipeline=pipeline, key="first_contact"))
    create_opportunity(
        data=OpportunityData(title="Locks", customer=dealing, expected_on=date(2025, 12, 24)), by=alice, now=far
    )
    days = [day_of(one, far) for one in (plain, locked, ordered, dealing)]
    # Protected until the 1st, the first of three days off.
    # The deal stalls after 14 days: on the 15th day at noon, so that the 16th is the first without it.
    assert days == [date(2025, 9, 12), date(2025, 10, 4), date(2025, 10, 20), date(2025, 9, 16)]


def test_a_deal_that_stalls_at_midnight_exempts_from_the_day_before_only(alice, rule, far):
    rule("idle", 10)
    customer = make_customer(alice, at=far)
    pipeline = Pipeline.objects.get()
    ExemptStage.objects.create(pipeline=pipeline, stage=Stage.objects.get(pipeline=pipeline, key="first_contact"))
    midnight = far.replace(hour=16, minute=0)  # 00:00 of the 2nd; it stalls 14 days later, as the 16th begins
    create_opportunity(data=OpportunityData(title="Locks", customer=customer), by=alice, now=midnight)
    assert day_of(customer, midnight) == date(2025, 9, 16)


def test_who_was_not_warned_loses_nothing_for_three_days(alice, rule, far):
    customer = make_customer(alice, at=far)
    later = far + timedelta(days=60)
    rule("idle", 10)
    today = date(2025, 10, 31)
    assert day_of(customer, later) == today + timedelta(days=3)
    assert reclaim_due(later).done == 0
    assert warn_due(later).done == 1
    assert ReclaimWarning.objects.get().announced_on == today + timedelta(days=3)
    assert day_of(customer, later + timedelta(days=2)) == today + timedelta(days=3)
    assert reclaim_due(later + timedelta(days=2)).done == 0
    assert reclaim_due(later + timedelta(days=3)).done == 1
    customer.refresh_from_db()
    assert customer.owner is None


def test_a_rule_tightened_takes_nothing_on_a_day_that_was_not_named(alice, rule, far):
    strict = rule("idle", 20)
    customer = make_customer(alice, at=far)
    warned = far + timedelta(days=18)
    warn_due(warned)
    assert ReclaimWarning.objects.get().announced_on == date(2025, 9, 22)
    strict.days = 10
    strict.save()
    assert day_of(customer, warned) == date(2025, 9, 22)
    assert reclaim_due(warned + timedelta(days=1)).done == 0
    assert reclaim_due(warned + timedelta(days=3)).done == 1


def test_a_longer_rule_has_the_longer_grace(alice, rule, far):
    """Told a day ahead, as a rule of one day allows; of five days it must be three."""
    short = rule("idle", 1)
    customer = make_customer(alice, at=far)
    late = far + timedelta(days=4)
    warn_due(late)
    assert day_of(customer, late) == date(2025, 9, 6)
    short.days = 5
    short.save()
    assert day_of(customer, late) == date(2025, 9, 8)


def test_a_day_brought_forward_is_named_anew(alice, rule, far):
    strict = rule("idle", 20)
    customer = make_customer(alice, at=far)
    warn_due(far + timedelta(days=14))  # a week before the 22nd
    strict.days = 10
    strict.save()
    tightened = far + timedelta(days=15)
    assert day_of(customer, tightened) == date(2025, 9, 19)
    assert warn_due(tightened).done == 1
    assert reclaim_due(tightened + timedelta(days=2)).done == 0
    assert reclaim_due(tightened + timedelta(days=3)).done == 1


def test_a_follow_up_makes_the_warning_void(alice, rule, far):
    rule("idle", 10)
    customer = make_customer(alice, at=far)
    warn_due(far + timedelta(days=8))
    say(customer, alice, far + timedelta(days=9))
    assert reclaim_due(far + timedelta(days=15)).done == 0
    assert day_of(customer, far + timedelta(days=15)) == date(2025, 9, 21)


def test_warnings_are_sent_once_at_each_distance(alice, rule, far):
    rule("idle", 10)
    make_customer(alice, at=far)
    for step in range(22):
        warn_due(far + timedelta(hours=12 * step))
        warn_due(far + timedelta(hours=12 * step))
    told = ReclaimWarning.objects.order_by("warned_on").values_list("distance", "warned_on", "announced_on")
    assert list(told) == [
        (7, date(2025, 9, 5), date(2025, 9, 12)),
        (3, date(2025, 9, 9), date(2025, 9, 12)),
        (1, date(2025, 9, 11), date(2025, 9, 12)),
    ]


def test_more_time_is_asked_for_once_and_holds_while_it_waits(alice, dana, rule, far):
    rule("idle", 10)
    customer = make_customer(alice, at=far)
    late = far + timedelta(days=9)
    extension = ask_for_more_time(customer=customer, reason="Samples are under way", by=alice, now=late)
    assert day_of(customer, late) == date(2025, 9, 18)
    decide_extension(extension=extension, is_granted=True, by=dana, now=late + timedelta(days=1))
    assert day_of(customer, late) == date(2025, 9, 26)


def test_the_lists_column_and_the_sweep_say_the_same(alice, bob, rule, far):
    rule("idle", 10)
    rule("untouched", 7)
    some = [make_customer(person, at=far + timedelta(days=n)) for n, person in enumerate((alice, bob, alice, bob))]
    say(some[1], bob, far + timedelta(days=5))
    clock = Clock.load(far + timedelta(days=9))
    column = dict(Customer.objects.annotate(day=reclaim_day(clock)).values_list("pk", "day"))
    assert column == {one.pk: countdown(clock, one.pk).on for one in some}
    swept = {one.customer_id: one.on for one in within(clock, date(2025, 9, 14))}
    assert swept == {pk: on for pk, on in column.items() if on <= date(2025, 9, 14)}
