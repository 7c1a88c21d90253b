"""What does the search of the top bar find in the pools? By public names only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registries import SEARCHES, SearchGroup, SearchHit
from core.templatetags.ui import country_name, day_words

from . import masked

if TYPE_CHECKING:
    from accounts.models import User


def find_pooled(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """Customers in the reader's pools whose names or headers hold the text, the latest first; one statement."""
    rows = masked.found(masked.pooled(user).select_related("pool"), text)
    for customer in rows.order_by("-owned_since", "-pk")[:limit]:
        since = _("in the pool since %(day)s") % {"day": day_words(customer.owned_since)}
        words = " · ".join(filter(None, (country_name(customer.country), str(customer.pool), since)))
        url = reverse("publicpool:record", args=[customer.pk])
        yield SearchHit(customer.name, url, words, "ripple", str(customer.country))


def register() -> None:
    SEARCHES["pool"] = SearchGroup(
        gettext_lazy("Public pool"),
        15,
        find_pooled,
        more=lambda text: f"{reverse('publicpool:list')}?{urlencode({'q': text})}",
    )
