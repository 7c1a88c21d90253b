"""What do upper apps hang into the customer's page, its timeline and its ledger?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.pages.detail import Tab
from core.registries import Day, Label, TodayLine
from core.urgency import Point

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django_filters import Filter

    from accounts.models import User
    from core.tables import Column, Reading

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


@dataclass(frozen=True)
class Act:
    """A line of the menu on the customer's page, whose form opens in a dialog.

    Whoever ``loses`` the customer by it goes on to where the form leads: the page behind is gone.
    """

    label: Label
    icon: str
    url_name: str
    order: int
    shown_to: Callable[[User, Customer], bool]
    loses: bool = False


@dataclass(frozen=True)
class Panel:
    """A part of the strip on the customer's page; drawn where ``context`` gives something for this reader."""

    template: str
    context: Callable[[Customer, User, datetime], Mapping[str, Any] | None]
    order: int


@dataclass(frozen=True)
class BulkAct:
    """One thing done to the selected customers.

    ``form`` is made with the data and ``user``, its ``values()`` are plain. ``act`` does it to one customer.
    ``done`` hears which were done in the request, at the moment they were given.
    """

    label: Label
    icon: str
    form: Callable[..., Any]
    act: Callable[[Customer, Mapping[str, Any], User, datetime], object]
    done: Callable[[HttpRequest, Sequence[int], datetime], None] | None = None


@dataclass(frozen=True)
class StepAct:
    """The one thing to press beside a suggestion."""

    label: str
    url: str
    icon: str
    in_dialog: bool = True


@dataclass(frozen=True)
class Suggestion:
    """Something worth doing next, and why. All about one record are told as one step.

    The first of ``why`` is said, the others only weigh. ``fact`` names what it rests on with its day or moment: who
    put it off sees it again when another fact comes. About a customer ``customer`` is its id; about anything else
    ``about`` names it ("lead-5") and ``line`` draws it. Without an ``act`` one calls or writes.
    """

    why: Sequence[Point]
    fact: str
    customer: int | None = None
    about: str = ""
    line: TodayLine | None = None
    act: StepAct | None = None

    @property
    def of(self) -> str:
        return self.about or f"customer-{self.customer}"


# What to do next, by source: a few for this person (at most 20), in a fixed number of statements.
SUGGESTIONS: dict[str, Callable[[Day], Iterable[Suggestion]]] = {}
# What else to know about the customers of the shown steps: words by id, in one statement.
HABITS: dict[str, Callable[[Sequence[Customer], datetime], Mapping[int, str]]] = {}
# Which customers of one's own want somebody, by kind: values() with the customer's id as "of", in order and cut off, or
# such rows where they had to be read already. All are read in one statement (customers.own), days as ISO texts.
OWN_ROWS: dict[str, Callable[[Day], Sequence[QuerySet[Any] | list[dict[str, Any]]]]] = {}
TABS: dict[str, Tab] = {}
ACTS: dict[str, Act] = {}
PANELS: dict[str, Panel] = {}
BULK_ACTS: dict[str, BulkAct] = {}
# Of the list: columns (none of them is a default one), filters by their word.
COLUMNS: dict[str, Callable[[Reading], Column]] = {}
FILTERS: dict[str, Callable[[], Filter]] = {}
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


def pooled_pages(ids: Collection[int], user: User) -> dict[int, str]:
    """Addresses of these pooled customers' pages, of those that this reader sees there."""
    return {pk: url for find in POOLED_PAGES.values() for pk, url in find(ids, user).items()}
