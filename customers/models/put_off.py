"""Which suggested steps does somebody not want to see for now, and why?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..querysets import PutOffQuerySet


class PutOff(models.Model):
    """One row a person and record. It holds while the suggestion rests on nothing but ``facts``, and until its day."""

    class Reason(models.TextChoices):
        LATER = "later", _("Not the right time")
        WRONG = "wrong", _("It does not fit")
        DONE = "done", _("Done elsewhere")
        OTHER = "other", _("Something else")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who"))
    # Of what: customers.next_steps.Step.about.
    about = models.CharField(_("step"), max_length=40)
    # Each with its day or moment: a new one brings the step back.
    facts = ArrayField(models.CharField(max_length=80), verbose_name=_("rests on"))
    reason = models.CharField(_("reason"), max_length=8, choices=Reason)
    note = models.CharField(_("in words"), max_length=300, blank=True)
    # The first day on which it comes back by itself; none: when the facts change.
    until = models.DateField(_("until"), null=True, blank=True)
    at = models.DateTimeField(_("when"))

    objects = PutOffQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("step put off")
        verbose_name_plural = _("steps put off")
        constraints = [
            models.UniqueConstraint(fields=("user", "about"), name="put_off_once"),
            models.CheckConstraint(condition=~Q(reason="other") | ~Q(note=""), name="put_off_other_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.about}"
