"""Leads, pipelines, opportunities, orders, and the cells of the funnel."""

import datetime as dt
from decimal import Decimal

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django_countries.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.querysets


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_digested_on"),
        ("customers", "0006_revenue"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="Chinese name")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "checkpoint",
                "verbose_name_plural": "checkpoints",
                "ordering": ("position", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DisqualifyReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="Chinese name")),
                ("key", models.SlugField(max_length=30, unique=True, verbose_name="key")),
                ("asks_why", models.BooleanField(default=False, verbose_name="asks for words")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "reason to disqualify",
                "verbose_name_plural": "reasons to disqualify",
                "ordering": ("position", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LostReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="Chinese name")),
                ("key", models.SlugField(max_length=30, unique=True, verbose_name="key")),
                ("asks_who", models.BooleanField(default=False, verbose_name="asks for the competitor")),
                ("asks_why", models.BooleanField(default=False, verbose_name="asks for words")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "reason for losing",
                "verbose_name_plural": "reasons for losing",
                "ordering": ("position", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Pipeline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="Chinese name")),
                ("key", models.SlugField(max_length=30, unique=True, verbose_name="key")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "pipeline",
                "verbose_name_plural": "pipelines",
                "ordering": ("position", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ScreeningQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="Chinese name")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "screening question",
                "verbose_name_plural": "screening questions",
                "ordering": ("position", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="Chinese name")),
                ("key", models.SlugField(max_length=40, unique=True, verbose_name="key")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="customers.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "ordering": ("-starts_on", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FunnelCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pipeline_id", models.BigIntegerField()),
                ("owner_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=12)),
                ("month", models.DateField()),
                ("stage_id", models.BigIntegerField(default=0)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("n", models.BigIntegerField(default=0)),
                ("amount", models.DecimalField(decimal_places=3, default=0, max_digits=24)),
                ("amount_base", models.DecimalField(decimal_places=3, default=0, max_digits=24)),
                ("unrated", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner_id", "pipeline_id", "kind", "month", "stage_id", "value", "currency"),
                        name="funnel_cell_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InquiryForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=32, unique=True, verbose_name="address")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="English heading")),
                ("title_zh", models.CharField(blank=True, max_length=200, verbose_name="Chinese heading")),
                ("intro_en", models.TextField(blank=True, max_length=2000, verbose_name="English words above")),
                ("intro_zh", models.TextField(blank=True, max_length=2000, verbose_name="Chinese words above")),
                ("consent_en", models.TextField(blank=True, max_length=1000, verbose_name="English consent")),
                ("consent_zh", models.TextField(blank=True, max_length=1000, verbose_name="Chinese consent")),
                ("thanks_en", models.TextField(blank=True, max_length=1000, verbose_name="English thanks")),
                ("thanks_zh", models.TextField(blank=True, max_length=1000, verbose_name="Chinese thanks")),
                ("fields", models.JSONField(blank=True, default=dict, verbose_name="fields")),
                ("embed_on", models.TextField(blank=True, max_length=2000, verbose_name="may be embedded on")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiry_forms",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="given to",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="opportunities.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.source",
                        verbose_name="source",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                        verbose_name="for the team",
                    ),
                ),
            ],
            options={
                "verbose_name": "inquiry form",
                "verbose_name_plural": "inquiry forms",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company", models.CharField(blank=True, max_length=300, verbose_name="company")),
                ("person", models.CharField(blank=True, max_length=200, verbose_name="person")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                ("email", models.CharField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=60, verbose_name="phone")),
                ("phone_normal", models.CharField(blank=True, max_length=20)),
                ("whatsapp", models.CharField(blank=True, max_length=60, verbose_name="WhatsApp")),
                ("wechat", models.CharField(blank=True, max_length=60, verbose_name="WeChat")),
                ("website", models.CharField(blank=True, max_length=300, verbose_name="website")),
                ("country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="country")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="asks for")),
                ("message", models.TextField(blank=True, max_length=100000, verbose_name="inquiry")),
                ("product", models.CharField(blank=True, max_length=300, verbose_name="product")),
                (
                    "quantity",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=18, null=True, verbose_name="quantity"
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=18, null=True, verbose_name="budget or value"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("utm", models.JSONField(blank=True, default=dict, verbose_name="campaign parameters")),
                ("asked_at", models.DateTimeField(blank=True, null=True, verbose_name="asked")),
                ("consent_at", models.DateTimeField(blank=True, null=True, verbose_name="agreed to be contacted")),
                ("consent_text", models.TextField(blank=True, verbose_name="agreed to these words")),
                ("external_id", models.CharField(blank=True, max_length=80, verbose_name="external id")),
                ("remarks", models.TextField(blank=True, max_length=4000, verbose_name="remarks")),
                ("custom", models.JSONField(blank=True, default=dict, verbose_name="own fields")),
                ("owned_since", models.DateTimeField(blank=True, null=True, verbose_name="held since")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("working", "Being worked on"),
                            ("converted", "Converted"),
                            ("disqualified", "Disqualified"),
                        ],
                        default="new",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("state_at", models.DateTimeField(verbose_name="in this state since")),
                ("disqualify_note", models.CharField(blank=True, max_length=500, verbose_name="in words")),
                ("last_followed_at", models.DateTimeField(blank=True, null=True, verbose_name="last contact")),
                ("next_task_at", models.DateTimeField(blank=True, null=True, verbose_name="next step due")),
                (
                    "next_task_title",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="next step"),
                ),
                ("search_text", models.TextField(blank=True, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("updated_at", models.DateTimeField(verbose_name="changed")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived")),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="opportunities.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "disqualify_reason",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="opportunities.disqualifyreason",
                        verbose_name="why disqualified",
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="opportunities.inquiryform",
                        verbose_name="inquiry form",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="customers.source",
                        verbose_name="source",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="accounts.team",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "lead",
                "verbose_name_plural": "leads",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                ("posted", models.JSONField(default=dict)),
                ("sender", models.CharField(blank=True, max_length=64)),
                ("token", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("lead", "Became a lead"), ("suspect", "Suspected junk"), ("junk", "Junk")],
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=40, verbose_name="why suspected")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="opportunities.inquiryform",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="inquiries",
                        to="opportunities.lead",
                    ),
                ),
            ],
            options={
                "verbose_name": "inquiry",
                "verbose_name_plural": "inquiries",
                "ordering": ("-received_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="LeadHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("company", models.CharField(blank=True, max_length=300, verbose_name="company")),
                ("person", models.CharField(blank=True, max_length=200, verbose_name="person")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                ("email", models.CharField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=60, verbose_name="phone")),
                ("whatsapp", models.CharField(blank=True, max_length=60, verbose_name="WhatsApp")),
                ("wechat", models.CharField(blank=True, max_length=60, verbose_name="WeChat")),
                ("website", models.CharField(blank=True, max_length=300, verbose_name="website")),
                ("country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="country")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="asks for")),
                ("message", models.TextField(blank=True, max_length=100000, verbose_name="inquiry")),
                ("product", models.CharField(blank=True, max_length=300, verbose_name="product")),
                (
                    "quantity",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=18, null=True, verbose_name="quantity"
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=18, null=True, verbose_name="budget or value"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("external_id", models.CharField(blank=True, max_length=80, verbose_name="external id")),
                ("remarks", models.TextField(blank=True, max_length=4000, verbose_name="remarks")),
                ("custom", models.JSONField(blank=True, default=dict, verbose_name="own fields")),
                ("id", models.BigIntegerField()),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="opportunities.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="company_person_title_email_phone_whatsapp_wechat_website_country_city_language_subject_message_product_quantity_unit_amount_currency_source_campaign_external_id_remarks_custom_id_events",
                        to="opportunities.lead",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Opportunity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="deal")),
                ("stage_at", models.DateTimeField(verbose_name="in this stage since")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("open", "Under way"), ("won", "Won"), ("lost", "Lost")],
                        default="open",
                        max_length=4,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "amount_base",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=18,
                        null=True,
                        verbose_name="amount in the base currency",
                    ),
                ),
                ("rated_on", models.DateField(blank=True, null=True, verbose_name="rate of")),
                ("opened_on", models.DateField(blank=True, null=True, verbose_name="begun")),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected close")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed")),
                ("product", models.CharField(blank=True, max_length=300, verbose_name="product")),
                ("incoterm", models.CharField(blank=True, max_length=3, verbose_name="incoterm")),
                ("competitors", models.CharField(blank=True, max_length=300, verbose_name="competitors")),
                ("details", models.TextField(blank=True, max_length=10000, verbose_name="details")),
                ("lost_to", models.CharField(blank=True, max_length=200, verbose_name="lost to")),
                ("external_id", models.CharField(blank=True, max_length=80, verbose_name="external id")),
                ("custom", models.JSONField(blank=True, default=dict, verbose_name="own fields")),
                ("last_followed_at", models.DateTimeField(blank=True, null=True, verbose_name="last contact")),
                ("next_task_at", models.DateTimeField(blank=True, null=True, verbose_name="next step due")),
                (
                    "next_task_title",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="next step"),
                ),
                ("search_text", models.TextField(blank=True, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("updated_at", models.DateTimeField(verbose_name="changed")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived")),
                ("archive_reason", models.CharField(blank=True, max_length=300, verbose_name="why archived")),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to="opportunities.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "collaborators",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="collaborators"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to="opportunities.lead",
                        verbose_name="lead",
                    ),
                ),
                (
                    "lost_reason",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to="opportunities.lostreason",
                        verbose_name="why lost",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to="customers.source",
                        verbose_name="source",
                    ),
                ),
                (
                    "pipeline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to="opportunities.pipeline",
                        verbose_name="pipeline",
                    ),
                ),
            ],
            options={
                "verbose_name": "opportunity",
                "verbose_name_plural": "opportunities",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Conversion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made", models.JSONField(default=dict)),
                ("moved", models.JSONField(default=dict)),
                (
                    "state_before",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("working", "Being worked on"),
                            ("converted", "Converted"),
                            ("disqualified", "Disqualified"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="undone")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.contact",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conversions", to="customers.customer"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conversions", to="opportunities.lead"
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversions",
                        to="opportunities.opportunity",
                    ),
                ),
            ],
            options={
                "verbose_name": "conversion of a lead",
                "verbose_name_plural": "conversions of leads",
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="OpportunityContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("buyer", "Buyer"),
                            ("decides", "Decides"),
                            ("influences", "Influences"),
                            ("uses", "Uses it"),
                            ("technical", "Judges the technique"),
                            ("finance", "Pays"),
                            ("opponent", "Is against it"),
                        ],
                        max_length=10,
                        verbose_name="part",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opportunities",
                        to="customers.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="people",
                        to="opportunities.opportunity",
                    ),
                ),
            ],
            options={
                "verbose_name": "person in the deal",
                "verbose_name_plural": "people in the deal",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="OpportunityHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("title", models.CharField(max_length=200, verbose_name="deal")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected close")),
                ("competitors", models.CharField(blank=True, max_length=300, verbose_name="competitors")),
                ("incoterm", models.CharField(blank=True, max_length=3, verbose_name="incoterm")),
                ("details", models.TextField(blank=True, max_length=10000, verbose_name="details")),
                ("external_id", models.CharField(blank=True, max_length=80, verbose_name="external id")),
                ("custom", models.JSONField(blank=True, default=dict, verbose_name="own fields")),
                ("id", models.BigIntegerField()),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="opportunities.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="title_amount_currency_expected_on_competitors_source_campaign_incoterm_details_external_id_custom_id_events",
                        to="opportunities.opportunity",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OpportunityLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("product", models.CharField(max_length=300, verbose_name="product")),
                (
                    "quantity",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=18, null=True, verbose_name="quantity"
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                (
                    "price",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="price"),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="opportunities.opportunity",
                    ),
                ),
            ],
            options={
                "verbose_name": "product line",
                "verbose_name_plural": "product lines",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60, verbose_name="number")),
                ("ordered_on", models.DateField(verbose_name="date")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                (
                    "freight",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="freight and charges",
                    ),
                ),
                (
                    "cost",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="cost",
                    ),
                ),
                ("amount_base", models.DecimalField(blank=True, decimal_places=3, max_digits=18, null=True)),
                ("cost_base", models.DecimalField(blank=True, decimal_places=3, max_digits=18, null=True)),
                ("payment_terms", models.CharField(blank=True, max_length=120, verbose_name="payment terms")),
                ("incoterm", models.CharField(blank=True, max_length=3, verbose_name="incoterm")),
                ("remarks", models.TextField(blank=True, max_length=4000, verbose_name="remarks")),
                ("external_id", models.CharField(blank=True, max_length=80, verbose_name="external id")),
                ("search_text", models.TextField(blank=True, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("updated_at", models.DateTimeField(verbose_name="changed")),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="void since")),
                ("void_reason", models.CharField(blank=True, max_length=300, verbose_name="why void")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="opportunities.opportunity",
                        verbose_name="opportunity",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sold by",
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "order",
                "verbose_name_plural": "orders",
                "ordering": ("-ordered_on", "-id"),
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("product", models.CharField(max_length=300, verbose_name="product")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=18, verbose_name="quantity")),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                ("price", models.DecimalField(decimal_places=6, max_digits=18, verbose_name="price")),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        max_digits=6,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="discount in %",
                    ),
                ),
                ("external_id", models.CharField(blank=True, max_length=80)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="opportunities.order"
                    ),
                ),
            ],
            options={
                "verbose_name": "order line",
                "verbose_name_plural": "order lines",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="PassedCheckpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passed",
                        to="opportunities.checkpoint",
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passed",
                        to="opportunities.opportunity",
                    ),
                ),
            ],
            options={
                "verbose_name": "checkpoint done",
                "verbose_name_plural": "checkpoints done",
            },
        ),
        migrations.CreateModel(
            name="LeadAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_yes", models.BooleanField(verbose_name="yes")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="opportunities.lead"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="opportunities.screeningquestion",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to a screening question",
                "verbose_name_plural": "answers to screening questions",
            },
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="Chinese name")),
                ("key", models.SlugField(max_length=30, verbose_name="key")),
                (
                    "kind",
                    models.CharField(
                        choices=[("open", "Under way"), ("won", "Won"), ("lost", "Lost")],
                        default="open",
                        max_length=4,
                        verbose_name="kind",
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                (
                    "probability",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="probability in %",
                    ),
                ),
                (
                    "stalls_after",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="stalls after so many days"),
                ),
                (
                    "required_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), blank=True, default=list, size=None
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "pipeline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stages",
                        to="opportunities.pipeline",
                        verbose_name="pipeline",
                    ),
                ),
            ],
            options={
                "verbose_name": "stage",
                "verbose_name_plural": "stages",
                "ordering": ("pipeline", "position", "id"),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="opportunity",
            name="reached",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="opportunities.stage",
                verbose_name="reached",
            ),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="stage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="opportunities",
                to="opportunities.stage",
                verbose_name="stage",
            ),
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("forward", "Forward"),
                            ("back", "Back"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                            ("reopened", "Reopened"),
                        ],
                        max_length=8,
                        verbose_name="move",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("skipped", models.JSONField(blank=True, default=list)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="opportunities.opportunity",
                    ),
                ),
                (
                    "after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="opportunities.stage",
                        verbose_name="to",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="opportunities.stage",
                        verbose_name="from",
                    ),
                ),
            ],
            options={
                "verbose_name": "move",
                "verbose_name_plural": "moves",
                "ordering": ("at", "id"),
            },
        ),
        migrations.AddField(
            model_name="checkpoint",
            name="stage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="checkpoints",
                to="opportunities.stage",
                verbose_name="stage",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["owner", "-created_at", "-id"], name="lead_of_owner"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["-created_at", "-id"], name="lead_by_age"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("owner__isnull", True)), fields=["team", "-created_at", "-id"], name="lead_of_team"
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_text"), name="gin_trgm_ops"), name="lead_trgm"
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=django.contrib.postgres.indexes.GinIndex(
                core.querysets.CjkGrams(models.F("search_text")), name="lead_cjk"
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("company", ""),
                    ("email", ""),
                    ("message", ""),
                    ("person", ""),
                    ("phone", ""),
                    ("subject", ""),
                    _negated=True,
                ),
                name="lead_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "disqualified"), _negated=True),
                    ("disqualify_reason__isnull", False),
                    _connector="OR",
                ),
                name="lead_disqualified_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="lead_external_id_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lead",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."city" IS DISTINCT FROM (NEW."city") OR OLD."company" IS DISTINCT FROM (NEW."company") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."custom" IS DISTINCT FROM (NEW."custom") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."message" IS DISTINCT FROM (NEW."message") OR OLD."person" IS DISTINCT FROM (NEW."person") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."product" IS DISTINCT FROM (NEW."product") OR OLD."quantity" IS DISTINCT FROM (NEW."quantity") OR OLD."remarks" IS DISTINCT FROM (NEW."remarks") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."website" IS DISTINCT FROM (NEW."website") OR OLD."wechat" IS DISTINCT FROM (NEW."wechat") OR OLD."whatsapp" IS DISTINCT FROM (NEW."whatsapp"))',
                    func='INSERT INTO "opportunities_leadhistory" ("amount", "campaign_id", "city", "company", "country", "currency", "custom", "email", "external_id", "id", "language", "message", "person", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "product", "quantity", "remarks", "source_id", "subject", "title", "unit", "website", "wechat", "whatsapp") VALUES (OLD."amount", OLD."campaign_id", OLD."city", OLD."company", OLD."country", OLD."currency", OLD."custom", OLD."email", OLD."external_id", OLD."id", OLD."language", OLD."message", OLD."person", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."phone", OLD."product", OLD."quantity", OLD."remarks", OLD."source_id", OLD."subject", OLD."title", OLD."unit", OLD."website", OLD."wechat", OLD."whatsapp"); RETURN NULL;',
                    hash="fbdcd8550386e69293701c47ece1891becf0ef6c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_db448",
                    table="opportunities_lead",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lead",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "opportunities_leadhistory" ("amount", "campaign_id", "city", "company", "country", "currency", "custom", "email", "external_id", "id", "language", "message", "person", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "product", "quantity", "remarks", "source_id", "subject", "title", "unit", "website", "wechat", "whatsapp") VALUES (OLD."amount", OLD."campaign_id", OLD."city", OLD."company", OLD."country", OLD."currency", OLD."custom", OLD."email", OLD."external_id", OLD."id", OLD."language", OLD."message", OLD."person", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."product", OLD."quantity", OLD."remarks", OLD."source_id", OLD."subject", OLD."title", OLD."unit", OLD."website", OLD."wechat", OLD."whatsapp"); RETURN NULL;',
                    hash="cc9fca7817321a210f3651836c283e80b5090561",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_27624",
                    table="opportunities_lead",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["form", "sender", "-received_at"], name="inquiry_of_sender"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                condition=models.Q(("state", "suspect")), fields=["-received_at", "-id"], name="inquiry_suspect"
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("token", ""), _negated=True), fields=("form", "token"), name="inquiry_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)), fields=("lead",), name="lead_converted_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunitycontact",
            constraint=models.UniqueConstraint(fields=("opportunity", "contact"), name="person_in_deal_once"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["customer", "-ordered_on"], name="order_of_customer"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["seller", "-ordered_on", "-id"], name="order_of_seller"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["-ordered_on", "-id"], name="order_by_day"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_text"), name="gin_trgm_ops"), name="order_trgm"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=django.contrib.postgres.indexes.GinIndex(
                core.querysets.CjkGrams(models.F("search_text")), name="order_cjk"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency", ""), _negated=True), name="order_has_a_currency"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at__isnull", True)),
                fields=("number",),
                name="order_number_once",
                violation_error_message="Another order has this number.",
            ),
        ),
        migrations.AddConstraint(
            model_name="passedcheckpoint",
            constraint=models.UniqueConstraint(fields=("opportunity", "checkpoint"), name="checkpoint_passed_once"),
        ),
        migrations.AddConstraint(
            model_name="leadanswer",
            constraint=models.UniqueConstraint(fields=("lead", "question"), name="screening_answer_once"),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.UniqueConstraint(fields=("pipeline", "key"), name="stage_key_once"),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "won")), fields=("pipeline",), name="one_won_stage"
            ),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "lost")), fields=("pipeline",), name="one_lost_stage"
            ),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(("probability__lte", 100)), name="stage_probability_in_percent"
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["owner", "-created_at", "-id"], name="opportunity_of_owner"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["customer", "-created_at"], name="opportunity_of_customer"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["-created_at", "-id"], name="opportunity_by_age"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                condition=models.Q(("archived_at__isnull", True)),
                fields=["stage", "-stage_at", "-id"],
                name="opportunity_on_board",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    models.F("expected_on"), models.Value(dt.date(9000, 1, 1), models.DateField())
                ),
                models.F("id"),
                name="opportunity_by_close",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    models.F("amount_base"),
                    models.Value(Decimal(0), models.DecimalField(decimal_places=3, max_digits=18)),
                ),
                models.F("id"),
                name="opportunity_by_amount",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    models.F("next_task_at"),
                    models.Value(dt.datetime(9000, 1, 1, 0, 0, tzinfo=dt.UTC), models.DateTimeField()),
                ),
                models.F("id"),
                name="opportunity_by_next_task",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_text"), name="gin_trgm_ops"),
                name="opportunity_trgm",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=django.contrib.postgres.indexes.GinIndex(
                core.querysets.CjkGrams(models.F("search_text")), name="opportunity_cjk"
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="opportunity_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on__isnull", True), ("outcome", "open")),
                    models.Q(("outcome", "open"), _negated=True),
                    _connector="OR",
                ),
                name="opportunity_open_is_not_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__isnull", True), models.Q(("currency", ""), _negated=True), _connector="OR"
                ),
                name="opportunity_amount_has_a_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="opportunity_external_id_once",
                violation_error_message="Another opportunity has this external id.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="opportunity",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."competitors" IS DISTINCT FROM (NEW."competitors") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."custom" IS DISTINCT FROM (NEW."custom") OR OLD."details" IS DISTINCT FROM (NEW."details") OR OLD."expected_on" IS DISTINCT FROM (NEW."expected_on") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."incoterm" IS DISTINCT FROM (NEW."incoterm") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."title" IS DISTINCT FROM (NEW."title"))',
                    func='INSERT INTO "opportunities_opportunityhistory" ("amount", "campaign_id", "competitors", "currency", "custom", "details", "expected_on", "external_id", "id", "incoterm", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "title") VALUES (OLD."amount", OLD."campaign_id", OLD."competitors", OLD."currency", OLD."custom", OLD."details", OLD."expected_on", OLD."external_id", OLD."id", OLD."incoterm", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."source_id", OLD."title"); RETURN NULL;',
                    hash="62ceda7f9f20d4bc4c58792d8547de83363ac133",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3a20e",
                    table="opportunities_opportunity",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="opportunity",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "opportunities_opportunityhistory" ("amount", "campaign_id", "competitors", "currency", "custom", "details", "expected_on", "external_id", "id", "incoterm", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "title") VALUES (OLD."amount", OLD."campaign_id", OLD."competitors", OLD."currency", OLD."custom", OLD."details", OLD."expected_on", OLD."external_id", OLD."id", OLD."incoterm", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source_id", OLD."title"); RETURN NULL;',
                    hash="79cca98f19c8f0861002434b68989d2b3f8b6e84",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_6bf7f",
                    table="opportunities_opportunity",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(fields=["opportunity", "at", "id"], name="move_of"),
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at__isnull", True)),
                fields=("opportunity",),
                name="opportunity_is_in_one_stage",
            ),
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.CheckConstraint(
                condition=models.Q(("left_at__isnull", True), ("left_at__gte", models.F("at")), _connector="OR"),
                name="move_leaves_after_it_came",
            ),
        ),
    ]
