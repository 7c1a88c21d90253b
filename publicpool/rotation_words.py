"""In which words is it said what a rotation gives out, when it runs, and why somebody could not take something?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from core.languages import language_name
from core.registries import Label
from core.templatetags.ui import day_words

from .models import Rotation
from .rotation.reading import UNREADABLE, words_of
from .rotation.turns import LEFT
from .rules import codes_of
from .standing import AWAY, CAPACITY, COOL_DOWN, INACTIVE, LET_LIE, LIMIT

# By the windows of limits (publicpool.windows).
AT_THE_LIMIT: dict[str, Label] = {
    "a_day": gettext_lazy("limit reached: %(used)s of %(limit)s a day"),
    "a_week": gettext_lazy("limit reached: %(used)s of %(limit)s a week"),
    "a_month": gettext_lazy("limit reached: %(used)s of %(limit)s a month"),
}


def why_words(why: Mapping[str, Any]) -> str:
    """Why a turn was not taken, as the ledger keeps it (publicpool.standing), in one phrase.

    '' for nothing. What nobody knows, since somebody bent the line, is shown as it stands.
    """
    try:
        words = _why_words(why)
    except UNREADABLE:
        words = ""
    return words or (_("unknown: %(words)s") % {"words": words_of(why)} if why else "")


def _why_words(why: Mapping[str, Any]) -> str:
    word = why.get("why")
    if word == INACTIVE:
        return _("deactivated")
    if word == AWAY:
        return _("away until %(day)s") % {"day": day_words(date.fromisoformat(why["until"]))}
    if word == CAPACITY:
        return _("full: holds %(used)s of %(limit)s") % why
    if word == LIMIT:
        return str(AT_THE_LIMIT[why["window"]]) % why
    if word == COOL_DOWN:
        return _("cool-down until %(day)s") % {"day": day_words(datetime.fromisoformat(why["until"]))}
    if word == LET_LIE:
        return _("let it lie before, line %(line)s") % why
    return _("left the rotation") if word == LEFT["why"] else ""


def conditions(rotation: Rotation) -> list[tuple[str, str]]:
    """(condition, chosen words) of what it gives out; none for everything that waits."""
    found = [
        (_("Country"), [countries.name(code) or code for code in codes_of(rotation.countries)]),
        (_("Language"), [language_name(code) for code in rotation.languages]),
        (_("Source"), [str(one) for one in rotation.sources.all()]),
        (_("Team"), [str(one) for one in rotation.teams.all()] if rotation.is_of_leads else []),
    ]
    return [(label, _(", ").join(words)) for label, words in found if words]


def schedule(rotation: Rotation) -> str:
    """When it runs, in one phrase."""
    if rotation.runs == Rotation.Runs.DAILY:
        return _("on working days at %(hour)s") % {"hour": time_format(rotation.runs_at, "H:i")}
    return str(rotation.get_runs_display())
