"""Do deals come in from files within what the importer may, each once, with reasons where they do not?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from core.models import CustomField, OutgoingMail
from customers.models import Customer, StatusChange
from opportunities.models import Move, Opportunity
from opportunities.services import update_opportunity
from tests.bringing import brought, said, taken_back, tried, written
from tests.customers.test_import import broken_promises
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
FILE = """Opportunity,Account,Owner,Product,Stage,Created date,Close date,Amount,Currency,Id
Padlocks 2026,Hansen Tools GmbH,bob,Padlock 60 mm,Won,2026-01-05,2026-03-01,"1,200.50",USD,D1
Drills,Neu AG,,Drill,Negotiation,2026-05-05,2027-01-31,900,EUR,D2
,,,Hose,Lost,,2026-02-02,,,D3
Strange stage,Neu AG,,,Haggling,,,,,D4
Nobody's,Neu AG,zoe,,Won,,,,,D5
Early,Neu AG,,,Won,2026-03-01,2026-02-01,,,D6
Late,Neu AG,,,Won,2026-03-01,2027-02-01,,,D7
Twice,Neu AG,,,Won,,,,,D1
"""


def verdicts(run) -> list[str]:
    return list(run.rows.order_by("line").values_list("verdict", flat=True))


def test_a_file_of_deals(dana, bob, alice, now, rates, stages):
    hansen = make_customer(alice, "Hansen Tools GmbH")
    run = tried("opportunities", FILE, dana, now, unknown_customer="create", currency="CNY")
    assert verdicts(run) == ["new"] * 3 + ["error"] * 4 + ["conflict"]
    for line, words in ((3, "Makes the customer “Neu AG”"), (4, "no month of the funnel"), (5, "Haggling"), (6, "zoe"),
                        (7, "before the deal began"), (8, "has not come yet"), (9, "Line 2")):  # fmt: skip
        assert words in said(run, line, dana), line
    written(run, dana, now)
    won = Opportunity.objects.get(external_id="D1")
    assert (won.customer, won.owner, won.outcome, won.amount_base) == (hansen, bob, "won", Decimal("8403.50"))
    assert [(one.kind, one.at.date()) for one in won.moves.all()] == [
        ("created", date(2026, 1, 4)), ("won", date(2026, 2, 28)),  # midnight in Shanghai is the day before in UTC
    ]  # fmt: skip
    assert hansen.collaborators.get().user == bob
    hansen.refresh_from_db()
    assert (hansen.status.key, StatusChange.objects.filter(customer=hansen).latest("at").rule) == ("won", "first_deal")
    open_one = Opportunity.objects.get(external_id="D2")
    assert (open_one.owner, open_one.expected_on, open_one.closed_on) == (dana, date(2027, 1, 31), None)
    assert (open_one.customer.name, open_one.customer.owner, open_one.customer.open_opportunities) == (
        "Neu AG",
        dana,
        1,
    )
    lost = Opportunity.objects.get(external_id="D3")
    assert (lost.title, lost.lost_reason.key, lost.reached, lost.opened_on) == (
        "Hose", "other", stages["first_contact"], None,
    )  # fmt: skip
    assert broken_promises() == {}
    assert tried("opportunities", FILE, dana, now, unknown_customer="create").counts["same"] == 3


def test_undoing_leaves_what_was_worked_on(dana, alice, bob, now, rates):
    hansen = make_customer(alice, "Hansen Tools GmbH")
    run = brought("opportunities", FILE, dana, now, unknown_customer="create", currency="CNY")
    deal = Opportunity.objects.get(external_id="D2")
    later = now + timedelta(hours=1)
    update_opportunity(opportunity=deal, changes={"title": "Drills for spring"}, by=dana, now=later)
    taken_back(run, dana, later + timedelta(hours=1))
    assert run.undone == {"back": 2, "stays": 1}
    assert "was worked on since" in said(run, 3, dana)
    assert list(Opportunity.objects.visible_to(dana)) == [deal]
    hansen.refresh_from_db()
    assert (hansen.status.key, hansen.collaborators.count()) == ("potential", 0)
    assert Customer.objects.living().filter(name="Neu AG").exists()
    assert broken_promises() == {}


def test_a_salesperson_brings_own_deals_only(alice, charlie, now, rates):
    make_customer(charlie, "Rossi Ferramenta SRL", country="IT")
    text = "Opportunity,Account,Owner,Stage\nHinges,Rossi Ferramenta SRL,charlie,Negotiation\n"
    run = tried("opportunities", text, alice, now, unknown_customer="create")
    assert verdicts(run) == ["conflict"]
    assert "ask for it first" in said(run, 2, alice)
    brought("opportunities", text, alice, now, unknown_customer="without")
    deal = Opportunity.objects.get()
    assert (deal.owner, deal.customer) == (alice, None)


def test_a_deal_without_an_id_is_known_again(alice, now, rates):
    text = "Opportunity,Stage,Created date,Amount\nHinges,Proposal,2026-01-01,5\nHinges,Proposal,2026-01-01,5\n"
    run = brought("opportunities", text, alice, now, currency="USD")
    assert run.written == {"made": 2}
    again = tried("opportunities", text, alice, now + timedelta(hours=1), currency="USD")
    assert verdicts(again) == ["conflict", "conflict"]
    assert "Looks like" in said(again, 2, alice)


def test_own_fields_and_odd_values(alice, now, rates):
    CustomField.objects.create(target="opportunities.opportunity", key="port", kind="text", name_en="Port")
    CustomField.objects.create(target="opportunities.opportunity", key="boxes", kind="number", name_en="Boxes")
    text = "Deal name,Stage,Port,Boxes,Value\nA,Proposal,Hamburg,12,€ 5\nB,Proposal,,twelve,1\nC,Proposal,,,-4\n"
    run = tried("opportunities", text, alice, now, currency="USD")
    assert verdicts(run) == ["new", "error", "error"]
    written(run, alice, now)
    deal = Opportunity.objects.get()
    assert (deal.custom, deal.currency, deal.amount) == ({"port": "Hamburg", "boxes": 12}, "EUR", 5)


def test_people_without_an_address_get_no_mail(root, now):
    text = "Agent,Manager,Office\nAnna Snelling,Dustin Brinkmann,Central\n"
    columns = {"Agent": {"field": "name"}, "Manager": {"field": "manager"}, "Office": {"field": "team"}}
    refused = tried("people", text, root, now, columns=columns)
    assert verdicts(refused) == ["error"]
    brought("people", text, root, now, columns=columns, no_address="make")
    assert not OutgoingMail.objects.exists()


def test_statements_do_not_grow_with_rows(dana, now, rates, statements):
    def rows(count: int, mark: str) -> str:
        lines = [f"Deal {mark}{n},Firm {mark}{n},Won,2026-01-05,2026-02-0{n % 9 + 1},{n}" for n in range(count)]
        return "Opportunity,Account,Stage,Created date,Close date,Amount\n" + "\n".join(lines)

    few, many = (
        tried("opportunities", rows(n, m), dana, now, unknown_customer="create", currency="USD")
        for n, m in ((2, "a"), (60, "b"))
    )
    one = statements(lambda: written(few, dana, now))
    assert statements(lambda: written(many, dana, now)) <= one + 3
    assert Move.objects.count() == 124


def test_a_word_far_down_the_file_can_be_told_after_the_dry_run(alice, now, rates, signed_in, monkeypatch):
    text = "Opportunity,Stage\nA,Proposal\nB,Haggling\n"
    run = tried("opportunities", text, alice, now)
    monkeypatch.setattr("core.views_importing.SAMPLES", 1)
    page = signed_in(alice).get(reverse("core:import_columns", args=[run.pk])).content.decode()
    assert "Haggling" in page
