"""What does the search of the top bar find among opportunities?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.registries import SEARCHES, SearchGroup, SearchHit
from core.search import nearest
from core.templatetags.ui import money
from core.text import search_query

from .models import Opportunity

if TYPE_CHECKING:
    from accounts.models import User


def find_opportunities(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """Opportunities whose name, product, competitors or customer hold the text; the open ones of one's own first."""
    if not search_query(text):
        return
    visible = Opportunity.objects.visible_to(user).defer("search_text", "details")
    rows = visible.select_related("customer", "stage").defer("customer__search_text", "customer__search_public")
    mine = Q(owner=user, outcome=Opportunity.Outcome.OPEN)
    for deal in nearest(rows, text, mine, ("-created_at", "-pk"), limit):
        worth = money(deal.amount, deal.currency) if deal.amount is not None else ""
        words = " · ".join(filter(None, (deal.customer.name if deal.customer else "", deal.stage.name, worth)))
        country = str(deal.customer.country) if deal.customer else ""
        yield SearchHit(deal.title, deal.get_absolute_url(), words, "layout-kanban", country)


def register() -> None:
    """Add this floor's group to the search."""
    SEARCHES["opportunities"] = SearchGroup(
        _("Opportunities"),
        25,
        find_opportunities,
        more=lambda text: f"{reverse('opportunities:list')}?{urlencode({'q': text, 'm': 1})}",
    )
