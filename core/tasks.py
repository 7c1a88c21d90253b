"""Which sweeps does the ground floor run? Each asks Postgres what is due and calls one function."""

from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from . import ecb, expiry, jobs, mail, rollups
from .models import Heartbeat


@shared_task(name="core.heartbeat")
def heartbeat() -> None:
    """Show that beat and a worker live."""
    Heartbeat.objects.update_or_create(name="beat", defaults={"at": timezone.now()})


@shared_task(name="core.run_due_jobs")
def run_due_jobs() -> None:
    jobs.run_due()


@shared_task(name="core.send_due_mails")
def send_due_mails() -> None:
    mail.send_due()


@shared_task(name="core.sweep_rollups")
def sweep_rollups() -> int:
    """Make the parts of rollups anew whose facts were written."""
    return rollups.sweep()


@shared_task(name="core.clear_expired")
def clear_expired() -> None:
    """Remove what has run out: sessions, tokens of forms, files of exports and old sent mails."""
    call_command("clearsessions")
    expiry.clear_expired(timezone.now())


@shared_task(name="core.load_rates")
def load_rates() -> None:
    """Load the exchange rates that came with a newer version; mostly there are none."""
    ecb.load_packaged(today=timezone.localdate(timezone=settings.BUSINESS_ZONE))
