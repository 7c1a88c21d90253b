"""Do the figures of the pool count what happened, and lead to its rows?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from customers.models import Revenue
from opportunities.figures.asked import Period
from publicpool.figures import BEHIND, Asked, Figures
from publicpool.services import claim_customer, release_customer, undo_release
from tests.factories import make_customer, make_user, say

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def claimed(pooled, alice, bob, charlie, reason, pool):
    """Claims two weeks ago: Alice touches one and sells, leaves one lying; Bob gives one back; Charlie's is new."""
    at = timezone.now() - 14 * DAY
    made = {name: pooled(f"{name} GmbH") for name in ("sold", "lying", "returned", "fresh", "left")}
    for name, person, when in (
        ("sold", alice, at),
        ("lying", alice, at),
        ("returned", bob, at),
        ("fresh", charlie, at + 10 * DAY),
    ):
        claim_customer(customer=made[name], by=person, now=when)
        made[name].refresh_from_db()
    say(made["sold"], alice, at + DAY, now=at + DAY)
    Revenue.objects.create(customer=made["sold"], on=(at + 2 * DAY).date(), source_label="test", source_id=1)
    release_customer(customer=made["returned"], reason=reason, by=bob, now=at + 3 * DAY)
    return made


def asked(user, **more) -> Asked:
    return Asked(user, Period("all"), timezone.now(), **more)


def names(rows) -> list[str]:
    return sorted(row.customer.name for row in rows)


def behind(user, key: str, **more) -> list[str]:
    return names(BEHIND[key][1](asked(user, **more)))


def test_each_figure_is_the_number_of_its_rows(root, alice, bob, claimed):
    whole = Figures(asked(root)).whole
    assert (whole.n, whole.old, whole.untouched, whole.sold) == (4, 3, 2, 1)
    assert behind(root, "untouched") == ["lying GmbH", "returned GmbH"]
    assert behind(root, "sold") == ["sold GmbH"]
    assert behind(root, "claims", person=alice.pk) == ["lying GmbH", "sold GmbH"]
    people = Figures(asked(root)).people
    assert [(person.username, one.n, one.sold, one.untouched) for person, one in people.items()] == [
        ("alice", 2, 1, 1),
        ("bob", 1, 0, 1),
        ("charlie", 1, 0, 0),
    ]
    assert behind(root, "released") == sorted([*(f"{name} GmbH" for name in claimed), "returned GmbH"])
    flow = Figures(asked(root)).flow
    assert sum(month.get("released", 0) for month in flow.values()) == 6
    assert sum(month.get("claims", 0) for month in flow.values()) == 4


def test_median_and_nine_of_ten_of_the_days_in_the_pool(root, alice, bob, reason):
    now = timezone.now()
    for days in range(1, 11):
        customer = make_customer(bob, at=now - 60 * DAY)
        release_customer(customer=customer, reason=reason, by=bob, now=now - (20 + days) * DAY)
        claim_customer(customer=customer, by=alice, now=now - 20 * DAY)
    whole = Figures(asked(root)).whole
    assert (whole.median.days, whole.ninety.days) == (5, 9)


def test_a_release_taken_back_is_no_inflow(root, alice, reason):
    now = timezone.now()
    customer = make_customer(alice, at=now - 60 * DAY)
    release = release_customer(customer=customer, reason=reason, by=alice, now=now)
    undo_release(release=release, by=alice, now=now + timedelta(minutes=5))
    assert behind(root, "inflow") == []


def test_a_sale_before_the_claim_or_after_the_end_is_none(root, bob, claimed):
    at = timezone.now() - 14 * DAY
    for day in (at - 3 * DAY, at + 6 * DAY):
        Revenue.objects.create(
            customer=claimed["returned"], on=day.date(), source_label="test", source_id=day.toordinal()
        )
    assert behind(root, "sold") == ["sold GmbH"]


def test_months_are_of_business_time(root, alice, bob, reason, now):
    # 31 January 16:30 UTC is February in Shanghai.
    at = now.replace(month=1, day=31, hour=16, minute=30)
    customer = make_customer(bob, at=at - 60 * DAY)
    release_customer(customer=customer, reason=reason, by=bob, now=at)
    claim_customer(customer=customer, by=alice, now=at + timedelta(minutes=1))
    found = Figures(Asked(root, Period("", date(2026, 2, 1), date(2026, 2, 1)), at + DAY))
    assert found.whole.n == 1
    assert found.flow == {date(2026, 2, 1): {"released": 1, "claims": 1}}
    assert Figures(Asked(root, Period("", date(2026, 1, 1), date(2026, 1, 1)), at + DAY)).whole.n == 0


def test_a_manager_counts_the_own_teams_only(dana, charlie, claimed):
    whole = Figures(asked(dana)).whole
    assert whole.n == 3
    assert "fresh GmbH" not in behind(dana, "claims")
    lonely = make_user("lee", role=User.Role.MANAGER)
    assert behind(lonely, "claims") == behind(lonely, "inflow") == []


def test_the_page_leads_to_rows_and_files(signed_in, root, dana, alice, claimed, statements):
    client = signed_in(root)
    page = client.get("/pool/figures/?period=all").content.decode()
    assert "/pool/figures/untouched/?period=all&amp;person=" in page
    rows = client.get("/pool/figures/untouched/?period=all").content.decode()
    assert "lying GmbH" in rows
    assert "returned GmbH" in rows
    assert "sold GmbH" not in rows
    few = statements(lambda: client.get("/pool/figures/"))
    for n in range(5):
        make_user(f"more{n}")
    assert statements(lambda: client.get("/pool/figures/")) == few
    file = client.post("/pool/figures/people/export/?period=all", {"kind": "csv"}).content.decode("utf-8-sig")
    assert "Alice,2,1,0.5" in file
    assert client.post("/pool/figures/nothing/export/", {"kind": "csv"}).status_code == 404
    assert signed_in(alice).get("/pool/figures/").status_code == 403
    seen = signed_in(dana).get("/pool/figures/claims/?period=all").content.decode()
    assert "fresh GmbH" not in seen


@pytest.mark.parametrize("query", ["period=never", "from=x&to=99999-99", "from=2026-13", "pool=", "person="])
def test_nonsense_says_nothing(signed_in, root, query):
    assert signed_in(root).get(f"/pool/figures/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["pool=0", "pool=x", "person=99999999999999999999"])
def test_what_is_not_there_is_not_found(signed_in, root, query):
    assert signed_in(root).get(f"/pool/figures/?{query}").status_code == 404
