"""What can be in the file of an export? The list as shown, or what its app adds: all fields, business cards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ..pages.listing import ListPage
from ..registries import Label

if TYPE_CHECKING:
    from accounts.models import User


class Content(ABC):
    """One way to write the rows of a list; made anew for each export, in the reader's language."""

    key: ClassVar[str]
    label: ClassVar[Label]
    # What the page says about it.
    says: ClassVar[Label] = ""
    # Keys of files.FORMATS, the recommended one first.
    formats: ClassVar[tuple[str, ...]] = ("xlsx", "csv")

    def __init__(self, page: ListPage) -> None:
        self.page = page
        self.user: User = page.request.user  # type: ignore[assignment]

    @abstractmethod
    def columns(self) -> dict[str, str]:
        """Headers by key, in their order."""

    @abstractmethod
    def lines(self, rows: QuerySet[Any], ids: Sequence[int]) -> Iterator[list[Any]]:
        """The lines of a batch: of ``rows``, all of them visible, in the order of ``ids``."""


class Shown(Content):
    """The columns of the list, in their order."""

    key = "shown"
    label = _("As the list shows it")
    says = _("The same rows in the same order, with these columns:")

    def __init__(self, page: ListPage) -> None:
        super().__init__(page)
        self.table = page.make_table([key for key in page.chosen_columns() if key] or None)

    def columns(self) -> dict[str, str]:
        return {column.key: str(column.header) for column in self.table.shown}

    def lines(self, rows: QuerySet[Any], ids: Sequence[int]) -> Iterator[list[Any]]:
        found = {row.pk: row for row in self.table.prepare(rows)}
        self.table.load(list(found.values()))
        for pk in ids:
            if row := found.get(pk):
                yield [column.export(row, self.table.reading) for column in self.table.shown]
