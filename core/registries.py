"""What do upper apps hang into the pages and jobs of the ground floor?

Each registry is a plain dictionary that the lowest app iterating it owns; an upper app adds
its line in ``AppConfig.ready()``. A line may never import upward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from .urgency import Level, Point, level, total

if TYPE_CHECKING:
    from accounts.models import User

    from .models import Job

Label: TypeAlias = str | Promise
T = TypeVar("T")


@dataclass(frozen=True)
class NavItem:
    """One line of the sidebar. ``order`` places it, ``section`` '' is the unnamed first one."""

    label: Label
    url_name: str
    icon: str
    order: int
    section: Label = ""
    # How many: a queryset that the shell counts, bounded, with all others in one statement.
    count: Callable[[User], QuerySet[Any]] | None = None
    shown_to: Callable[[User], bool] = lambda user: True
    on_phone: bool = False
    # URL namespaces and names under which the item is lit, and names within them that have an item of their own.
    lights: tuple[str, ...] = ()
    lights_not: tuple[str, ...] = ()


@dataclass(frozen=True)
class CreateItem:
    """One line of the “New” menu."""

    label: Label
    url_name: str
    icon: str
    order: int
    shown_to: Callable[[User], bool] = lambda user: True
    # The letter that opens it from any page, where the page has no act of its own under that letter.
    key: str = ""


@dataclass(frozen=True)
class TodayLine:
    """One thing that wants somebody today. ``why``: what makes it urgent; the sum orders the queue."""

    title: str
    url: str
    why: tuple[Point, ...] = ()
    text: str = ""
    icon: str = "circle"
    country: str = ""
    zone: str = ""
    # The town whose clock it is.
    place: str = ""
    due_at: datetime | None = None
    due_label: Label = ""
    tone: str = ""
    act_label: Label = ""
    act_url: str = ""
    act_icon: str = ""
    act_in_dialog: bool = False

    @property
    def points(self) -> int:
        return total(self.why)

    @property
    def level(self) -> Level:
        return level(self.points)


@dataclass(frozen=True)
class Day:
    """One reader's day while it is read, at one moment (aware)."""

    user: User
    now: datetime
    _read: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, read: Callable[[Day], T]) -> T:
        """What several sections need, read for the first of them that asks."""
        if read not in self._read:
            self._read[read] = read(self)
        return self._read[read]


@dataclass(frozen=True)
class TodaySection:
    """A group of lines of the Today page.

    ``most`` are shown, by urgency; a section that gives one more says that there are more.
    """

    label: Label
    order: int
    lines: Callable[[Day], Sequence[TodayLine]]
    # The page to read them all, where there are more than fit.
    url_name: str = ""
    url_query: str = ""
    most: int = 10
    in_aside: bool = False


@dataclass(frozen=True)
class TodayPart:
    """A card at the head of the Today page: its ``template`` gets what ``context`` reads as ``part``."""

    template: str
    context: Callable[[Day], Mapping[str, Any]]
    order: int


@dataclass(frozen=True)
class SearchHit:
    """One hit of the global search. ``found`` is what held the text, where the title does not."""

    title: str
    url: str
    text: str = ""
    icon: str = "search"
    country: str = ""
    found: str = ""


class Search(Protocol):
    """Finds at most ``limit`` rows that ``user`` may see."""

    def __call__(self, user: User, text: str, limit: int) -> Iterable[SearchHit]: ...


@dataclass(frozen=True)
class SearchGroup:
    label: Label
    order: int
    find: Search
    # The address of all that was found, where a list shows it; gets the text.
    more: Callable[[str], str] | None = None


@dataclass(frozen=True)
class SearchOffer:
    """What to do where nothing was found; ``url`` gets the text."""

    label: Label
    icon: str
    order: int
    url: Callable[[str], str]
    shown_to: Callable[[User], bool] = lambda user: True


@dataclass(frozen=True)
class Invariant:
    """SQL that returns the rows which break a promise; none is right."""

    says: str
    sql: str


@dataclass(frozen=True)
class Rollup:
    """Sums that an app keeps beside the facts which it writes, made anew part by part (core.rollups).

    A part is a bigint[], such as {author, 202611}. All the others are SQL: ``parts`` selects the parts that the facts
    have now, as ``part``; ``made`` selects ``columns`` of the cells of the parts that stand in ``asked (part)``, and
    of no others; ``of`` says which ``cell`` of ``table`` belongs to ``asked.part``.
    """

    says: str
    table: str
    columns: tuple[str, ...]
    parts: str
    made: str
    of: str


@dataclass
class JobKind:
    """A kind of background work: how it is named, what does it."""

    label: Label
    run: Callable[[Job, Any], None]
    # Where its result is looked at; gets the job.
    url: Callable[[Job], str] | None = None
    extra: dict[str, Any] = field(default_factory=dict)


NAV: dict[str, NavItem] = {}
# Further counts of the shell, such as unread notices, by name.
SHELL_COUNTS: dict[str, Callable[[User], QuerySet[Any]]] = {}
CREATE: dict[str, CreateItem] = {}
TODAY: dict[str, TodaySection] = {}
TODAY_PARTS: dict[str, TodayPart] = {}
SEARCHES: dict[str, SearchGroup] = {}
OFFERS: dict[str, SearchOffer] = {}
IMPORT_TARGETS: dict[str, Any] = {}
EXPORTS: dict[str, Any] = {}
INVARIANTS: dict[str, Invariant] = {}
ROLLUPS: dict[str, Rollup] = {}
# Steps of the demo firm in order: key → (order, function(world, now)).
DEMO: dict[str, tuple[int, Callable[..., None]]] = {}
JOBS: dict[str, JobKind] = {}


def lit(item: NavItem, request: HttpRequest) -> bool:
    """Is the reader within this item's part of the house?

    A page that shows things of several parts says as which one it counts: ``request.lit_as``.
    """
    match = request.resolver_match
    if match is None:
        return False
    names = {item.url_name, *item.lights}
    name = getattr(request, "lit_as", match.view_name)
    if name in item.lights_not:
        return False
    return name in names or any(space in names for space in match.namespaces)
