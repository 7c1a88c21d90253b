"""Do the figures of members count what happened, say how sure they are, and call nobody better by chance?"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from urllib.parse import unquote

import pytest
from django.utils import timezone

from customers.services import transfer_customer
from opportunities.figures.asked import Period
from publicpool.figures import Asked, Figures
from publicpool.intervals import wilson
from publicpool.member_figures import conversion_sheet, fairness_sheet
from publicpool.services import claim_customer, release_customer, run_rotation
from tests.factories import make_customer
from tests.publicpool.test_rotation_proof import won
from tests.weighing import weight

from .rotations import colleagues, make_firm, make_rotation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0) - timedelta(hours=2)


def rows(sheet) -> list[list]:
    return [[cell.value for cell in row.cells] for row in sheet.rows]


def asked(user, **more) -> Asked:
    return Asked(user, Period("all"), timezone.now(), **more)


@pytest.mark.parametrize(
    ("hits", "cases", "lower", "upper"),
    [
        # Brown, Cai and DasGupta's formula worked with z = 1.959964; also what R's prop.test(correct=FALSE) prints.
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.27753),
        (1, 10, 0.01788, 0.40415),
        (5, 10, 0.23659, 0.76341),
        (10, 10, 0.72247, 1.0),
        (81, 263, 0.25527, 0.36621),
    ],
)
def test_the_interval_is_the_known_one(hits, cases, lower, upper):
    found = wilson(hits, cases)
    assert float(found[0]) == pytest.approx(lower, abs=1e-4)
    assert float(found[1]) == pytest.approx(upper, abs=1e-4)


def test_taken_and_won_by_claim_and_in_turn(root, alice, bob, charlie, pooled, now):
    at = now - 30 * DAY
    mine = [pooled() for _number in range(3)]
    for customer in mine:
        claim_customer(customer=customer, by=alice, now=at)
        customer.refresh_from_db()
    won(mine[0], alice, at + 5 * DAY)
    transfer_customer(customer=mine[1], to=charlie, by=root, now=at + 6 * DAY)
    rotation = make_rotation(root, {bob: 1, charlie: 0}, now, countries=["NO"])
    pooled("Bergen AS", by=charlie, country="NO")
    run_rotation(rotation=rotation, by=root, now=now)
    found = {row[0]: row[1:4] for row in rows(conversion_sheet(asked(root), Figures(asked(root))))}
    assert found == {
        "Alice": [2, 1, Fraction(1, 2)],
        "Bob": [1, 0, Fraction(0)],
        "Together": [3, 1, Fraction(1, 3)],
    }


def test_whoever_took_few_is_grey_and_has_no_rank(root, alice, bob, charlie, pooled, now, monkeypatch):
    monkeypatch.setattr("publicpool.member_figures.FEW", 2)
    at = now - 30 * DAY
    for person, number in ((alice, 2), (bob, 2), (charlie, 1)):
        for place in range(number):
            customer = pooled(by=root)
            claim_customer(customer=customer, by=person, now=at)
            if person != alice and place == 0:
                won(customer, person, at + DAY)
    sheet = conversion_sheet(asked(root), Figures(asked(root)))
    assert [(row.cells[0].value, row.cells[-1].value, row.is_apart) for row in sheet.rows] == [
        ("Bob", 1, False),
        ("Alice", 2, False),
        ("Charlie", None, True),  # all of one
        ("Together", None, False),
    ]


def test_received_beside_expected_with_the_reason(root, dana, alice, bob, pooled, now):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now)
    bob.away_from, bob.away_to = now.date() - DAY, now.date() + DAY
    bob.save()
    for _number in range(6):
        pooled(by=root)
    run_rotation(rotation=rotation, by=root, now=now)
    for reader in (root, dana):
        sheet = fairness_sheet(asked(reader), Figures(asked(reader)))
        first, second = rows(sheet)
        assert first[:8] == ["Alice", "North", 6, 3, 3, 0, 0, 0]
        assert "others could not" in first[8]
        assert second == ["Bob", "North", 0, 3, -3, 5, 0, 0, "could not take turns: away 5"]
        assert f"/pool/rotations/{rotation.pk}/ledger/?kind=skipped&person={bob.pk}" in sheet.rows[1].cells[5].url
    past = Asked(root, Period("", now.date().replace(day=1, year=2020), now.date().replace(day=1, year=2020)), now)
    assert rows(fairness_sheet(past, Figures(past))) == []


def test_what_came_to_be_owed_and_what_was_served_can_be_followed(root, alice, bob, reason, pooled, now):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now)
    hers = make_customer(alice, at=now - 100 * DAY)
    release_customer(customer=hers, reason=reason, by=alice, now=now - 20 * DAY)
    run_rotation(rotation=rotation, by=root, now=now)  # for Alice it is in its cool-down
    owed, served = ([row[index] for row in rows(fairness_sheet(asked(root), Figures(asked(root))))] for index in (6, 7))
    assert (sum(owed), sum(served)) == (1, 0)
    for _number in range(2):
        pooled(by=root)
    run_rotation(rotation=rotation, by=root, now=now)
    (first, *_rest) = [row for row in rows(fairness_sheet(asked(root), Figures(asked(root)))) if row[0] == "Alice"]
    assert first[6:8] == [1, 1]


def test_the_figures_stand_in_the_menu_of_those_who_may_see_them(signed_in, root, dana, alice):
    for reader, is_there in ((root, True), (dana, True), (alice, False)):
        assert ("/pool/figures/" in signed_in(reader).get("/today/").content.decode()) is is_there


def test_the_page_leads_to_the_rows(signed_in, root, dana, alice, charlie, pooled, now):
    at = now - 30 * DAY
    for person, name in ((alice, "Sold GmbH"), (charlie, "Elsewhere GmbH")):
        customer = pooled(name, by=root)
        claim_customer(customer=customer, by=person, now=at)
        won(customer, person, at + DAY)
    client = signed_in(root)
    page = client.get("/pool/figures/?period=all").content.decode()
    assert "/pool/figures/won/?period=all&amp;person=" in page
    assert "Sold GmbH" in client.get(f"/pool/figures/won/?period=all&person={alice.pk}").content.decode()
    seen = signed_in(dana).get("/pool/figures/taken/?period=all").content.decode()
    assert "Sold GmbH" in seen
    assert "Elsewhere GmbH" not in seen
    for key in ("conversion", "fairness"):
        assert client.post(f"/pool/figures/{key}/export/?period=all", {"kind": "csv"}).status_code == 200
    for query, words in (("period=all", "All time"), ("from=2026-01&to=2026-03", "2026-01–2026-03")):
        file = client.post(f"/pool/figures/conversion/export/?{query}", {"kind": "csv"})
        assert words in unquote(file["Content-Disposition"])  # two files of other months are told apart


def test_of_two_hundred_the_first_stand_there_and_all_where_they_are_asked_for(
    signed_in, root, bob, team, pooled, now, statements
):
    for number in range(40):
        pooled(f"Number {number} GmbH")
    few = make_rotation(root, {bob: 1}, now, name_en="Few", countries=["FR"])
    client, url = signed_in(root), "/pool/figures/?period=all"
    assert statements(lambda: client.get(url)) == 12
    large = make_firm(root, colleagues(200, team), now, position=few.position + 10)
    run_rotation(rotation=large, by=root, now=now)
    shown = client.get(url)
    assert weight(shown) < 60_000
    assert statements(lambda: client.get(url)) == 12
    sheets = {sheet.key: sheet for sheet in shown.context["sheets"]}
    assert (len(sheets["fairness"].rows), sheets["fairness"].hidden) == (15, 185)
    # The sum of all stands there too.
    assert (len(sheets["conversion"].rows), sheets["conversion"].hidden) == (16, 25)
    assert sheets["conversion"].rows[-1].cells[1].value == 40
    assert 'href="?period=all&amp;all=1"' in shown.content.decode()
    whole = {sheet.key: sheet for sheet in client.get(f"{url}&all=1").context["sheets"]}
    assert [len(whole[key].rows) for key in ("fairness", "conversion")] == [200, 41]
    file = client.post("/pool/figures/fairness/export/?period=all", {"kind": "csv"}).content.decode("utf-8-sig")
    assert len(file.splitlines()) == 201
