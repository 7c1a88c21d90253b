"""By which values is a company or person recognised, wherever it was entered, and who said that two are not one?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..querysets import RequestQuerySet, SaidDifferentQuerySet
from .customer import Customer

if TYPE_CHECKING:
    from accounts.models import User


class IdentityKey(models.Model):
    """One value by which a record may be the same as another; the conflict check reads only these rows.

    Written by every app whose rows can conflict, in the transaction of the row itself. Blocking
    keys (``is_blocking``) of living customers are unique on (kind, value, country, exception).
    ``exception`` of a name is its header's code, for names with codes that differ do not block each
    other; for a customer that a manager told apart from another, "#" and its id follow
    (``SaidDifferent``). Archived customers keep their keys, none of them blocking.
    """

    class Kind(models.TextChoices):
        CODE = "code"
        NAME = "name"
        # The name without its form, by which similar ones are found.
        LIKE = "like"
        DOMAIN = "domain"
        MAIL = "mail"
        PHONE = "phone"
        ACCOUNT = "account"

    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=300)
    country = models.CharField(max_length=2, blank=True)
    exception = models.CharField(max_length=40, blank=True)
    is_blocking = models.BooleanField(default=False)
    # Of LIKE only: the pairs of letters by which similar names are looked up.
    grams = ArrayField(models.TextField(), null=True, blank=True)
    target_label = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="identity_keys"
    )
    name_shown = models.CharField(max_length=300)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "value", "country", "exception"),
                condition=models.Q(is_blocking=True),
                name="blocking_key_once",
            )
        ]
        indexes = [
            models.Index(fields=("kind", "value", "country"), name="identity_key_value"),
            models.Index(fields=("target_label", "target_id"), name="identity_key_target"),
            GinIndex(fields=("grams",), name="identity_key_grams", condition=Q(grams__isnull=False), fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class GramCount(models.Model):
    """How many names hold a pair of letters: the rare ones find candidates, the common ones would find everybody.

    Counted anew by a sweep. A gram that is not here came after the last count and is therefore rare.
    """

    gram = models.TextField(primary_key=True)
    rows = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.gram


class SaidDifferent(models.Model):
    """Two customers that look alike and are not one company, as somebody with the right to say so recorded.

    The pair neither blocks nor warns any more. ``one`` has the lower id.
    """

    class Kind(models.TextChoices):
        DIFFERENT = "different", _("A different company")
        BRANCH = "branch", _("A branch of it")

    one = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    other = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("other customer"))
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.DIFFERENT)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    objects = SaidDifferentQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("recorded difference")
        verbose_name_plural = _("recorded differences")
        constraints = [
            models.UniqueConstraint(fields=("one", "other"), name="said_different_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="said_different_in_order"),
        ]
        indexes = [models.Index(fields=("other",), name="said_different_other")]

    def __str__(self) -> str:
        return f"{self.one} ≠ {self.other}"

    def other_than(self, customer: Customer) -> int:
        """The id of the other one of the pair."""
        return self.other_id if self.one_id == customer.pk else self.one_id


class CustomerRequest(models.Model):
    """Somebody met a colleague's customer while entering one, and asks for something about it.

    ``typed`` is what the asker was entering (name, country, code, kind): their own words, nothing of the customer's.
    An accepted dispute lets the asker enter exactly that, once, until ``PASS_DAYS`` after the decision.
    """

    class Kind(models.TextChoices):
        SHARE = "share", _("Share it with me")
        JOIN = "join", _("Let me work on it")
        DISPUTE = "dispute", _("It is another company")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request", "Open")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    PASS_DAYS = 30

    kind = models.CharField(_("request"), max_length=7, choices=Kind)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="requests", verbose_name=_("customer"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="customer_requests", verbose_name=_("asked by")
    )
    at = models.DateTimeField(_("asked"))
    reason = models.CharField(_("reason"), max_length=500)
    typed = models.JSONField(_("what was being entered"), default=dict)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    # Of an accepted dispute: what the two are, and when the asker made use of it.
    difference = models.CharField(max_length=9, choices=SaidDifferent.Kind, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.UniqueConstraint(
                fields=("customer", "by", "kind"), condition=Q(state="open"), name="one_open_request"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "withdrawn")) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decision_has_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=("by", "-at"), name="request_of_person"),
            models.Index(fields=("customer",), name="request_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.customer}"

    def may_be_used_by(self, user: User, now: datetime) -> bool:
        """May this person enter what was disputed now?"""
        return (
            (self.kind, self.state, self.by_id, self.used_at) == (self.Kind.DISPUTE, self.State.ACCEPTED, user.pk, None)
            and self.decided_at is not None
            and now < self.decided_at + timedelta(days=self.PASS_DAYS)
        )
