"""How is it said that a deputy is away as well?"""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.pages.told import say
from core.templatetags.ui import day_words

from ..models import User
from ..services import is_deputy_away


def say_deputy_is_away(
    request: HttpRequest, *, deputy: User | None, away_from: date | None, away_to: date | None
) -> None:
    """On the next page, where their days overlap."""
    if deputy is None or away_from is None or away_to is None or not is_deputy_away(deputy, away_from, away_to):
        return
    assert deputy.away_from is not None  # is_deputy_away
    assert deputy.away_to is not None
    words = _("%(name)s, who stands in, is away too, %(first)s – %(last)s: then the manager gets the reminders.")
    numbers = {"name": deputy.name, "first": day_words(deputy.away_from), "last": day_words(deputy.away_to)}
    say(request, words % numbers)
