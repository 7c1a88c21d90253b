"""Who was asked to join, by whom, and did they?"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ..querysets import InvitationQuerySet
from .people import Team, User


class Invitation(models.Model):
    """A link that makes one account, once, within seven days.

    Only the SHA-256 of the link's token is kept: whoever reads the database cannot join.
    """

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=User.Role, default=User.Role.SALESPERSON)
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="invitations", verbose_name=_("team")
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    # Proposed to who joins.
    username = models.CharField(_("user name"), max_length=60, blank=True, db_default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, db_default="")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitation",
        verbose_name=_("account"),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=("email",),
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_open_once",
                violation_error_message=_("This person is invited already; send that invitation again."),
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False, revoked_at__isnull=True),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="invitation_email_in_lower_case"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_answered(self) -> bool:
        return self.accepted_at is not None or self.revoked_at is not None

    def state(self, now: datetime) -> str:
        """One of "accepted", "revoked", "expired", "open"."""
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "revoked"
        return "open" if now < self.expires_at else "expired"

    def is_open(self, now: datetime) -> bool:
        """Does its link still work?"""
        return self.state(now) == "open"
