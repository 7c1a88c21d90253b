"""Which sweeps does the customers' floor run?"""

from celery import shared_task
from django.utils import timezone

from . import identity_keys, ledger
from .services import files, looking_up


@shared_task(name="customers.deliver_events")
def deliver_events() -> None:
    """Hand events of the ledger to the consumers that wait for them."""
    ledger.deliver_due(timezone.now())


@shared_task(name="customers.count_grams")
def count_grams() -> None:
    """Count anew which pairs of letters are rare, so that similar names are found fast."""
    identity_keys.fill_missing_keys()
    identity_keys.count_grams()


@shared_task(name="customers.clear_expired")
def clear_expired() -> None:
    """Forget what was pasted into look-ups, and files that were taken away long ago."""
    now = timezone.now()
    looking_up.clear_old(now)
    files.clear_files(now)
