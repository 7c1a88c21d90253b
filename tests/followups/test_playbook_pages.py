"""What do the pages of playbooks show and do, and for whom?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.ledger import deliver_due
from followups import services
from followups.compliance import by_person, steps_for
from followups.inputs import PlaybookData, StepData
from followups.models import Playbook, PlaybookRun, Task
from followups.playbooks import Rule
from followups.replay import replay
from tests.factories import make_customer, say

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)

STEP = {
    "title_en": "Call {contact}",
    "title_zh": "致电 {contact}",
    "kind": "call",
    "offset": "2",
    "unit": "working_days",
    "closes_on": "touch",
    "priority": "2",
    "details": "",
}


def typed(*steps: dict[str, str], **more) -> dict[str, str]:
    """What a browser sends of the editor."""
    data = {"name_en": "Ask the Germans", "trigger": "taken", "only_country": ["DE"], "stop_reply": "on"}
    data |= {"steps-TOTAL_FORMS": str(len(steps)), "steps-INITIAL_FORMS": "0"}
    for place, step in enumerate(steps):
        data |= {f"steps-{place}-{name}": value for name, value in step.items()}
    return data | more


def test_an_admin_writes_a_playbook_sees_for_whom_and_switches_it_on(signed_in, root, alice):
    make_customer(alice, "Müller GmbH", at=timezone.now() - 5 * DAY)
    client = signed_in(root)
    seen = client.post("/playbooks/preview/", typed(STEP))
    assert "Müller GmbH" in seen.content.decode()
    assert not Playbook.objects.filter(key="").exists()
    answer = client.post("/playbooks/new/", typed(STEP))
    made = Playbook.objects.get(key="")
    assert answer.url == made.get_absolute_url()
    version = made.versions.get()
    assert not made.is_active
    assert (version.trigger, version.conditions, version.stops) == ("taken", {"country": ["DE"]}, [{"key": "reply"}])
    assert version.steps.get().title_zh == "致电 {contact}"
    client.post(f"{made.get_absolute_url()}switch/", {"to": "on"})
    made.refresh_from_db()
    assert made.is_active
    assert made.active_since is not None
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Country" in page
    assert "Germany" in page


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (STEP | {"title_en": "Call {phone}"}, "{phone} is not known"),
        (STEP | {"title_en": "", "title_zh": ""}, "Say what is to be done"),
        (STEP | {"offset": "-1"}, "greater than or equal to 0"),
    ],
)
def test_the_editor_says_what_is_wrong_with_a_step(signed_in, root, step, said):
    answer = signed_in(root).post("/playbooks/new/", typed(step))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Playbook.objects.filter(key="").exists()


def test_a_playbook_needs_a_step_a_name_and_the_figures_of_its_trigger(signed_in, root):
    client = signed_in(root)
    for data, said in (
        (typed(), "A playbook needs a step at least."),
        (typed(STEP | {"DELETE": "on"}), "A playbook needs a step at least."),
        (typed(STEP, name_en=""), "Give the playbook a name"),
        (typed(STEP, trigger="silence"), "Needed for this trigger."),
        (typed(STEP, trigger="no such"), "Select a valid choice"),
    ):
        answer = client.post("/playbooks/new/", data)
        assert (answer.status_code, said in answer.content.decode()) == (422, True), said


def test_steps_stand_in_the_order_that_was_given_and_versions_say_what_changed(signed_in, root):
    client = signed_in(root)
    client.post("/playbooks/new/", typed(STEP | {"ORDER": "2"}, STEP | {"title_en": "First", "ORDER": "1"}))
    made = Playbook.objects.get(key="")
    assert [step.title_en for step in made.versions.get().steps.all()] == ["First", "Call {contact}"]
    edit = f"{made.get_absolute_url()}edit/"
    page = client.get(edit).content.decode()
    assert page.index("First") < page.index("Call {contact}")
    client.post(edit, typed(STEP, only_country=["FR"]))
    page = client.get(made.get_absolute_url()).content.decode()
    assert "<del>Country: Germany</del>" in page
    assert "<ins>Country: France</ins>" in page


def test_a_replay_shows_only_the_readers_customers(signed_in, alice, charlie, dana):
    now = timezone.now()
    make_customer(alice, "Müller GmbH", at=now - 5 * DAY)
    make_customer(charlie, "Meier GmbH", at=now - 5 * DAY)
    make_customer(alice, "Long ago GmbH", at=now - 95 * DAY)
    url = f"{Playbook.objects.get(key='first_touch').get_absolute_url()}replay/"
    for person, sees in ((alice, True), (dana, True), (charlie, False)):
        page = signed_in(person).get(url).content.decode()
        assert ("Müller GmbH" in page, "Meier GmbH" in page) == (sees, not sees)
        assert "Long ago GmbH" not in page


def test_what_the_past_would_have_called_is_what_was_called(alice, root):
    """The replay and the sweep ask the same function: every run was foreseen."""
    now = timezone.now()
    customer = make_customer(alice, at=now - 60 * DAY)
    for days in (50, 30, 10):
        say(customer, alice, now - days * DAY, now=now - days * DAY)
    say(customer, alice, now - 29 * DAY, "in", now=now - 29 * DAY)

    found = replay(rule=Rule("silence", {"days": 7}), steps=[], user=alice, now=now)
    assert [row.at for row in found.rows] == [now - 3 * DAY, now - 43 * DAY]


def test_the_report_counts_what_its_links_show(signed_in, alice, bob, charlie, dana, root, now):
    now = timezone.now()
    tasks = {}
    for name, owner in (("on_time", alice), ("late", alice), ("overdue", alice), ("skipped", bob), ("open", charlie)):
        made_at = now - (1 if name == "open" else 20) * DAY
        customer = make_customer(owner, at=made_at)
        deliver_due(made_at)
        tasks[name] = Task.objects.get(customer=customer)
    services.complete_task(task=tasks["on_time"], by=alice, now=now - 19 * DAY)
    services.complete_task(task=tasks["late"], by=alice, now=now - DAY)
    services.cancel_task(task=tasks["skipped"], by=bob, now=now - DAY, reason="no")
    lines = {line.person: line for line in by_person(steps_for(dana, period="90", now=now), now)}
    assert set(lines) == {alice, bob}
    assert lines[alice].figures | {"on_time": 1, "late": 1, "overdue": 1, "skipped": 0} == lines[alice].figures
    assert (lines[alice].share, lines[bob].share) == (33, 0)
    assert signed_in(alice).get("/playbooks/report/").content.decode().count("playbook_steps") == 0
    page = signed_in(dana).get(f"/playbooks/report/steps/?person={alice.pk}&figure=late").content.decode()
    assert tasks["late"].title in page
    assert tasks["on_time"].title not in page
    mine = signed_in(alice).get(f"/playbooks/report/steps/?person={bob.pk}").content.decode()
    assert tasks["skipped"].title not in mine
    assert tasks["open"].customer.name in signed_in(root).get("/playbooks/report/steps/?period=next").content.decode()


def test_nonsense_in_the_reports_address_shows_the_whole(signed_in, root):
    for query in (
        "period=x",
        "period=2026-11-01--2026-11-30",
        "period=2026-11-30--2026-11-01",
        "playbook=99999999",
        "person=abc",
        "figure=none",
        "period=%00",
    ):
        assert signed_in(root).get(f"/playbooks/report/?{query}").status_code == 200
        assert signed_in(root).get(f"/playbooks/report/steps/?{query}").status_code == 200


def test_a_task_and_a_customer_say_which_playbook_is_behind(signed_in, alice):
    now = timezone.now()
    customer = make_customer(alice, at=now)
    deliver_due(now)
    task = Task.objects.get(customer=customer)
    page = signed_in(alice).get(task.get_absolute_url()).content.decode()
    assert Playbook.objects.get(key="first_touch").get_absolute_url() in page
    line = signed_in(alice).get(customer.get_absolute_url()).content.decode()
    assert "Playbook begins" in line


def test_switching_off_asks_what_becomes_of_the_open_runs(signed_in, alice, root):
    now = timezone.now()
    make_customer(alice, at=now)
    deliver_due(now)
    playbook = Playbook.objects.get(key="first_touch")
    client = signed_in(root)
    url = f"{playbook.get_absolute_url()}switch/"
    assert "1 customer" in client.get(url).content.decode()
    client.post(url, {"to": "off"})
    assert PlaybookRun.objects.filter(ended_at=None).exists()
    client.post(url, {"to": "off", "ends_runs": "on"})
    assert PlaybookRun.objects.get().end_reason == PlaybookRun.SWITCHED_OFF


def test_a_page_asks_as_many_statements_for_one_as_for_many(signed_in, root, statements, now):
    client = signed_in(root)

    def write(playbook, key):
        data = PlaybookData(
            name_en=key,
            name_zh="",
            trigger="status",
            params={"statuses": [key]},
            conditions={"status": [key], "source": ["visit"]},
            stops=[{"key": "status", "statuses": [key]}],
            steps=[StepData("One", "")],
        )
        return services.save_playbook(playbook=playbook, data=data, by=root, now=now)

    made = write(None, "won")
    write(made, "lost")
    asked = [lambda: client.get("/playbooks/"), lambda: client.get(made.get_absolute_url())]
    few = [statements(act) for act in asked]
    for place in range(6):
        write(made, ("won", "lost")[place % 2])
        write(None, "won")
    assert [statements(act) for act in asked] == few
