"""Which sweeps does the communications' floor run?"""

from celery import shared_task
from django.utils import timezone

from .services import bringing_in


@shared_task(name="communications.clear_expired")
def clear_expired() -> None:
    """Forget files that were dropped and never brought in."""
    bringing_in.clear_drops(timezone.now())
