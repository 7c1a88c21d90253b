"""Are leads found where a company is entered twice, by whom, and what does a stranger learn of them?"""

from __future__ import annotations

import pytest
from django.urls import reverse

from customers.conflicts import Probe, find
from customers.hits_shown import show
from customers.models import Event, IdentityKey
from customers.services.looking_up import look_up
from opportunities.conflicts import LABEL, fill_missing_keys
from opportunities.inputs import LeadData
from opportunities.models import DisqualifyReason
from opportunities.services import (
    archive_lead,
    assign_lead,
    create_lead,
    disqualify_lead,
    restore_lead,
    update_lead,
)
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


def lead_of(owner, now, **data):
    fields = {"company": "Nordwind Werkzeuge GmbH", "country": "DE", "email": "jan@nordwind-werkzeuge.de"} | data
    return create_lead(data=LeadData(**fields), by=owner, now=now)


def keys(lead):
    return set(IdentityKey.objects.filter(target_label=LABEL, target_id=lead.pk).values_list("kind", flat=True))


@pytest.mark.parametrize(
    "probe",
    [
        Probe(name="Nordwind Werkzeuge AG", country="DE"),
        Probe(name="Else Ltd", points=(("email", "jan@nordwind-werkzeuge.de", ""),)),
        Probe(name="Else Ltd", website="www.nordwind-werkzeuge.de"),
        Probe(name="Else Ltd", points=(("phone", "040 123456", "+4940123456"),)),
        Probe(name="Else Ltd", points=(("wechat", "jan_nordwind", ""),)),
    ],
)
def test_whatever_a_lead_has_warns_and_never_blocks(alice, now, probe):
    lead = lead_of(alice, now, phone="+49 40 123456", wechat="jan_nordwind")
    (hit,) = find([probe])[0]
    assert (hit.subject, hit.customer_id, hit.is_block) == ((LABEL, lead.pk), None, False)
    assert find([probe], but=[hit.subject]) == [[]]
    create_customer_named = make_customer(alice, "Nordwind Werkzeuge GmbH", country="DE")
    assert create_customer_named.pk  # a lead of the same name keeps nobody from entering it


def test_keys_follow_the_lead(alice, bob, dana, now):
    lead = lead_of(alice, now)
    assert keys(lead) == {"like", "mail", "domain"}
    lead = update_lead(lead=lead, changes={"email": "jan@gmail.com"}, by=alice, now=now)
    assert keys(lead) == {"like", "mail"}
    assign_lead(lead=lead, to=bob, by=dana, now=now)
    assert set(IdentityKey.objects.filter(target_label=LABEL).values_list("owner", flat=True)) == {bob.pk}
    archive_lead(lead=lead, by=dana, now=now)
    assert keys(lead) == set()
    restore_lead(lead=lead, by=dana, now=now)
    assert keys(lead) == {"like", "mail"}
    disqualify_lead(lead=lead, reason=DisqualifyReason.objects.first(), by=bob, now=now)
    assert keys(lead) == {"like", "mail"}


def test_a_sweep_fills_what_is_missing(alice, now):
    lead = lead_of(alice, now)
    IdentityKey.objects.all().delete()
    assert fill_missing_keys() == 1
    assert fill_missing_keys() == 0
    assert keys(lead) == {"like", "mail", "domain"}


def test_a_stranger_learns_name_owner_and_state_and_it_counts(alice, charlie, now):
    lead = lead_of(alice, now, phone="+49 40 123456")
    probe = Probe(name="Nordwind Werkzeuge", country="DE")
    (cards,) = show([(probe, find([probe])[0])], to=charlie, now=now)
    (card,) = cards.cards
    assert (card.other.name, card.other.owner, card.other.state) == ("Nordwind Werkzeuge GmbH", "Alice", "New")
    assert (card.other.url, card.is_mine, cards.shown_today) == ("", False, 1)
    assert Event.objects.get(kind="customer.revealed").target_id == lead.pk
    (again,) = show([(probe, find([probe])[0])], to=charlie, now=now)
    assert again.shown_today == 1
    (own,) = show([(probe, find([probe])[0])], to=alice, now=now)
    assert own.cards[0].other.url == lead.get_absolute_url()


def test_a_lead_without_a_name_gives_a_stranger_none_of_its_words(alice, charlie, now):
    lead_of(alice, now, company="", person="", message="Secret wish")
    probe = Probe(name="x", points=(("email", "jan@nordwind-werkzeuge.de", ""),))
    (cards,) = show([(probe, find([probe])[0])], to=charlie, now=now)
    assert cards.cards[0].other.name == "without a name"


def test_beyond_the_days_number_nothing_is_named(alice, charlie, now, monkeypatch):
    monkeypatch.setattr("customers.reveals.LIMIT", 1)
    lead_of(alice, now)
    lead_of(alice, now, company="Nordwind Werkzeuge AG", email="")
    probe = Probe(name="Nordwind Werkzeuge", country="DE")
    (cards,) = show([(probe, find([probe])[0])], to=charlie, now=now)
    assert sorted(card.other is None for card in cards.cards) == [False, True]


def test_forms_and_look_ups_say_so(alice, charlie, now, signed_in):
    lead_of(alice, now)
    client = signed_in(charlie)
    typed = {"name": "Nordwind Werkzeuge GmbH", "country": "DE", "kind": "company"}
    page = client.post("/customers/check/", typed).content.decode()
    assert "Nordwind Werkzeuge GmbH" in page
    assert "Alice" in page
    assert "nordwind-werkzeuge.de" not in page
    row = look_up(text="Nordwind Werkzeuge GmbH\nNobody Ever Ltd", by=charlie, now=now)
    page = client.get(f"/customers/lookup/{row.pk}/").content.decode()
    assert "Alice" in page
    assert "Lead" in client.get(f"/customers/lookup/{row.pk}/file/").getvalue().decode()


@pytest.mark.parametrize("but", ["9" * 5000, "9" * 20, "²", "-1", "x"])
def test_a_false_id_in_the_check_of_a_lead_is_not_found(alice, signed_in, but):
    answer = signed_in(alice).post(reverse("opportunities:lead_check"), {"company": "Acme", "but": but})
    assert answer.status_code == 404
