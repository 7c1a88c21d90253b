"""To whom may this person give a new customer: which people, which pools?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.text import squash

from .models import Pool

Holder = TypeVar("Holder", bound=User | Pool)


def possible_owners(user: User) -> QuerySet[User]:
    """Whom this person may make owner: oneself, a manager the managed teams, an admin everybody at work."""
    active = User.objects.active()
    if user.is_admin or user.is_manager:
        return (active.reporting_to(user) | active.filter(pk=user.pk)).distinct()
    return active.filter(pk=user.pk)


def possible_holders(user: User) -> list[User | Pool]:
    """Who may have what this person enters: people, and pools that one may fill."""
    return [*possible_owners(user), *Pool.objects.fillable_by(user)]


def by_word(holders: Sequence[Holder]) -> dict[str, Holder]:
    """People by user name, e-mail and name, pools by their names; a word that two share names nobody."""
    found: dict[str, Holder | None] = {}
    for one in holders:
        words = (one.name_en, one.name_zh) if isinstance(one, Pool) else (one.username, one.email, one.name)
        for word in {squash(word) for word in words}:
            found[word] = None if word in found else one
    return {word: one for word, one in found.items() if word and one}


def kind_of(holder: User | Pool) -> str:
    """The word under which forms and imports keep its id."""
    return "pool" if isinstance(holder, Pool) else "owner"


def choices_of(user: User) -> list[tuple[str, str]]:
    """For a form: oneself first, then people, then pools as “owner:5” and “pool:3”."""
    others = (one for one in possible_holders(user) if one != user)
    named = {"pool": _("Public pool: %(name)s"), "owner": "%(name)s"}
    return [("", str(user))] + [(f"{kind_of(one)}:{one.pk}", named[kind_of(one)] % {"name": one}) for one in others]


def chosen(user: User, word: str) -> dict[str, User | Pool]:
    """What ``create_customer`` takes of a choice: the owner or the pool, nothing for oneself."""
    found = {f"{kind_of(one)}:{one.pk}": one for one in possible_holders(user)}.get(word)
    return {kind_of(found): found} if found else {}
