"""When does a playbook begin for what happens to opportunities and leads, and what does its preview say?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from communications.inputs import CommunicationData
from communications.services import log_communication
from core.invariants import verdicts
from customers.ledger import deliver_due
from followups import services
from followups.inputs import PlaybookData, StepData
from followups.models import Playbook, PlaybookRun, PlaybookStep, PlaybookVersion, Task
from followups.playbooks import Rule
from followups.playing import run_playbooks
from followups.replay import replay
from opportunities.inputs import LeadData, LineData, OpportunityData
from opportunities.models import Campaign, LostReason, Stage
from opportunities.services import create_opportunity, lose_opportunity, move_opportunity
from opportunities.services.leads import assign_lead, create_lead
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def own(root, now):
    """``own("deal_lost")``: the only playbook in use, switched on a month ago, with one step."""

    def make(trigger: str, params=None, **more) -> Playbook:
        Playbook.objects.update(is_active=False)
        steps = [StepData("Do it: {customer}", "", offset=2)]
        data = PlaybookData(trigger, "", trigger, steps, params=params or {}, **more)
        made = services.save_playbook(playbook=None, data=data, by=root, now=now)
        return services.switch_on(playbook=made, by=root, now=now - 30 * DAY)

    return make


@pytest.fixture
def deal(alice, bob, now):
    """A deal of Bob's at Alice's customer, since the moment of the tests."""
    customer = make_customer(alice)
    known = {"amount": 900, "currency": "USD", "expected_on": now.date() + 60 * DAY, "lines": [LineData("Bolts")]}
    people = [(make_contact(customer), "")]
    data = OpportunityData(title="One container", customer=customer, owner=bob, people=people, **known)
    return create_opportunity(data=data, by=alice, now=now)


def stage(key: str) -> Stage:
    return Stage.objects.filter(pipeline__position=0, kind=Stage.Kind.OPEN).order_by("position")[int(key)]


def promises_kept() -> bool:
    return [line for line in verdicts() if line.broken and line.key.startswith(("followups", "communications"))] == []


def test_a_deal_that_comes_into_a_stage_calls_its_owner(own, deal, alice, bob, now):
    own("deal_moved", {"stages": [str(stage("1").pk)]})
    move_opportunity(opportunity=deal, to=stage("1"), by=bob, now=now, reason="they like it")
    deliver_due(now)
    task = Task.objects.get()
    assert (task.customer, task.opportunity, task.assignee) == (deal.customer, deal, bob)
    move_opportunity(opportunity=deal, to=stage("2"), by=bob, now=now, reason="on")
    deliver_due(now)
    assert PlaybookRun.objects.count() == 1


def test_a_lost_deal_calls(own, deal, bob, now):
    own("deal_lost")
    reason = LostReason.objects.filter(asks_who=False, asks_why=False).first()
    lose_opportunity(opportunity=deal, reason=reason, by=bob, now=now)
    deliver_due(now)
    assert Task.objects.get().opportunity == deal


def test_a_deal_that_does_not_move_calls_once_a_stay(own, deal, root, now):
    playbook = own("deal_stalled", {"days": 10})
    run_playbooks(now=now + 9 * DAY)
    assert not Task.objects.exists()
    for moment in (now + 10 * DAY, now + 11 * DAY):
        run_playbooks(now=moment)
    task = Task.objects.get()
    assert (task.opportunity, task.playbook_run.started_at) == (deal, now + 10 * DAY)
    version = PlaybookVersion.objects.get(playbook=playbook)
    found = replay(rule=version, steps=version.steps.all(), user=root, now=now + 12 * DAY)
    assert (found.calls, found.parties, found.is_of_leads) == (1, 1, False)


def test_a_deal_that_moved_in_time_does_not_call(own, deal, bob, now):
    own("deal_stalled", {"days": 10})
    move_opportunity(opportunity=deal, to=stage("1"), by=bob, now=now + 9 * DAY, reason="on")
    run_playbooks(now=now + 12 * DAY)
    assert not Task.objects.exists()


def test_filters_of_leads(own, alice, now):
    campaign = Campaign.objects.create(key="fair", name_en="Fair", name_zh="展会")
    own("lead_created", conditions={"campaign": ["fair"], "country": ["DE"], "status": ["won"]})
    for data in ({"country": "DE", "campaign": campaign}, {"country": "FR", "campaign": campaign}, {"country": "DE"}):
        create_lead(data=LeadData(company="A", **data), by=alice, now=now)
    deliver_due(now)
    assert PlaybookRun.objects.get().lead.country == "DE"
    assert promises_kept()


@pytest.mark.parametrize(("direction", "ends"), [("in", "reply"), ("out", "")])
def test_an_answer_of_a_lead_stops_it(own, alice, now, direction, ends):
    own("lead_created", stops=[{"key": "reply"}])
    lead = create_lead(data=LeadData(company="A"), by=alice, now=now)
    deliver_due(now)
    at = now + timedelta(hours=1)
    data = CommunicationData("email", direction, at)
    log_communication(lead=lead, data=data, by=alice, now=at)
    deliver_due(at)
    assert PlaybookRun.objects.get().end_reason == ends
    assert promises_kept()


def test_the_preview_says_for_which_leads_it_would_have_fired(alice, bob, charlie, dana, now):
    lead = create_lead(data=LeadData(company="A", person="Ann"), by=alice, now=now - 3 * DAY)
    assign_lead(lead=lead, to=bob, by=dana, now=now - 2 * DAY)
    create_lead(data=LeadData(company="B"), by=charlie, now=now - DAY)
    steps = [PlaybookStep(title_en="Call {contact}", offset=1)]
    for reader, calls in ((bob, 1), (alice, 0), (dana, 1)):
        found = replay(rule=Rule("lead_taken"), steps=steps, user=reader, now=now)
        assert (found.calls, found.is_of_leads) == (calls, True)


def test_pages_of_a_playbook_of_leads(alice, root, signed_in, now):
    playbook = Playbook.objects.get(key="lead_first_touch")
    create_lead(data=LeadData(company="Asker"), by=alice, now=now)
    deliver_due(now)
    for reader in (alice, root):
        client = signed_in(reader)
        for name in ("playbook", "playbook_replay"):
            assert client.get(reverse(f"followups:{name}", args=[playbook.pk])).status_code == 200
        assert client.get(reverse("followups:playbooks")).status_code == 200
        assert client.get(reverse("followups:playbook_report"), {"period": "next"}).status_code == 200
        steps = client.get(reverse("followups:playbook_steps"), {"period": "next"})
        assert steps.status_code == 200
    form = signed_in(root).get(reverse("followups:playbook_update", args=[playbook.pk])).content.decode()
    assert 'data-shown-at="lead_created lead_taken"' in form


def test_the_built_in_one_counts_working_days():
    step = PlaybookStep.objects.get(version__playbook__key="lead_first_touch")
    assert (step.offset, step.unit, step.closes_on) == (1, "working_days", "touch")
