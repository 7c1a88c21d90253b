"""Who are the people at a customer, and how are they reached?"""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audit import kept_changes

from ..querysets import BORN_ON, OfCustomerQuerySet
from .customer import Customer


class Channel(models.TextChoices):
    """By which way somebody likes to be reached."""

    EMAIL = "email", pgettext_lazy("channel", "E-mail")
    PHONE = "phone", _("Phone")
    WHATSAPP = "whatsapp", _("WhatsApp")
    WECHAT = "wechat", _("WeChat")
    LINKEDIN = "linkedin", _("LinkedIn")
    MEETING = "meeting", _("Meeting")
    OTHER = "other", _("Other")


@pghistory.track(
    *kept_changes(),
    exclude=["created_at", "archived_at"],
    model_name="ContactHistory",
)
class Contact(models.Model):
    """A person at a customer."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=200)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    department = models.CharField(_("department"), max_length=120, blank=True)
    is_primary = models.BooleanField(_("first to ask"), default=False)
    is_decision_maker = models.BooleanField(_("decision maker"), default=False)
    preferred_channel = models.CharField(_("preferred channel"), max_length=10, choices=Channel, blank=True)
    style = models.CharField(_("communication style"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    is_do_not_contact = models.BooleanField(_("do not contact"), default=False)
    do_not_contact_reason = models.CharField(_("why not"), max_length=200, blank=True)
    remarks = models.TextField(_("remarks"), max_length=2000, blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-is_primary", "-is_decision_maker", "id")
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=("customer",), condition=Q(is_primary=True, archived_at__isnull=True), name="one_primary_contact"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="contact_has_a_name"),
        ]
        indexes = [models.Index(BORN_ON, name="contact_born_on", condition=Q(birthday__isnull=False))]

    def __str__(self) -> str:
        return self.name


@pghistory.track(*kept_changes(), exclude=["normal"], model_name="ContactPointHistory")
class ContactPoint(models.Model):
    """One phone number, e-mail or account: of a contact, or of the customer itself.

    ``value`` is what was typed; ``normal`` is what compares and dials: E.164, a lower-case
    address, a handle; empty where none could be made of it.
    """

    class Kind(models.TextChoices):
        MOBILE = "mobile", _("Mobile")
        PHONE = "phone", _("Phone")
        FAX = "fax", _("Fax")
        EMAIL = "email", _("E-mail")
        WHATSAPP = "whatsapp", _("WhatsApp")
        WECHAT = "wechat", _("WeChat")
        LINKEDIN = "linkedin", _("LinkedIn")
        FACEBOOK = "facebook", _("Facebook")
        INSTAGRAM = "instagram", _("Instagram")
        SKYPE = "skype", _("Skype")
        TELEGRAM = "telegram", _("Telegram")
        LINE = "line", _("LINE")
        VIBER = "viber", _("Viber")
        OTHER = "other", _("Other")

    PHONES = (Kind.MOBILE, Kind.PHONE, Kind.FAX, Kind.WHATSAPP, Kind.VIBER)

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contact_points")
    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, blank=True, related_name="points", verbose_name=_("contact")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.CharField(_("value"), max_length=300)
    normal = models.CharField(max_length=300, blank=True)
    label = models.CharField(_("note"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        indexes = [
            models.Index(fields=("customer", "contact"), name="contact_point_of"),
            models.Index(fields=("normal",), name="contact_point_normal", condition=~Q(normal="")),
        ]

    def __str__(self) -> str:
        return self.value
