"""Into which pool does a released or reclaimed customer go?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from customers.models import Customer, Pool

from .models import PoolRoute
from .rules import codes_of


@dataclass(frozen=True)
class _Route:
    pool: Pool
    countries: frozenset[str]
    sources: frozenset[int]
    teams: frozenset[int]

    def fits(self, customer: Customer) -> bool:
        team_id = customer.owner.team_id if customer.owner else None
        return (
            (not self.countries or str(customer.country) in self.countries)
            and (not self.sources or customer.source_id in self.sources)
            and (not self.teams or team_id in self.teams)
        )


class Routes:
    """The routes in use, read once; the first that fits decides, the default pool else."""

    def __init__(self) -> None:
        rows = PoolRoute.objects.filter(is_active=True, pool__is_active=True).select_related("pool")
        self.routes: Sequence[_Route] = [
            _Route(
                row.pool,
                frozenset(codes_of(row.countries)),
                frozenset(one.pk for one in row.sources.all()),
                frozenset(one.pk for one in row.teams.all()),
            )
            for row in rows.order_by("position", "pk").prefetch_related("sources", "teams")
        ]
        self.default = Pool.objects.get(is_default=True)  # unscoped: there is always one

    def pool_of(self, customer: Customer) -> Pool:
        """Where a customer goes that its owner holds until now."""
        return next((route.pool for route in self.routes if route.fits(customer)), self.default)
