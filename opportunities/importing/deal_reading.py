"""What does one line of a file say about a deal, and what in it cannot be understood?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.currencies import currency_of
from core.importing.targets import Entry, Reason, Value
from core.models import CustomField
from core.text import squash
from customers.importing.reading import Words
from customers.models import Source

from ..models import LostReason, Pipeline, Stage
from ..words import opportunity_fields
from .cells import Cells
from .naming import Named
from .own_fields import read_own

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Deal:
    """What a line says; ``stage`` is None only where the line is in error."""

    title: str = ""
    external_id: str = ""
    named: Named = field(default_factory=Named)
    owner: User | None = None
    product: str = ""
    stage: Stage | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    expected_on: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    source: int | None = None
    competitors: str = ""
    lost_reason: LostReason | None = None
    lost_to: str = ""
    details: str = ""
    custom: dict[str, Any] = field(default_factory=dict)

    @property
    def likeness(self) -> tuple[Any, ...]:
        """By which a deal without an id is known again."""
        return self.title, self.opened_on, self.closed_on, self.amount, self.stage.pk if self.stage else None


class DealReader:
    """Reads lines on behalf of one person; what it needs of the firm's own words is looked up once."""

    def __init__(self, *, owner: User | None, owners: Mapping[str, User], options: Mapping[str, Any], today: date):
        self.owner, self.owners, self.options, self.today = owner, owners, options, today

    @cached_property
    def pipeline(self) -> Pipeline | None:
        rows = Pipeline.objects.filter(is_active=True)
        return rows.filter(pk=self.options.get("pipeline", 0)).first() or rows.first()

    @cached_property
    def stages(self) -> dict[str, Stage]:
        """By every word that names one of the pipeline's stages, folded."""
        return words_of(Stage.objects.filter(pipeline=self.pipeline, is_active=True))

    @cached_property
    def first_stage(self) -> Stage:
        """Where a deal of which only the end is told began."""
        return min((one for one in self.stages.values() if one.is_open), key=lambda one: (one.position, one.pk))

    @cached_property
    def sources(self) -> Words:
        return Words.of(list(Source.objects.filter(is_active=True)))

    @cached_property
    def custom(self) -> list[CustomField]:
        return opportunity_fields()

    @cached_property
    def reasons(self) -> dict[str, LostReason]:
        return words_of(LostReason.objects.filter(is_active=True))

    @cached_property
    def any_reason(self) -> LostReason | None:
        """For lost deals of which the file tells no reason."""
        rows = LostReason.objects.filter(is_active=True)
        return rows.filter(pk=self.options.get("lost_reason", 0)).first() or rows.filter(key="other").first()

    def read(self, line: int, values: Mapping[str, Sequence[Value]]) -> Entry:
        """Make an entry with a Deal; never raises for what a file says."""
        cells = Cells(line, values)
        deal = Deal(
            external_id=cells.text("external_id", 80),
            named=Named(cells.text("customer_id", 80), cells.text("customer", 300)),
            owner=cells.known("owner", lambda text: self.owners.get(squash(text)), "owner") or self.owner,
            product=cells.text("product", 300),
            stage=cells.known("stage", lambda text: self.stages.get(squash(text)), "stage"),
            opened_on=cells.day("opened_on"),
            closed_on=cells.day("closed_on"),
            expected_on=cells.day("expected_on"),
            competitors=cells.text("competitors", 300),
            lost_to=cells.text("lost_to", 200),
            details=cells.long_text("details", 10_000),
            custom=read_own(cells, self.custom),
        )
        currency = cells.known("currency", currency_of, "currency") or self.options.get("currency", "")
        deal.amount, deal.currency = cells.money("amount", currency)
        if deal.amount is not None and not deal.currency:
            cells.wrong("no_currency")
        if (value := cells.one("source")) is not None:
            row = self.sources.get(value.text)
            deal.source = row.pk if row else None
            if row is None:
                cells.entry.notes.append(Reason("left_out", value.column, value.text))
        self._close(deal, cells)
        deal.title = cells.text("title", 200) or _made_title(deal)
        if not deal.title:
            cells.wrong("untitled")
        if cells.one("stage") is None:
            cells.wrong("empty", field="stage")
        return _entry(deal, cells.entry)

    def _close(self, deal: Deal, cells: Cells) -> None:
        """Days and reason by how the deal ended."""
        if deal.stage is None:
            return
        if deal.stage.is_open:
            if deal.closed_on is not None:  # what other programs call the closing day of an open deal
                deal.expected_on = deal.expected_on or deal.closed_on
                deal.closed_on = None
        elif deal.stage.kind == Stage.Kind.LOST:
            given = cells.known("lost_reason", lambda text: self.reasons.get(squash(text)), "lost_reason")
            deal.lost_reason = given or self.any_reason
        for key, day in (("opened_on", deal.opened_on), ("closed_on", deal.closed_on)):
            if day is not None and day > self.today:
                cells.wrong("future", cells.one(key))
        if deal.opened_on and deal.closed_on and deal.closed_on < deal.opened_on:
            cells.wrong("before_begin", cells.one("closed_on"))
        if deal.opened_on is None:
            cells.entry.notes.append(Reason("no_begin"))
        if deal.stage.kind != Stage.Kind.OPEN and deal.closed_on is None:
            cells.entry.notes.append(Reason("no_end"))


def words_of(rows: Any) -> dict[str, Any]:
    """Rows of a firm's own words by key and both names, folded; of two that share one the first."""
    found: dict[str, Any] = {}
    for row in rows:
        for word in (row.key, row.name_en, row.name_zh):
            if word:
                found.setdefault(squash(word), row)
    return found


def _made_title(deal: Deal) -> str:
    return " · ".join(filter(None, (deal.product, deal.named.shown)))[:200] or deal.external_id


def _entry(deal: Deal, entry: Entry) -> Entry:
    entry.record, entry.title, entry.subtitle = deal, deal.title[:300], deal.named.shown[:200]
    entry.keys = entry.seeks = [f"id|{deal.external_id}"] if deal.external_id else []
    return entry
