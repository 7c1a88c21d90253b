"""Does the sum of the points order the queue, and is each point told?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.registries import TODAY, Day, TodayLine, TodaySection
from core.today import groups_of, one_queue
from core.urgency import Point, due_today, joined, late, leaves, level, waits

NOW = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def test_each_scale_only_rises_towards_the_moment():
    assert [late(days).number for days in (0, 1, 5, 10, 400)] == [45, 47, 55, 65, 65]
    assert [leaves(days, "x").number for days in (0, 1, 2, 3, 4, 7, 8)] == [70, 60, 50, 50, 30, 30, 10]
    assert [waits(NOW - days * DAY, NOW, "x").number for days in (0, 1, 2, 3)] == [30, 40, 40, 50]
    soon, later = NOW + timedelta(hours=2), NOW + timedelta(hours=2, minutes=1)
    assert [due_today(at, NOW, "Asia/Shanghai").number for at in (soon, later, None)] == [50, 40, 30]
    assert due_today(soon, NOW, "Asia/Shanghai").words == "due today at 17:20"


def test_levels_have_a_word_each():
    assert [str(level(number).label) for number in (60, 59, 30, 29, 0)] == ["High", "Middle", "Middle", "Low", "Low"]


def test_a_fact_counts_once_however_often_it_is_told():
    points = joined([Point(50, "late"), Point(20, "Grade A")], [Point(20, "Grade A"), Point(10, "nothing is planned")])
    assert [(one.number, one.words) for one in points] == [(50, "late"), (20, "Grade A"), (10, "nothing is planned")]


@pytest.fixture
def sections(monkeypatch):
    """``sections(first=[line, …], second=[…])``: these are Today."""

    def put(**lines):
        for key in list(TODAY):
            monkeypatch.delitem(TODAY, key)
        for order, (key, found) in enumerate(lines.items()):
            section = TodaySection(key.title(), order, lambda day, found=found: found, most=2)
            monkeypatch.setitem(TODAY, key, section)

    return put


def line(title: str, number: int, url: str = "", words: str = "because") -> TodayLine:
    return TodayLine(title, url or f"/{title}/", (Point(number, words),))


def test_a_group_and_the_queue_stand_by_urgency_and_equal_ones_keep_their_place(sections):
    sections(first=[line("b", 10), line("a", 30), line("c", 90)], second=[line("d", 40), line("e", 10)])
    first, second = groups_of(Day(None, NOW))
    # A kind brings its first two by its own order; a weightier third is behind "All" and pushes none of them out.
    assert [one.title for one in first.lines] == ["a", "b"]
    assert (first.has_more, second.has_more) == (True, False)
    assert [one.title for one in one_queue([first, second])] == ["d", "a", "b", "e"]


def test_a_record_of_several_groups_is_one_line_with_all_reasons(sections):
    sections(
        first=[line("k", 30, "/k/", "goes in 5 days"), line("x", 35)], second=[line("k again", 20, "/k/", "Grade A")]
    )
    groups = groups_of(Day(None, NOW))
    assert [one.points for one in groups[1].lines] == [50]  # as urgent wherever it stands
    queue = one_queue(groups)
    assert [(one.title, one.points) for one in queue] == [("k", 50), ("x", 35)]
    assert [one.words for one in queue[0].why] == ["goes in 5 days", "Grade A"]


@pytest.mark.django_db
def test_the_page_opens_by_urgency_and_as_one_likes_it(signed_in, alice, bob, sections, statements):
    sections(calm=[line("Calm Ltd", 10)], pressing=[line("Pressing Ltd", 70)])
    client = signed_in(alice)

    def order(url: str = "/today/", who=client) -> tuple[bool, str]:
        page = who.get(url).content.decode()
        return page.index("Pressing Ltd") < page.index("Calm Ltd"), page

    is_urgent, page = order()
    assert is_urgent
    assert "High" in page
    assert "+70" in page
    assert "Always open like this" not in page
    is_urgent, page = order("/today/?order=kind")
    assert not is_urgent
    assert "Always open like this" in page
    assert order("/today/?order=nonsense")[0]
    client.post("/views/today/default/", {"view": "kind", "back": "/today/"})
    assert not order()[0]
    assert order("/today/?order=urgent")[0]
    assert order(who=signed_in(bob))[0]  # what one likes is one's own
    assert "Calm Ltd" not in client.get("/today/?order=urgent&kind=pressing").content.decode()


@pytest.mark.django_db
def test_a_long_queue_says_how_many_more_there_are(signed_in, alice, monkeypatch, sections):
    monkeypatch.setattr("core.today.MOST_IN_QUEUE", 2)
    sections(first=[line("a", 30), line("b", 20)], second=[line("c", 10)])
    client = signed_in(alice)
    page = client.get("/today/").content.decode()
    assert "1 more, less urgent" in page
    assert 'href="/c/"' not in page
    assert 'href="/c/"' in client.get("/today/?all").content.decode()
