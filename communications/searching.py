"""What does the search of the top bar find among everything said?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.registries import SEARCHES, SearchGroup, SearchHit
from core.search import matching
from core.text import search_query

from .channels import channel_of
from .excerpts import beginning, excerpt
from .models import Communication
from .tables import said_texts

if TYPE_CHECKING:
    from accounts.models import User


def find_said(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """The newest exchanges that hold the text, with the piece that does."""
    terms = search_query(text)
    if not terms:
        return
    rows = (
        matching(Communication.objects.visible_to(user), text)
        .select_related("customer", "lead")
        .defer("search_text", "lead__message", "lead__search_text")
    )
    for said in rows.order_by("-happened_at", "-pk")[:limit]:
        topic = said.subject or beginning([said.body, said.feedback])[:80] or str(channel_of(said.channel).label)
        day = date_format(localtime(said.happened_at), "DATE_FORMAT")
        yield SearchHit(
            topic,
            said.get_absolute_url(),
            f"{said.party.name} · {day}",
            channel_of(said.channel).icon,
            str(said.party.country),
            excerpt(said_texts(said)[1:], terms),
        )


def register() -> None:
    SEARCHES["communications"] = SearchGroup(
        _("Communications"),
        50,
        find_said,
        more=lambda text: f"{reverse('communications:list')}?{urlencode({'q': text})}",
    )
