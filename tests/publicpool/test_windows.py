"""Do limits, cool-downs and countdowns turn at the midnight of the business zone, wherever the reader is?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from publicpool import errors
from publicpool.countdown import Clock, countdown
from publicpool.models import Claim
from publicpool.quotas import quotas
from publicpool.services import claim_customer, release_customer
from publicpool.services.reclaiming import reclaim_due
from publicpool.services.warning import warn_due
from publicpool.windows import windows
from tests.factories import make_customer

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "day", "week", "month"),
    [
        ("2026-11-26 23:59:59", ("11-26", "11-27"), ("11-23", "11-30"), ("11-01", "12-01")),
        ("2026-11-29 23:59:59.999999", ("11-29", "11-30"), ("11-23", "11-30"), ("11-01", "12-01")),
        ("2026-11-30 00:00:00", ("11-30", "12-01"), ("11-30", "12-07"), ("11-01", "12-01")),
        ("2026-12-31 23:59:59", ("12-31", "2027-01-01"), ("12-28", "2027-01-04"), ("12-01", "2027-01-01")),
        ("2026-02-28 23:59:59", ("02-28", "03-01"), ("02-23", "03-02"), ("02-01", "03-01")),
        ("2028-02-29 12:00", ("2028-02-29", "2028-03-01"), ("2028-02-28", "2028-03-06"), ("2028-02-01", "2028-03-01")),
    ],
)  # fmt: skip
def test_day_week_and_month_of_a_moment(moment, day, week, month):
    def named(words: str) -> datetime:
        return at(words if len(words) > 5 else f"2026-{words}")

    for window, (first, last) in zip(windows(at(moment)), (day, week, month), strict=True):
        assert (window.start, window.end) == (named(first), named(last))
        assert window.start <= at(moment) < window.end


def test_a_day_of_the_business_zone_may_have_23_or_25_hours(settings):
    settings.BUSINESS_ZONE = berlin = ZoneInfo("Europe/Berlin")
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        window = windows(datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=berlin))[0]
        assert window.end.timestamp() - window.start.timestamp() == hours * 3600


@pytest.mark.parametrize(
    ("limit", "last", "again", "zone"),
    [
        ("a_day", "2026-11-26 23:59:59", "2026-11-27 00:00", "Asia/Shanghai"),
        ("a_day", "2028-02-28 23:59:59", "2028-02-29 00:00", "America/Sao_Paulo"),
        ("a_day", "2028-02-29 23:59:59", "2028-03-01 00:00", "Pacific/Kiritimati"),
        ("a_week", "2026-11-29 23:59:59", "2026-11-30 00:00", "America/Sao_Paulo"),
        ("a_week", "2027-01-03 23:59:59", "2027-01-04 00:00", "Asia/Shanghai"),
        ("a_month", "2026-11-30 23:59:59", "2026-12-01 00:00", "Pacific/Kiritimati"),
        ("a_month", "2027-02-28 23:59:59", "2027-03-01 00:00", "America/Sao_Paulo"),
        ("a_month", "2028-02-29 23:59:59", "2028-03-01 00:00", "Asia/Shanghai"),
    ],
)
def test_a_limit_ends_at_midnight_of_the_business_zone(pooled, pool, alice, promises, limit, last, again, zone):
    """Wherever Alice is and whatever her clock says."""
    setattr(pool, limit, 1)
    pool.save()
    first, second = pooled(), pooled()
    with timezone.override(ZoneInfo(zone)):
        claim_customer(customer=first, by=alice, now=at(last) - timedelta(hours=1))
        with pytest.raises(errors.ClaimLimitReached) as refusal:
            claim_customer(customer=second, by=alice, now=at(last))
        assert refusal.value.ends_at == at(again) == at(last) + SECOND
        claim_customer(customer=second, by=alice, now=at(again))
    promises()


def test_a_clock_that_jumps_back_gives_no_more(pooled, pool, alice, reason, promises):
    """Each window counts the claims that bear its time, those of "tomorrow" wait for it."""
    pool.a_day, pool.a_week = 2, 3
    pool.save()
    many = [pooled() for _number in range(6)]
    friday, thursday = at("2026-11-27 00:00:05"), at("2026-11-26 23:59:58")
    claim_customer(customer=many[0], by=alice, now=friday)
    claim_customer(customer=many[1], by=alice, now=thursday)
    assert [one.used for one in quotas(alice, pool, thursday)][:3] == [1, 2, 2]
    # Given back before it was taken, as the clock has it: no empty period, and no quota.
    release_customer(customer=many[0], reason=reason, by=alice, now=thursday)
    claim_customer(customer=many[2], by=alice, now=thursday)
    for moment in (thursday, friday):
        with pytest.raises(errors.ClaimLimitReached):
            claim_customer(customer=many[3], by=alice, now=moment)
    assert Claim.objects.count() == 3
    promises()


def test_the_same_click_is_the_same_though_the_clock_jumped(pooled, alice, now):
    customer = pooled()
    first = claim_customer(customer=customer, by=alice, now=now)
    assert claim_customer(customer=customer, by=alice, now=now - timedelta(hours=1)) == first


@pytest.mark.parametrize("given_back", ["2026-11-26 15:20:30", "2028-01-30 00:00:00", "2028-01-31 23:59:59.999999"])
def test_a_cool_down_ends_to_the_second(pooled, pool, alice, reason, given_back):
    """30 days are 30 times 24 hours, over month ends and a leap day."""
    customer = pooled()
    moment = at(given_back)
    claim_customer(customer=customer, by=alice, now=moment - timedelta(hours=1))
    release_customer(customer=customer, reason=reason, by=alice, now=moment)
    ends = moment + timedelta(days=pool.cool_down_days)
    with pytest.raises(errors.InCoolDown) as refusal:
        claim_customer(customer=customer, by=alice, now=ends - timedelta(microseconds=1))
    assert refusal.value.ends_at == ends
    claim_customer(customer=customer, by=alice, now=ends)


@pytest.mark.parametrize(
    ("begun", "goes"),
    [
        ("2025-11-20 12:00", date(2025, 12, 1)),
        ("2025-11-20 00:00", date(2025, 12, 1)),
        ("2025-11-19 23:59:59", date(2025, 11, 30)),
        ("2027-02-20 12:00", date(2027, 3, 3)),
        ("2028-02-20 12:00", date(2028, 3, 2)),
        ("2028-02-29 12:00", date(2028, 3, 11)),
    ],
)
def test_ten_days_over_the_end_of_a_month(alice, rule, begun, goes):
    rule("idle", 10)
    customer = make_customer(alice, at=at(begun))
    for zone in ("Asia/Shanghai", "America/Sao_Paulo"):
        with timezone.override(ZoneInfo(zone)):
            assert countdown(Clock.load(at(begun)), customer.pk).on == goes


def test_it_goes_at_midnight_and_not_a_second_before(alice, rule, promises):
    rule("idle", 10)
    customer = make_customer(alice, at=at("2028-02-20 12:00"))
    with timezone.override(ZoneInfo("America/Sao_Paulo")):
        warn_due(at("2028-02-26 09:00"))
        assert reclaim_due(at("2028-03-01 23:59:59")).done == 0
        # A clock that jumped back knows of no other day.
        warn_due(at("2028-02-25 09:00"))
        assert countdown(Clock.load(at("2028-02-25 09:00")), customer.pk).on == date(2028, 3, 2)
        assert reclaim_due(at("2028-03-02 00:00:00")).done == 1
    promises()
