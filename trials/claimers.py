"""How do many claim at once, each on a connection of its own? The naive way is kept as a control: it must fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection

from accounts.models import User
from bench.client import Browser
from core.exceptions import DomainError
from customers.models import Customer, OwnershipPeriod, Pool
from publicpool import errors
from publicpool.models import Claim
from publicpool.quotas import limits, quotas
from publicpool.services import claim_customer

from .forks import forks

CLAIMED = "claimed"
DEADLOCK = "40P01"
# More than any round takes.
PATIENCE_S = 900
# As one process of the web server has.
THREADS = 8


@dataclass(frozen=True)
class Try:
    """One claimer, who wants these customers one after the other. ``session`` and ``address`` by HTTP."""

    way: str
    user: int
    customers: tuple[int, ...]
    now: datetime
    session: str = ""
    address: str = ""


@dataclass
class Outcome:
    """What came back: who was told to have which customer, and how often which answer."""

    told: list[tuple[int, int]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)


def all_at_once(tries: Sequence[Try], processes: int) -> Outcome:
    """Let all of them claim, in so many processes of THREADS threads."""
    shares = [tries[place::processes] for place in range(processes)]
    with forks(_share, shares, PATIENCE_S) as children:
        found = list(chain.from_iterable(child.result() for child in children))
    return Outcome(
        [(user, customer) for user, customer, answer in found if answer == CLAIMED],
        Counter(answer for _user, _customer, answer in found),
    )


def _share(tries: Sequence[Try]) -> list[tuple[int, int, str]]:
    with ThreadPoolExecutor(THREADS) as threads:
        found = list(chain.from_iterable(threads.map(_one, tries)))
        for _line in range(THREADS):
            threads.submit(connection.close)
    return found


def _one(wanted: Try) -> list[tuple[int, int, str]]:
    act = WAYS[wanted.way]
    found = []
    for customer in wanted.customers:
        try:
            answer = act(wanted, customer)
        except DomainError as refusal:
            answer = type(refusal).__name__
        except (DatabaseError, ObjectDoesNotExist) as error:
            state = getattr(error.__cause__, "sqlstate", "")
            answer = "deadlock" if state == DEADLOCK else type(error).__name__
        found.append((wanted.user, customer, answer))
    return found


def _service(wanted: Try, customer: int) -> str:
    claim_customer(customer=Customer(pk=customer), by=User.objects.get(pk=wanted.user), now=wanted.now)
    return CLAIMED


def _http(wanted: Try, customer: int) -> str:
    token = "a" * 32
    browser = Browser(wanted.address, {"sessionid": wanted.session, "csrftoken": token})
    answer = browser.post(f"/pool/{customer}/claim/", {"at": "record"})
    browser.line.close()
    return CLAIMED if answer.status == 302 and "/customers/" in answer.headers["Location"] else str(answer.status)


def _naive(wanted: Try, customer: int) -> str:
    """Check, then write: what one writes who thinks of one visitor at a time."""
    user, row = User.objects.get(pk=wanted.user), Customer.objects.get(pk=customer)
    if row.pool is None:
        raise errors.NotInPool
    pool: Pool = row.pool
    if any(quota.is_used_up for quota in quotas(user, pool, wanted.now)):
        raise errors.ClaimLimitReached
    bounds = limits(user, pool)
    former = OwnershipPeriod.objects.filter(customer=row).latest("started_at")
    OwnershipPeriod.objects.filter(pk=former.pk).update(ended_at=wanted.now)
    period = OwnershipPeriod.objects.create(customer=row, owner=user, started_at=wanted.now, reason="claimed", by=user)
    Customer.objects.filter(pk=row.pk).update(owner=user, pool=None, owned_since=wanted.now, idle_since=wanted.now)
    Claim.objects.create(
        period=period, customer=row, pool=pool, user=user, claimed_at=wanted.now, pooled_at=former.started_at,
        limit_a_day=bounds["a_day"], limit_a_week=bounds["a_week"], limit_a_month=bounds["a_month"],
    )  # fmt: skip
    return CLAIMED


WAYS = {"service": _service, "http": _http, "naive": _naive}
