"""Which sweeps does the floor of leads and deals run?"""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.zones import business_day

from .conflicts import fill_missing_keys
from .facts import rate_closed_deals, rate_open_deals
from .services import clear_junk


@shared_task(name="opportunities.rate_deals")
def rate_deals() -> int:
    """Give open deals the rate of the day, and closed ones that had none the one that came since."""
    return rate_open_deals(business_day(timezone.now())) + rate_closed_deals()


@shared_task(name="opportunities.clear_expired")
def clear_expired() -> None:
    """Delete junk of the public forms that was put away long ago."""
    clear_junk(timezone.now())


@shared_task(name="opportunities.fill_keys")
def fill_keys() -> None:
    """Give leads that came before their keys the values by which they are recognised."""
    fill_missing_keys()
