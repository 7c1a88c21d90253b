"""Which sweeps does the floor of leads and deals run?"""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from .facts import rate_closed_deals, rate_open_deals


@shared_task(name="opportunities.rate_deals")
def rate_deals() -> int:
    """Give open deals the rate of the day, and closed ones that had none the one that came since."""
    return rate_open_deals(timezone.now().astimezone(settings.BUSINESS_ZONE).date()) + rate_closed_deals()
