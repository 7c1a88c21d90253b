"""Is what the preview says what then happens, and can it be read, followed and taken along?"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from core.jobs import run_due
from core.models import ExportLog, Job
from customers.models import Customer
from publicpool import countdown, previewing
from publicpool.models import FirmHoliday, Release
from publicpool.previewing import DAYS, look_ahead
from publicpool.rules import Spec, spec_of, with_rule
from publicpool.services.reclaiming import reclaim_due
from publicpool.services.warning import warn_due
from tests.factories import make_customer, say

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def far(now):
    return now.replace(year=2025, month=9, day=1, hour=4)


@pytest.fixture
def small_world(alice, bob, charlie, far):
    """Customers of three people, taken and contacted at different times."""
    made = []
    for n in range(18):
        owner = (alice, bob, charlie)[n % 3]
        customer = make_customer(owner, at=far - (n * 3 + 1) * DAY, country="DE" if n % 2 else "FR")
        if n % 4 == 0:
            say(customer, owner, far - (n + 1) * DAY, now=far)
        made.append(customer)
    Customer.objects.filter(pk=made[3].pk).update(protected_until=date(2025, 9, 20))
    Customer.objects.filter(pk=made[5].pk).update(last_order_on=date(2025, 6, 20))
    FirmHoliday.objects.create(name="Fair", first_on="2025-09-08", last_on="2025-09-09")
    return made


def lived(now, days: int = DAYS) -> dict[int, date]:
    """Day by day what the jobs do; customer → day on which it went."""
    gone: dict[int, date] = {}
    for step in range(days + 1):
        at = now + step * DAY
        warn_due(at)
        reclaim_due(at)
        fresh = set(Release.objects.values_list("customer", flat=True)) - set(gone)
        gone |= dict.fromkeys(fresh, at.date())
    return gone


def test_the_preview_is_what_then_happens(rule, small_world, far):
    rule("untouched", 25, position=1)
    tried = rule("idle", 30, position=2, is_active=False, is_for_all=False, countries=["FR"])
    said = look_ahead(far, with_rule(spec_of(tried)))
    assert {row.rule_id for row in said.going} == set(
        type(tried).objects.filter(days__in=(25, 30)).values_list("pk", flat=True)
    ) - {one.pk for one in type(tried).objects.filter(name_en="Idle for 30 days")}
    before = {row.customer_id: row.before for row in said.rows}
    tried.is_active = True
    tried.save()
    happened = lived(far)
    assert happened == {row.customer_id: row.on for row in said.going}
    assert len(happened) > 8
    assert [n for _day, n, _new in said.days()] == [
        sum(on == far.date() + step * DAY for on in happened.values()) for step in range(DAYS + 1)
    ]
    assert any(on is None for on in before.values())


def test_without_a_rule_it_is_what_the_rules_in_use_will_do(rule, small_world, far):
    rule("idle", 20)
    said = look_ahead(far)
    assert not said.new
    assert not said.spared
    assert lived(far) == {row.customer_id: row.on for row in said.going}


def test_it_says_what_is_new_earlier_later_and_spared(alice, rule, far):
    used = rule("idle", 20)
    fresh, soon, late = (make_customer(alice, at=far - n * DAY) for n in (5, 12, 30))
    # Shorter: everybody earlier; longer: everybody later or not any more.
    shorter = look_ahead(far, with_rule(Spec("idle", 15, rule_id=used.pk)))
    assert {row.customer_id for row in shorter.earlier} == {fresh.pk, soon.pk}
    assert [row.customer_id for row in shorter.rows if row.on == row.before] == [late.pk]
    longer = look_ahead(far, with_rule(Spec("idle", 36, rule_id=used.pk)))
    assert {row.customer_id for row in longer.spared} == {fresh.pk}
    assert {row.customer_id for row in longer.later} == {soon.pk, late.pk}
    other = look_ahead(far, with_rule(Spec("untouched", 3)))
    assert not other.new
    assert len(other.earlier) == 2  # the third is due in three days anyway
    assert other.people()[alice.pk].n == 3


def test_it_asks_a_fixed_number_of_statements(alice, rule, far, statements):
    rule("idle", 20)
    tried = Spec("untouched", 7)
    make_customer(alice, at=far)
    few = statements(lambda: look_ahead(far, with_rule(tried)))
    for _n in range(20):
        make_customer(alice, at=far)
    assert statements(lambda: look_ahead(far, with_rule(tried))) == few


# --- pages ----------------------------------------------------------------------------------------------

QUERY = "name_en=Germans&kind=idle&days=20&countries=DE"


@pytest.fixture
def many(alice, bob, now):
    """60 customers that lay idle, of two people."""
    return [make_customer((alice, bob)[n % 2], f"Kunde {n:02} GmbH", at=now - 90 * DAY) for n in range(60)]


def test_the_page_of_a_preview_lists_pages_and_leads_back_to_the_form(signed_in, root, many, bob):
    client = signed_in(root)
    page = client.get(f"/pool/rules/preview/?{QUERY}")
    text = page.content.decode()
    assert len(page.context["rows"]) == 50
    assert page.context["page"].paginator.count == 60
    assert f"/pool/rules/new/?{QUERY}".replace("&", "&amp;") in text
    second = client.get(f"/pool/rules/preview/?{QUERY}&page=2")
    assert len(second.context["rows"]) == 10
    his = client.get(f"/pool/rules/preview/?{QUERY}&person={bob.pk}")
    assert {one["holder"] for one in his.context["rows"]} == {bob}
    first = page.context["preview"].first
    assert client.get(f"/pool/rules/preview/?{QUERY}&on={first}").context["page"].paginator.count == 60
    assert client.get(f"/pool/rules/preview/?{QUERY}&on={first + DAY}").context["page"].paginator.count == 0
    back = client.get(f"/pool/rules/new/?{QUERY}").content.decode()
    assert 'value="Germans"' in back
    assert '<option value="DE" selected>' in back
    assert 'value="20"' in back


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("rule=999999", 404),
        ("rule=x", 404),
        ("person=0", 404),
        ("kind=idle", 422),
        ("kind=idle&days=20", 422),
        ("kind=<b>&days=x&statuses=y", 422),
        ("job=1", 404),
        (f"{QUERY}&on=never&pick=none&page=0", 200),
    ],
)
def test_nonsense_in_the_address_is_answered(signed_in, root, query, status):
    assert signed_in(root).get(f"/pool/rules/preview/?{query}").status_code == status


def test_a_preview_leaves_as_a_file(signed_in, root, many):
    client = signed_in(root)
    answer = client.post(f"/pool/rules/preview/export/?{QUERY}", {"kind": "csv"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) == 61
    assert lines[1][3] == "Germans"
    assert ExportLog.objects.get().rows == 60
    assert client.post(f"/pool/rules/preview/export/?{QUERY}", {"kind": "xlsx"}).content[:2] == b"PK"
    assert client.post(f"/pool/rules/preview/export/?{QUERY}", {"kind": "exe"}).status_code == 404


def test_a_large_one_is_worked_out_in_the_background_and_says_the_same(signed_in, root, many, rule, monkeypatch):
    client = signed_in(root)
    at_once = client.get(f"/pool/rules/preview/?{QUERY}").context["preview"]
    monkeypatch.setattr(previewing, "AT_ONCE", 10)
    monkeypatch.setattr(countdown, "BATCH", 25)
    monkeypatch.setattr(previewing, "BATCH", 25)
    page = client.post(
        "/pool/rules/new/", {"name_en": "Germans", "kind": "idle", "days": "20", "countries": ["DE"], "preview": "1"}
    )
    assert "Work it out" in page.content.decode()
    assert client.get(f"/pool/rules/preview/?{QUERY}").context.get("preview") is None
    answer = client.post(f"/pool/rules/preview/start/?{QUERY}")
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"
    run_due()
    job.refresh_from_db()
    assert (job.state, job.done > 0, job.total) == ("done", True, 120)
    shown = client.get(answer.url).content.decode()
    assert f"/pool/rules/preview/?{QUERY}&job={job.pk}".replace("&", "&amp;") in shown
    found = client.get(f"/pool/rules/preview/?{QUERY}&job={job.pk}")
    assert found.context["preview"].rows == at_once.rows
    assert len(found.context["rows"]) == 50
    Job.objects.filter(pk=job.pk).update(result={})
    gone = client.get(f"/pool/rules/preview/?{QUERY}&job={job.pk}").content.decode()
    assert "kept for a day" in gone
