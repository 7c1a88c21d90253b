"""Does what is kept for a while go when its time is over, and not before?"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core import expiry
from core.models import Job, OutgoingMail, Submission

pytestmark = pytest.mark.django_db


def test_a_result_file_goes_after_a_day_and_its_job_says_so(alice, now):
    name = default_storage.save("exports/one.csv", ContentFile(b"a"))
    result = {"file": name, "rows": 1}
    job = Job.objects.create(
        kind="x", created_by=alice, created_at=now, state=Job.State.DONE, ended_at=now, result=result
    )
    assert expiry.clear_expired(now + timedelta(hours=24))["files"] == 0
    assert default_storage.exists(name)
    later = now + timedelta(hours=24, seconds=1)
    assert [expiry.clear_expired(later)["files"] for _ in range(2)] == [1, 0]
    assert not default_storage.exists(name)
    job.refresh_from_db()
    assert job.result == {"rows": 1, "file_expired": True}


def test_tokens_of_forms_and_sent_mails_go_queued_and_parked_ones_stay(alice, now):
    Submission.objects.create(token=uuid.uuid4(), user=alice, url="/", created_at=now - expiry.FORM_TOKENS)
    old = Submission.objects.create(
        token=uuid.uuid4(), user=alice, url="/", created_at=now - expiry.FORM_TOKENS - timedelta(seconds=1)
    )
    long_ago = now - expiry.SENT_MAILS - timedelta(seconds=1)
    common = {"to": "a@example.com", "subject": "s", "text": "t", "not_before": long_ago, "created_at": long_ago}
    for state in OutgoingMail.State:
        sent_at = long_ago if state == OutgoingMail.State.SENT else None
        OutgoingMail.objects.create(state=state, message_id=state, sent_at=sent_at, **common)
    cleared = expiry.clear_expired(now)
    assert (cleared["tokens"], cleared["mails"]) == (1, 1)
    assert not Submission.objects.filter(pk=old.pk).exists()
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"queued", "leased", "parked"}
