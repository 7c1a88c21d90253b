"""What is kept only for a while, and how long?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from .models import ImportRun, Job, OutgoingMail, Submission

FORM_TOKENS = timedelta(days=2)
RESULT_FILES = timedelta(hours=24)
SENT_MAILS = timedelta(days=90)
# Longer than an import can be undone.
IMPORTED_FILES = timedelta(days=90)
_OPEN = (Job.State.QUEUED, Job.State.RUNNING)


def clear_expired(now: datetime) -> dict[str, int]:
    """Remove what has run out; returns how many of each. Safe to run twice or at once."""
    files = 0
    old = Job.objects.filter(ended_at__lt=now - RESULT_FILES, result__has_key="file")
    for job in old.iterator(chunk_size=500):
        default_storage.delete(job.result["file"])
        result = {key: value for key, value in job.result.items() if key != "file"} | {"file_expired": True}
        files += Job.objects.filter(pk=job.pk).update(result=result)
    imports = _clear_imports(now)
    tokens = Submission.objects.filter(created_at__lt=now - FORM_TOKENS).delete()[0]
    mails = OutgoingMail.objects.filter(state=OutgoingMail.State.SENT, sent_at__lt=now - SENT_MAILS).delete()[0]
    return {"files": files, "imports": imports, "tokens": tokens, "mails": mails}


def _clear_imports(now: datetime) -> int:
    """Uploaded files and their rows go: people's data lies in them long after it was brought in or left alone.

    What a run brought and how it went stays on record; an import that was never written goes altogether.
    """
    old = ImportRun.objects.filter(created_at__lt=now - IMPORTED_FILES).exclude(file="")
    idle = old.exclude(check_job__state__in=_OPEN).exclude(write_job__state__in=_OPEN)
    cleared = 0
    for run in idle.iterator(chunk_size=100):
        default_storage.delete(run.file)
        run.rows.all().delete()
        if run.write_job_id is None:
            run.delete()
        else:
            ImportRun.objects.filter(pk=run.pk).update(file="")
        cleared += 1
    return cleared
