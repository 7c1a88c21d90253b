"""Whatever hangs on a lead, is all of it as before once its conversion was taken back?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from communications.inputs import CommunicationData
from communications.models import Communication
from communications.services import log_communication
from core.registries import INVARIANTS
from customers.files import FileData
from customers.inputs import ContactData, CustomerData
from customers.models import Attachment
from followups.inputs import TaskData
from followups.models import Task
from followups.services import complete_task, create_task
from opportunities import services
from opportunities.inputs import ConversionData, OpportunityData
from opportunities.models import Lead, LeadAnswer, ScreeningQuestion
from tests.factories import THEN, make_customer, make_lead, make_team, make_user

HOUR = timedelta(hours=1)
# What the ledger says anew of a row is not the row: its newest line, and when it was last touched.
BESIDE = {"event_id", "updated_at"}


def standing() -> dict[str, list[dict[str, Any]]]:
    """Every field of every lead and of all that hangs on it."""
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in BESIDE}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in (Lead, LeadAnswer, Task, Communication, Attachment)
    }


def act(what: str, lead: Lead, by: Any, at: Any) -> None:
    match what:
        case "task" | "done":
            data = TaskData(title="Send samples", lead=lead, assignee=by, due_at=at + 5 * HOUR)
            task = create_task(data=data, by=by, now=at)
            if what == "done":
                complete_task(task=task, by=by, now=at, result="Sent")
        case "in" | "out":
            said = CommunicationData("email", what, at, subject="Hinges", body="200 pieces")
            log_communication(lead=lead, data=said, by=by, now=at)
        case "file":
            services.add_lead_files(
                lead=lead, files=[FileData("drawing.txt", ContentFile(b"hinge", name="drawing.txt"))], by=by, now=at
            )
        case "yes" | "no":
            question = ScreeningQuestion.objects.earliest("pk")
            services.answer_question(lead=lead, question=question, is_yes=what == "yes", by=by, now=at)


class TestUndo(TestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(
        st.lists(st.sampled_from(["task", "done", "in", "out", "file", "yes", "no"]), max_size=6),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    )
    def test_all_is_as_before(self, acts: list[str], stands: bool, has_contact: bool, has_deal: bool) -> None:
        alice = make_user(team=make_team())
        lead = make_lead(alice, "Ernst Handel GmbH", country="AT")
        for number, what in enumerate(acts, 1):
            act(what, lead, alice, THEN + number * HOUR)
        customer = make_customer(alice, country="AT") if stands else None
        before = standing()
        data = ConversionData(
            customer=customer,
            new_customer=None if customer else CustomerData(name="Ernst Handel GmbH", country="AT"),
            new_contact=ContactData(name="Roland Mendel") if has_contact else None,
            opportunity=OpportunityData(title="Hinges") if has_deal else None,
        )
        at = THEN + 10 * HOUR
        lead.refresh_from_db()
        done = services.convert_lead(lead=lead, data=data, by=alice, now=at)
        undone = services.undo_conversion(conversion=done, by=alice, now=at + HOUR)
        assert undone.made["stays"] == []
        assert standing() == before
        with connection.cursor() as cursor:
            for name, promise in INVARIANTS.items():
                cursor.execute(promise.sql)
                # Nobody hands events on here: that they wait for days is the test's own doing.
                assert not cursor.fetchall() or name == "customers.deliveries_of_known_events", name
