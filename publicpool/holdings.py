"""What does a person hold on the pool's floor, for the day they leave?"""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.registries import BYLINES, HOLDINGS, Holding

from .models import Rotation, RotationMember


def register() -> None:
    """Add this floor's line to HOLDINGS, and name the columns that only say who did something.

    Customers themselves are the lower floor's holding.
    """
    HOLDINGS["rotations"] = Holding(
        _("Rotations"),
        5,  # before customers: none of them is given by turns of who leaves
        lambda user: RotationMember.objects.filter(user=user, left_at=None),
        covers=("publicpool.RotationMember.user",),
        joins=("rotation", "user"),
        named=lambda user: [
            (one.name, reverse("publicpool:rotation", args=[one.pk]))
            for one in Rotation.objects.filter(members__user=user, members__left_at=None)
        ],
    )
    BYLINES.update(
        {
            "customers.PoolMember.user",
            "publicpool.Claim.user",
            "publicpool.Extension.by",
            "publicpool.Extension.decided_by",
            "publicpool.ReclaimRuleVersion.made_by",
            "publicpool.ReclaimWarning.user",
            "publicpool.Release.by",
            "publicpool.Release.former",
            "publicpool.Reveal.by",
            "publicpool.RotationEntry.by",
            "publicpool.RotationEntry.user",
            "publicpool.RunLine.user",
        }
    )
