"""May a colleague be asked about a customer, who decides, and what follows from it?"""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Notification, User
from accounts.notices import lines_of
from core.exceptions import NotAllowed
from customers.conflicts import Probe, find
from customers.inputs import CustomerData
from customers.models import Customer, CustomerRequest, OwnershipPeriod, Pool, SaidDifferent
from customers.services import (
    add_header,
    archive_customer,
    ask_about,
    create_customer,
    decide_request,
    restore_customer,
    tell_apart,
    transfer_customer,
    withdraw_request,
)
from customers.services.errors import AlreadyCollaborator, ReasonMissing, SameCompany, SameOwner
from customers.services.ownership import open_period
from customers.services.requests import AskedAlready, DecidedAlready
from tests.factories import make_customer
from tests.refusals import refused

pytestmark = pytest.mark.django_db
TYPED = {"name": "Acme GmbH", "country": "DE", "code": ""}


@pytest.fixture
def acme(alice):
    return make_customer(alice, "Acme GmbH")


def ask(customer, by, now, kind="share", **more):
    return ask_about(customer=customer, kind=kind, reason="We met at the fair", by=by, now=now, typed=TYPED, **more)


@pytest.mark.parametrize(("kind", "role"), [("share", "assistant"), ("join", "collaborator")])
def test_accepted_by_the_holder_one_sees_it(acme, alice, charlie, dana, now, kind, role):
    request = ask(acme, charlie, now, kind)
    assert set(Notification.objects.filter(kind="request_asked").values_list("recipient", flat=True)) == {
        alice.pk,
        dana.pk,
    }
    assert not Customer.objects.visible_to(charlie).filter(pk=acme.pk).exists()
    decide_request(request=request, accept=True, answer="Gladly", by=alice, now=now)
    assert acme.collaborators.get(user=charlie).role == role
    assert Customer.objects.visible_to(charlie).filter(pk=acme.pk).exists()
    notice = Notification.objects.get(kind="request_decided")
    assert notice.recipient == charlie
    assert "Gladly" in lines_of([notice], charlie)[0].line.text
    kinds = ["request.asked", "collaborator.added", "request.accepted"]
    assert list(acme.events.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True)) == kinds


def test_refused_nothing_changes_and_the_reason_is_told(acme, alice, charlie, now):
    request = ask(acme, charlie, now)
    decide_request(request=request, accept=False, answer="They want one voice", by=alice, now=now)
    request.refresh_from_db()
    assert (request.state, request.answer, request.decided_by) == ("refused", "They want one voice", alice)
    assert not acme.collaborators.exists()
    with refused(DecidedAlready):
        decide_request(request=request, accept=True, answer="x", by=alice, now=now)


def test_what_is_refused_at_once(acme, alice, bob, charlie, now):
    with refused(ReasonMissing, field="reason"):
        ask_about(customer=acme, kind="share", reason=" ", typed={}, by=charlie, now=now)
    with refused(SameOwner):
        ask(acme, alice, now)
    request = ask(acme, charlie, now)
    with refused(AskedAlready):
        ask(acme, charlie, now)
    for stranger in (bob, charlie):
        with refused(NotAllowed):
            decide_request(request=request, accept=True, answer="x", by=stranger, now=now)
    with refused(ReasonMissing, field="answer"):
        decide_request(request=request, accept=True, answer="", by=alice, now=now)
    with refused(NotAllowed):
        withdraw_request(request=request, by=alice, now=now)
    withdraw_request(request=request, by=charlie, now=now)
    decide_request(request=ask(acme, charlie, now), accept=True, answer="Yes", by=alice, now=now)
    with refused(AlreadyCollaborator):
        ask(acme, charlie, now, "join")


def test_who_sees_a_request(acme, alice, bob, charlie, dana, root, now):
    ask(acme, charlie, now)
    seen = {person: CustomerRequest.objects.visible_to(person).count() for person in (alice, bob, charlie, dana, root)}
    assert seen == {alice: 1, bob: 0, charlie: 1, dana: 1, root: 1}
    waiting = {person: CustomerRequest.objects.to_decide(person).count() for person in seen}
    assert waiting == {alice: 1, bob: 0, charlie: 0, dana: 1, root: 1}
    ask(acme, charlie, now, "dispute")
    waiting = {person: CustomerRequest.objects.to_decide(person).count() for person in seen}
    assert waiting == {alice: 1, bob: 0, charlie: 0, dana: 2, root: 2}, "the holder does not decide on a dispute"


def test_a_share_and_then_a_join_make_a_collaborator(acme, alice, charlie, now):
    for kind, role in (("share", "assistant"), ("join", "collaborator"), ("share", "collaborator")):
        request = CustomerRequest.objects.create(customer=acme, by=charlie, at=now, kind=kind, reason="Fair", typed={})
        decide_request(request=request, accept=True, answer="Do", by=alice, now=now)
        assert acme.collaborators.get(user=charlie).role == role


def test_what_lies_in_a_pool_is_told_apart_by_the_admin(acme, alice, charlie, dana, root, now):
    pool = Pool.objects.get(is_default=True)
    open_period(acme, pool=pool, reason=OwnershipPeriod.Reason.RELEASED, by=None, now=now)
    request = ask(acme, charlie, now, "dispute")
    for person in (alice, dana):
        with refused(NotAllowed):
            decide_request(request=request, accept=True, answer="x", by=person, now=now)
    assert CustomerRequest.objects.to_decide(root).get() == request
    assert decide_request(request=request, accept=True, answer="Two firms", by=root, now=now).state == "accepted"


def test_a_disputed_company_is_entered_once_it_is_accepted(acme, alice, charlie, dana, now):
    data = CustomerData("Acme GmbH", country="DE", city="Bonn")
    with refused(SameCompany, field="name"):
        create_customer(data=data, by=charlie, now=now)
    request = ask(acme, charlie, now, "dispute")
    with refused(NotAllowed):  # the holder has an interest of their own
        decide_request(request=request, accept=True, answer="x", by=alice, now=now)
    decide_request(request=request, accept=True, answer="Another family", by=dana, now=now)
    with refused(SameCompany, field="name"):  # only what was disputed, only by who asked
        create_customer(data=data, by=alice, now=now)
    other = create_customer(data=data, by=charlie, now=now)
    pair = SaidDifferent.objects.get()
    assert {pair.one_id, pair.other_id} == {acme.pk, other.pk}
    assert (pair.reason, pair.by) == ("Another family", dana)
    with refused(SameCompany, field="name"):  # used up
        create_customer(data=data, by=charlie, now=now)
    probe = Probe(name="Acme GmbH", country="DE")
    assert find([probe], but={acme.pk, other.pk}) == [[]]


def test_a_pair_told_apart_neither_blocks_nor_warns_and_a_third_still_does(acme, alice, dana, now):
    other = make_customer(alice, "Acme Werke GmbH")
    with refused(SameCompany, field="name"):
        add_header(customer=other, name="Acme GmbH", kind="legal", country="DE", code="", by=alice, now=now)
    with refused(NotAllowed):
        tell_apart(customer=acme, other=other, kind="different", reason="x", by=alice, now=now)
    tell_apart(customer=acme, other=other, kind="different", reason="Two families", by=dana, now=now)
    add_header(customer=other, name="Acme GmbH", kind="legal", country="DE", code="", by=alice, now=now)
    with refused(SameCompany, field="name"):
        make_customer(alice, "Acme GmbH")
    archive_customer(customer=other, reason="x", by=dana, now=now)
    restore_customer(customer=other, owner=alice, by=dana, now=now)


def test_a_branch_joins_the_group(acme, charlie, dana, now):
    request = ask(acme, charlie, now, "dispute")
    decide_request(request=request, accept=True, answer="Their branch", difference="branch", by=dana, now=now)
    branch = create_customer(data=CustomerData("Acme GmbH", country="DE"), by=charlie, now=now)
    acme.refresh_from_db()
    assert branch.group == acme.group
    assert (acme.group_role, branch.group_role) == ("head", "branch")


def test_an_old_pass_is_void(acme, charlie, dana, now):
    request = ask(acme, charlie, now, "dispute")
    decide_request(request=request, accept=True, answer="x", by=dana, now=now)
    with refused(SameCompany, field="name"):
        create_customer(data=CustomerData("Acme GmbH", country="DE"), by=charlie, now=now + timedelta(days=31))


@pytest.mark.parametrize("kind", ["share", "join", "dispute"])
def test_what_somebody_asked_who_has_left_cannot_be_accepted(acme, charlie, dana, now, signed_in, kind):
    request = ask(acme, charlie, now, kind)
    client = signed_in(dana)
    path = reverse("customers:request", args=[request.pk])
    assert "accept" in client.get(path).content.decode()
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    assert not CustomerRequest.objects.to_decide(dana).exists()
    assert "Acme GmbH" not in client.get(reverse("customers:requests")).content.decode()
    assert 'value="accept"' not in client.get(path).content.decode()
    answer = client.post(path, {"decision": "accept", "answer": "Gladly", "difference": "different"})
    assert answer.status_code == 409
    assert "does not work here any more" in html.unescape(answer.content.decode())
    request.refresh_from_db()
    assert request.state == "open"
    assert not acme.collaborators.exists()
    client.post(path, {"decision": "refuse", "answer": "Has left", "difference": "different"})
    request.refresh_from_db()
    assert request.state == "refused"


def test_the_new_holder_decides(acme, alice, bob, charlie, dana, now):
    request = ask(acme, charlie, now)
    transfer_customer(customer=acme, to=bob, by=dana, now=now)
    with refused(NotAllowed):
        decide_request(request=request, accept=True, answer="x", by=alice, now=now)
    decide_request(request=request, accept=True, answer="x", by=bob, now=now)


def test_a_manager_tells_two_that_stand_apart_on_their_page(acme, alice, dana, signed_in):
    other = make_customer(alice, "Acme AG")
    url = reverse("customers:similar", args=[acme.pk])
    assert "Acme AG" not in signed_in(dana).get(url).content.decode()  # only asked for it looks
    page = signed_in(dana).post(url).content.decode()
    assert "Acme AG" in page
    link = html.unescape(re.search(rf'href="(/customers/{acme.pk}/apart/[^"]+)"', page)[1])
    assert signed_in(alice).get(link).status_code == 404  # another person's token
    client = signed_in(dana)
    hit = link.partition("hit=")[2]
    fields = {"hit": hit, "difference": "different", "reason": "Two families"}
    assert client.post(link, fields | {"reason": ""}).status_code == 422
    assert client.post(link, fields).status_code == 302
    pair = SaidDifferent.objects.get()
    assert {pair.one, pair.other} == {acme, other}
    page = client.post(url).content.decode()
    assert "No other customer is like this one" in page
    assert "Two families" in page


def test_a_decision_is_never_guessed(acme, alice, charlie, now, signed_in):
    request = ask(acme, charlie, now)
    url = reverse("customers:request", args=[request.pk])
    for decision in ({}, {"decision": "x"}):
        assert signed_in(alice).post(url, {"answer": "Yes", **decision}).status_code == 422
    request.refresh_from_db()
    assert request.state == "open"
    page = signed_in(charlie).post(reverse("customers:check"), {"name": "Acme GmbH", "country": "DE"}).content.decode()
    assert "Acme GmbH" in page
    assert "flag-de" not in page, "name, owner and status, nothing else"
