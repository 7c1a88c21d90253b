"""The board: open opportunities of a pipeline as cards under their stages, moved by dragging or by keys."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.fields import DateTimeField
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.ids import id_of
from core.money import Rates, rounded
from core.pages import get_visible_or_404
from core.pages.gate import allow
from core.querysets import RowBeyond
from core.zones import business_day
from customers.models import Customer

from .. import permissions, services, words
from ..figures.reading import open_sums
from ..filters.opportunities import OpportunityFilters
from ..models import Checkpoint, FunnelCell, Move, Opportunity, PassedCheckpoint, Pipeline, Stage
from ..services import errors
from .opportunity_list import OpportunityPageOfMany
from .opportunity_verbs import with_relations

FIRST, MORE = 8, 20
SOON = timedelta(days=3)
# What a card shows; the rest of a row stays where it is.
SHOWN = (
    "title", "amount", "currency", "amount_base", "expected_on", "stage_at", "next_task_at", "next_task_title",
    "outcome", "archived_at", "stage", "customer__name", "customer__country", "owner__name", "stage__stalls_after",
)  # fmt: skip
# Words of the query that belong to the list: a board shows what is open, in its own order.
NOT_HERE = ("outcome", "sort", "cols", "col", "size", "density")


@dataclass
class Column:
    """One stage: what is in it altogether, and the cards of it that are shown."""

    stage: Stage
    count: int = 0
    base: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    # Of these currencies there are amounts that have no rate.
    missing: list[str] = field(default_factory=list)
    cards: list[Any] = field(default_factory=list)
    more_url: str = ""

    @property
    def left(self) -> int:
        """How many the next step loads."""
        return min(MORE, self.count - len(self.cards))


class Board(OpportunityPageOfMany):
    """What all answers about the board share."""

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def pipelines(self) -> list[Pipeline]:
        return list(words.pipelines(in_use=True))

    @cached_property
    def pipeline(self) -> Pipeline | None:
        """The one asked for, else the first in use."""
        asked = self.params.get("pipeline", "")
        return next((one for one in self.pipelines if str(one.pk) == asked), next(iter(self.pipelines), None))

    @cached_property
    def stages(self) -> list[Stage]:
        return list(words.stages(in_use=True).filter(pipeline=self.pipeline))

    @cached_property
    def open_stages(self) -> list[Stage]:
        return [one for one in self.stages if one.is_open]

    def make_filters(self, queryset: QuerySet[Any], whole: bool = False) -> OpportunityFilters:
        params = self.params.copy()
        for word in NOT_HERE:
            params.pop(word, None)
        return OpportunityFilters(
            params,
            queryset,
            user=self.request.user,
            request=self.request,
            custom_fields=self.custom_fields,
            whole=whole,
        )

    @cached_property
    def filters(self) -> OpportunityFilters:
        return self.make_filters(self.get_queryset())

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """Open ones of the pipeline that the query asks for."""
        found = self.filters.qs if self.filters.form.is_valid() else self.filters.queryset
        return found.filter(outcome=Opportunity.Outcome.OPEN, stage__in=[one.pk for one in self.open_stages])

    @cached_property
    def columns(self) -> list[Column]:
        """Every open stage with its count and sums at today's rates; one or two statements and one for the rates."""
        found = {one.pk: Column(one) for one in self.open_stages}
        amounts: dict[int, list[tuple[Decimal, str]]] = defaultdict(list)
        for stage, currency, n, amount in self.sums():
            found[stage].count += n
            if currency and amount is not None:
                amounts[stage].append((amount, currency))
        currencies = {currency for some in amounts.values() for _amount, currency in some}
        self.rates = Rates.load(currencies, on=business_day(self.now))
        for column in found.values():
            total = self.rates.total(amounts[column.stage.pk])
            column.base, column.missing = total.amount, list(total.missing)
            column.weighted = rounded(total.amount * column.stage.probability / 100, self.rates.base)
        return list(found.values())

    def sums(self) -> list[tuple[int, str, int, Decimal | None]]:
        """(stage, currency, how many, amount), from the funnel's cells where nothing narrows the board."""
        user = self.request.user
        asked = {word for word, value in self.filters.data.items() if value} - {"view", "m", "pipeline"}
        level: int | None = None
        if asked == {"whose"} and self.filters.data.get("whose") == "mine":
            level = user.pk
        elif not asked and user.is_admin:
            level = FunnelCell.EVERYBODY
        if level is None or self.pipeline is None:
            return _summed(self.rows)
        found = list(open_sums(self.pipeline, level).filter(stage_id__in=[one.pk for one in self.open_stages]))
        # Everybody's are those of people: what nobody holds stands apart in the cells, and is looked at here.
        return found + (_summed(self.rows.filter(owner=None)) if level == FunnelCell.EVERYBODY else [])

    def cards(self, ids: list[int]) -> list[Any]:
        """The cards of these opportunities in their order; one statement for them and one for the checkpoints."""
        user = self.request.user
        rows = (
            Opportunity.objects.visible_to(user)
            .filter(pk__in=ids)
            .select_related("customer", "owner", "stage")
            .only(*SHOWN)
            .annotate(
                done=Subquery(_counted(PassedCheckpoint.objects.visible_to(user))),
                back_at=Subquery(_present_stay().filter(kind=Move.Kind.BACK).values("at")[:1]),
                sees=Exists(Customer.objects.visible_to(user).filter(pk=OuterRef("customer"))),
                elsewhere=Subquery(_elsewhere()),
            )
        )
        found = {row.pk: self._dressed(row) for row in rows}
        return [found[pk] for pk in ids if pk in found]

    @cached_property
    def checkpoints(self) -> dict[int, int]:
        """How many checkpoints each stage has."""
        rows = Checkpoint.objects.filter(is_active=True, stage__in=self.open_stages)  # unscoped: words of the firm
        return dict(rows.order_by().values_list("stage").annotate(n=Count("pk")))

    def _dressed(self, row: Any) -> Any:
        """What a card says beside the row's own facts."""
        day = business_day(self.now)
        steps = self.checkpoints.get(row.stage_id, 0)
        row.dashes = [place < row.done for place in range(steps)]
        found = self.rates.convert(row.amount, row.currency) if row.amount is not None else None
        row.base = found.amount if found else None
        row.is_base = row.currency == self.rates.base
        row.days = max(0, (self.now - row.stage_at).days)
        row.stalls = row.is_stalled(self.now)
        row.late_days = (day - row.expected_on).days if row.is_past_close(day) else 0
        row.is_soon = row.expected_on is not None and day <= row.expected_on <= day + SOON
        row.step_is_late = bool(row.next_task_at and row.next_task_at <= self.now)
        row.has_step = bool(row.next_task_title)
        row.elsewhere = row.elsewhere if row.sees else None
        return row

    def ids(self, stage: Stage, limit: int, after: tuple[datetime, int] | None = None) -> QuerySet[Any]:
        """Ids of a stage's cards: who came into it last stands on top."""
        rows = self.rows.filter(stage=stage.pk)
        if after:
            place = (F("stage_at"), F("pk"), Value(after[0], DateTimeField()), Value(after[1]))
            rows = rows.filter(RowBeyond(*place, forward=False))
        return rows.order_by("-stage_at", "-pk").values_list("pk", flat=True)[:limit]

    def fill(self) -> None:
        """Put the first cards into every column; two statements whatever the number of columns."""
        parts = [self.ids(column.stage, FIRST) for column in self.columns if column.count]
        ids = list(parts[0].union(*parts[1:], all=True)) if len(parts) > 1 else list(parts[0]) if parts else []
        by_stage: dict[int, list[Any]] = defaultdict(list)
        for card in sorted(self.cards(ids), key=lambda one: (one.stage_at, one.pk), reverse=True):
            by_stage[card.stage_id].append(card)
        for column in self.columns:
            column.cards = by_stage[column.stage.pk]
            column.more_url = self.more_url(column)

    def more_url(self, column: Column, shown: int = 0) -> str:
        """Where the next cards of a column come from, '' where all are shown."""
        shown += len(column.cards)
        if not column.cards or shown >= column.count:
            return ""
        last = column.cards[-1]
        place: dict[str, str | int] = {"after": f"{last.stage_at.isoformat()},{last.pk}", "shown": shown}
        return f"{reverse('opportunities:board_column', args=[column.stage.pk])}?{self.board_query}&{urlencode(place)}"

    @property
    def board_query(self) -> str:
        return f"{self.query_to_keep()}&m=1" if self.query_to_keep() else "m=1"


def _summed(rows: QuerySet[Any]) -> list[tuple[int, str, int, Decimal | None]]:
    return list(rows.order_by().values_list("stage", "currency").annotate(n=Count("pk"), total=Sum("amount")))


def _counted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """How many checkpoints of its present stage are done."""
    mine = rows.filter(
        opportunity=OuterRef("pk"), checkpoint__stage=OuterRef("stage"), checkpoint__is_active=True
    ).order_by()
    return mine.annotate(n=Func(F("pk"), function="count", output_field=IntegerField())).values("n")


def _present_stay() -> QuerySet[Any]:
    return Move.objects.filter(opportunity=OuterRef("pk"), left_at=None)  # unscoped: of a visible opportunity


def _elsewhere() -> QuerySet[Any]:
    """Where another company of the group has an open one: its country and how many there are."""
    others = Opportunity.objects.open().filter(  # unscoped: as domain.md says of groups
        customer__group=OuterRef("customer__group"), customer__archived_at=None
    )
    others = others.exclude(customer=OuterRef("customer")).order_by("-stage_at")
    return others.values(_json=JSONObject(country="customer__country", name="customer__name"))[:1]


class BoardPage(Board):
    """The whole board."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if any(not value for values in request.GET.lists() for value in values[1]):
            return super().get(request)  # sends to the address without its empty words
        if self.pipeline is None:
            raise Http404
        self.fill()
        return render(request, "opportunities/board.html", self.context())

    def context(self) -> dict[str, Any]:
        columns = self.columns
        total = sum((column.base for column in columns), Decimal(0))
        ends = [one for one in self.stages if not one.is_open]
        return {
            "list": self,
            "title": self.title,
            "pipeline": self.pipeline,
            "pipelines": [
                {"name": one.name, "href": self._with({"pipeline": str(one.pk), "stage": "", "reached": ""}),
                 "is_current": one == self.pipeline}
                for one in self.pipelines
            ],
            "columns": columns,
            "ends": ends,
            "count": sum(column.count for column in columns),
            "total": total,
            "weighted": sum((column.weighted for column in columns), Decimal(0)),
            "rates": self.rates,
            "filters": self.filters,
            "chips": self.filters.chips(),
            "quicks": self.quick_chips(),
            "tabs": (tabs := self.tabs()),
            "view": next((tab for tab in tabs if tab.is_current), None),
            "opens_with": self.opens_with,
            "searches": True,
            "query": self.query_to_keep(),
            "clear_query": self._with({}, only=("view", "pipeline")),
            **self.rights(),
        }  # fmt: skip


class ColumnPage(Board):
    """More cards of one column: those behind ``after`` (the moment it came into the stage, and its id)."""

    def get(self, request: HttpRequest, stage_pk: int) -> HttpResponse:  # type: ignore[override]
        stage = words.stages(in_use=True).filter(pk=stage_pk, kind=Stage.Kind.OPEN).first()
        after = _place(request.GET.get("after", ""))
        if stage is None or after is None:
            raise Http404
        self.pipeline = stage.pipeline
        column = next(one for one in self.columns if one.stage.pk == stage.pk)
        column.cards = self.cards(list(self.ids(stage, MORE, after)))
        shown = request.GET.get("shown", "0")
        before = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 10 else 0
        column.more_url = self.more_url(column, before)
        left = min(MORE, max(0, column.count - before - len(column.cards)))
        return render(request, "opportunities/_board_more.html", {"column": column, "left": left, "now": self.now})


def _place(text: str) -> tuple[datetime, int] | None:
    moment, _comma, pk = text.partition(",")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    number = id_of(pk)
    return (found, number) if found.tzinfo and number else None


# What the dialog of a move asks for: the card goes back until it is answered.
ASKS = (errors.CheckpointsOpen, errors.FieldsMissing, errors.ReasonMissing)


@require_POST
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """A card was dropped on the stage ``to``; ``seen`` is the stage from which it was taken.

    200 with the card and the heads of the columns as they are now; 422 where the move asks for something, which its
    dialog does; 409 with a toast where it cannot be.
    """
    opportunity = get_visible_or_404(with_relations(), request.user, pk)
    allow(permissions.can_work_opportunity(request.user, opportunity))
    asked, seen = request.POST.get("to", ""), id_of(request.POST.get("seen"))
    stages = words.stages(in_use=True).filter(pipeline=opportunity.pipeline_id)
    to = next((one for one in stages if str(one.pk) == asked), None)
    if to is None or seen is None:
        raise Http404
    try:
        services.move_opportunity(opportunity=opportunity, to=to, by=request.user, now=timezone.now(), expected=seen)
    except ASKS:
        return HttpResponse(status=422)
    except DomainError as refusal:
        told = json.dumps({"toast": {"text": str(refusal.message)}})
        return HttpResponse(status=refusal.status, headers={"HX-Trigger": told})
    board = Board.of_address(request, f"{request.POST.get('query', '')}&m=1")
    board.pipeline = opportunity.pipeline
    columns = board.columns
    context = {"columns": columns, "cards": board.cards([opportunity.pk]), "now": board.now}
    return render(request, "opportunities/_board_dropped.html", context)
