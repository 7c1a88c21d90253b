"""What do upper apps hang into the customer's page, its timeline and its ledger?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.pages.detail import Tab
from core.registries import Label

if TYPE_CHECKING:
    from accounts.models import User

    from .models import Customer, Event


@dataclass(frozen=True)
class Line:
    """The words of one event on the timeline, made from the present state by whoever reads."""

    title: Label
    body: str = ""
    url: str = ""
    tone: str = ""
    # A template part drawn instead of ``body``, with ``context``.
    template: str = ""
    context: Mapping[str, object] | None = None


@dataclass(frozen=True)
class EventLine:
    """How events of one kind are drawn: all of a page at once, so that the number of queries is fixed.

    ``draw`` gives lines by event id; an event left out is not for this reader.
    """

    icon: str
    draw: Callable[[Sequence[Event], User], Mapping[int, Line]]
    family: str = "system"


@dataclass(frozen=True)
class Consumer:
    """What wants to hear of events: ``handle`` is idempotent per event and reads the state of the moment it gets."""

    kinds: frozenset[str]
    handle: Callable[[Event, datetime], None]
    # Of those who hear of one event the lower hears first.
    order: int = 10


@dataclass(frozen=True)
class HitLine:
    """What a hit of the conflict check may say of a record of a floor above to one reader.

    To a stranger only name, owner and state; ``url`` is filled where the reader sees the record.
    """

    what: Label
    name: str
    owner: str
    state: Label
    url: str = ""
    country: str = ""


TABS: dict[str, Tab] = {}
# By label of what has identity keys ("opportunities.lead"): the lines of these ids for this reader, in few statements.
HITS: dict[str, Callable[[Collection[int], User], Mapping[int, HitLine]]] = {}
# Where a floor above shows customers that nobody holds: addresses by id, of those that this reader sees there.
POOLED_PAGES: dict[str, Callable[[Collection[int], User], Mapping[int, str]]] = {}
EVENT_LINES: dict[str, EventLine] = {}
CONSUMERS: dict[str, Consumer] = {}
# Does something of a floor above need this person to see this customer? Then they stay collaborator.
BONDS: dict[str, Callable[[Customer, User], bool]] = {}
# Why a rule changed a status, for the timeline: by the rule's name.
RULE_WORDS: dict[str, Label] = {}
# What floors above make anew on the customers' rows: functions of ids.
FACTS: dict[str, Callable[[Sequence[int]], None]] = {}
# What floors above make anew as a whole, once the rows are right.
REMADE: dict[str, Callable[[], object]] = {}
