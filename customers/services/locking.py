"""How does a service lock what it changes, so that two at once wait and never deadlock?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import OperationalError
from django.db.models import prefetch_related_objects

from accounts.models import User
from core.exceptions import NotAllowed

from ..models import Customer
from .errors import CustomerIsArchived, CustomerIsBusy

# What lock_timeout raises; and statement_timeout, where one statement waits for several locks one after the other.
TOO_LONG = ("55P03", "57014")


@contextmanager
def waiting() -> Iterator[None]:
    """Raise CustomerIsBusy where the locks taken in the block, which does nothing else, are not to be had in time."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") in TOO_LONG:
            raise CustomerIsBusy from error
        raise


def lock_person(pk: int) -> User:
    """Lock somebody whose customers are counted, before any customer, and return them. Raises CustomerIsBusy."""
    with waiting():
        return User.objects.select_for_update(no_key=True).get(pk=pk)


def lock_customers(ids: Iterable[int]) -> list[Customer]:
    """Lock customers in the order of their ids and return them in it. Must run in a transaction.

    Owner and status are read after the lock: in a join PostgreSQL would give the waiting one the new
    owner_id beside the row of the old owner, or beside none. Raises CustomerIsBusy.
    """
    with waiting():
        rows = list(Customer.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk"))
    prefetch_related_objects(rows, "owner", "status")
    return rows


def lock_living(customer: Customer) -> Customer:
    """Lock one customer and return it as it is now. Raises CustomerIsArchived, CustomerIsBusy."""
    (locked,) = lock_customers([customer.pk])
    if locked.is_archived:
        raise CustomerIsArchived
    return locked


def require(answer: bool) -> None:
    """Raise NotAllowed where a ``can_…`` asked under lock says no."""
    if not answer:
        raise NotAllowed
