"""Which colleagues does the search of the top bar find? For administrators, who work on their pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.registries import SEARCHES, SearchGroup, SearchHit
from core.search import Document, nearness, whole_word
from core.text import search_query

from .models import User
from .permissions import can_see_people

if TYPE_CHECKING:
    from .models import User as Person


def find_people(user: Person, text: str, limit: int) -> Iterable[SearchHit]:
    """Colleagues by name, user name or e-mail; a firm's people are few enough to be read. One query."""
    terms, whole = search_query(text), whole_word(text)
    if not terms or not can_see_people(user):
        return
    found: list[tuple[int, int, Person]] = []
    for person in User.objects.visible_to(user).select_related("team").order_by("name", "pk"):
        document = Document.of([person.name, person.username], [person.email])
        if document.fits(terms):
            found.append((nearness(document.text, whole), len(found), person))
    for _near, _place, person in sorted(found, key=lambda one: one[:2])[:limit]:
        words = " · ".join(filter(None, (str(person.team or ""), person.email)))
        yield SearchHit(person.name, person.get_absolute_url(), words, "user-circle")


def register() -> None:
    """Add this floor's group to the search."""
    SEARCHES["people"] = SearchGroup(_("People"), 50, find_people)
