"""Which sweeps does the floor of follow-ups run? Each asks Postgres what is due and calls one function."""

from celery import shared_task
from django.utils import timezone

from . import reminding


@shared_task(name="followups.remind")
def remind() -> None:
    """Tell people of tasks that come due, are overdue, or that nobody does."""
    reminding.remind(now=timezone.now())
