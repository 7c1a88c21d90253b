"""How is a work report begun, finished with a sentence, sent, and read?"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.chart import Chart
from accounts.models import User
from accounts.services.notices import notify
from customers.services.locking import require

from .. import permissions
from ..models import WorkReport
from ..work_reports import figures_of, period
from .errors import SentenceMissing


@transaction.atomic
def begin_report(*, kind: str, on: date, by: User, now: datetime) -> WorkReport:
    """One's own report of the day or week that holds ``on``; asked for twice it is the same one."""
    first, last = period(kind, on)
    report, _is_new = WorkReport.objects.get_or_create(
        user=by, kind=kind, starts_on=first, defaults={"ends_on": last, "created_at": now}
    )
    return report


@transaction.atomic
def save_report(*, report: WorkReport, sentence: str, by: User, now: datetime, sends: bool = False) -> WorkReport:
    """Keep one's own words; with ``sends`` the figures stay as they are now and those who answer for one are told.

    Raises SentenceMissing, NotAllowed (also where it was sent already).
    """
    report = WorkReport.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=report.pk)
    require(permissions.can_write_report(by, report))
    report.sentence = sentence.strip()
    if sends:
        if not report.sentence:
            raise SentenceMissing(field="sentence")
        report.figures, report.sent_at = figures_of(report, now), now
    report.save(update_fields=["sentence", "figures", "sent_at"])
    if sends:
        heads = User.objects.filter(pk__in=Chart(now).answering_for(by.pk))
        notify(to=heads, kind="report_sent", by=by, target=report, now=now, key=f"report_sent:{report.pk}")
    return report


@transaction.atomic
def mark_report_read(*, report: WorkReport, by: User, now: datetime) -> WorkReport:
    """Note who read a report that was sent, the first time. Raises NotAllowed."""
    require(permissions.can_mark_read(by, report))
    WorkReport.objects.filter(pk=report.pk, read_at=None).update(read_at=now, read_by=by)
    report.refresh_from_db(fields=["read_at", "read_by"])
    return report
