"""Which sweeps do people's rows need?"""

from celery import shared_task
from django.utils import timezone

from .services import forget_ended_sessions, forget_old_notices
from .services.notice_mails import mail_notices as mail_due_notices


@shared_task(name="accounts.mail_notices")
def mail_notices() -> None:
    """Put notices into mails, one a person."""
    mail_due_notices(now=timezone.now())


@shared_task(name="accounts.clear_expired")
def clear_expired() -> None:
    """Remove what tells of sessions that ended, and notices read long ago."""
    forget_ended_sessions()
    forget_old_notices(now=timezone.now())
