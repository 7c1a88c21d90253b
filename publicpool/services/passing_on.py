"""How does what nobody touched in time come to the next in turn?

The turn of who let it lie stays used; the next one's is used by it. Nobody gets the same again who let it lie.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from core.exceptions import DomainError
from customers import ledger
from customers.models import Collaborator, Customer, OwnershipPeriod
from customers.services.ownership import open_period
from opportunities.models import Lead
from opportunities.services.leads import hand_leads

from ..lying import lying, untouched
from ..models import Rotation, RotationEntry, Run
from ..rotation.turns import Decision
from ..standing import Standing
from .book import Book
from .rotating import lock_free, rule_of, tell
from .runs import finished, started

log = logging.getLogger(__name__)

# In one transaction; what is left comes with the next sweep.
BATCH = 200


def pass_on_due(now: datetime) -> list[Run]:
    """Pass on what was let lie, in every rotation that does so; one that fails does not keep the others."""
    runs = []
    for rotation in Rotation.objects.in_use().filter(passes_on=True).order_by("position", "pk"):
        try:
            if lying(rotation, now) and (run := _pass_on(rotation, now)):
                runs.append(run)
        except DomainError as refusal:  # somebody holds a lock: the next sweep is soon
            log.info("rotation %s passes nothing on: %s", rotation.pk, refusal.message)
        except Exception:
            log.exception("rotation %s", rotation.pk)
    return runs


@transaction.atomic
def _pass_on(rotation: Rotation, now: datetime) -> Run | None:
    book = Book(rotation.pk)
    # Asked again under the lock: two sweeps at once come one after the other.
    lines = lying(book.rotation, now)[:BATCH]
    run = started(Run.Kind.PASS_ON, now, rotation=book.rotation, is_automatic=True)
    run.looked_at = len(lines)
    standing = Standing(book.rotation, book.members, now)
    rows = _locked(book.rotation, lines)
    unfit, had = standing.unfit(list(rows.values())), standing.let_lie(list(rows.values()))
    for line in lines:
        row = rows.get(line.lead_id or line.customer_id or 0)
        if row is None:
            continue
        decision = book.wheel.give(standing.blocked, unfit.get(row.pk, {}) | had.get(row.pk, {}))
        if decision is not None:
            standing.took(decision.turn.member, row)
            _hand_over(book, run, line, row, decision, standing, now)
            run.done += 1
    if not run.done:  # what nobody else can have is looked at every minute
        run.delete()
        return None
    run.left_alone = len(lines) - run.done
    tell(book.close(), by=None, now=now)
    return finished(run, now)


def _locked(rotation: Rotation, lines: list[RotationEntry]) -> dict[int, Any]:
    """What is still held and untouched, under lock: a contact that was logged a second earlier wins."""
    table: Any = Lead.objects if rotation.is_of_leads else Customer.objects
    ids = [line.lead_id or line.customer_id or 0 for line in lines]
    locked = {row.pk: row for row in lock_free(table.filter(pk__in=ids).order_by("pk"), ids)}
    still = untouched(rotation).filter(pk__in=[line.pk for line in lines])
    about = "lead" if rotation.is_of_leads else "customer"
    return {pk: locked[pk] for pk in still.values_list(about, flat=True) if pk in locked}


def _hand_over(
    book: Book, run: Run, line: RotationEntry, row: Any, decision: Decision, standing: Standing, now: datetime
) -> None:
    """Pass one row on, with its tasks and deals, and write the line."""
    to, former, rule = standing.people[decision.turn.member], row.owner, rule_of(book.rotation)
    if isinstance(row, Lead):
        hand_leads([row], {row.pk: to}, by=None, now=now, rule=rule)
        book.write_given(decision, by=None, now=now, run=run, lead=row.pk, after=line.seq)
        return
    period = open_period(row, owner=to, reason=OwnershipPeriod.Reason.ROTATED, by=None, now=now)
    Collaborator.objects.filter(customer=row, user=to).delete()
    payload = {"from": former.pk, "to": to.pk}
    ledger.append(kind="owner.passed_on", customer=row, by=None, at=now, rule=rule, target=period, payload=payload)
    book.write_given(decision, by=None, now=now, run=run, customer=row.pk, period=period, after=line.seq)
