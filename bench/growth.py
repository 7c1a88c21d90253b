"""How much slower do pages become as the firm grows? The same pages of two databases, two servers of one kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from django.db import connections

from accounts.models import User
from customers.models import Customer

from .client import Browser
from .figures import Figures
from .place import SMALLER, serve
from .stage import BACKENDS, PEOPLE, Stage, sign_in

BAR = 1.5
AT_MOST, SHARE = 10_000, 10
# So common that each firm has a page of them.
WORD = "gmbh"


def growth(stage: Stage) -> Iterator[Figures]:
    """Each page here beside the same of 10,000 customers, or of a tenth where there are fewer than 100,000."""
    here = stage.here
    customers = min(AT_MOST, Customer.objects.count() // SHARE)
    here.make_smaller(customers)
    connections.databases[SMALLER] = connections.databases["default"] | {"NAME": SMALLER}
    with ExitStack() as stack:
        stack.callback(connections[SMALLER].close)
        serve(stack, here, SMALLER, "crm.wsgi", SMALLER)
        smaller = {role: _browser(here.addresses[SMALLER], name) for role, name in PEOPLE.items()}
        for variant, role, path, small_path in _pages():
            big, small = stage.browsers["product", role], smaller[role]

            def make(variant: str = variant) -> Figures:
                return Figures("growth", f"{variant}, beside {customers:,}", BAR)

            yield stage.compare(
                make,
                lambda big=big, path=path: big.get(path).ms,  # type: ignore[misc]
                lambda small=small, path=small_path: small.get(path).ms,  # type: ignore[misc]
            )


def _browser(address: str, name: str) -> Browser:
    """Somebody signed in at the smaller firm."""
    user = User.objects.using(SMALLER).get(username=name)
    return Browser(address, {"sessionid": sign_in(user, BACKENDS["product"], SMALLER)})


def _pages() -> list[tuple[str, str, str, str]]:
    """(what, whose, path, path at the smaller firm)."""
    same = [
        ("list of a salesperson", "salesperson", "/customers/"),
        ("list of everything", "manager", "/customers/"),
        ("list searched", "manager", f"/customers/?q={WORD}"),
        ("today", "salesperson", "/today/"),
        ("global search", "manager", f"/search/?q={WORD}"),
    ]
    there, here = (_some_customer(alias) for alias in ("default", SMALLER))
    return [(what, who, path, path) for what, who, path in same] + [("one customer", "salesperson", there, here)]


def _some_customer(alias: str) -> str:
    """The page of a customer of the salesperson with a full page of history."""
    found: Any = Customer.objects.using(alias).filter(owner__username=PEOPLE["salesperson"])
    for customer in found.order_by("pk")[:200]:
        if customer.events.count() >= 8:
            break
    return f"/customers/{customer.pk}/"
