"""What does the search of the top bar find among leads?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.registries import SEARCHES, SearchGroup, SearchHit
from core.search import nearest

from .models import Lead

if TYPE_CHECKING:
    from accounts.models import User

NEWEST = ("-created_at", "-pk")


def find_leads(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """Leads whose names, addresses, numbers, products or inquiries hold the text."""
    rows = Lead.objects.visible_to(user).brief().select_related("owner")
    for lead in nearest(rows, text, Q(owner=user), NEWEST, limit):
        name = lead.company or lead.person or lead.email or lead.phone or lead.subject or lead.said[:80]
        words = " · ".join(
            filter(None, (lead.product or lead.subject, str(lead.get_state_display()), str(lead.owner or "")))
        )
        yield SearchHit(name, lead.get_absolute_url(), words, "target-arrow", str(lead.country))


def register() -> None:
    """Add this floor's groups to SEARCHES."""
    SEARCHES["leads"] = SearchGroup(
        _("Leads"),
        22,
        find_leads,
        more=lambda text: f"{reverse('opportunities:leads')}?{urlencode({'m': 1, 'q': text})}",
    )
