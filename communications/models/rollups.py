"""How much did each person say, and how long did each stretch of waiting for an answer last? Kept summed up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from opportunities.models import Lead

from ..querysets import AnswerQuerySet
from .communication import Communication

# Cells are made anew as they stand: the database need not look after their links, which would make who writes wait.
_LINK: dict[str, Any] = {"on_delete": models.DO_NOTHING, "db_constraint": False, "db_index": False, "related_name": "+"}


class SaidCell(models.Model):
    """What one person wrote down in one month with customers (or leads) of one country; communications.rollups.

    ``touches`` went out, ``replies`` came in; what went both ways is counted in each. Neither deleted nor automatic.
    """

    author_id = models.BigIntegerField()
    # Its first day; months are those of the business time zone.
    month = models.DateField()
    country = models.CharField(max_length=2, blank=True)
    n = models.BigIntegerField()
    touches = models.BigIntegerField()
    replies = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("author_id", "month", "country"), name="said_cell_once")]

    def __str__(self) -> str:
        return f"{self.author_id} {self.month} {self.country}"


class Answer(models.Model):
    """A stretch in which a customer, or a lead that is none yet, waited for us; communications.rollups.

    It begins with the first thing they said since we last spoke and ends when a person speaks next.
    """

    # The customer's id, or the lead's below zero: the part of the rollup.
    party = models.BigIntegerField()
    customer = models.ForeignKey(Customer, null=True, verbose_name=_("customer"), **_LINK)
    lead = models.ForeignKey(Lead, null=True, verbose_name=_("lead"), **_LINK)
    country = models.CharField(_("country"), max_length=2, blank=True)
    # The first day of the month in which they asked, in the business time zone.
    month = models.DateField()
    asked = models.ForeignKey(Communication, verbose_name=_("what they said"), **_LINK)
    asked_at = models.DateTimeField(_("since"))
    answered = models.ForeignKey(Communication, null=True, verbose_name=_("answer"), **_LINK)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, verbose_name=_("answered by"), **_LINK)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("wait for an answer")
        verbose_name_plural = _("waits for an answer")
        constraints = [models.UniqueConstraint(fields=("party", "asked"), name="answer_once")]
        indexes = [
            models.Index(fields=("answered_by", "month"), name="answer_by", condition=Q(answered_by__isnull=False)),
            models.Index(fields=("month", "party"), name="answer_missing", condition=Q(answered_by__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.asked_at:%Y-%m-%d}"

    def lasted(self, now: datetime) -> timedelta:
        """How long they waited, or wait by now."""
        return (self.answered_at or now) - self.asked_at
