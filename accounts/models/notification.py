"""What should somebody know, and have they read it?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..querysets import NotificationQuerySet


class Notification(models.Model):
    """A notice as codes and ids: its words are made, and its scope checked, when it is read.

    ``key`` makes it unique per recipient, so that a job that runs twice tells once.
    """

    class MailState(models.TextChoices):
        """Whether a sweep is still to put it into a mail (services.notice_mails); '' for not by mail.

        It looks at each due one once: what was read in the app meanwhile, or may not be seen any more,
        is in no mail and settled all the same.
        """

        DUE = "due", _("to be sent")
        SENT = "sent", _("settled")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", verbose_name=_("for")
    )
    # A key of accounts.registries.NOTICES; no choices=, so that a new kind needs no migration.
    kind = models.CharField(_("kind"), max_length=60)
    # "customers.customer" and the row's id; empty where there is none.
    target_label = models.CharField(_("about"), max_length=80, blank=True)
    target_id = models.BigIntegerField(_("id"), null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    key = models.CharField(_("key"), max_length=200)
    created_at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    mail_state = models.CharField(_("by mail"), max_length=4, choices=MailState, blank=True, db_default="")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=("recipient", "key"), name="notification_once")]
        indexes = [
            models.Index(fields=("recipient", "-created_at", "-id"), name="notification_inbox"),
            models.Index(
                fields=("recipient", "-created_at", "-id"),
                name="notification_unread",
                condition=models.Q(read_at__isnull=True),
            ),
            models.Index(fields=("recipient",), name="notification_to_mail", condition=models.Q(mail_state="due")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"
