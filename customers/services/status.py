"""How do a customer's status, grade and protection change, and what must be said with it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from core.querysets import update_rows
from core.zones import business_day

from .. import ledger, permissions
from ..models import Customer, Event, KeyDate, Status, StatusChange
from .errors import DateInThePast, ReasonMissing, RenewalMissing, SameStatus
from .locking import lock_living, require

if TYPE_CHECKING:
    from accounts.models import User

BY_HAND = "by_hand"


@transaction.atomic
def change_status(
    *,
    customer: Customer,
    status: Status,
    by: User,
    now: datetime,
    reason: str = "",
    lost_reason: str = "",
    renewal_on: date | None = None,
) -> StatusChange:
    """Change the status by hand, with a reason.

    Lost asks for one of the list (a competitor by name), retained for the day of renewal or reorder.
    Raises ReasonMissing, RenewalMissing, SameStatus, DateInThePast, NotAllowed.
    """
    customer = lock_living(customer)
    require(permissions.can_change_status(by, customer))
    if customer.status_id == status.pk:
        raise SameStatus(field="status")
    if status.key != Status.LOST:
        lost_reason = ""
    elif not lost_reason:
        raise ReasonMissing(field="lost_reason")
    named = lost_reason not in ("", StatusChange.LostReason.COMPETITOR, StatusChange.LostReason.OTHER)
    if not reason.strip() and not named:
        raise ReasonMissing(field="reason")
    if status.key == Status.RETAINED:
        if renewal_on is None:
            raise RenewalMissing(field="renewal_on")
        if renewal_on < business_day(now):
            raise DateInThePast(field="renewal_on")
        KeyDate.objects.update_or_create(
            customer=customer, kind=KeyDate.Kind.RENEWAL, source=BY_HAND, defaults={"on": renewal_on}
        )
    at = max(now, customer.status_at)  # a clock that jumped back: the last change stays the last
    change = StatusChange.objects.create(
        customer=customer,
        before=customer.status,
        after=status,
        by=by,
        at=at,
        reason=reason.strip(),
        lost_reason=lost_reason,
    )
    customer.status, customer.status_at = status, at
    customer.save(update_fields=["status", "status_at"])
    ledger.append(
        kind="status.changed",
        customer=customer,
        by=by,
        at=now,
        target=change,
        payload={"from": change.before_id, "to": status.pk},
    )
    return change


@transaction.atomic
def set_grade(
    *, customer: Customer, grade: str, by: User, now: datetime, reason: str = "", until: date | None = None
) -> Customer:
    """Grade a customer by hand, with a reason and, where it is to end, a last day; '' takes the grade away.

    Raises ReasonMissing, DateInThePast, NotAllowed, CustomerIsArchived.
    """
    customer = lock_living(customer)
    require(permissions.can_grade(by, customer))
    if grade and not reason.strip():
        raise ReasonMissing(field="reason")
    if until is not None and until < business_day(now):
        raise DateInThePast(field="until")
    before = customer.grade
    if (before, customer.grade_reason, customer.grade_until) == (grade, reason.strip(), until):
        return customer
    customer.grade, customer.grade_reason, customer.grade_until = grade, reason.strip(), until
    customer.save(update_fields=["grade", "grade_reason", "grade_until"])
    ledger.append(kind="grade.set", customer=customer, by=by, at=now, payload={"from": before, "to": grade})
    return customer


@transaction.atomic
def protect(*, customer: Customer, until: date, reason: str, by: User, now: datetime) -> Customer:
    """Lock a customer against the pool until a day (inclusive, business time). Raises ReasonMissing, DateInThePast."""
    customer = lock_living(customer)
    require(permissions.can_protect(by, customer))
    if not reason.strip():
        raise ReasonMissing(field="reason")
    if until < business_day(now):
        raise DateInThePast(field="until")
    if (customer.protected_until, customer.protected_reason) == (until, reason.strip()):
        return customer
    customer.protected_until, customer.protected_reason = until, reason.strip()
    customer.save(update_fields=["protected_until", "protected_reason"])
    ledger.append(kind="customer.protected", customer=customer, by=by, at=now, payload={"until": until.isoformat()})
    return customer


@transaction.atomic
def unprotect(*, customer: Customer, by: User, now: datetime) -> Customer:
    """End a protection. Raises NotAllowed, CustomerIsArchived."""
    customer = lock_living(customer)
    require(permissions.can_protect(by, customer))
    if customer.protected_until is not None:
        customer.protected_until, customer.protected_reason = None, ""
        customer.save(update_fields=["protected_until", "protected_reason"])
        ledger.append(kind="customer.unprotected", customer=customer, by=by, at=now)
    return customer


def change_status_by_rule(*, customer: Customer, key: str, rule: str, by: User | None, now: datetime) -> None:
    """Change the status of a locked customer because a rule says so; nothing where the firm has no status of that key.

    ``rule`` is kept and shown; ``by`` is whose act called the rule.
    """
    change_statuses_by_rule(customers=[customer], key=key, rule=rule, by=by, now=now)


def change_statuses_by_rule(
    *, customers: Sequence[Customer], key: str, rule: str, by: User | None, now: datetime, deliver: bool = True
) -> None:
    """The same for many locked customers, in four statements."""
    status = Status.objects.filter(key=key, is_active=True).first()
    wanted = [one for one in customers if status is not None and one.status_id != status.pk]
    if status is None or not wanted:
        return
    changes = StatusChange.objects.bulk_create(
        StatusChange(customer=one, before_id=one.status_id, after=status, by=by, rule=rule, at=max(now, one.status_at))
        for one in wanted
    )
    update_rows(Customer, ("status", "status_at"), [(one.customer_id, status.pk, one.at) for one in changes])
    for customer, change in zip(wanted, changes, strict=True):
        customer.status, customer.status_at = status, change.at
    ledger.append_many(
        [
            Event(
                kind="status.changed",
                customer=customer,
                at=now,
                by=by,
                rule=rule,
                target_label=StatusChange._meta.label_lower,
                target_id=change.pk,
                payload={"from": change.before_id, "to": status.pk},
            )
            for customer, change in zip(wanted, changes, strict=True)
        ],
        deliver=deliver,
    )
