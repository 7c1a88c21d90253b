"""What can be imported? A target names its fields, reads a line, judges it against what is there, and writes.

Upper apps register targets in ``core.registries.IMPORT_TARGETS``. The engine knows files, lines,
batches and jobs; a target knows its records. Everything a target is asked in bulk is asked for a
whole batch, so that it can answer in a fixed number of queries.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django import forms

from ..registries import Label

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User

    from ..models import ImportRow, ImportRun


@dataclass(frozen=True)
class Field:
    """Something a column can be mapped to."""

    key: str
    label: Label
    # Under which heading the choice shows it.
    group: Label
    # Headers by which it is known, in any language; compared folded.
    words: tuple[str, ...] = ()
    # May several columns feed it?
    is_many: bool = False
    is_date: bool = False
    is_number: bool = False
    is_required: bool = False
    # Text that several columns may make together, such as a name; parts are headers of such columns.
    is_joined: bool = False
    parts: tuple[str, ...] = ()
    # May a person decide that the file overwrites what stands?
    is_replaceable: bool = False
    # Does the content of a column without a telling header look like it? Gets its samples.
    looks: Callable[[Sequence[str]], bool] | None = None


@dataclass(frozen=True)
class Choices:
    """The words of a field that takes only known ones, and whether a text is understood already."""

    words: Sequence[str]
    knows: Callable[[str], Any]


class Value(NamedTuple):
    """One cell on its way to a field; ``column`` counts from 0, None for what holds for all lines.

    How the whole column writes dates (the order of day, month, year) and fractions goes with it.
    """

    text: str
    column: int | None
    dates: str = ""
    decimal: str = ""


@dataclass
class Reason:
    """Why a row is judged as it is: a code with ids and the file's own values, worded by ``Target.say``."""

    code: str
    column: int | None = None
    value: str = ""
    # Ids, field keys, line numbers; never names of records that the importer may not see.
    about: dict[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        kept: dict[str, Any] = {"code": self.code}
        if self.column is not None:
            kept["column"] = self.column
        if self.value:
            kept["value"] = self.value[:200]
        return kept | ({"about": self.about} if self.about else {})


@dataclass
class Entry:
    """One line while it is read, judged and written."""

    line: int
    record: Any = None
    # kind|value strings by which lines of one record find each other: how later lines find this one, and
    # how it looks for earlier ones, strongest first.
    keys: list[str] = field(default_factory=list)
    seeks: list[str] = field(default_factory=list)
    title: str = ""
    subtitle: str = ""
    country: str = ""
    # What keeps the line out, and what the person should know.
    errors: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    # The person wants it although something warned.
    is_forced: bool = False
    # Filled by the judgement.
    verdict: str = ""
    reasons: list[Reason] = field(default_factory=list)
    is_open: bool = False
    target_id: int | None = None
    outcome: str = ""
    # What writing changed in a record that stood, as plain JSON.
    before: dict[str, Any] = field(default_factory=dict)


@dataclass
class Group:
    """The lines of one record in order; the first leads."""

    entries: list[Entry]

    @property
    def leader(self) -> Entry:
        return self.entries[0]


class Work(ABC):
    """A target during one run: what it looked up once, for the person on whose behalf it works."""

    @abstractmethod
    def read(self, line: int, values: Mapping[str, Sequence[Value]]) -> Entry:
        """Make a record of one line's values by field key; what cannot be understood goes to errors or notes."""

    @abstractmethod
    def judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> None:
        """Set verdict and reasons of the entries whose line is in ``fresh``; the others only give their group's
        earlier lines. A number of queries that does not grow with the groups."""

    # Does ``warn`` say anything?
    warns: ClassVar[bool] = False

    def warn(self, groups: Sequence[Group]) -> Sequence[Reason | None]:
        """For each group of which something is new, what speaks against creating it, None where nothing does.

        The dry run asks behind all judgements; a person may create such a record all the same.
        """
        return [None for _group in groups]

    @abstractmethod
    def write(self, groups: Sequence[Group]) -> None:
        """Judge again under locks, write what stands, set ``outcome`` and ``target_id``; runs in a transaction."""


class Undoing(ABC):
    """Taking back what one run wrote, on behalf of one person."""

    @abstractmethod
    def undo(self, rows: Sequence[ImportRow], *, is_trial: bool) -> None:
        """Set ``undone`` and ``left`` of written rows, latest lines first, after taking back what nobody touched since.

        A trial judges alike and changes nothing. Twice is harmless. A number of queries that does not grow with rows.
        """


class Target(ABC):
    """One kind of record that files can bring."""

    key: ClassVar[str]
    label: ClassVar[Label]
    # Among the others.
    order: ClassVar[int] = 10
    # What the table of rows calls an entry's title and subtitle.
    title_label: ClassVar[Label]
    subtitle_label: ClassVar[Label]
    # What undoing does, in sentences.
    undo_words: ClassVar[Sequence[Label]]

    @abstractmethod
    def may(self, user: User) -> bool:
        """May this person import such records at all?"""

    def guard(self, request: HttpRequest) -> None:  # noqa: B027  most ask no more
        """Ask more of whoever starts the writing, by raising; nothing by default."""

    @abstractmethod
    def fields(self, user: User) -> list[Field]:
        """What columns can be mapped to, in the order of the choice."""

    def choices(self, user: User) -> Callable[[str], Choices | None]:
        """By field key the words it takes; None where it takes any."""
        return lambda key: None

    # Records that an admin may give new fields while importing: "app.model" → (its name, prefix of the field keys).
    own_fields: ClassVar[Mapping[str, tuple[Label, str]]] = {}

    def options_form(self, user: User, data: Any = None, initial: Mapping[str, Any] | None = None) -> forms.Form | None:
        """What holds for all rows; its cleaned data must be plain JSON."""
        return None

    @abstractmethod
    def begin(self, run: ImportRun, now: datetime) -> Work:
        """Look up once what every line needs."""

    @abstractmethod
    def begin_undo(self, run: ImportRun, by: User, now: datetime) -> Undoing:
        """Make ready to take a written run back."""

    @abstractmethod
    def say(self, rows: Sequence[ImportRow], run: ImportRun, user: User) -> Mapping[int, list[Any]]:
        """The reasons of these rows by row id, why something stays among them, in words that ``user`` may read.

        A fixed number of queries.
        """

    @abstractmethod
    def urls(self, rows: Sequence[ImportRow], user: User) -> Mapping[int, str]:
        """The pages of the rows' records by row id, of those that ``user`` may see. One query."""

    @abstractmethod
    def imported_url(self, run: ImportRun) -> str:
        """The list in which the records that a run made are looked at."""
