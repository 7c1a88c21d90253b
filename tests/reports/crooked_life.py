"""How does a crooked firm talk, sell again, take turns and forecast? Waits over edges, days that fall together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import F

from accounts.models import User
from communications.inputs import CommunicationData
from communications.models import Communication
from communications.services import log_communication
from customers.models import Customer
from customers.services.ownership import transfer_customer
from opportunities import services
from opportunities.figures.asked import add_months
from opportunities.inputs import ConversionData
from opportunities.models import DisqualifyReason, Lead
from opportunities.services.converting import convert_lead
from opportunities.services.leads import archive_lead, disqualify_lead
from publicpool.models import ReleaseReason
from publicpool.services import release_customer, run_rotation
from publicpool.services.rotations import remove_member, set_weights
from reports.models import ForecastCell, ForecastSnapshot
from reports.services.forecasts import take
from tests.factories import make_customer, make_lead, say
from tests.publicpool.rotations import make_rotation

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# The midnight of Shanghai with which November begins.
EDGE = datetime(2026, 10, 31, 16, tzinfo=UTC)


def talk(cast: dict[str, User], erik: User, gone: User, now: datetime) -> None:
    """Waits of all kinds: by whom and when they are answered is no round number, so that no two are alike.

    Written as rows, for services would take ten times as long; whoever makes the firm recomputes after.
    """
    rows: list[Communication] = []

    def told(customer: Customer, by: User, at: datetime, direction: str, **more: Any) -> None:
        rows.append(Communication(customer=customer, author=by, happened_at=at, direction=direction, channel="phone",
                                  logged_at=now, **more))  # fmt: skip

    alice, charlie, root = cast["alice"], cast["charlie"], cast["root"]
    for number, owner in enumerate([alice, cast["bob"], charlie, erik, gone, alice] * 3):
        customer = make_customer(owner, at=EDGE - 60 * DAY, country=("DE", "", "DE", "US", "DE")[number % 5])
        asked = EDGE + (number % 7 - 3) * MINUTE - number % 3 * 30 * DAY
        told(customer, owner, asked, "in")
        told(customer, owner, asked + HOUR, "in")  # the same wait
        told(customer, owner, asked + 2 * HOUR, "out", is_automatic=True)
        told(customer, owner, asked + 3 * HOUR, "both", deleted_at=now, deleted_by=owner)
        if number % 6 == 5:
            continue  # waits to this day
        took = (24 * HOUR, 24 * HOUR + MINUTE, number * 7 * HOUR, 23 * HOUR + number * MINUTE)[number % 4]
        told(customer, root if number % 5 == 2 else owner, asked + took, ("out", "both")[number % 2])
        # A second one: answered at the same moment, said while automatic, not answered.
        again = max(asked + took + DAY, EDGE + number * HOUR)
        told(customer, owner, again, "in", is_automatic=number % 3 == 1)
        if number % 3 == 0:
            told(customer, owner, again, "both")
    Communication.objects.bulk_create(rows)
    _change_hands(alice, charlie, root, now)
    for owner in (alice, charlie):
        _leads(owner, root, now)


def _change_hands(alice: User, charlie: User, root: User, now: datetime) -> None:
    """What waits counts for who holds the customer now: another, or nobody."""
    for act in range(2):
        customer = make_customer(alice, at=EDGE - 9 * DAY, country="IT")
        say(customer, alice, EDGE + HOUR, "in", now=now)
        if act:
            transfer_customer(customer=customer, to=charlie, by=root, now=now)
        else:
            _given_back(customer, now)


def _leads(owner: User, root: User, now: datetime) -> None:
    """Open ones wait at their owner; what is archived or no business at nobody."""
    leads = [make_lead(owner, at=EDGE - DAY, country=("FR", "")[number % 2]) for number in range(5)]
    for place, lead in enumerate(leads):
        _say_to(lead, owner, EDGE + place * HOUR - MINUTE, "in", now)
    answered, disqualified, archived, converted, _open = leads
    _say_to(answered, owner, EDGE + 5 * DAY, "both", now)
    why = DisqualifyReason.objects.all()[0]
    disqualify_lead(lead=disqualified, reason=why, by=owner, now=now, words="so")
    archive_lead(lead=archived, by=root, now=now)
    customer = make_customer(owner, at=EDGE - DAY, country="PT")
    convert_lead(lead=converted, data=ConversionData(customer=customer), by=owner, now=now)
    say(customer, owner, EDGE + 6 * DAY, now=now)


def _say_to(lead: Lead, by: User, at: datetime, direction: str, now: datetime) -> None:
    data = CommunicationData(channel="phone", direction=direction, happened_at=at)
    log_communication(lead=lead, data=data, by=by, now=now)


def order_again(cast: dict[str, User], erik: User, sold: Callable, today: date, now: datetime) -> None:
    """Customers that are due on each side of today and of the fortnight, and some who have no rhythm yet."""
    for place, seller in enumerate((cast["alice"], cast["charlie"], erik)):
        # How many days ago, oldest first: gaps of 20 and 30 are one of 20, of 9, 30, 31 one of 30.
        for number, (days, due) in enumerate(
            (((50, 30, 0), 20), ((70, 61, 31, 0), 30), ((50, 50, 30, 30, 0, 0), 20), ((30, 0), 30), ((5, 5, 0, 0), 30))
        ):
            if number > 2 and place:
                continue  # no rhythm, and one who has none is enough
            # It is expected yesterday, today, on the last day of the fortnight, on the first beyond it.
            last = today - timedelta(days=due) + timedelta(days=(-1, 0, 14, 15)[(place + number) % 4])
            customer = make_customer(seller, at=EDGE - 99 * DAY)
            for at, ago in enumerate(days):
                currency = ("USD", "EUR", "RUB")[(place + number + at % 2) % 3 if number else 2]
                sold(seller, last - timedelta(days=ago), 100 + 11 * (place + at), customer, currency=currency)
            if number > 1:
                continue
            # It would make the rhythm shorter, but it is void.
            void = sold(seller, last - timedelta(days=29), 3, customer)
            services.void_order(order=void, reason="so", by=cast["root"], now=now)
            if number and place == 1:
                transfer_customer(customer=customer, to=cast["dana"], by=cast["root"], now=now)
            elif number and place == 2:
                _given_back(customer, now)


def take_turns(cast: dict[str, User], erik: User, now: datetime) -> None:
    """Two rotations over the edge of a month: turns owed and made good, used up, of weights that change meanwhile."""
    alice, bob, charlie, root = (cast[name] for name in ("alice", "bob", "charlie", "root"))
    begins = EDGE - 2 * DAY
    all_over = make_rotation(root, {alice: 3, bob: 2, erik: 1, charlie: 1}, begins, name_en="All over")
    of_norway = make_rotation(root, {charlie: 1, alice: 2}, begins, name_en="Norway", countries=["NO"])
    alice.away_from = alice.away_to = date(2026, 11, 1)
    alice.save()
    for number in range(16):
        at = EDGE + (number - 4) * 5 * HOUR
        customer = make_customer(bob, at=begins - 60 * DAY, country="NO" if number % 4 == 3 else "SE")
        if number % 3:  # Bob may not have what he gave back lately, but what he gave back long ago
            _given_back(customer, begins)
        else:
            _given_back(customer, begins - 50 * DAY)
        if number > 4:  # the running cycle keeps its own, whether the turn before was a new one or one made good
            weights = {alice.pk: 1 + number % 3, bob.pk: 3 - number % 2}
            set_weights(rotation=all_over, weights=weights, by=root, now=at)
        if number == 11:
            remove_member(rotation=all_over, user=charlie, by=root, now=at)
        run_rotation(rotation=of_norway if number % 4 == 3 else all_over, by=root, now=at)
    alice.away_from = alice.away_to = None
    alice.save()


def _given_back(customer: Customer, now: datetime) -> None:
    reason = ReleaseReason.objects.get(key="no_need")
    assert customer.owner
    release_customer(customer=customer, reason=reason, by=customer.owner, now=now)


def keep_forecasts() -> None:
    """One for each first of 14 months: some too late to count, one of nothing, one in another currency, one missing.

    All are of the deals as they stand, put to their months and made bigger, for what is kept is a fact of its day.
    """
    for back in range(14):
        first = add_months(date(2026, 11, 1), -back)
        days_late = (0, 3, 0, 4)[back % 4]
        if back == 7:
            continue
        take(first, datetime(first.year, first.month, 1, 4, tzinfo=UTC) + days_late * DAY)
        kept = ForecastCell.objects.filter(snapshot__due_on=first)
        kept.exclude(month__in=(date(2026, 10, 1), date(2026, 11, 1))).delete()
        aside = date(1999, 1, 1)  # two cells never stand in one month
        for was, month in (("2026-11-01", aside), ("2026-10-01", first), (aside, add_months(first, 1))):
            kept.filter(month=was).update(month=month)
        kept.update(n=F("n") + back, weighted=F("weighted") * (1 + back % 5), rate=F("rate") * (100 + back) / 100)
    ForecastCell.objects.filter(snapshot__due_on=date(2026, 8, 1)).delete()
    ForecastSnapshot.objects.filter(due_on=date(2026, 6, 1)).update(base="EUR")
