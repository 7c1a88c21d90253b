"""What is kept only for a while, and how long?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from .models import Job, OutgoingMail, Submission

FORM_TOKENS = timedelta(days=2)
RESULT_FILES = timedelta(hours=24)
SENT_MAILS = timedelta(days=90)


def clear_expired(now: datetime) -> dict[str, int]:
    """Remove what has run out; returns how many of each. Safe to run twice or at once."""
    files = 0
    old = Job.objects.filter(ended_at__lt=now - RESULT_FILES, result__has_key="file")
    for job in old.iterator(chunk_size=500):
        default_storage.delete(job.result["file"])
        result = {key: value for key, value in job.result.items() if key != "file"} | {"file_expired": True}
        files += Job.objects.filter(pk=job.pk).update(result=result)
    tokens = Submission.objects.filter(created_at__lt=now - FORM_TOKENS).delete()[0]
    mails = OutgoingMail.objects.filter(state=OutgoingMail.State.SENT, sent_at__lt=now - SENT_MAILS).delete()[0]
    return {"files": files, "tokens": tokens, "mails": mails}
