"""Is a company known again under another writing, and is each reason told?"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import conflicts
from customers.conflicts import Probe, find
from customers.hits_shown import show
from customers.identity_keys import count_grams, fill_missing_keys
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Customer, CustomerRequest, Event, GramCount, IdentityKey
from customers.services import add_header, archive_customer, create_customer, save_contact, update_customer
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db


def hits(**probe):
    return find([Probe(**probe)])[0]


def reasons(hit):
    return {(reason.field, code) for reason in hit.reasons for code in reason.how}


@pytest.mark.parametrize(
    ("stands", "typed", "is_block"),
    [
        ("Müller GmbH", "MULLER G.m.b.H.", True),
        ("Müller GmbH", "Müller AG", False),
        ("Müller GmbH", "Müller", False),
        ("深圳市华为技术有限公司", "深圳華為技術有限公司", False),
        ("Brightwater Hardware Ltd", "Brightwter Hardware Limited", False),
        ("Acme Trading Co., Ltd.", "Zenith Optics Inc.", None),
    ],
)
def test_what_blocks_and_what_warns(alice, stands, typed, is_block):
    customer = make_customer(alice, stands)
    found = hits(name=typed, country="DE")
    assert [(hit.customer_id, hit.is_block) for hit in found] == ([] if is_block is None else [(customer.pk, is_block)])


def test_the_same_code_blocks_whatever_the_name(alice):
    make_customer(alice, "Acme GmbH", code="HRB 77")
    (hit,) = hits(name="Something else", country="AT", code="HRB77")
    assert hit.is_block
    assert reasons(hit) == {("code", "same")}


def test_an_unknown_country_a_person_and_other_codes_only_warn(alice):
    make_customer(alice, "Acme GmbH", code="HRB 77")
    for probe, code in (
        ({"country": ""}, "no_country"),
        ({"country": "DE", "kind": "person"}, "a_person"),
        ({"country": "DE", "code": "HRB88"}, "codes_differ"),
        ({"country": "FR"}, "other_country"),
    ):
        (hit,) = hits(name="Acme GmbH", **probe)
        assert not hit.is_block
        assert ("name", code) in reasons(hit)


def test_domain_number_mailbox_and_account_warn_with_what_was_typed(alice):
    customer = make_customer(alice, "Acme GmbH", website="https://www.acme.de/en")
    points = [PointData("email", "jo@acme.de"), PointData("mobile", "+49 151 23456789"), PointData("wechat", "Jo_Acme")]
    make_contact(customer, "Jo", points=points)
    for point, wanted in (
        (("email", "purchase@acme.de", ""), {("domain", "same")}),
        (("email", "JO@acme.de", ""), {("domain", "same"), ("mail", "same")}),
        (("phone", "0151-23456789", "+4915123456789"), {("phone", "same")}),
        (("wechat", "jo_acme", ""), {("account", "same")}),
    ):
        (hit,) = hits(name="Nothing alike", points=(point,))
        assert (hit.customer_id, hit.is_block, reasons(hit)) == (customer.pk, False, wanted)
    assert hits(website="shop.acme.de")[0].reasons[0].value == "acme.de"


def test_free_mail_and_a_mailbox_that_many_share_tie_nobody(alice):
    for number in range(3):
        points = [PointData("email", "info@agent.example.com"), PointData("email", "jo@gmail.com")]
        make_customer(alice, f"Firm {number} {'abc'[number] * 9} GmbH", points=points)
    assert not [hit for hit in hits(points=(("email", "jo@gmail.com", ""),)) if ("domain", "same") in reasons(hit)]
    assert {("domain", "same")} == reasons(hits(points=(("email", "info@agent.example.com", ""),))[0])


def test_all_that_changes_what_is_known_changes_what_is_found(alice, now):
    customer = make_customer(alice, "Acme GmbH", website="acme.de")
    update_customer(customer=customer, changes={"website": "acme.com"}, by=alice, now=now)
    assert not hits(website="acme.de")
    assert hits(website="acme.com")
    contact = make_contact(customer, "Jo", email="jo@zenith.de")
    assert hits(website="zenith.de")
    save_contact(customer=customer, contact=contact, data=ContactData("Jo"), by=alice, now=now)
    assert not hits(website="zenith.de")


def test_an_archived_customer_is_told_of_and_blocks_nobody(alice, dana, now):
    customer = make_customer(alice, "Acme GmbH", code="HRB 77")
    archive_customer(customer=customer, reason="gone", by=dana, now=now)
    (hit,) = hits(name="Acme GmbH", country="DE", code="HRB77")
    assert (hit.customer_id, hit.is_block) == (customer.pk, False)


def test_second_headers_are_found_and_named(alice, now):
    customer = make_customer(alice, "Acme GmbH")
    add_header(customer=customer, name="上海艾克米贸易有限公司", kind="legal", country="CN", code="", by=alice, now=now)
    (hit,) = hits(name="艾克米贸易（上海）有限公司", country="CN")
    assert hit.customer_id == customer.pk
    assert hit.name == "上海艾克米贸易有限公司"


def test_blocks_stand_first_then_the_likest(alice):
    far = make_customer(alice, "Brigtwater Hardwre Ltd")
    near = make_customer(alice, "Brightwater Hardwre Ltd")
    same = make_customer(alice, "Brightwater Hardware Ltd")
    found = hits(name="Brightwater Hardware Ltd", country="DE")
    assert [hit.customer_id for hit in found] == [same.pk, near.pk, far.pk]
    assert [hit.is_block for hit in found] == [True, False, False]
    assert 1 == found[0].score > found[1].score > found[2].score


def test_the_number_of_statements_is_fixed(alice):
    for number in range(12):
        make_customer(alice, f"Brightwater {number} Ltd", website=f"bw{number}.de")
    probes = [Probe(name=f"Brightwater {number} Ltd", country="DE", website=f"bw{number}.de") for number in range(12)]
    for some in (probes[:1], probes):
        with CaptureQueriesContext(connection) as queries:
            assert all(find(some))
        assert len(queries) == 3


def test_many_probes_are_read_a_few_at_a_time(alice, monkeypatch):
    monkeypatch.setattr(conflicts, "TOGETHER", 5)
    stand = [make_customer(alice, f"Brightwater {number} Ltd", website=f"bw{number}.de").pk for number in range(12)]
    probes = [Probe(website=f"bw{number}.de") for number in range(12)]
    assert [hit.customer_id for hits in find(probes) for hit in hits] == stand
    assert find([]) == []


@pytest.mark.parametrize("but", ["9" * 5000, "9" * 20, "²", "-1", "x"])
def test_a_false_id_in_the_check_is_not_found(alice, signed_in, but):
    assert signed_in(alice).post(reverse("customers:check"), {"name": "Acme", "but": but}).status_code == 404


def test_counted_grams_narrow_and_new_names_are_found_all_the_same(alice):
    for number in range(30):
        make_customer(alice, f"Trading Company {'bcdfghjklmnpqrstvwxz'[number % 20] * (6 + number // 20)} GmbH")
    count_grams()
    assert GramCount.objects.filter(rows__gte=30).exists()
    late = make_customer(alice, "Qwyxx Trading Company GmbH")
    assert late.pk in [hit.customer_id for hit in hits(name="Qwyxx Tradng Company", country="DE")]


def test_customers_of_an_older_version_get_their_keys(alice):
    customer = make_customer(alice, "Acme GmbH")
    IdentityKey.objects.filter(kind="like").delete()
    assert not hits(name="Acme AG", country="DE")
    assert fill_missing_keys() == 1
    assert fill_missing_keys() == 0
    assert [hit.customer_id for hit in hits(name="Acme AG", country="DE")] == [customer.pk]


def test_the_seed_group_is_caught_across_languages_and_codes(alice, bob, now):
    """Branches of one group, entered by different salespeople under Chinese and English names and credit codes."""
    head = create_customer(
        data=CustomerData("深圳市海创五金工具有限公司", country="CN", website="https://www.haichuang-tools.com"),
        by=alice,
        now=now,
    )
    found = hits(name="Haichuang Hardware Tools (Hong Kong) Limited", country="HK", website="haichuang-tools.com")
    assert [hit.customer_id for hit in found] == [head.pk]
    assert ("domain", "same") in reasons(found[0])
    found = hits(name="海创五金工具（上海）有限公司", country="CN")
    assert [hit.customer_id for hit in found] == [head.pk]
    assert found[0].reasons[0].field == "name"
    found = hits(name="Shenzhen Haichuang Hardware Tools Co., Ltd. Ningbo Branch", country="CN")
    assert [hit.customer_id for hit in found] == [head.pk]
    assert ("name", "transliteration") in reasons(found[0])
    assert not Customer.objects.filter(pk=head.pk, owner=bob).exists()


# --- beside the forms -----------------------------------------------------------------------------------


def test_the_panel_answers_while_one_types_and_notes_whom_it_named(alice, charlie, signed_in):
    customer = make_customer(alice, "Acme GmbH")
    client = signed_in(charlie)
    page = client.post(reverse("customers:check"), {"name": "Acme AG", "country": "DE"}).content.decode()
    assert "Acme GmbH" in page
    assert f'name="seen" value="{customer.pk}"' in page
    assert Event.objects.filter(kind="customer.revealed", by=charlie).count() == 1
    page = client.post(reverse("customers:check"), {"name": "Acme AG", "country": "DE"}).content.decode()
    assert Event.objects.filter(kind="customer.revealed", by=charlie).count() == 1
    assert "Acme" not in client.post(reverse("customers:check"), {"name": "A"}).content.decode()


def test_on_a_customers_own_form_it_is_no_hit_itself(alice, charlie, signed_in):
    customer = make_customer(alice, "Acme GmbH")
    fields = {"name": "Acme GmbH", "country": "DE", "but": customer.pk}
    assert "Acme GmbH" not in signed_in(alice).post(reverse("customers:check"), fields).content.decode()
    assert signed_in(charlie).post(reverse("customers:check"), fields).status_code == 404
    assert signed_in(charlie).post(reverse("customers:check"), fields | {"but": "x"}).status_code == 404


def test_who_saves_has_been_told(alice, charlie, signed_in):
    """Without a script the first try shows what is similar; the second one saves."""
    stands = make_customer(alice, "Acme GmbH")
    client = signed_in(charlie)
    fields = {"name": "Acme AG", "kind": "company", "country": "DE", "status": "potential", "city": "Bonn"}
    fields |= {"points-TOTAL_FORMS": "0", "points-INITIAL_FORMS": "0"}
    answer = client.post(reverse("customers:create"), fields)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Acme GmbH" in page
    assert 'value="Bonn"' in page  # nothing typed is lost
    assert client.post(reverse("customers:create"), fields | {"seen": str(stands.pk)}).status_code == 302
    assert Customer.objects.filter(name="Acme AG", owner=charlie).exists()


def test_a_block_cannot_be_waved_through(alice, charlie, signed_in):
    stands = make_customer(alice, "Acme GmbH")
    fields = {"name": "Acme G.m.b.H.", "kind": "company", "country": "DE", "status": "potential"}
    fields |= {"points-TOTAL_FORMS": "0", "points-INITIAL_FORMS": "0", "seen": str(stands.pk)}
    answer = signed_in(charlie).post(reverse("customers:create"), fields)
    assert answer.status_code == 409
    assert Customer.objects.count() == 1


def test_telling_many_hits_to_a_manager_takes_the_statements_of_one(alice, bob, dana, now):
    for number in range(9):
        make_customer((alice, bob)[number % 2], f"Brightwater {'bcdfghjkl'[number]} Ltd", website="brightwater.com")
    probe = Probe(website="brightwater.com")
    (hits,) = find([probe])
    assert len(hits) == 9
    assert dana.managed_team_ids  # read once a request
    for some in (hits[:1], hits):
        with CaptureQueriesContext(connection) as queries:
            (cards,) = show([(probe, some)], to=dana, now=now, is_noted=False)
            assert all(card.is_mine and card.may_edit and card.token for card in cards.cards)
        assert len(queries) == 4


def test_a_request_needs_the_token_of_a_hit_of_ones_own(alice, bob, charlie, signed_in):
    make_customer(alice, "Acme GmbH")
    client = signed_in(charlie)
    page = client.post(reverse("customers:check"), {"name": "Acme AG", "country": "DE"}).content.decode()
    token = re.search(r"hit=([^\"]+)\"", page)[1]
    url = f"{reverse('customers:request_new')}?kind=share&hit={token}"
    assert client.get(url).status_code == 200
    assert signed_in(bob).get(url).status_code == 404
    assert client.get(url + "x").status_code == 404
    answer = client.post(reverse("customers:request_new"), {"kind": "share", "hit": token, "reason": "Met at the fair"})
    assert answer.status_code == 302
    asked = CustomerRequest.objects.get()
    assert (asked.by, asked.typed["name"]) == (charlie, "Acme AG")
    page = signed_in(alice).post(answer["Location"], {"decision": "accept", "answer": "Gladly"})
    assert page.status_code == 302
    assert Customer.objects.visible_to(charlie).filter(name="Acme GmbH").exists()
