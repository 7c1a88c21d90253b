"""What does a person hold on the communications' floor, for the day they leave?"""

from django.utils.translation import gettext_lazy as _

from accounts.registries import BYLINES, HOLDINGS, Holding

from .models import TextTemplate


def register() -> None:
    """Add this floor's lines to HOLDINGS, and name the columns that only say who did something."""
    HOLDINGS["text_templates"] = Holding(
        _("Text templates"),
        80,
        lambda user: TextTemplate.objects.filter(owner=user),
        covers=("communications.TextTemplate.owner",),
    )
    BYLINES.update(
        {
            "communications.Communication.author",
            "communications.Communication.deleted_by",
            "communications.CommunicationComment.author",
            "communications.Drop.by",
            "communications.TextTemplate.created_by",
        }
    )
