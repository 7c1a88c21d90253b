"""What is known of a customer?"""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from core.audit import kept_changes
from core.querysets import CjkGrams

from ..querysets import (
    SORT_LAST_CONTACT,
    SORT_NEXT_TASK,
    SORT_SINCE,
    CustomerQuerySet,
    GroupQuerySet,
    OfCustomerQuerySet,
)
from .classification import Category, Source, Status, Tag
from .pool import Pool


class CustomerGroup(models.Model):
    """Companies that belong together: head office, branches, sister companies."""

    name = models.CharField(_("name"), max_length=200)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("group")
        verbose_name_plural = _("groups")

    def __str__(self) -> str:
        return self.name


class Incoterm(models.TextChoices):
    """Incoterms 2020."""

    EXW = "EXW", "EXW"
    FCA = "FCA", "FCA"
    FAS = "FAS", "FAS"
    FOB = "FOB", "FOB"
    CFR = "CFR", "CFR"
    CIF = "CIF", "CIF"
    CPT = "CPT", "CPT"
    CIP = "CIP", "CIP"
    DAP = "DAP", "DAP"
    DPU = "DPU", "DPU"
    DDP = "DDP", "DDP"


# What people edit; facts, owner and search text change by services and stand in the ledger.
EDITED = (
    "kind",
    "country",
    "region",
    "city",
    "address",
    "postal_code",
    "website",
    "language",
    "time_zone",
    "size",
    "source",
    "payment_terms",
    "currency",
    "incoterm",
    "tariff_preference",
    "purchase_cycle_days",
    "annual_purchase",
    "our_share",
    "competitors",
    "needs",
    "reasons_not_won",
    "remarks",
    "group",
    "group_role",
    "external_id",
    "custom",
)


@pghistory.track(*kept_changes(), fields=[*EDITED, "id"], model_name="CustomerHistory")
class Customer(models.Model):
    """A company, or a person trading alone, that we sell to or hope to.

    ``name`` repeats the main header; ``owner`` and ``pool`` repeat the open ownership period;
    both are written by services only (customers.services).
    """

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        PERSON = "person", _("Person trading alone")

    class Size(models.TextChoices):
        """By number of employees."""

        S1 = "1-10", _("1–10 people")
        S2 = "11-50", _("11–50 people")
        S3 = "51-200", _("51–200 people")
        S4 = "201-500", _("201–500 people")
        S5 = "501-1000", _("501–1,000 people")
        S6 = "1000+", _("more than 1,000 people")

    class Grade(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"
        D = "D", "D"

    class GroupRole(models.TextChoices):
        HEAD = "head", _("Head office")
        BRANCH = "branch", _("Branch")
        SISTER = "sister", _("Sister company")

    # Who it is.
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.COMPANY)
    country = CountryField(_("country"), blank=True)
    region = models.CharField(_("state or province"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    address = models.TextField(_("address"), max_length=500, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    website = models.CharField(_("website"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    size = models.CharField(_("size"), max_length=10, choices=Size, blank=True)
    categories = models.ManyToManyField(Category, blank=True, related_name="customers", verbose_name=_("categories"))
    tags = models.ManyToManyField(Tag, blank=True, related_name="customers", verbose_name=_("tags"))
    group = models.ForeignKey(
        CustomerGroup, models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("group")
    )
    group_role = models.CharField(_("place in the group"), max_length=8, choices=GroupRole, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="customers", verbose_name=_("source")
    )
    external_id = models.CharField(_("external id"), max_length=80, blank=True)

    # How it trades.
    payment_terms = models.CharField(_("payment terms"), max_length=120, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    incoterm = models.CharField(_("usual incoterm"), max_length=3, choices=Incoterm, blank=True)
    tariff_preference = models.CharField(_("tariff preference"), max_length=120, blank=True)
    purchase_cycle_days = models.PositiveIntegerField(
        _("purchase cycle in days"), null=True, blank=True, validators=[MaxValueValidator(3660)]
    )
    annual_purchase = models.DecimalField(
        _("annual purchase"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In the customer's currency."),
    )
    our_share = models.PositiveSmallIntegerField(
        _("our share in %"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    competitors = models.TextField(_("competitors"), max_length=2000, blank=True)
    needs = models.TextField(_("needs"), max_length=4000, blank=True)
    reasons_not_won = models.TextField(_("reasons not won"), max_length=2000, blank=True)
    remarks = models.TextField(_("remarks"), max_length=4000, blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)

    # Where it stands.
    status = models.ForeignKey(Status, models.PROTECT, related_name="customers", verbose_name=_("status"))
    status_at = models.DateTimeField(_("in this status since"))
    grade = models.CharField(_("grade"), max_length=1, choices=Grade, blank=True)
    grade_reason = models.CharField(_("reason of the grade"), max_length=300, blank=True)
    grade_until = models.DateField(_("grade until"), null=True, blank=True)
    protected_until = models.DateField(_("protected until"), null=True, blank=True)
    protected_reason = models.CharField(_("reason of the protection"), max_length=300, blank=True)

    # Facts, each with one writer and one recomputation (customers.facts).
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("owner"),
    )
    pool = models.ForeignKey(
        Pool, models.PROTECT, null=True, blank=True, related_name="customers", verbose_name=_("public pool")
    )
    owned_since = models.DateTimeField(_("held since"), null=True, blank=True)
    last_followed_at = models.DateTimeField(_("last contact"), null=True, blank=True)
    idle_since = models.DateTimeField(_("idle since"), null=True, blank=True)
    last_outbound_at = models.DateTimeField(_("we last wrote"), null=True, blank=True)
    last_inbound_at = models.DateTimeField(_("they last wrote"), null=True, blank=True)
    touches = models.PositiveIntegerField(_("contacts made"), default=0, db_default=0)
    replies = models.PositiveIntegerField(_("answers"), default=0, db_default=0)
    next_task_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    next_task_title = models.CharField(_("next step"), max_length=200, blank=True, default="", db_default="")
    open_opportunities = models.PositiveIntegerField(_("open opportunities"), default=0, db_default=0)
    orders_count = models.PositiveIntegerField(_("orders"), default=0, db_default=0)
    last_order_on = models.DateField(_("last order"), null=True, blank=True)
    # In the base currency; orders without a rate are not in it.
    won_total = models.DecimalField(_("won total"), max_digits=18, decimal_places=3, default=0, db_default=0)
    completeness = models.PositiveSmallIntegerField(_("completeness in %"), default=0)
    search_text = models.TextField(blank=True, editable=False)
    search_public = models.TextField(blank=True, editable=False)

    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    updated_at = models.DateTimeField(_("changed"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    archive_reason = models.CharField(_("why archived"), max_length=300, blank=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            # living ⇒ exactly one of owner and pool; archived ⇒ neither
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True, owner__isnull=False, pool__isnull=True)
                | Q(archived_at__isnull=True, owner__isnull=True, pool__isnull=False)
                | Q(archived_at__isnull=False, owner__isnull=True, pool__isnull=True),
                name="customer_held_by_exactly_one",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_a_name"),
            models.UniqueConstraint(
                fields=("external_id",),
                condition=~Q(external_id=""),
                name="customer_external_id_once",
                violation_error_message=_("Another customer has this external id."),
            ),
        ]
        indexes = [
            models.Index(fields=("owner", "created_at", "id"), name="customer_of_owner"),
            models.Index(fields=("pool", "created_at", "id"), name="customer_in_pool", condition=Q(pool__isnull=False)),
            models.Index(F("pool"), SORT_SINCE, F("id"), name="customer_since_pooled", condition=Q(pool__isnull=False)),
            models.Index(fields=("created_at", "id"), name="customer_by_age"),
            models.Index(fields=("name", "id"), name="customer_by_name"),
            models.Index(SORT_LAST_CONTACT, F("id"), name="customer_by_contact"),
            models.Index(SORT_NEXT_TASK, F("id"), name="customer_by_next_task"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="customer_text_trgm"),
            GinIndex(CjkGrams(F("search_text")), name="customer_text_cjk"),
            GinIndex(OpClass(F("search_public"), name="gin_trgm_ops"), name="customer_public_trgm"),
            GinIndex(CjkGrams(F("search_public")), name="customer_public_cjk"),
            GinIndex(fields=("custom",), opclasses=("jsonb_path_ops",), name="customer_custom"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:detail", args=[self.pk])

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class Collaborator(models.Model):
    """A colleague who sees a customer and works on it without holding it."""

    class Role(models.TextChoices):
        COLLABORATOR = "collaborator", _("Collaborator")
        ASSISTANT = "assistant", _("Assistant")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="collaborators")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="collaborations", verbose_name=_("colleague")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.COLLABORATOR)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("since"))

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("added_at", "id")
        verbose_name = _("collaborator")
        verbose_name_plural = _("collaborators")
        constraints = [models.UniqueConstraint(fields=("customer", "user"), name="collaborator_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.user_id}"


class StatusChange(models.Model):
    """One change of a customer's status: from, to, who or which rule, when, why."""

    class LostReason(models.TextChoices):
        PRICE = "price", _("Price")
        QUALITY = "quality", _("Quality")
        DELIVERY = "delivery", _("Delivery time")
        COMPETITOR = "competitor", _("Went to a competitor")
        BUDGET = "budget", _("No budget")
        NO_REPLY = "no_reply", _("No reply")
        OTHER = "other", _("Other")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="status_changes")
    before = models.ForeignKey(Status, models.PROTECT, null=True, related_name="+", verbose_name=_("before"))
    after = models.ForeignKey(Status, models.PROTECT, related_name="+", verbose_name=_("after"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    rule = models.CharField(_("rule"), max_length=60, blank=True)
    lost_reason = models.CharField(_("why lost"), max_length=12, choices=LostReason, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"))

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        indexes = [models.Index(fields=("customer", "-at"), name="status_change_of")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.after_id}"


class KeyDate(models.Model):
    """A day that matters for a customer, written by people or by upper apps (``source``)."""

    class Kind(models.TextChoices):
        RENEWAL = "renewal", _("Renewal or reorder")
        CONTRACT_END = "contract_end", _("Contract ends")
        QUOTATION_END = "quotation_end", _("Quotation valid until")
        BIRTHDAY = "birthday", _("Anniversary of the company")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="key_dates")
    kind = models.CharField(_("kind"), max_length=20)
    on = models.DateField(_("day"))
    source = models.CharField(_("entered by"), max_length=40)
    note = models.CharField(_("note"), max_length=200, blank=True, default="", db_default="")

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("on", "id")
        verbose_name = _("key date")
        verbose_name_plural = _("key dates")
        constraints = [models.UniqueConstraint(fields=("customer", "kind", "source"), name="key_date_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Revenue(models.Model):
    """What a customer brought on a day, in the base currency; written by upper apps (``source_label`` and id).

    Grades, segments and reclaim rules read only these rows. ``amount_base`` and ``cost_base`` are null where there
    is no rate of the day, or no cost known.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="revenues")
    on = models.DateField(_("day"))
    amount_base = models.DecimalField(_("amount"), max_digits=18, decimal_places=3, null=True, blank=True)
    cost_base = models.DecimalField(_("cost"), max_digits=18, decimal_places=3, null=True, blank=True)
    source_label = models.CharField(max_length=60)
    source_id = models.BigIntegerField()

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-id")
        verbose_name = _("revenue")
        verbose_name_plural = _("revenues")
        constraints = [models.UniqueConstraint(fields=("source_label", "source_id"), name="revenue_once")]
        indexes = [models.Index(fields=("customer", "-on"), name="revenue_of_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.on}"
