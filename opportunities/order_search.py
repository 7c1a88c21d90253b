"""What does the search of the top bar find among orders?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.registries import SEARCHES, SearchGroup, SearchHit
from core.search import nearest
from core.templatetags.ui import day_words, money
from core.text import search_query

from .models import Order

if TYPE_CHECKING:
    from accounts.models import User


def find(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """Orders whose number, customer or products hold the text."""
    if not search_query(text):
        return
    rows = Order.objects.visible_to(user).select_related("customer").defer("search_text", "remarks")
    for order in nearest(rows, text, Q(seller=user), ("-ordered_on", "-pk"), limit):
        words = " · ".join((order.customer.name, money(order.amount, order.currency), str(day_words(order.ordered_on))))
        yield SearchHit(order.number, order.get_absolute_url(), words, "receipt", str(order.customer.country))


def register() -> None:
    SEARCHES["orders"] = SearchGroup(
        _("Orders"), 27, find, more=lambda text: f"{reverse('opportunities:orders')}?{urlencode({'q': text})}"
    )
