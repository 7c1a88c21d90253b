"""Which sweeps does the floor of follow-ups run? Each asks Postgres what is due and calls one function."""

from celery import shared_task
from django.utils import timezone

from . import digest, playing, reminding, services


@shared_task(name="followups.remind")
def remind() -> None:
    """Tell people of tasks that come due, are overdue, or that nobody does."""
    reminding.remind(now=timezone.now())


@shared_task(name="followups.send_digests")
def send_digests() -> None:
    """Write the daily digests whose time has come."""
    digest.send_digests(now=timezone.now())


@shared_task(name="followups.run_series")
def run_series() -> None:
    """Make the repeating tasks that begin, and mark those that were not done."""
    services.run_series(now=timezone.now())


@shared_task(name="followups.run_playbooks")
def run_playbooks() -> None:
    """Begin and end what days and silence call for."""
    playing.run_playbooks(now=timezone.now())
