"""Who asked for what, through which door, and what became of it?"""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from core.audit import kept_changes
from core.querysets import CjkGrams
from customers.models import Contact, Customer, Source

from ..querysets import InquiryFormQuerySet, InquiryQuerySet, LeadQuerySet, OfLeadQuerySet
from .pipeline import Campaign, DisqualifyReason, ScreeningQuestion

# What people edit; the rest changes by services and stands in the ledger.
EDITED = (
    "company",
    "person",
    "title",
    "email",
    "phone",
    "whatsapp",
    "wechat",
    "website",
    "country",
    "city",
    "language",
    "subject",
    "message",
    "product",
    "quantity",
    "unit",
    "amount",
    "currency",
    "source",
    "campaign",
    "external_id",
    "remarks",
    "custom",
)


# One of these at least is known of every lead.
SAYS = ("company", "person", "email", "phone", "subject", "message")


class InquiryForm(models.Model):
    """A public page by which strangers ask; several, each with its own source, team and words."""

    # In the address; random, so that forms are not found by counting.
    token = models.CharField(_("address"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    title_en = models.CharField(_("English heading"), max_length=200, blank=True)
    title_zh = models.CharField(_("Chinese heading"), max_length=200, blank=True)
    intro_en = models.TextField(_("English words above"), max_length=2000, blank=True)
    intro_zh = models.TextField(_("Chinese words above"), max_length=2000, blank=True)
    consent_en = models.TextField(_("English consent"), max_length=1000, blank=True)
    consent_zh = models.TextField(_("Chinese consent"), max_length=1000, blank=True)
    thanks_en = models.TextField(_("English thanks"), max_length=1000, blank=True)
    thanks_zh = models.TextField(_("Chinese thanks"), max_length=1000, blank=True)
    # Field name → "shown" or "required"; what is not named is not asked.
    fields = models.JSONField(_("fields"), default=dict, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source")
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campaign")
    )
    team = models.ForeignKey(
        "accounts.Team", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for the team")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inquiry_forms",
        verbose_name=_("given to"),
    )
    # Origins that may show the page in a frame ("https://www.example.com"), one a line.
    embed_on = models.TextField(_("may be embedded on"), max_length=2000, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = InquiryFormQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("inquiry form")
        verbose_name_plural = _("inquiry forms")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("opportunities:inquiry_form", args=[self.pk])

    @property
    def origins(self) -> list[str]:
        """The sites that may show it in a frame."""
        return self.embed_on.split()


@pghistory.track(*kept_changes(), fields=[*EDITED, "id"], model_name="LeadHistory")
class Lead(models.Model):
    """An unqualified inquiry. Follows its own owner; without one its team's managers see it and give it away."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        WORKING = "working", _("Being worked on")
        CONVERTED = "converted", _("Converted")
        DISQUALIFIED = "disqualified", _("Disqualified")

    OPEN = (State.NEW, State.WORKING)
    # Where a lead is, as customers.clock asks: by country and city only.
    region = ""
    time_zone = ""

    # Who asked.
    company = models.CharField(_("company"), max_length=300, blank=True)
    person = models.CharField(_("person"), max_length=200, blank=True)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    # E.164 where the number can be read.
    phone_normal = models.CharField(max_length=20, blank=True)
    whatsapp = models.CharField(_("WhatsApp"), max_length=60, blank=True)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    website = models.CharField(_("website"), max_length=300, blank=True)
    country = CountryField(_("country"), blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    # For what.
    subject = models.CharField(_("asks for"), max_length=300, blank=True)
    message = models.TextField(_("inquiry"), max_length=100_000, blank=True)
    product = models.CharField(_("product"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    amount = models.DecimalField(_("budget or value"), max_digits=18, decimal_places=3, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    # Through which door.
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("source")
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("campaign")
    )
    form = models.ForeignKey(
        InquiryForm, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("inquiry form")
    )
    # utm_source, utm_medium …, referrer and page, as the visitor's browser said them.
    utm = models.JSONField(_("campaign parameters"), default=dict, blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    consent_at = models.DateTimeField(_("agreed to be contacted"), null=True, blank=True)
    consent_text = models.TextField(_("agreed to these words"), blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    remarks = models.TextField(_("remarks"), max_length=4000, blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)
    # Whose it is.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("owner")
    )
    team = models.ForeignKey(
        "accounts.Team", models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("team")
    )
    owned_since = models.DateTimeField(_("held since"), null=True, blank=True)
    # What became of it.
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    state_at = models.DateTimeField(_("in this state since"))
    disqualify_reason = models.ForeignKey(
        DisqualifyReason,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("why disqualified"),
    )
    disqualify_note = models.CharField(_("in words"), max_length=500, blank=True)
    # Facts of the floors above, each with one writer (opportunities.facts).
    last_followed_at = models.DateTimeField(_("last contact"), null=True, blank=True)
    next_task_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    next_task_title = models.CharField(_("next step"), max_length=200, blank=True, default="", db_default="")
    search_text = models.TextField(blank=True, editable=False)
    # Empty where a stranger made it by a form.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            models.CheckConstraint(
                condition=~Q(company="", person="", email="", phone="", subject="", message=""),
                name="lead_says_something",
            ),
            models.CheckConstraint(
                condition=~Q(state="disqualified") | Q(disqualify_reason__isnull=False),
                name="lead_disqualified_has_a_reason",
            ),
            models.UniqueConstraint(
                fields=("external_id",), condition=~Q(external_id=""), name="lead_external_id_once"
            ),
        ]
        indexes = [
            models.Index(fields=("owner", "-created_at", "-id"), name="lead_of_owner"),
            models.Index(fields=("-created_at", "-id"), name="lead_by_age"),
            models.Index(fields=("team", "-created_at", "-id"), name="lead_of_team", condition=Q(owner__isnull=True)),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="lead_trgm"),
            GinIndex(CjkGrams(F("search_text")), name="lead_cjk"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("opportunities:lead", args=[self.pk])

    @property
    def name(self) -> str:
        """How it is called: the company, else the person, else how they can be reached, else what they ask for."""
        return self.company or self.person or self.email or self.phone or self.subject or self.message[:80]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN and self.archived_at is None


class LeadAnswer(models.Model):
    """What was found out about one screening question; no row is not asked yet."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="answers")
    question = models.ForeignKey(ScreeningQuestion, models.CASCADE, related_name="answers")
    is_yes = models.BooleanField(_("yes"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a screening question")
        verbose_name_plural = _("answers to screening questions")
        constraints = [models.UniqueConstraint(fields=("lead", "question"), name="screening_answer_once")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.question_id}"


class Conversion(models.Model):
    """One lead made into a customer, a contact and an opportunity, or put onto those that stood; can be undone.

    ``made`` and ``moved`` hold ids: what the conversion created, and what it carried over, by label.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="conversions")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="conversions")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    opportunity = models.ForeignKey(
        "opportunities.Opportunity", models.PROTECT, null=True, blank=True, related_name="conversions"
    )
    made = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    # The lead's state before, to go back to.
    state_before = models.CharField(max_length=12, choices=Lead.State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfLeadQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("conversion of a lead")
        verbose_name_plural = _("conversions of leads")
        constraints = [
            models.UniqueConstraint(fields=("lead",), condition=Q(undone_at__isnull=True), name="lead_converted_once")
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.customer_id}"


class Inquiry(models.Model):
    """One post to a public form, as it came. Suspected junk makes no lead until a person says so."""

    class State(models.TextChoices):
        LEAD = "lead", _("Became a lead")
        SUSPECT = "suspect", _("Suspected junk")
        JUNK = "junk", _("Junk")

    form = models.ForeignKey(InquiryForm, models.PROTECT, related_name="inquiries")
    received_at = models.DateTimeField(_("received"))
    # What was typed, as typed, by field.
    posted = models.JSONField(default=dict)
    # Keyed hash of the address: to count, not to know.
    sender = models.CharField(max_length=64, blank=True)
    # Of the page that was filled in, so that a repeated post is one inquiry.
    token = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State)
    why = models.CharField(_("why suspected"), max_length=40, blank=True)
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, blank=True, related_name="inquiries")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = InquiryQuerySet.as_manager()

    class Meta:
        ordering = ("-received_at", "-id")
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        constraints = [models.UniqueConstraint(fields=("form", "token"), condition=~Q(token=""), name="inquiry_once")]
        indexes = [
            models.Index(fields=("form", "sender", "-received_at"), name="inquiry_of_sender"),
            models.Index(fields=("-received_at", "-id"), name="inquiry_suspect", condition=Q(state="suspect")),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.received_at:%Y-%m-%d %H:%M}"
