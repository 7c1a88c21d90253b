"""Is more time asked for once, decided by whoever leads, and told to both?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from publicpool.countdown import Clock, countdown
from publicpool.models import Extension
from publicpool.services import claim_customer, release_customer
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def soon(alice, rule):
    rule("idle", 30)
    return make_customer(alice, "Bald GmbH", at=timezone.now() - timedelta(days=26))


@pytest.fixture
def asked(soon, alice, dana, signed_in):
    url = reverse("publicpool:more_time", args=[soon.pk])
    assert signed_in(alice).post(url, {"reason": "Samples are under way"}).url == soon.get_absolute_url()
    return Extension.objects.get()


def decide(extension, **data):
    return reverse("publicpool:extension", args=[extension.pk]), data


def test_it_is_asked_once_and_waits_on_the_page_and_on_today(asked, soon, alice, dana, signed_in):
    ask = reverse("publicpool:more_time", args=[soon.pk])
    page = signed_in(alice).get(soon.get_absolute_url()).content.decode()
    assert "asked for more time" in page
    assert ask not in page
    again = signed_in(alice).post(ask, {"reason": "Again"})
    assert again.status_code == 409
    assert "once while you hold the customer" in again.content.decode()
    url, _data = decide(asked)
    page = signed_in(dana).get(soon.get_absolute_url()).content.decode()
    assert url in page
    assert "More time until" not in page  # nobody has given it yet
    today = signed_in(dana).get("/today/").content.decode()
    assert "Alice asks for more time: Samples are under way" in today
    assert url in today
    assert url not in signed_in(alice).get("/today/").content.decode()
    assert Notification.objects.filter(recipient=dana, kind="extension_asked").count() == 1


def test_whoever_leads_grants_it_until_a_day(asked, soon, alice, dana, signed_in):
    until = timezone.localdate() + timedelta(days=40)
    url, data = decide(asked, decision="grant", until=until.isoformat(), answer="Good luck")
    assert signed_in(dana).post(url, data).url == soon.get_absolute_url()
    assert countdown(Clock.load(timezone.now()), soon.pk).on == until + timedelta(days=1)
    assert "More time until" in signed_in(alice).get(soon.get_absolute_url()).content.decode()
    assert Notification.objects.filter(recipient=alice, kind="extension_decided").count() == 1
    assert signed_in(dana).post(url, data).status_code == 409
    assert url not in signed_in(dana).get("/today/").content.decode()


def test_a_refusal_needs_an_answer_and_is_told_with_it(asked, soon, alice, dana, signed_in):
    url, data = decide(asked, decision="refuse")
    assert signed_in(dana).post(url, data).status_code == 422
    signed_in(dana).post(url, data | {"answer": "It has been enough"})
    said = signed_in(alice).get(soon.get_absolute_url()).content.decode()
    assert "More time was refused" in said
    assert "It has been enough" in said


def test_a_day_that_has_passed_is_none(asked, dana, signed_in):
    past = timezone.localdate() - timedelta(days=1)
    url, data = decide(asked, decision="grant", until=past.isoformat())
    assert signed_in(dana).post(url, data).status_code == 409
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_others_neither_ask_nor_decide(asked, soon, alice, bob, charlie, dana, root, signed_in):
    ask = reverse("publicpool:more_time", args=[soon.pk])
    url, data = decide(asked, decision="grant")
    for person, to_ask, to_decide in ((bob, 404, 404), (charlie, 404, 404), (dana, 403, 200), (root, 403, 200)):
        client = signed_in(person)
        assert (client.get(ask).status_code, client.get(url).status_code) == (to_ask, to_decide)
    assert signed_in(alice).post(url, data).status_code == 403


def test_nothing_is_asked_where_no_rule_takes_it(alice, signed_in):
    customer = make_customer(alice)
    answer = signed_in(alice).post(reverse("publicpool:more_time", args=[customer.pk]), {"reason": "Please"})
    assert answer.status_code == 409
    assert not Extension.objects.exists()


def test_what_was_given_back_meanwhile_needs_no_decision(asked, soon, alice, dana, reason, signed_in):
    release_customer(customer=soon, reason=reason, by=alice, now=timezone.now())
    url, data = decide(asked, decision="grant")
    assert signed_in(dana).post(url, data).status_code == 404
    assert url not in signed_in(dana).get("/today/").content.decode()


def test_a_wish_ends_with_its_holder(asked, soon, alice, bob, dana, reason, signed_in):
    release_customer(customer=soon, reason=reason, by=alice, now=timezone.now())
    claim_customer(customer=soon, by=bob, now=timezone.now())
    url, data = decide(asked, decision="grant", until=timezone.localdate().isoformat(), answer="Yes")
    assert signed_in(dana).post(url, data).status_code == 409
