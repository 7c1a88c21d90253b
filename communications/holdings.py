"""What does a person hold on the communications' floor, for the day they leave?"""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.departing import SHEETS, WAYS, Column, ToNobody, ToPerson
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
    texts = Column(TextTemplate, "owner").hands
    WAYS["text_templates"] |= {"person": ToPerson(texts), "all": ToNobody(texts, _("everybody uses them"))}
    SHEETS["customers"] = lambda departure: reverse("communications:handover_sheets", args=[departure])
    BYLINES.update(
        {
            "communications.Answer.answered_by",
            "communications.Communication.author",
            "communications.Communication.deleted_by",
            "communications.CommunicationComment.author",
            "communications.Drop.by",
            "communications.TextTemplate.created_by",
        }
    )
