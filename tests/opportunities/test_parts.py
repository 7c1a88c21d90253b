"""What hangs on leads and opportunities: tasks, communications, playbooks; and what goes along with a conversion."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from communications.inputs import CommunicationData
from communications.models import Communication
from communications.services import (
    correct_communication,
    delete_communication,
    log_communication,
    restore_communication,
)
from core.registries import INVARIANTS
from customers.ledger import deliver_due
from customers.models import Contact, Customer, Event
from customers.timeline import events_of, told
from followups.inputs import TaskData
from followups.models import PlaybookRun, Task
from followups.services import complete_task, create_task, plan_next_step, postpone_task
from opportunities.inputs import LeadData, OpportunityData
from opportunities.models import Conversion, DisqualifyReason, Lead
from opportunities.part_facts import recompute
from opportunities.registries import PARTS
from opportunities.services import create_opportunity, update_opportunity
from opportunities.services.leads import archive_lead, assign_lead, create_lead, disqualify_lead
from opportunities.services.places import LeadIsOver, OneOfBoth, StrangeOpportunity
from opportunities.timeline import events_of_lead, events_of_opportunity
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(alice, now) -> Lead:
    """An inquiry of an hour ago that Alice holds."""
    return make_lead(alice, now - timedelta(hours=1))


def make_lead(owner, at, *, deliver: bool = True, **data) -> Lead:
    fields = {"company": "Nordlicht GmbH", "person": "Jens Holm", "country": "DE", "email": "jens@nordlicht.example"}
    return create_lead(data=LeadData(**fields | data), by=owner, now=at, deliver=deliver)


def say_to(lead, by, at, direction="out", **data) -> Communication:
    fields = {"channel": "phone", "direction": direction, "happened_at": at} | data
    return log_communication(lead=lead, data=CommunicationData(**fields), by=by, now=at)


def make_deal(customer, owner, at, title="One container"):
    return create_opportunity(
        data=OpportunityData(title=title, customer=customer, owner=owner), by=customer.owner, now=at
    )


def broken() -> dict[str, list[int]]:
    """The promises of the two floors that do not hold."""
    found = {}
    with connection.cursor() as cursor:
        for key, one in INVARIANTS.items():
            if not key.startswith(("followups.", "communications.")):
                continue
            cursor.execute(one.sql)
            if rows := cursor.fetchall():
                found[key] = rows
    return found


def rows_of(model, pks) -> list[dict]:
    return list(model.objects.filter(pk__in=pks).order_by("pk").values())


# --- tasks ----------------------------------------------------------------------------------------------


def test_a_lead_shows_its_next_step(lead, alice, now):
    create_task(data=TaskData("Later", lead=lead, assignee=alice, due_at=now + timedelta(days=2)), by=alice, now=now)
    soon = create_task(
        data=TaskData("Soon", lead=lead, assignee=alice, due_at=now + timedelta(days=1)), by=alice, now=now
    )
    lead.refresh_from_db()
    assert (lead.next_task_title, lead.next_task_at) == ("Soon", now + timedelta(days=1))
    complete_task(task=soon, by=alice, now=now)
    lead.refresh_from_db()
    assert lead.next_task_title == "Later"
    assert broken() == {}


def test_a_task_is_of_a_customer_or_of_a_lead_and_its_deal_is_the_customers(lead, alice, now):
    customer, other = make_customer(alice), make_customer(alice)
    deal = make_deal(customer, alice, now)
    with pytest.raises(OneOfBoth):
        create_task(data=TaskData("x", lead=lead, customer=customer, assignee=alice), by=alice, now=now)
    with pytest.raises(StrangeOpportunity):
        create_task(data=TaskData("x", customer=other, opportunity=deal, assignee=alice), by=alice, now=now)
    task = create_task(data=TaskData("x", opportunity=deal, assignee=alice), by=alice, now=now)
    assert task.customer == customer
    customer.refresh_from_db()
    deal.refresh_from_db()
    assert (customer.next_task_title, deal.next_task_title) == ("x", "x")


def test_who_is_given_a_task_of_a_lead_sees_it_and_not_the_lead(lead, alice, bob, charlie, dana, root, now):
    task = create_task(data=TaskData("Translate", lead=lead, assignee=charlie), by=alice, now=now)
    for person, sees_task, sees_lead in (
        (alice, True, True),
        (bob, False, False),
        (charlie, True, False),
        (dana, True, True),
        (root, True, True),
    ):
        assert Task.objects.visible_to(person).filter(pk=task.pk).exists() is sees_task
        assert Lead.objects.visible_to(person).filter(pk=lead.pk).exists() is sees_lead


def test_a_task_of_a_deal_is_seen_by_whoever_the_deal_is_shared_with(alice, charlie, now):
    deal = make_deal(make_customer(alice), alice, now)
    task = create_task(data=TaskData("Drawing", opportunity=deal, assignee=alice), by=alice, now=now)
    assert not Task.objects.visible_to(charlie).exists()
    deal.collaborators.add(charlie)
    assert Task.objects.visible_to(charlie).get() == task


def test_open_tasks_go_to_the_new_owner_of_a_lead(lead, alice, bob, charlie, dana, now):
    mine = create_task(data=TaskData("Mine", lead=lead, assignee=alice), by=alice, now=now)
    others = create_task(data=TaskData("Charlie's", lead=lead, assignee=charlie), by=alice, now=now)
    assign_lead(lead=lead, to=bob, by=dana, now=now)
    deliver_due(now)
    deliver_due(now)
    mine.refresh_from_db()
    others.refresh_from_db()
    assert (mine.assignee, others.assignee) == (bob, charlie)
    assert Event.objects.filter(kind="task.reassigned", target_id=mine.pk).count() == 1


@pytest.mark.parametrize("how", ["disqualified", "archived"])
def test_open_tasks_end_with_their_lead(lead, alice, dana, now, how):
    task = create_task(data=TaskData("Call", lead=lead, assignee=alice), by=alice, now=now)
    reason = DisqualifyReason.objects.first()
    if how == "disqualified":
        disqualify_lead(lead=lead, reason=reason, by=alice, now=now, words="Sells what we sell")
    else:
        archive_lead(lead=lead, by=dana, now=now)
    deliver_due(now)
    task.refresh_from_db()
    assert task.state == "cancelled"
    if how == "disqualified":
        assert "Sells what we sell" in task.cancel_reason
    with pytest.raises(LeadIsOver):
        create_task(data=TaskData("More", lead=Lead.objects.get(), assignee=alice), by=alice, now=now)


# --- the next step of a deal --------------------------------------------------------------------------------


def test_what_is_typed_beside_a_deal_becomes_its_next_step(alice, bob, dana, now):
    customer = make_customer(alice)
    deal = make_deal(customer, bob, now)
    day = now.date() + timedelta(days=3)
    plan_next_step(deal, "Send the sample", day, dana, now)
    task = Task.objects.get()
    assert (task.title, task.assignee, task.customer) == ("Send the sample", bob, customer)
    plan_next_step(deal, "Send two samples", day + timedelta(days=1), bob, now)
    task.refresh_from_db()
    assert (Task.objects.count(), task.title) == (1, "Send two samples")
    assert task.postponements.get().reason
    plan_next_step(deal, "Send two samples", None, bob, now)
    assert task.postponements.count() == 1
    deal.refresh_from_db()
    assert (deal.next_task_title, deal.next_task_at) == ("Send two samples", Task.objects.get().due_at)
    assert broken() == {}


# --- communications ---------------------------------------------------------------------------------------------


def test_a_word_with_a_new_lead_makes_it_worked_on(lead, alice, now):
    said = say_to(lead, alice, now, subject="Which thread?")
    lead.refresh_from_db()
    assert (lead.state, lead.last_followed_at) == (Lead.State.WORKING, now)
    assert Event.objects.filter(kind="lead.working", customer=None, target_id=lead.pk).count() == 1
    delete_communication(said=said, by=alice, now=now)
    lead.refresh_from_db()
    assert (lead.state, lead.last_followed_at) == (Lead.State.WORKING, None)
    restore_communication(said=said, by=alice, now=now)
    lead.refresh_from_db()
    assert lead.last_followed_at == now
    assert broken() == {}


def test_what_is_said_with_a_lead_closes_its_steps(lead, alice, now):
    step = create_task(data=TaskData("Touch", lead=lead, assignee=alice, closes_on="touch"), by=alice, now=now)
    said = say_to(lead, alice, now + timedelta(minutes=5))
    step.refresh_from_db()
    assert (step.state, step.closed_by_id) == ("done", said.pk)
    delete_communication(said=said, by=alice, now=now + timedelta(minutes=6))
    step.refresh_from_db()
    assert step.state == "not_started"


def test_what_is_said_about_a_deal_is_its_last_contact(alice, now):
    customer = make_customer(alice)
    deal, other = make_deal(customer, alice, now), make_deal(customer, alice, now, "Another")
    data = CommunicationData("email", "out", now, opportunity=deal, tasks=[TaskData("Offer", assignee=alice)])
    said = log_communication(customer=customer, data=data, by=alice, now=now)
    deal.refresh_from_db()
    assert (deal.last_followed_at, deal.next_task_title) == (now, "Offer")
    changed = CommunicationData("email", "out", now - timedelta(hours=1), opportunity=other)
    correct_communication(said=said, data=changed, by=alice, now=now)
    deal.refresh_from_db()
    other.refresh_from_db()
    assert (deal.last_followed_at, other.last_followed_at) == (None, now - timedelta(hours=1))
    assert broken() == {}


def test_facts_are_made_again_from_the_truth(lead, alice, now):
    say_to(lead, alice, now)
    create_task(data=TaskData("Next", lead=lead, assignee=alice), by=alice, now=now)
    Lead.objects.update(last_followed_at=None, next_task_title="wrong")
    assert set(broken()) == {"communications.facts_of_leads", "followups.next_step_of_leads"}
    recompute()
    assert broken() == {}


def test_what_is_said_with_a_lead_is_seen_with_the_lead(lead, alice, bob, charlie, dana, root, now):
    say_to(lead, alice, now)
    seen = [Communication.objects.visible_to(one).exists() for one in (alice, bob, charlie, dana, root)]
    assert seen == [True, False, False, True, True]


# --- carried over and back ------------------------------------------------------------------------------------


def carried(conversion, by, now) -> dict[str, list[int]]:
    return {label: part.carry(conversion, by, now) for label, part in PARTS.items()}


def test_everything_goes_along_and_comes_back_as_it_was(lead, alice, now):
    begun = now - timedelta(minutes=50)
    done = create_task(data=TaskData("Ask", lead=lead, assignee=alice), by=alice, now=begun)
    complete_task(task=done, by=alice, now=begun + timedelta(minutes=5), result="Asked")
    open_one = create_task(data=TaskData("Quote", lead=lead, assignee=alice), by=alice, now=begun)
    first = say_to(lead, alice, begun + timedelta(minutes=10), subject="Question")
    say_to(lead, alice, begun + timedelta(minutes=20), "in", subject="Answer")
    lead.refresh_from_db()
    tasks, said = (
        list(Task.objects.values_list("pk", flat=True)),
        list(Communication.objects.values_list("pk", flat=True)),
    )
    before = rows_of(Task, tasks), rows_of(Communication, said), Lead.objects.values().get()
    own = events_of_lead(lead, alice).count()

    customer = make_customer(alice, at=now)
    contact = make_contact(customer, "Jens Holm", at=now)
    deal = make_deal(customer, alice, now)
    told_before = [line["event"].pk for line in told(events_of(customer), alice)]
    conversion = Conversion.objects.create(
        lead=lead, customer=customer, contact=contact, opportunity=deal, state_before=lead.state, by=alice, at=now
    )
    moved = carried(conversion, alice, now)
    assert moved["followups.task"] == tasks
    assert moved["communications.communication"] == sorted(said)
    for row in (*Task.objects.all(), *Communication.objects.all()):
        assert (row.customer, row.opportunity, row.lead) == (customer, deal, lead)
    assert list(first.contacts.all()) == [contact]
    customer.refresh_from_db()
    deal.refresh_from_db()
    assert customer.last_followed_at == begun + timedelta(minutes=20)
    assert (customer.touches, customer.replies, customer.next_task_title) == (1, 1, "Quote")
    assert (customer.status.key, deal.next_task_title) == ("contacted", "Quote")
    shown = told(events_of(customer), alice)
    times = [line["event"].at for line in shown if line["event"].target_label in moved]
    assert times == sorted(times, reverse=True)
    assert min(times) == begun
    kinds = {line["event"].kind for line in shown}
    assert {"task.created", "task.done", "communication.logged"} <= kinds
    assert len([one for one in shown if one["event"].kind == "communication.logged"]) == 2
    assert {e.target_label for e in events_of_opportunity(deal, alice)} >= set(moved) - {"followups.playbookrun"}
    assert len(told(events_of_lead(lead, alice), alice)) == own
    assert broken() == {}

    for label, part in reversed(PARTS.items()):
        part.bring_back(conversion, moved[label], alice, now)
    assert (rows_of(Task, tasks), rows_of(Communication, said), Lead.objects.values().get()) == before
    after = [line["event"].pk for line in told(events_of(customer), alice)]
    status = Event.objects.filter(customer=customer, kind="status.changed").values_list("pk", flat=True)
    assert [pk for pk in after if pk not in status] == told_before
    customer.refresh_from_db()
    assert (customer.last_followed_at, customer.touches, customer.next_task_title) == (None, 0, "")
    assert not Contact.objects.get().communications.exists()
    assert broken() == {}

    # A second time: nothing is told twice.
    carried(conversion, alice, now)
    again = told(events_of(customer), alice)
    assert len([one for one in again if one["event"].target_label in moved]) == len(times)
    assert open_one.pk in tasks
    assert broken() == {}


def test_what_was_done_at_the_customer_goes_back_with_the_lead(lead, alice, now):
    task = create_task(data=TaskData("Call", lead=lead, assignee=alice), by=alice, now=now)
    said = say_to(lead, alice, now)
    customer = make_customer(alice, at=now)
    conversion = Conversion.objects.create(lead=lead, customer=customer, state_before="working", by=alice, at=now)
    moved = carried(conversion, alice, now)
    later = now + timedelta(minutes=30)
    postpone_task(task=Task.objects.get(), by=alice, now=later, reason="", due_at=later + timedelta(days=1))
    corrected = CommunicationData("email", "out", now - timedelta(minutes=3))
    correct_communication(said=Communication.objects.get(), data=corrected, by=alice, now=later)
    for label, part in reversed(PARTS.items()):
        part.bring_back(conversion, moved[label], alice, later)
    lead.refresh_from_db()
    assert lead.next_task_at == later + timedelta(days=1)
    assert lead.last_followed_at == now - timedelta(minutes=3)
    kinds = {(line["event"].kind, line["event"].target_id) for line in told(events_of_lead(lead, alice), alice)}
    assert {("task.postponed", task.pk), ("communication.logged", said.pk)} <= kinds
    assert broken() == {}


def test_nobody_reads_on_the_leads_timeline_what_went_to_a_customer_one_does_not_see(lead, alice, charlie, now):
    say_to(lead, alice, now, subject="Secret")
    theirs = make_customer(charlie, at=now)
    conversion = Conversion.objects.create(lead=lead, customer=theirs, state_before="working", by=charlie, at=now)
    carried(conversion, charlie, now)
    labels = {line["event"].target_label for line in told(events_of_lead(lead, alice), alice)}
    assert "communications.communication" not in labels
    assert Customer.objects.visible_to(alice).count() == 0


# --- playbooks -------------------------------------------------------------------------------------------------


def test_a_new_lead_is_touched_within_a_working_day(alice, now):
    lead = make_lead(alice, now)
    deliver_due(now)
    deliver_due(now)
    run = PlaybookRun.objects.get()
    task = Task.objects.get()
    assert (run.lead, run.customer, run.playbook.key) == (lead, None, "lead_first_touch")
    assert (task.lead, task.assignee, task.playbook_run) == (lead, alice, run)
    assert "Nordlicht GmbH" in task.title
    # Thursday in Shanghai: until the end of Friday.
    assert (task.due_at - now) < timedelta(days=2)
    say_to(lead, alice, now + timedelta(minutes=1))
    run.refresh_from_db()
    assert run.end_reason == PlaybookRun.DONE
    assert broken() == {}


def test_whoever_is_given_a_lead_gets_the_first_touch_anew(alice, bob, dana, now):
    lead = make_lead(alice, now)
    deliver_due(now)
    later = now + timedelta(hours=2)
    assign_lead(lead=lead, to=bob, by=dana, now=later)
    deliver_due(later)
    ends = dict(PlaybookRun.objects.values_list("end_reason", "pk"))
    assert set(ends) == {"owner", ""}
    assert Task.objects.open().get().assignee == bob


def test_a_step_of_a_lead_moves_along_and_is_closed_at_the_customer(alice, now):
    lead = make_lead(alice, now)
    deliver_due(now)
    customer = make_customer(alice, at=now)
    conversion = Conversion.objects.create(lead=lead, customer=customer, state_before="new", by=alice, at=now)
    carried(conversion, alice, now)
    Lead.objects.update(state="converted")
    task = Task.objects.get(lead=lead)
    assert task.customer == customer
    at = now + timedelta(minutes=1)
    log_communication(customer=customer, data=CommunicationData("phone", "out", at), by=alice, now=at)
    task.refresh_from_db()
    assert task.state == "done"
    assert PlaybookRun.objects.get(lead=lead).end_reason == PlaybookRun.DONE


def test_a_disqualified_lead_ends_its_playbook(alice, now):
    lead = make_lead(alice, now)
    deliver_due(now)
    disqualify_lead(lead=lead, reason=DisqualifyReason.objects.first(), by=alice, now=now, words="no")
    deliver_due(now)
    assert PlaybookRun.objects.get().end_reason == "disqualified"
    assert Task.objects.get().state == "cancelled"


def test_tasks_of_a_deal_without_customer_get_it_and_those_of_another_stay(alice, now):
    first, second = make_customer(alice), make_customer(alice)
    deal = create_opportunity(data=OpportunityData(title="Imported", owner=alice), by=alice, now=now)
    task = create_task(data=TaskData("Find out who", opportunity=deal, assignee=alice), by=alice, now=now)
    assert (task.customer, Task.objects.visible_to(alice).count()) == (None, 1)
    update_opportunity(opportunity=deal, changes={"customer": first}, by=alice, now=now)
    deliver_due(now)
    task.refresh_from_db()
    assert (task.customer, task.opportunity) == (first, deal)
    assert "task.created" in {line["event"].kind for line in told(events_of(first), alice)}
    data = CommunicationData("email", "out", now, opportunity=deal)
    said = log_communication(customer=first, data=data, by=alice, now=now)
    update_opportunity(opportunity=deal, changes={"customer": second}, by=alice, now=now)
    deliver_due(now)
    task.refresh_from_db()
    said.refresh_from_db()
    deal.refresh_from_db()
    assert (task.customer, task.opportunity, said.opportunity) == (first, None, None)
    assert (deal.next_task_title, deal.last_followed_at) == ("", None)
    assert broken() == {}
