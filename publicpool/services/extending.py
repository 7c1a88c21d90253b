"""How does a holder ask for more time, and who decides?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.chart import Chart
from accounts.models import User
from accounts.services.notices import notify
from core.zones import business_day
from customers import ledger
from customers.models import Customer, OwnershipPeriod
from customers.services.errors import DateInThePast
from customers.services.locking import lock_living, require
from customers.services.requests import DecidedAlready

from .. import errors, permissions
from ..countdown import Clock, countdown
from ..models import Extension, PoolSettings

State = Extension.State


@transaction.atomic
def ask_for_more_time(*, customer: Customer, reason: str, by: User, now: datetime) -> Extension:
    """Ask the manager, once while one holds the customer. Until it is decided, for some days, nothing is taken.

    Raises WordsMissing, AskedOnce, NothingToExtend, NotAllowed, CustomerIsArchived, CustomerIsBusy.
    """
    customer = lock_living(customer)
    require(permissions.can_ask_for_more_time(by, customer))
    if not reason.strip():
        raise errors.WordsMissing(field="reason")
    period = OwnershipPeriod.objects.get(customer=customer, ended_at=None)
    if Extension.objects.filter(period=period).exists():
        raise errors.AskedOnce
    if countdown(Clock.load(now), customer.pk) is None:
        raise errors.NothingToExtend
    waits = PoolSettings.get().extension_waits
    extension = Extension.objects.create(
        customer=customer,
        period=period,
        reason=reason.strip(),
        by=by,
        asked_at=now,
        waits_until=business_day(now) + timedelta(days=waits),
    )
    ledger.append(kind="extension.asked", customer=customer, by=by, at=now, target=extension)
    to = User.objects.filter(pk__in=Chart(now).answering_for(by.pk))
    notify(to=to, kind="extension_asked", by=by, target=extension, now=now, key=f"extension:{extension.pk}")
    return extension


@transaction.atomic
def decide_extension(
    *, extension: Extension, is_granted: bool, by: User, now: datetime, until: date | None = None, answer: str = ""
) -> Extension:
    """Grant more time until a day (inclusive; by default as the settings say), or refuse it; who asked is told.

    Raises DecidedAlready, TakenMeanwhile, DateInThePast, NotAllowed, CustomerIsArchived, CustomerIsBusy.
    """
    extension.customer = lock_living(extension.customer)
    rows = Extension.objects.select_for_update(no_key=True, of=("self",)).select_related("by", "period")
    locked = rows.get(pk=extension.pk)
    locked.customer = extension.customer
    require(permissions.can_decide_extension(by, locked))
    if locked.state != State.ASKED:
        raise DecidedAlready
    if locked.period.ended_at is not None:
        raise errors.TakenMeanwhile
    if is_granted:
        locked.until = until or business_day(now) + timedelta(days=PoolSettings.get().extension_days)
        if locked.until < business_day(now):
            raise DateInThePast(field="until")
    locked.state = State.GRANTED if is_granted else State.REFUSED
    locked.decided_at, locked.decided_by, locked.answer = now, by, answer.strip()
    locked.save()
    ledger.append(kind=f"extension.{locked.state}", customer=locked.customer, by=by, at=now, target=locked)
    notify(to=[locked.by], kind="extension_decided", by=by, target=locked, now=now, key=f"extension:{locked.pk}:done")
    return locked
