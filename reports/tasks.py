"""Which sweeps does the floor of reports run? Each asks Postgres what is due and calls one function."""

from celery import shared_task
from django.utils import timezone

from .mailing import send_summaries
from .services import forecasts


@shared_task(name="reports.send_summaries")
def send_weekly() -> None:
    """Write the weekly summaries whose time has come."""
    send_summaries(now=timezone.now())


@shared_task(name="reports.keep_forecasts")
def keep_forecasts() -> None:
    """Keep the forecast of a Monday or a month's first, once that day has begun."""
    forecasts.keep_forecasts(now=timezone.now())
