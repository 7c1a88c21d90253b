"""What does a salesperson meet who plans and writes down something with a lead or about an opportunity?"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from accounts.notices import lines_of
from communications.inputs import CommunicationData
from communications.models import Communication
from communications.searching import find_said
from communications.services import log_communication
from customers.models import Attachment
from followups.calendar import days_of, span_of
from followups.digest import sections_of
from followups.feed import calendar_of
from followups.inputs import TaskData
from followups.models import Task
from followups.reminding import remind
from followups.services import create_task
from opportunities.models import Lead
from tests.communications.test_log_page import sent
from tests.factories import make_customer
from tests.opportunities.test_parts import make_deal, make_lead

pytestmark = pytest.mark.django_db
NEW_TASK = {"title": "Send the price list", "kind": "mail", "priority": "2"}


@pytest.fixture
def lead(alice) -> Lead:
    return make_lead(alice, timezone.now() - timedelta(hours=1), deliver=False)


def page(client, name, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


# --- leads ---------------------------------------------------------------------------------------------------


def test_from_a_leads_page_one_plans_a_task(lead, alice, bob, signed_in):
    client = signed_in(alice)
    assert f"?lead={lead.pk}" in page(client, "followups:of_lead", lead.pk)
    url = f"{reverse('followups:task_create')}?lead={lead.pk}"
    form = client.get(url).content.decode()
    assert "Nordlicht GmbH" in form
    assert 'name="customer"' not in form
    answer = client.post(url, NEW_TASK | {"to": f"u{bob.pk}"})
    assert answer.url == reverse("followups:of_lead", args=[lead.pk])
    task = Task.objects.get()
    assert (task.lead, task.customer, task.assignee) == (lead, None, bob)
    assert "Send the price list" in page(client, "followups:of_lead", lead.pk)
    # Who was given it sees the name, and nothing that leads to the lead.
    theirs = page(signed_in(bob), "followups:task", task.pk)
    assert "Nordlicht GmbH" in theirs
    assert lead.get_absolute_url() not in theirs
    listed = page(signed_in(bob), "followups:list")
    assert "Nordlicht GmbH" in listed
    assert lead.get_absolute_url() not in listed
    assert lead.get_absolute_url() in page(client, "followups:list", view="given")


def test_anywhere_one_chooses_a_customer_or_a_lead(lead, alice, charlie, signed_in):
    client, url = signed_in(alice), reverse("followups:task_create")
    found = client.get(reverse("followups:find_leads"), {"q": "Nordl"}).json()["results"]
    assert [one["id"] for one in found] == [lead.pk]
    assert signed_in(charlie).get(reverse("followups:find_leads"), {"q": "Nordl"}).json() == {"results": []}
    both = NEW_TASK | {"to": f"u{alice.pk}", "lead": lead.pk, "customer": make_customer(alice).pk}
    assert client.post(url, both).status_code == 422
    assert signed_in(charlie).post(url, NEW_TASK | {"to": f"u{charlie.pk}", "lead": lead.pk}).status_code == 422
    assert client.post(url, NEW_TASK | {"to": f"u{alice.pk}", "lead": lead.pk}).status_code == 302
    assert Task.objects.get().lead == lead


def test_what_is_said_with_a_lead_is_written_down_with_its_file(
    lead, alice, charlie, dana, signed_in, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    client, url = signed_in(alice), reverse("communications:log_lead", args=[lead.pk])
    form = client.get(url).content.decode()
    assert "Jens Holm" in form
    assert 'name="contacts"' not in form
    drawing = SimpleUploadedFile("drawing.txt", b"M8 x 40")
    answer = client.post(url, sent(subject="Their drawing", files=drawing, **{"todo-0-title": "Quote it"}))
    assert answer.url == lead.get_absolute_url()
    said, task = Communication.objects.get(), Task.objects.get()
    assert (said.lead, said.customer, task.lead, task.title) == (lead, None, lead, "Quote it")
    file = Attachment.objects.get()
    assert file.customer is None
    href = reverse("communications:file", args=[said.pk, file.pk])
    for name in ("communications:of_lead", "opportunities:lead_timeline"):
        shown = page(client, name, lead.pk)
        assert "Their drawing" in shown
        assert href in shown
    assert b"".join(client.get(href).streaming_content) == b"M8 x 40"
    assert signed_in(charlie).get(href).status_code == 404
    assert "Nordlicht GmbH" in page(client, "communications:list")
    assert next(hit.text for hit in find_said(dana, "drawing", 5)).startswith("Nordlicht GmbH")
    for person in (alice, dana):
        detail = page(signed_in(person), "communications:detail", said.pk)
        assert "Jens Holm" in detail


def test_a_task_of_a_lead_is_finished_with_what_was_said(lead, alice, signed_in):
    task = create_task(data=TaskData("Call Jens", kind="call", lead=lead, assignee=alice), by=alice, now=timezone.now())
    client, url = signed_in(alice), reverse("communications:complete", args=[task.pk])
    assert "Log what was said" in client.get(url).content.decode()
    answer = client.post(url, sent(logs="1", result="Wants M10", **{"todo-0-title": "Offer M10"}))
    assert answer.url == reverse("followups:of_lead", args=[lead.pk])
    task.refresh_from_db()
    lead.refresh_from_db()
    assert (task.state, lead.state) == ("done", "working")
    assert Task.objects.open().get().lead == lead


def test_what_was_said_with_a_lead_is_corrected_and_taken_back(lead, alice, signed_in):
    now = timezone.now()
    said = log_communication(lead=lead, data=CommunicationData("phone", "out", now), by=alice, now=now)
    client = signed_in(alice)
    url = reverse("communications:update", args=[said.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, sent(subject="Better words")).status_code == 302
    deleted = client.post(reverse("communications:delete", args=[said.pk]))
    assert "To the lead" in client.get(deleted.url).content.decode()
    assert client.post(reverse("communications:restore", args=[said.pk])).status_code == 302
    assert "Better words" in page(client, "communications:of_lead", lead.pk)


def test_colleagues_words_with_a_lead_are_told_before_one_writes_again(lead, alice, dana, signed_in):
    now = timezone.now() - timedelta(hours=3)
    log_communication(lead=lead, data=CommunicationData("email", "out", now, "Catalogue"), by=dana, now=now)
    form = page(signed_in(alice), "communications:log_lead", lead.pk)
    assert "Catalogue" in form
    assert "Dana" in form


def test_a_task_of_a_lead_is_told_of_everywhere(lead, alice, dana, signed_in, settings):
    now = timezone.now()
    due = now - timedelta(minutes=5)
    create_task(
        data=TaskData("Call Jens", lead=lead, assignee=alice, due_at=due), by=dana, now=now - timedelta(hours=1)
    )
    assert remind(now=now) == 1
    told = lines_of(Notification.objects.filter(recipient=alice), alice)
    assert all(one.line is not None and "Nordlicht GmbH" in str(one.line.text) for one in told)
    assert any("Nordlicht GmbH" in str(line.title) for one in sections_of(alice, now) for line in one["lines"])
    assert "Nordlicht GmbH" in signed_in(alice).get("/today/").content.decode()
    drawn = days_of(span_of("day", timezone.localdate(due, ZoneInfo(alice.time_zone))), alice, alice, now)
    assert [task.party for one in drawn for task in one.tasks] == [lead]
    ics = calendar_of(alice, now, host="firm.example", address=lambda path: path).decode()
    assert "Nordlicht GmbH" in ics.replace("\r\n ", "")


# --- opportunities --------------------------------------------------------------------------------------------------


def test_from_a_deals_page_one_plans_and_logs(alice, signed_in):
    customer = make_customer(alice)
    deal = make_deal(customer, alice, timezone.now() - timedelta(hours=1))
    client = signed_in(alice)
    url = f"{reverse('followups:task_create')}?opportunity={deal.pk}"
    assert "One container" in client.get(url).content.decode()
    answer = client.post(url, NEW_TASK | {"to": f"u{alice.pk}", "opportunity": deal.pk})
    assert answer.url == reverse("followups:of_opportunity", args=[deal.pk])
    task = Task.objects.get()
    assert (task.customer, task.opportunity) == (customer, deal)
    log = f"{reverse('communications:log', args=[customer.pk])}?opportunity={deal.pk}"
    assert f'<option value="{deal.pk}" selected>' in client.get(log).content.decode()
    client.post(log, sent(subject="About the price", opportunity=deal.pk))
    assert Communication.objects.get().opportunity == deal
    for name, words in (
        ("followups:of_opportunity", "Send the price list"),
        ("communications:of_opportunity", "About the price"),
        ("opportunities:timeline", "About the price"),
    ):
        assert words in page(client, name, deal.pk)
    assert "Send the price list" in page(client, "opportunities:timeline", deal.pk)
    update = reverse("followups:task_update", args=[task.pk])
    assert "One container" in client.get(update).content.decode()
    client.post(update, NEW_TASK | {"opportunity": ""})
    task.refresh_from_db()
    deal.refresh_from_db()
    assert (task.opportunity, deal.next_task_title) == (None, "")


def test_a_strangers_deal_is_no_choice(alice, charlie, signed_in):
    theirs = make_deal(make_customer(charlie), charlie, timezone.now())
    mine = make_customer(alice)
    client = signed_in(alice)
    answer = client.post(reverse("communications:log", args=[mine.pk]), sent(opportunity=theirs.pk))
    assert answer.status_code == 422
    assert client.get(reverse("followups:task_create"), {"opportunity": theirs.pk}).status_code == 404
    assert not Communication.objects.exists()


# --- as many statements for thirty as for one --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["followups:of_lead", "communications:of_lead", "opportunities:lead_timeline"])
def test_tabs_of_a_lead_ask_a_fixed_number_of_statements(lead, alice, signed_in, statements, name):
    client, url = signed_in(alice), reverse(name, args=[lead.pk])

    def hang(many: int) -> None:
        now = timezone.now()
        for number in range(many):
            log_communication(lead=lead, data=CommunicationData("phone", "out", now), by=alice, now=now)
            create_task(data=TaskData(f"Task {number}", lead=lead, assignee=alice), by=alice, now=now)

    hang(1)
    client.get(url)
    few = statements(lambda: client.get(url))
    hang(13)
    assert statements(lambda: client.get(url)) == few


@pytest.mark.parametrize(
    "name", ["followups:of_opportunity", "communications:of_opportunity", "opportunities:timeline"]
)
def test_tabs_of_a_deal_ask_a_fixed_number_of_statements(alice, signed_in, statements, name):
    customer = make_customer(alice)
    deal = make_deal(customer, alice, timezone.now() - timedelta(hours=1))
    client, url = signed_in(alice), reverse(name, args=[deal.pk])

    def hang(many: int) -> None:
        now = timezone.now()
        for number in range(many):
            data = CommunicationData("phone", "out", now, opportunity=deal)
            log_communication(customer=customer, data=data, by=alice, now=now)
            create_task(data=TaskData(f"Task {number}", opportunity=deal, assignee=alice), by=alice, now=now)

    hang(1)
    client.get(url)
    few = statements(lambda: client.get(url))
    hang(13)
    assert statements(lambda: client.get(url)) == few


def test_lists_of_tasks_and_communications_stay_with_their_statements(alice, signed_in, statements):
    client = signed_in(alice)
    urls = [reverse("followups:list"), reverse("communications:list"), "/today/"]

    def hang(many: int) -> None:
        now = timezone.now()
        for _number in range(many):
            lead = make_lead(alice, now)
            log_communication(lead=lead, data=CommunicationData("phone", "out", now), by=alice, now=now)
            create_task(data=TaskData("Task", lead=lead, assignee=alice, due_at=now), by=alice, now=now)

    hang(2)
    [client.get(url) for url in urls]
    few = [statements(lambda url=url: client.get(url)) for url in urls]
    hang(8)
    assert [statements(lambda url=url: client.get(url)) for url in urls] == few
