"""Which mails are to be sent, and which were?"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutgoingMail(models.Model):
    """A mail written in the business transaction and sent by a sweep.

    queued → leased → sent, or parked after MAX_ATTEMPTS. ``key`` makes a mail unique (a reminder
    is mailed once); the Message-ID is made from the row, so that a doubled send is one mail to
    the reader's mailbox. Once sent, its text is cleared: subject, reader and times remain.
    """

    MAX_ATTEMPTS = 6

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        LEASED = "leased", _("Being sent")
        SENT = "sent", _("Sent")
        PARKED = "parked", _("Set aside after repeated failures")

    key = models.CharField(_("key"), max_length=200, unique=True, null=True, blank=True)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=400)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)
    not_before = models.DateTimeField(_("not before"))
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        indexes = [
            models.Index(
                fields=("not_before", "id"),
                name="mail_due",
                condition=models.Q(state__in=("queued", "leased")),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="mail_sent_has_time"
            )
        ]

    def __str__(self) -> str:
        return self.subject
