"""What happened to a customer? The ledger, append-only, and who is still to be told."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..querysets import OfCustomerQuerySet
from .customer import Customer


class Event(models.Model):
    """One fact, appended in the transaction that made it; a trigger refuses changes and deletion.

    ``payload`` holds ids, codes and numbers, never names or text, so that erasing and masking hold:
    lines are drawn from the present state (customers.registries.EVENT_LINES).
    """

    kind = models.CharField(_("kind"), max_length=40)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("customer")
    )
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    rule = models.CharField(_("rule"), max_length=60, blank=True)
    target_label = models.CharField(_("about"), max_length=60, blank=True)
    target_id = models.BigIntegerField(_("number"), null=True, blank=True)
    payload = models.JSONField(_("ids and figures"), default=dict, blank=True)

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("event")
        verbose_name_plural = _("ledger")
        indexes = [
            models.Index(fields=("customer", "-at", "-id"), name="event_of_customer"),
            models.Index(fields=("kind", "-at"), name="event_of_kind"),
            # What happened to leads: they have no customer yet.
            models.Index(
                fields=("target_label", "target_id", "-at"), name="event_of_target", condition=Q(customer__isnull=True)
            ),
        ]
        triggers = [pgtrigger.Protect(name="ledger_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class EventDelivery(models.Model):
    """An event that a consumer has not handled yet; the row goes with the handling, or is parked."""

    MAX_ATTEMPTS = 5

    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries", verbose_name=_("event"))
    consumer = models.CharField(_("consumer"), max_length=60)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)
    parked_at = models.DateTimeField(_("set aside"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery of an event")
        verbose_name_plural = _("deliveries of events")
        constraints = [models.UniqueConstraint(fields=("event", "consumer"), name="delivery_once")]
        indexes = [models.Index(fields=("id",), name="delivery_due", condition=Q(parked_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.consumer} {self.event_id}"
