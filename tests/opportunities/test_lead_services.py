"""Who may enter a lead, change it, give it away, screen it, end it, and what does the ledger keep of it?"""

import pytest

from accounts.models import Notification
from core.exceptions import NotAllowed
from customers.models import Event, Source
from customers.services.errors import PersonIsGone
from opportunities.inputs import LeadData
from opportunities.models import DisqualifyReason, InquiryForm, Lead, ScreeningQuestion
from opportunities.services import lead_errors as errors
from opportunities.services import leads as services
from tests.factories import make_lead
from tests.refusals import refused, untouched


def kinds(lead: Lead) -> list[str]:
    rows = Event.objects.filter(customer=None, target_label="opportunities.lead", target_id=lead.pk)
    return list(rows.order_by("pk").values_list("kind", flat=True))


def data(**more) -> LeadData:
    return LeadData(**({"company": "Ernst Handel", "country": "AT"} | more))


# --- entering -----------------------------------------------------------------------------------------


def test_a_salesperson_keeps_what_they_enter(alice, now):
    lead = services.create_lead(data=data(phone="0316 2345678", person="Roland Mendel"), by=alice, now=now)
    assert (lead.owner, lead.team, lead.owned_since, lead.state) == (alice, alice.team, now, "new")
    assert lead.phone_normal == "+433162345678"
    assert "ernsthandel" in lead.search_text
    assert "rolandmendel" in lead.search_text
    assert kinds(lead) == ["lead.created"]
    assert not Notification.objects.exists()


def test_a_form_gives_it_to_whom_it_says(alice, team, root, now):
    form = InquiryForm.objects.create(
        token="a", name="Site", assignee=alice, team=team, created_at=now, created_by=root
    )
    lead = services.create_lead(data=data(form=form), by=None, now=now)
    assert (lead.owner, lead.created_by) == (alice, None)
    assert Notification.objects.get().recipient == alice


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_form_without_a_person_lets_it_wait_in_its_team(alice, bob, dana, team, root, now, is_gone):
    form = InquiryForm.objects.create(token="a", name="Site", team=team, created_at=now, created_by=root)
    if is_gone:
        bob.is_active = False
        bob.save()
        form.assignee = bob
    lead = services.create_lead(data=data(form=form), by=None, now=now)
    assert (lead.owner, lead.team, lead.owned_since) == (None, team, None)
    assert list(Lead.objects.visible_to(dana)) == [lead]
    assert not Lead.objects.visible_to(alice).exists()


def test_a_manager_names_whose_it_is(alice, dana, charlie, other_team, team, now):
    assert services.create_lead(data=data(owner=alice), by=dana, now=now).owner == alice
    assert services.create_lead(data=data(team=team), by=dana, now=now).owner is None
    for wrong in ({"owner": charlie}, {"team": other_team}):
        with refused(NotAllowed):
            services.create_lead(data=data(**wrong), by=dana, now=now)


def test_a_salesperson_enters_for_nobody_else(alice, bob, team, now):
    for wrong in ({"owner": bob}, {"team": team}):
        with refused(NotAllowed):
            services.create_lead(data=data(**wrong), by=alice, now=now)


def test_it_must_say_something_once_and_for_somebody_who_is_here(alice, bob, dana, now):
    with refused(errors.LeadIsEmpty, field="company"):
        services.create_lead(data=LeadData(country="DE"), by=alice, now=now)
    make_lead(alice, external_id="RFQ-1")
    with refused(errors.LeadExternalIdTaken, field="external_id"):
        services.create_lead(data=data(external_id="RFQ-1"), by=bob, now=now)
    bob.is_active = False
    bob.save()
    with refused(PersonIsGone, field="owner"):
        services.create_lead(data=data(owner=bob), by=dana, now=now)


def test_an_import_tells_nobody(alice, dana, now):
    services.create_lead(data=data(owner=alice), by=dana, now=now, deliver=False)
    assert not Notification.objects.exists()


# --- changing and giving away ----------------------------------------------------------------------------


def test_only_what_differs_is_changed(alice, now):
    lead = make_lead(alice, "Old GmbH", message="200 pcs")
    source = Source.objects.create(name_en="Fair", name_zh="展会")
    services.update_lead(
        lead=lead, changes={"company": "New GmbH", "country": "DE", "source": source}, by=alice, now=now
    )
    lead.refresh_from_db()
    assert (lead.company, lead.source, lead.updated_at) == ("New GmbH", source, now)
    assert "newgmbh" in lead.search_text
    event = Event.objects.latest("pk")
    assert (event.kind, event.payload) == ("lead.changed", {"fields": ["company", "source"]})
    with untouched():
        services.update_lead(lead=lead, changes={"company": "New GmbH"}, by=alice, now=now)
    with pytest.raises(ValueError, match="not edited"):
        services.update_lead(lead=lead, changes={"owner": alice}, by=alice, now=now)
    with refused(errors.LeadIsEmpty, field="company"):
        services.update_lead(lead=lead, changes={"company": "", "message": ""}, by=alice, now=now)


def test_a_manager_gives_it_to_somebody_who_is_told(alice, bob, dana, charlie, now):
    lead = make_lead(alice)
    services.assign_lead(lead=lead, to=bob, by=dana, now=now)
    lead.refresh_from_db()
    assert (lead.owner, lead.team, lead.owned_since) == (bob, bob.team, now)
    assert Event.objects.latest("pk").payload == {"from": alice.pk, "to": bob.pk}
    assert Notification.objects.get().recipient == bob
    with refused(errors.SameLeadOwner, field="to"):
        services.assign_lead(lead=lead, to=bob, by=dana, now=now)
    for by, to in ((dana, charlie), (bob, alice), (charlie, charlie)):
        with refused(NotAllowed):
            services.assign_lead(lead=lead, to=to, by=by, now=now)


def test_many_are_given_each_with_its_result(alice, bob, charlie, dana, now):
    first, second, strange = make_lead(alice), make_lead(bob), make_lead(charlie)
    outcome = services.assign_leads(ids=[first.pk, second.pk, strange.pk], to=bob, by=dana, now=now)
    assert [(lead.pk, bool(why)) for lead, why in outcome] == [(first.pk, False), (second.pk, True)]
    strange.refresh_from_db()
    assert strange.owner == charlie


# --- working on it -------------------------------------------------------------------------------------------


def test_it_is_begun_once(alice, now):
    lead = make_lead(alice)
    services.start_lead(lead=lead, by=alice, now=now)
    services.start_lead(lead=lead, by=alice, now=now)
    lead.refresh_from_db()
    assert (lead.state, lead.state_at) == ("working", now)
    assert kinds(lead) == ["lead.created", "lead.working"]


def test_a_question_is_answered_corrected_and_taken_back(alice, now):
    lead, question = make_lead(alice), ScreeningQuestion.objects.first()
    for is_yes in (True, True, False, None, None):
        services.answer_question(lead=lead, question=question, is_yes=is_yes, by=alice, now=now)
    assert not lead.answers.exists()
    said = Event.objects.filter(kind="lead.screened").order_by("pk").values_list("payload__answer", flat=True)
    assert list(said) == [True, False, None]


def test_it_is_disqualified_with_a_reason_and_reopened(alice, now):
    lead = make_lead(alice)
    other, spam = DisqualifyReason.objects.get(key="other"), DisqualifyReason.objects.get(key="spam")
    with refused(errors.WordsMissing, field="words"):
        services.disqualify_lead(lead=lead, reason=other, by=alice, now=now, words=" ")
    with refused(errors.LeadIsOpen):
        services.reopen_lead(lead=lead, by=alice, now=now)
    services.disqualify_lead(lead=lead, reason=spam, by=alice, now=now)
    lead.refresh_from_db()
    assert (lead.state, lead.disqualify_reason) == ("disqualified", spam)
    with refused(errors.LeadIsDisqualified):
        services.disqualify_lead(lead=lead, reason=spam, by=alice, now=now)
    services.reopen_lead(lead=lead, by=alice, now=now)
    lead.refresh_from_db()
    assert (lead.state, lead.disqualify_reason, lead.disqualify_note) == ("working", None, "")


def test_a_manager_archives_it_and_brings_it_back(alice, dana, charlie, now):
    lead = make_lead(alice)
    with refused(NotAllowed):
        services.archive_lead(lead=lead, by=alice, now=now)
    services.archive_lead(lead=lead, by=dana, now=now)
    assert not Lead.objects.visible_to(dana).exists()
    assert list(Lead.objects.archived_for(dana)) == [lead]
    assert not Lead.objects.archived_for(alice).exists()
    for by in (alice, charlie):
        with refused(NotAllowed):
            services.restore_lead(lead=lead, by=by, now=now)
    services.restore_lead(lead=lead, by=dana, now=now)
    assert list(Lead.objects.visible_to(alice)) == [lead]
    with refused(errors.LeadIsNotArchived):
        services.restore_lead(lead=lead, by=dana, now=now)


ACTS = {
    "update": lambda lead, by, now: services.update_lead(lead=lead, changes={"company": "X"}, by=by, now=now),
    "start": lambda lead, by, now: services.start_lead(lead=lead, by=by, now=now),
    "screen": lambda lead, by, now: services.answer_question(
        lead=lead, question=ScreeningQuestion.objects.first(), is_yes=True, by=by, now=now
    ),
    "disqualify": lambda lead, by, now: services.disqualify_lead(
        lead=lead, reason=DisqualifyReason.objects.get(key="spam"), by=by, now=now
    ),
    "reopen": lambda lead, by, now: services.reopen_lead(lead=lead, by=by, now=now),
    "archive": lambda lead, by, now: services.archive_lead(lead=lead, by=by, now=now),
    "files": lambda lead, by, now: services.add_lead_files(lead=lead, files=[], by=by, now=now),
    "assign": lambda lead, by, now: services.assign_lead(lead=lead, to=by, by=by, now=now),
}


@pytest.mark.parametrize("act", ACTS)
def test_strangers_and_colleagues_may_do_nothing(act, alice, bob, charlie, now):
    lead = make_lead(alice)
    for by in (bob, charlie):
        with refused(NotAllowed):
            ACTS[act](lead, by, now)


@pytest.mark.parametrize("act", ACTS)
def test_an_archived_lead_rests(act, alice, dana, now):
    lead = make_lead(alice)
    services.archive_lead(lead=lead, by=dana, now=now)
    with refused(errors.LeadIsArchived):
        ACTS[act](lead, dana, now)
