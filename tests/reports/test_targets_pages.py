"""Do people see their targets beside what they reached, and managers set, copy and share them out?"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from core.models import ExportLog
from reports.models import Target
from tests.factories import make_team, make_user

from .reading import words

pytestmark = pytest.mark.django_db
LIST = "/targets/"
NOVEMBER = "?measure=ordered&period=2026-11"


def levels(party_words: dict[str, str], seen: str = "") -> dict[str, str]:
    return {**party_words, "seen": seen}


def seen_in(client, url: str) -> str:
    return re.search(r'name="seen" value="(\w*)"', client.get(url).content.decode())[1]


def test_a_salesperson_sees_the_own_target_and_opens_the_rows_behind(signed_in, alice, bob, sold, target, now):
    sold(alice, date(2026, 11, 3), 100)
    sold(bob, date(2026, 11, 3), 500)
    target(alice, "2026-11", 1000, measure="ordered")
    target(bob, "2026-11", 9000, measure="ordered")
    client = signed_in(alice)
    page = client.get(LIST + NOVEMBER)
    shown = words(page.content)
    assert "70 %" in shown
    assert "¥700" in shown
    assert "Bob" not in shown
    assert "9,000" not in shown
    url = re.search(r'href="(/orders/\?[^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    rows = words(client.get(url).content)
    assert "PI-1" in rows
    assert "PI-2" not in rows


def test_a_manager_sees_the_team_as_the_sum_of_its_people(signed_in, dana, alice, bob, charlie, team, sold, target):
    sold(alice, date(2026, 11, 3), 100)
    sold(bob, date(2026, 11, 4), 200)
    sold(charlie, date(2026, 11, 4), 999)
    target(alice, "2026-11", 1000, measure="ordered")
    target(bob, "2026-11", 1100, measure="ordered")
    shown = words(signed_in(dana).get(LIST + NOVEMBER).content)
    assert re.search(r"Europe\s+100 % target reached\s+¥2,100\s+¥2,100 sum of the people\s+¥0", shown)
    assert "Charlie" not in shown


def test_what_has_no_rate_is_told_and_not_counted(signed_in, alice, sold, target):
    sold(alice, date(2026, 11, 3), 100)
    sold(alice, date(2026, 11, 3), 100, currency="XAF")
    target(alice, "2026-11", 1000, measure="ordered")
    assert "¥700 1 without a rate" in words(signed_in(alice).get(LIST + NOVEMBER).content)


def test_reaching_the_levels_is_told(signed_in, alice, sold, target):
    sold(alice, date(2026, 11, 3), 100)
    row = target(alice, "2026-11", 500, 600, 700, measure="ordered")
    client = signed_in(alice)
    assert "challenge reached" in words(client.get(LIST + NOVEMBER).content)
    Target.objects.filter(pk=row.pk).update(challenge=701)
    assert "sprint reached" in words(client.get(LIST + NOVEMBER).content)


def test_statements_do_not_grow_with_people_or_teams(signed_in, root, alice, target, statements):
    client = signed_in(root)
    target(alice, "2026-11", 500)
    few = statements(lambda: client.get(LIST + "?scope=all"))
    for number in range(30):
        person = make_user(team=make_team(f"Team {number}"))
        target(person, "2026-11", 500)
    assert statements(lambda: client.get(LIST + "?scope=all")) == few <= 12


def test_a_team_of_two_hundred_stays_light(signed_in, dana, team, target):
    for _number in range(200):
        target(make_user(team=team), "2026-11", 123456, 133456, 143456)
    assert len(signed_in(dana).get(LIST + "?period=2026-11").content) < 260_000


def test_a_manager_sets_a_year_and_an_emptied_one_goes(signed_in, dana, alice):
    client, url = signed_in(dana), f"/targets/person/{alice.pk}/?measure=won&period=2026"
    data = {"2026_target": "12,000,000", "2026-11_target": "1000", "2026-11_sprint": "1 200", "2026-11_challenge": ""}
    answer = client.post(url, levels(data, seen_in(client, url)))
    assert answer.status_code == 302
    found = {row.period.key: (row.target, row.sprint, row.challenge, row.set_by) for row in Target.objects.all()}
    assert found == {
        "2026": (Decimal(12_000_000), None, None, dana), "2026-11": (Decimal(1000), Decimal(1200), None, dana)
    }  # fmt: skip
    assert 'value="12,000,000"' in client.get(url).content.decode()
    client.post(url, levels({"2026_target": "12000000"}, seen_in(client, url)))
    assert [row.period.key for row in Target.objects.all()] == ["2026"]
    assert Target.history.rel.related_model.objects.filter(pgh_label__contains="delete").exists()


def test_what_is_wrong_is_told_in_place_and_nothing_typed_is_lost(signed_in, dana, alice):
    client, url = signed_in(dana), f"/targets/person/{alice.pk}/?measure=orders&period=2026"
    data = {"2026-01_target": "10", "2026-01_sprint": "9", "2026-02_target": "many", "2026-03_challenge": "7"}
    answer = client.post(url, levels(data, seen_in(client, url)))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert html.count('aria-invalid="true"') == 3
    for value in ("10", "9", "many", "7"):
        assert f'value="{value}"' in html
    assert not Target.objects.exists()


def test_of_two_who_save_the_second_is_told_and_keeps_the_words(signed_in, dana, root, alice):
    url = f"/targets/person/{alice.pk}/?measure=won&period=2026"
    first, second = signed_in(dana), signed_in(root)
    seen = seen_in(second, url)
    first.post(url, levels({"2026-01_target": "100"}, seen_in(first, url)))
    answer = second.post(url, levels({"2026-01_target": "200"}, seen))
    assert answer.status_code == 409
    assert 'value="200"' in answer.content.decode()
    assert Target.objects.get().target == 100
    again = re.search(r'name="seen" value="(\w*)"', answer.content.decode())[1]
    second.post(url, levels({"2026-01_target": "200"}, again))
    assert Target.objects.get().target == 200


def test_nobody_sets_the_own_target_nor_that_of_strangers(signed_in, dana, alice, charlie, other_team):
    for client, person, status in (
        (signed_in(dana), dana, 403), (signed_in(dana), charlie, 403),
        (signed_in(alice), alice, 403), (signed_in(alice), charlie, 403),
    ):  # fmt: skip
        url = f"/targets/person/{person.pk}/?measure=won"
        assert client.post(url, {"2026-01_target": "1", "seen": ""}).status_code == status
    assert signed_in(dana).get(f"/targets/team/{other_team.pk}/").status_code == 403
    assert signed_in(alice).get(f"/targets/person/{alice.pk}/").status_code == 200
    assert signed_in(alice).get(f"/targets/person/{charlie.pk}/").status_code == 403
    assert not Target.objects.exists()


def test_last_years_targets_are_copied_once_with_a_percentage(signed_in, dana, alice, bob, team, target):
    target(alice, "2025-11", 1000, 1100)
    target(bob, "2025Q4", 3000)
    target(team, "2025", 50_000)
    target(bob, "2026Q4", 7)
    client, url = signed_in(dana), "/targets/copy/?measure=won&period=2026"
    assert "3 targets of 2025 are there" in words(client.get(url).content)
    assert client.post(url, {"percent": "10"}).status_code == 302
    rows = {(row.user or row.team, row.period.key): (row.target, row.sprint) for row in Target.objects.of_year(2026)}
    assert rows == {(alice, "2026-11"): (1100, 1200), (bob, "2026Q4"): (7, None), (team, "2026"): (55_000, None)}
    again = client.post(url, {"percent": "10"})
    assert again.status_code == 409
    assert "nothing to copy" in words(again.content)


def test_a_teams_target_is_looked_at_then_shared_out(signed_in, dana, alice, bob, team):
    client, url = signed_in(dana), f"/targets/team/{team.pk}/share/?measure=orders&period=2026-11"
    data = {"2026-11_target": "10", "2026-11_sprint": "12", "basis": "hand",
            f"weight_{alice.pk}": "3", f"weight_{bob.pk}": "2"}  # fmt: skip
    tried = client.post(url, data)
    assert tried.status_code == 200
    assert not Target.objects.exists()
    assert re.search(r"Alice\s+0\s+—\s+6\s+7\s+—", words(tried.content))
    assert client.post(url, data | {"save": "1"}).status_code == 302
    rows = {row.user or row.team: (row.target, row.sprint) for row in Target.objects.all()}
    assert rows == {alice: (6, 7), bob: (4, 5), team: (10, 12)}
    assert f"weight_{dana.pk}" not in tried.content.decode()


def test_sharing_out_without_a_number_or_a_weight_is_refused_in_place(signed_in, dana, alice, team):
    client, url = signed_in(dana), f"/targets/team/{team.pk}/share/?measure=orders&period=2026-11"
    answer = client.post(url, {"basis": "hand", f"weight_{alice.pk}": "0", "save": "1"})
    assert answer.status_code == 422
    shown = words(answer.content)
    assert "Say what the team shall reach." in shown
    assert "Give at least one person a weight." in shown


def test_the_table_leaves_as_a_file_and_is_logged(signed_in, dana, alice, sold, target):
    sold(alice, date(2026, 11, 3), 100)
    target(alice, "2026-11", 1000, measure="ordered")
    answer = signed_in(dana).post("/targets/file/" + NOVEMBER, {"kind": "csv"})
    assert "Alice,1000.00,700.000,0.7000,300.000" in answer.content.decode()
    assert ExportLog.objects.get().page == "reports.targets"
    assert signed_in(alice).post("/targets/file/" + NOVEMBER, {"kind": "csv"}).status_code == 403


@pytest.mark.parametrize("query", ["?period=x", "?measure=x", "?period=1066", "?period=2026Q9&measure=%00"])
def test_nonsense_in_the_address_asks_what_is_usual(signed_in, dana, query):
    assert signed_in(dana).get(LIST + query).status_code == 200


@pytest.mark.parametrize("scope", ["p999999", "t999999", "all", "nobody", "x"])
def test_a_scope_that_is_not_ones_own_is_not_there(signed_in, alice, scope):
    assert signed_in(alice).get(f"{LIST}?scope={scope}").status_code == 404
