"""Was this form sent before?"""

from django.conf import settings
from django.db import models


class Submission(models.Model):
    """A form that creates something was sent once; a replay is led to the first result."""

    token = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.token)
