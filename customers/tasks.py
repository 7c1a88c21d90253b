"""Which sweeps does the customers' floor run?"""

from celery import shared_task
from django.utils import timezone

from . import ledger


@shared_task(name="customers.deliver_events")
def deliver_events() -> None:
    """Hand events of the ledger to the consumers that wait for them."""
    ledger.deliver_due(timezone.now())
