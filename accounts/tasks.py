"""Which sweeps do people's rows need?"""

from celery import shared_task
from django.utils import timezone

from .services import forget_ended_sessions, forget_old_notices


@shared_task(name="accounts.clear_expired")
def clear_expired() -> None:
    """Remove what tells of sessions that ended, and notices read long ago."""
    forget_ended_sessions()
    forget_old_notices(now=timezone.now())
