"""What does a person hold on this floor, for the day they leave?"""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.registries import BYLINES, HOLDINGS, Holding

from .models import InquiryForm, Lead, Opportunity


def register() -> None:
    """Add this floor's lines to HOLDINGS, in lock order, and name the columns that only say who did something."""
    HOLDINGS["leads"] = Holding(
        _("Open leads"),
        30,
        lambda user: Lead.objects.open().filter(owner=user),
        url=lambda user: reverse("opportunities:leads") + f"?m=1&state=open&owner={user.pk}",
        covers=("opportunities.Lead.owner",),
        party=lambda lead: lead,
        is_weighty=True,
    )
    HOLDINGS["opportunities"] = Holding(
        _("Open opportunities"),
        35,
        lambda user: Opportunity.objects.open().filter(owner=user),
        url=lambda user: f"{reverse('opportunities:list')}?owner={user.pk}&outcome=open",
        covers=("opportunities.Opportunity.owner",),
        party=lambda deal: deal.customer,
        joins=("customer__owner",),
        is_weighty=True,
    )
    HOLDINGS["shared_opportunities"] = Holding(
        _("Open opportunities shared with them"),
        36,
        lambda user: Opportunity.objects.open().filter(collaborators=user),
        party=lambda deal: deal.customer,
        joins=("customer",),
    )
    HOLDINGS["inquiry_forms"] = Holding(
        _("Inquiry forms whose leads they get"),
        38,
        lambda user: InquiryForm.objects.filter(assignee=user, is_active=True),
        covers=("opportunities.InquiryForm.assignee",),
    )
    BYLINES.update(
        {
            "opportunities.Conversion.by",
            "opportunities.Conversion.undone_by",
            "opportunities.Inquiry.decided_by",
            "opportunities.InquiryForm.created_by",
            "opportunities.Lead.created_by",
            "opportunities.LeadAnswer.by",
            "opportunities.Move.by",
            "opportunities.Opportunity.created_by",
            "opportunities.Order.created_by",
            "opportunities.Order.seller",  # who sold it stays true
            "opportunities.Order.voided_by",
            "opportunities.PassedCheckpoint.by",
        }
    )
