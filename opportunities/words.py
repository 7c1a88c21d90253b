"""Which words of the firm may everybody read? Pipelines, stages, reasons, campaigns, own fields: no deal's row."""

from __future__ import annotations

from django.db.models import QuerySet

from core.custom_fields import fields_of
from core.models import CustomField

from .models import Campaign, DisqualifyReason, InquiryForm, LostReason, Pipeline, ScreeningQuestion, Stage

LEAD = "opportunities.lead"
OPPORTUNITY = "opportunities.opportunity"


def pipelines(*, in_use: bool = False) -> QuerySet[Pipeline]:
    return Pipeline.objects.filter(is_active=True) if in_use else Pipeline.objects.all()


def stages(*, in_use: bool = False) -> QuerySet[Stage]:
    return Stage.objects.filter(is_active=True) if in_use else Stage.objects.all()


def lost_reasons(*, in_use: bool = False) -> QuerySet[LostReason]:
    return LostReason.objects.filter(is_active=True) if in_use else LostReason.objects.all()


def campaigns(*, in_use: bool = False) -> QuerySet[Campaign]:
    return Campaign.objects.filter(is_active=True) if in_use else Campaign.objects.all()


def disqualify_reasons(*, in_use: bool = False) -> QuerySet[DisqualifyReason]:
    return DisqualifyReason.objects.filter(is_active=True) if in_use else DisqualifyReason.objects.all()


def questions(*, in_use: bool = False) -> QuerySet[ScreeningQuestion]:
    return ScreeningQuestion.objects.filter(is_active=True) if in_use else ScreeningQuestion.objects.all()


def inquiry_forms() -> QuerySet[InquiryForm]:
    return InquiryForm.objects.all()


def lead_fields() -> list[CustomField]:
    """The leads' own fields in use, in order. One statement."""
    return fields_of(LEAD)


def opportunity_fields() -> list[CustomField]:
    """The opportunities' own fields in use, in order. One statement."""
    return fields_of(OPPORTUNITY)
