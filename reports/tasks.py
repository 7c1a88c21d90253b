"""Which sweeps does the floor of reports run? Each asks Postgres what is due and calls one function."""

from celery import shared_task
from django.utils import timezone

from .mailing import send_summaries


@shared_task(name="reports.send_summaries")
def send_weekly() -> None:
    """Write the weekly summaries whose time has come."""
    send_summaries(now=timezone.now())
