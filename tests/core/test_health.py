"""Do the two health pages tell the truth, and nothing more, to anybody?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.models import Heartbeat, Job

pytestmark = pytest.mark.django_db


def beat(minutes_ago: int = 0) -> None:
    Heartbeat.objects.update_or_create(name="beat", defaults={"at": timezone.now() - timedelta(minutes=minutes_ago)})


def test_the_process_answers_without_touching_the_database(client, statements):
    assert statements(lambda: client.get("/healthz")) == 0
    assert client.get("/healthz").content == b"ok"


def test_all_well(client):
    beat()
    answer = client.get("/readyz")
    assert (answer.status_code, set(answer.json().values())) == (200, {"ok"})


def test_a_silent_beat_is_told(client):
    beat(minutes_ago=4)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["beat"], answer.json()["database"]) == (503, "failed", "ok")


def test_work_that_waits_too_long_is_told(client, alice):
    beat()
    Job.objects.create(kind="x", created_by=alice, created_at=timezone.now() - timedelta(minutes=16))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["work"]) == (503, "failed")


def test_a_dead_broker_is_told_within_seconds_and_without_details(client, dead_broker):
    beat()
    before = timezone.now()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (503, "failed")
    assert timezone.now() - before < timedelta(seconds=8)
    assert set(answer.json().values()) <= {"ok", "failed"}


def test_a_missing_migration_is_told(client):
    beat()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core'")
    assert client.get("/readyz").json()["migrations"] == "failed"
