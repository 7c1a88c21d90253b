"""What does a person hold on the customers' floor, for the day they leave?"""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.registries import BYLINES, HOLDINGS, Holding

from .models import Collaborator, Customer


def register() -> None:
    """Add this floor's lines to HOLDINGS, in lock order, and name the columns that only say who did something."""
    HOLDINGS["customers"] = Holding(
        _("Customers"),
        10,
        lambda user: Customer.objects.filter(owner=user),
        url=lambda user: reverse("customers:list") + f"?m=1&owner={user.pk}",
        covers=("customers.Customer.owner",),
        party=lambda customer: customer,
        is_weighty=True,
    )
    HOLDINGS["collaborations"] = Holding(
        _("Collaborations"),
        20,
        lambda user: Collaborator.objects.filter(user=user),
        covers=("customers.Collaborator.user",),
        party=lambda one: one.customer,
        joins=("customer", "user"),
    )
    BYLINES.update(
        {
            "customers.Attachment.by",
            "customers.Attachment.deleted_by",
            "customers.Collaborator.added_by",
            "customers.Customer.created_by",
            "customers.CustomerGroup.created_by",
            "customers.CustomerRequest.by",
            "customers.CustomerRequest.decided_by",
            "customers.Event.by",
            "customers.IdentityKey.owner",
            "customers.LookUp.by",
            "customers.Note.author",
            "customers.OwnershipPeriod.by",
            "customers.OwnershipPeriod.owner",
            "customers.PutOff.user",
            "customers.SaidDifferent.by",
            "customers.StatusChange.by",
        }
    )
