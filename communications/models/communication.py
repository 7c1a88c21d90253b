"""What was said to whom, when, by which way, and what came of it?"""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.audit import kept_changes
from core.querysets import CjkGrams
from customers.models import Contact, Customer
from opportunities.models import Lead, Opportunity

from ..querysets import CommunicationQuerySet

SAID = ("channel", "direction", "happened_at", "subject", "body", "feedback", "agreement", "deleted_at")


@pghistory.track(*kept_changes(), fields=["id", *SAID], model_name="CommunicationHistory")
class Communication(models.Model):
    """One exchange with a customer, or with a lead that is none yet.

    Corrections and deletion keep the original (CommunicationHistory).
    """

    class Direction(models.TextChoices):
        OUT = "out", _("We to them")
        IN = "in", _("They to us")
        BOTH = "both", _("Both ways")

    class Source(models.TextChoices):
        LOGGED = "logged", _("Written down")
        MAIL = "mail", _("Mail file")
        WHATSAPP = "whatsapp", _("WhatsApp export")

    # Empty with a lead that is not converted yet.
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="communications", verbose_name=_("customer")
    )
    # Stays when the lead is converted.
    lead = models.ForeignKey(
        Lead,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="communications",
        verbose_name=_("lead"),
        db_index=False,
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="communications",
        verbose_name=_("opportunity"),
        db_index=False,
    )
    contacts = models.ManyToManyField(Contact, blank=True, related_name="communications", verbose_name=_("with whom"))
    # A key of communications.channels.CHANNELS.
    channel = models.CharField(_("channel"), max_length=12)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    happened_at = models.DateTimeField(_("when"))
    subject = models.CharField(_("topic"), max_length=300, blank=True)
    body = models.TextField(_("what was said"), max_length=100_000, blank=True)
    feedback = models.TextField(_("customer's feedback"), max_length=4000, blank=True)
    agreement = models.TextField(_("agreed"), max_length=4000, blank=True)
    # Out-of-office answers, bounces, newsletters: kept, but no contact and no answer.
    is_automatic = models.BooleanField(_("automatic"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="communications", verbose_name=_("by")
    )
    logged_at = models.DateTimeField(_("written down"))
    edited_at = models.DateTimeField(_("corrected"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    deleted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(_("came by"), max_length=10, choices=Source, default=Source.LOGGED)
    # Message-ID or content hash, so that what is imported twice stands once.
    external_key = models.CharField(max_length=200, blank=True)
    # Its line in the ledger: the newest, where the time was corrected.
    event_id = models.BigIntegerField(null=True, blank=True)
    search_text = models.TextField(blank=True, editable=False)

    objects = CommunicationQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at", "-id")
        verbose_name = _("communication")
        verbose_name_plural = _("communications")
        constraints = [
            models.UniqueConstraint(
                fields=("customer", "external_key"), condition=~Q(external_key=""), name="communication_imported_once"
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | Q(lead__isnull=False), name="communication_with_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=("customer", "-happened_at", "-id"), name="communication_of"),
            models.Index(fields=("author", "-happened_at", "-id"), name="communication_by"),
            models.Index(
                fields=("lead", "-happened_at", "-id"), name="communication_of_lead", condition=Q(lead__isnull=False)
            ),
            models.Index(
                fields=("opportunity", "-happened_at", "-id"),
                name="communication_of_deal",
                condition=Q(opportunity__isnull=False),
            ),
            models.Index(fields=("-happened_at", "-id"), name="communication_by_time"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="communication_trgm"),
            GinIndex(CjkGrams(F("search_text")), name="communication_cjk"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.channel} {self.happened_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("communications:detail", args=[self.pk])

    @property
    def party(self) -> Customer | Lead:
        """With whom: the customer, or the lead that is none yet."""
        party = self.customer or self.lead
        assert party is not None  # communication_with_somebody
        return party

    @property
    def reaches_them(self) -> bool:
        """Did we speak: outbound or both ways, and no machine?"""
        return self.direction != self.Direction.IN and not self.is_automatic

    @property
    def reaches_us(self) -> bool:
        """Did they answer: inbound or both ways, and no machine?"""
        return self.direction != self.Direction.OUT and not self.is_automatic


class CommunicationComment(models.Model):
    """What a manager or a colleague says about a follow-up (点评)."""

    communication = models.ForeignKey(Communication, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    body = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ("at", "id")
        verbose_name = _("comment on a communication")
        verbose_name_plural = _("comments on communications")

    def __str__(self) -> str:
        return f"{self.communication_id} {self.author_id}"
