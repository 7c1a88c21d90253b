"""Is what somebody did counted right, sent once, and read by those who answer for them only?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import Notification
from accounts.notices import lines_of
from communications.inputs import CommunicationData
from communications.services import delete_communication, log_communication
from core.exceptions import NotAllowed
from followups import services
from followups.inputs import TaskData
from followups.models import WorkReport
from followups.services.errors import SentenceMissing
from followups.work_reports import figures_of, period
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = date(2026, 11, 26)


def make_task(by, now, **data):
    return services.create_task(data=TaskData(**{"title": "Call", "assignee": by} | data), by=by, now=now)


def begun(by, now, kind="daily"):
    return services.begin_report(kind=kind, on=TODAY, by=by, now=now)


def sent(by, now, kind="daily"):
    return services.save_report(report=begun(by, now, kind), sentence="All well.", by=by, now=now, sends=True)


def test_weeks_start_on_monday():
    assert period("weekly", TODAY) == (date(2026, 11, 23), date(2026, 11, 29))
    assert period("daily", TODAY) == (TODAY, TODAY)


def test_figures_count_what_the_person_did_in_those_days(alice, bob, now):
    customer = make_customer(alice, at=now - 20 * DAY)
    make_customer(alice, at=now - HOUR)
    make_customer(bob, at=now)
    for at in (now - 2 * DAY, now - HOUR, now):
        services.complete_task(task=make_task(alice, at - DAY, customer=customer), by=alice, now=at)
    moved = make_task(alice, now - DAY, due_at=now + HOUR)
    for days in (1, 2):  # twice is one task
        services.postpone_task(task=moved, by=alice, now=now, reason="fair", due_at=now + days * DAY)
    make_task(alice, now - DAY, due_at=now - HOUR)
    assert figures_of(begun(alice, now), now) == {
        "contacts": 0, "customers": 0, "done": 2, "postponed": 1, "overdue": 1, "taken": 1,
    }  # fmt: skip
    assert figures_of(begun(alice, now, "weekly"), now)["done"] == 3
    assert set(figures_of(begun(bob, now), now).values()) == {0, 1}


def test_communications_come_from_the_ledger_and_those_taken_back_do_not_count(alice, bob, now):
    one, other = make_customer(alice, at=now - DAY), make_customer(alice, at=now - DAY)

    def log(customer, at, by=alice):
        data = CommunicationData(channel="phone", direction="out", happened_at=at, body="Hello")
        return log_communication(customer=customer, data=data, by=by, now=now)

    log(one, now - HOUR)
    log(one, now)
    log(one, now - 2 * DAY)
    gone = log(other, now)
    before = figures_of(begun(alice, now), now)
    assert (before["contacts"], before["customers"]) == (3, 2)
    delete_communication(said=gone, by=alice, now=now)
    figures = figures_of(begun(alice, now), now)
    assert (figures["contacts"], figures["customers"]) == (2, 1)


def test_days_are_those_of_the_business_zone(alice):
    midnight = datetime(2026, 11, 26, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    for at in (
        midnight - timedelta(microseconds=1),
        midnight,
        midnight + DAY - timedelta(microseconds=1),
        midnight + DAY,
    ):
        services.complete_task(task=make_task(alice, at - HOUR), by=alice, now=at)
    assert figures_of(begun(alice, midnight), midnight + 2 * DAY)["done"] == 2


def test_begun_twice_it_is_the_same(alice, now):
    assert begun(alice, now) == begun(alice, now + HOUR)
    assert WorkReport.objects.count() == 1


def test_sent_once_with_the_figures_of_that_moment(alice, dana, now):
    with pytest.raises(SentenceMissing):
        services.save_report(report=begun(alice, now), sentence=" ", by=alice, now=now, sends=True)
    report = sent(alice, now)
    services.complete_task(task=make_task(alice, now), by=alice, now=now)
    report.refresh_from_db()
    assert (report.figures["done"], report.sent_at) == (0, now)
    assert Notification.objects.get(kind="report_sent").recipient == dana
    with pytest.raises(NotAllowed):
        sent(alice, now + HOUR)
    (line,) = [one.line for one in lines_of(Notification.objects.filter(kind="report_sent"), dana)]
    assert line.text == "All well."


def test_who_sees_which(alice, bob, charlie, dana, root, now):
    draft, report = begun(bob, now), sent(alice, now)
    seen = {person.username: set(WorkReport.objects.visible_to(person)) for person in (alice, bob, charlie, dana, root)}
    assert seen == {"alice": {report}, "bob": {draft}, "charlie": set(), "dana": {report}, "root": {report}}


def test_read_by_whoever_answers_for_the_writer(alice, dana, now, signed_in):
    report = sent(alice, now)
    with pytest.raises(NotAllowed):
        services.mark_report_read(report=report, by=alice, now=now)
    client = signed_in(dana)
    assert client.get("/reports/?show=unread").context["unread"] == 1
    for _time in range(2):
        assert client.post(f"/reports/{report.pk}/read/").status_code == 302
    report.refresh_from_db()
    assert report.read_by == dana
    assert client.get("/reports/?show=unread").context["unread"] == 0


def test_from_the_menu_to_the_manager(alice, dana, now, signed_in):
    client = signed_in(alice)
    with time_machine.travel(now):
        url = client.post("/reports/new/", {"of": "today"}).url
        assert "Contacts logged" in client.get(url).content.decode()
        assert client.post(url, {"sentence": "Half"}).status_code == 302
        assert client.post(url, {"sentence": "", "send": "1"}).status_code == 409
        assert client.post(url, {"sentence": "Whole", "send": "1"}).status_code == 302
        assert client.post(url, {"sentence": "Again", "send": "1"}).status_code == 403
    assert WorkReport.objects.get().sentence == "Whole"
    assert "Whole" in signed_in(dana).get(url).content.decode()
    assert client.post("/reports/new/", {"of": "1999"}).status_code == 404


def test_the_list_is_narrowed_by_person_kind_and_days(alice, bob, dana, now, signed_in):
    mine, weekly = sent(alice, now), sent(bob, now, "weekly")
    client = signed_in(dana)

    def shown(query):
        return [report for report, _figures in client.get(f"/reports/?{query}").context["rows"]]

    assert shown("") == [weekly, mine]
    assert shown(f"person={alice.pk}") == shown("kind=daily") == [mine]
    assert shown("since=2026-11-27") == [weekly]
    assert shown("until=2026-11-25") == [weekly]
    assert shown("person=999999&since=nonsense") == [weekly, mine]
    assert "person" not in signed_in(alice).get("/reports/").context["form"].fields


def test_the_list_costs_the_same_with_many(alice, dana, now, signed_in, statements):
    client = signed_in(dana)
    sent(alice, now)
    few = statements(lambda: client.get("/reports/"))
    for days in range(1, 20):
        report = services.begin_report(kind="daily", on=TODAY - days * DAY, by=alice, now=now)
        services.save_report(report=report, sentence="All well.", by=alice, now=now, sends=True)
    assert statements(lambda: client.get("/reports/")) == few
