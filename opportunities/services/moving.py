"""How does a deal go forward, back, to won or lost, and come back?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from core.zones import business_day
from customers import ledger
from customers.services.locking import require

from .. import permissions
from ..facts import write_open_opportunities
from ..models import Checkpoint, LostReason, Move, Opportunity, PassedCheckpoint, Stage
from ..requirements import missing
from ..rollup import kept
from . import errors
from .opportunities import lock_opportunity, set_base
from .winning import note_deals

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def move_opportunity(
    *,
    opportunity: Opportunity,
    to: Stage,
    by: User,
    now: datetime,
    reason: str = "",
    passed: Collection[int] = (),
    expected: int | None = None,
) -> Opportunity:
    """Move an open deal to another open stage of its pipeline; ``passed`` are checkpoints done by the way.

    Forward asks for the checkpoints of the stages it leaves behind, or a reason, and for what the stages on the way
    require; back asks for a reason. ``expected`` is the id of the stage in which the person saw it.
    Raises MovedMeanwhile, SameStage, StrangeStage, OpportunityIsClosed, CheckpointsOpen, FieldsMissing,
    ReasonMissing, NotAllowed.
    """
    deal = _locked(opportunity, by, expected)
    if not deal.is_open:
        raise errors.OpportunityIsClosed
    _check_stage(deal, to, Stage.Kind.OPEN)
    if to.pk == deal.stage_id:
        raise errors.SameStage
    pass_checkpoints(deal, passed, by, now)
    is_forward = (to.position, to.pk) > (deal.stage.position, deal.stage.pk)
    skipped: list[int] = []
    if is_forward:
        skipped = _require_forward(deal, to, reason)
    elif not reason.strip():
        raise errors.ReasonMissing(field="reason")
    kind = Move.Kind.FORWARD if is_forward else Move.Kind.BACK
    _enter(deal, to, kind, by=by, now=now, reason=reason, skipped=skipped)
    _note(deal, "opportunity.moved", by, now)
    return deal


@transaction.atomic
def win_opportunity(
    *,
    opportunity: Opportunity,
    by: User,
    now: datetime,
    closed_on: date | None = None,
    reason: str = "",
    passed: Collection[int] = (),
    expected: int | None = None,
) -> Opportunity:
    """Win a deal, on a day that is not ahead (today unless said); its customer becomes a won or retained one.

    Asks for what a move forward asks for. Raises as ``move_opportunity``, and DateInTheFuture, DateBeforeBegin.
    """
    deal = _locked(opportunity, by, expected)
    if not deal.is_open:
        raise errors.OpportunityIsClosed
    to = _end(deal, Stage.Kind.WON)
    pass_checkpoints(deal, passed, by, now)
    skipped = _require_forward(deal, to, reason)
    _close(deal, to, Move.Kind.WON, by=by, now=now, closed_on=closed_on, reason=reason, skipped=skipped)
    _note(deal, "opportunity.won", by, now)
    if deal.customer is not None and not deal.customer.is_archived:
        note_deals([deal.customer], by=by, now=now)
    return deal


@transaction.atomic
def lose_opportunity(
    *,
    opportunity: Opportunity,
    reason: LostReason,
    by: User,
    now: datetime,
    lost_to: str = "",
    words: str = "",
    closed_on: date | None = None,
    expected: int | None = None,
) -> Opportunity:
    """Lose a deal for a reason of the firm's list. Raises as ``win_opportunity``, and ReasonMissing, WinnerMissing."""
    deal = _locked(opportunity, by, expected)
    if not deal.is_open:
        raise errors.OpportunityIsClosed
    if reason.asks_who and not lost_to.strip():
        raise errors.WinnerMissing(field="lost_to")
    if reason.asks_why and not words.strip():
        raise errors.ReasonMissing(field="words")
    to = _end(deal, Stage.Kind.LOST)
    deal.lost_reason, deal.lost_to = reason, lost_to.strip()
    _close(deal, to, Move.Kind.LOST, by=by, now=now, closed_on=closed_on, reason=words)
    _note(deal, "opportunity.lost", by, now, reason=reason.pk)
    return deal


@transaction.atomic
def reopen_opportunity(
    *, opportunity: Opportunity, to: Stage, reason: str, by: User, now: datetime, expected: int | None = None
) -> Opportunity:
    """Take a won or lost deal up again in an open stage, with a reason. The customer's status stays.

    Raises OpportunityIsOpen, StrangeStage, ReasonMissing, MovedMeanwhile, NotAllowed.
    """
    deal = _locked(opportunity, by, expected)
    if deal.is_open:
        raise errors.OpportunityIsOpen
    _check_stage(deal, to, Stage.Kind.OPEN)
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    deal.closed_on, deal.lost_reason, deal.lost_to = None, None, ""
    set_base(deal, business_day(now))
    _enter(deal, to, Move.Kind.REOPENED, by=by, now=now, reason=reason)
    _note(deal, "opportunity.reopened", by, now)
    return deal


@transaction.atomic
def pass_checkpoint(
    *, opportunity: Opportunity, checkpoint: Checkpoint, is_done: bool, by: User, now: datetime
) -> Opportunity:
    """Tick a checkpoint of the deal's pipeline, or take the tick away. Raises StrangeStage, NotAllowed."""
    deal = _locked(opportunity, by)
    if checkpoint.stage.pipeline_id != deal.pipeline_id:
        raise errors.StrangeStage
    if is_done:
        pass_checkpoints(deal, [checkpoint.pk], by, now)
    else:
        PassedCheckpoint.objects.filter(opportunity=deal, checkpoint=checkpoint).delete()
    return deal


# --- parts ------------------------------------------------------------------------------------------------


def pass_checkpoints(deal: Opportunity, ids: Collection[int], by: User, now: datetime) -> None:
    """Note checkpoints of the deal's pipeline as done; strange ids are passed over."""
    if not ids:
        return
    mine = Checkpoint.objects.filter(pk__in=ids, stage__pipeline=deal.pipeline_id).values_list("pk", flat=True)
    rows = [PassedCheckpoint(opportunity=deal, checkpoint_id=pk, by=by, at=now) for pk in mine]
    PassedCheckpoint.objects.bulk_create(rows, ignore_conflicts=True)


def open_checkpoints(deal: Opportunity, to: Stage) -> list[Checkpoint]:
    """Those of the stages that a move forward leaves behind, the present one first, which are not done."""
    rows = Checkpoint.objects.filter(
        is_active=True,
        stage__pipeline=deal.pipeline_id,
        stage__kind=Stage.Kind.OPEN,
        stage__is_active=True,
        stage__position__gte=deal.stage.position,
    ).exclude(passed__opportunity=deal)
    if to.is_open:
        rows = rows.filter(stage__position__lt=to.position)
    return list(rows.select_related("stage").order_by("stage__position", "position", "pk"))


def stages_on_the_way(deal: Opportunity, to: Stage) -> list[Stage]:
    """The stages after the present one up to the one it goes to, which is the last of them."""
    rows = Stage.objects.filter(
        pipeline=deal.pipeline_id, kind=Stage.Kind.OPEN, is_active=True, position__gt=deal.stage.position
    )
    if to.is_open:
        rows = rows.filter(position__lt=to.position)
    return [*rows, to]


def _locked(opportunity: Opportunity, by: User, expected: int | None = None) -> Opportunity:
    deal = lock_opportunity(opportunity)
    require(permissions.can_work_opportunity(by, deal))
    if expected is not None and deal.stage_id != expected:
        raise errors.MovedMeanwhile
    return deal


def _check_stage(deal: Opportunity, to: Stage, kind: str) -> None:
    if to.pipeline_id != deal.pipeline_id or to.kind != kind or not to.is_active:
        raise errors.StrangeStage(field="stage")


def _end(deal: Opportunity, kind: str) -> Stage:
    stage = Stage.objects.filter(pipeline=deal.pipeline_id, kind=kind, is_active=True).first()
    if stage is None:
        raise errors.StrangeStage(field="stage")
    return stage


def _require_forward(deal: Opportunity, to: Stage, reason: str) -> list[int]:
    """Ids of the checkpoints it goes on without. Raises FieldsMissing, CheckpointsOpen."""
    if lacking := missing(deal, stages_on_the_way(deal, to)):
        raise errors.FieldsMissing(numbers={"fields": lacking}, field=lacking[0])
    left = [checkpoint.pk for checkpoint in open_checkpoints(deal, to)]
    if left and not reason.strip():
        raise errors.CheckpointsOpen(numbers={"checkpoints": left}, field="reason")
    return left


def _close(
    deal: Opportunity,
    to: Stage,
    kind: str,
    *,
    by: User,
    now: datetime,
    closed_on: date | None,
    reason: str = "",
    skipped: list[int] | None = None,
) -> None:
    day = closed_on or business_day(now)
    if day > business_day(now):
        raise errors.DateInTheFuture(field="closed_on")
    if deal.opened_on is not None and day < deal.opened_on:
        raise errors.DateBeforeBegin(field="closed_on")
    deal.closed_on = day
    set_base(deal, day)
    _enter(deal, to, kind, by=by, now=now, reason=reason, skipped=skipped or [])


def _enter(
    deal: Opportunity, to: Stage, kind: str, *, by: User, now: datetime, reason: str = "", skipped: Any = ()
) -> None:
    """End the stay in the present stage and begin the next. A clock that jumped back makes no negative stay."""
    before = deal.stage
    at = max(now, deal.stage_at)
    with kept([deal.pk]):
        Move.objects.filter(opportunity=deal, left_at=None).update(left_at=at)
        Move.objects.create(
            opportunity=deal,
            kind=kind,
            before=before,
            after=to,
            reason=reason.strip()[:500],
            skipped=list(skipped),
            by=by,
            at=at,
        )
        deal.stage, deal.stage_at, deal.outcome, deal.updated_at = to, at, to.kind, now
        if to.kind != Stage.Kind.LOST and (to.position, to.pk) > (deal.reached.position, deal.reached.pk):
            deal.reached = to
        deal.save()
    write_open_opportunities([deal.customer_id])


def _note(deal: Opportunity, kind: str, by: User, now: datetime, **more: int) -> None:
    move = deal.moves.get(left_at=None)
    payload = {"from": move.before_id, "to": move.after_id, "move": move.pk, **more}
    ledger.append(kind=kind, customer=deal.customer, by=by, at=now, target=deal, payload=payload)
