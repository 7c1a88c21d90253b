"""The list of a pool: what lies there, masked, with what one has left to claim always in sight."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.requests import SignedInRequest
from core.ids import ids_of
from core.pages import BulkVerb, FilterPanel, ListPage, Preset, Quick
from core.querysets import COUNT_LIMIT, Count, counted, counts_in_one
from core.tables import Column, Reading, Table
from core.templatetags.ui import at_most
from customers import words
from customers.models import CategoryDimension, Customer, Pool
from customers.permissions import can_export

from .. import masked
from ..allowance import allowance
from ..filters import PoolFilters
from ..permissions import can_assign, can_claim
from ..quotas import EVERY, filled_by
from ..tables import PoolTable

PRESETS = (
    Preset("all", gettext_lazy("All of the pool")),
    Preset("new", gettext_lazy("New in the pool (7 days)"), "entered=7"),
    Preset("ours", gettext_lazy("Once ours"), "won=true&sort=-won"),
    Preset("never", gettext_lazy("Never contacted"), "contacted=never"),
    Preset("mine", gettext_lazy("Held by me before"), "held=true"),
)


class PoolList(ListPage):
    """Customers of one pool that the reader is a member of."""

    request: SignedInRequest
    key = "pool"
    model = Customer
    table_class = PoolTable
    filters_class = PoolFilters
    title = gettext_lazy("Public pool")
    template_name = "publicpool/list.html"
    count_url_name = "publicpool:count"
    presets = PRESETS
    quicks = (
        Quick(gettext_lazy("Within 30 days"), "calendar", {"entered": "30"}),
        Quick(gettext_lazy("Grade A"), "star", {"grade": "A"}),
        Quick(gettext_lazy("Ever bought"), "trophy", {"won": "true"}),
    )
    of_words = ("pool",)

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    # --- which pool ------------------------------------------------------------------------------------

    @cached_property
    def pools(self) -> list[Pool]:
        """The reader's pools, in their order."""
        return list(Pool.objects.visible_to(self.request.user).prefetch_related("members"))

    @cached_property
    def pool(self) -> Pool | None:
        """The one that is shown: as the address says, else the first; None where the reader has none."""
        asked = self.params.get("pool", "")
        chosen = next((pool for pool in self.pools if str(pool.pk) == asked), None)
        if chosen is None and self.asked.get("pool"):
            raise Http404
        return chosen or next((pool for pool in self.pools if pool.is_active), None)

    def get_queryset(self) -> QuerySet[Any]:
        return masked.pooled(self.request.user).filter(pool=self.pool)

    @cached_property
    def figures(self) -> tuple[list[int | None], list[int | None]]:
        """How many lie in each of the pools, and how much of the reader's limits is used; one statement."""
        rows = Customer.objects.pooled_for(self.request.user).order_by()  # unscoped: pooled_for is
        lying = [rows.filter(pool=pool)[: COUNT_LIMIT + 1] for pool in self.pools]
        filled = filled_by(self.request.user, self.pool, self.now) if self.pool else []
        counts = counts_in_one([*lying, *filled], EVERY)
        return counts[: len(lying)], counts[len(lying) :]

    def counted(self, rows: QuerySet[Any]) -> Count:
        """Of a whole pool it is known already."""
        if self.pool is None or not self.plain_view():
            return super().counted(rows)
        return counted(self.figures[0][self.pools.index(self.pool)])

    def pool_tabs(self) -> list[dict[str, Any]]:
        """The reader's pools with how many lie in each; of those out of use only what is not empty."""
        return [
            {
                "label": pool.name,
                "href": f"?pool={pool.pk}",
                "is_current": pool == self.pool,
                "count": at_most(count or 0, COUNT_LIMIT),
            }
            for pool, count in zip(self.pools, self.figures[0], strict=True)
            if pool.is_active or count
        ]

    def helpers(self) -> QuerySet[User]:
        """Who can make the reader a member of a pool."""
        return User.objects.visible_to(self.request.user).filter(role=User.Role.ADMIN, is_active=True)

    # --- rows and columns --------------------------------------------------------------------------------

    @cached_property
    def dimensions(self) -> list[CategoryDimension]:
        """The firm's dimensions, where a column, a filter or the choice among them is about one."""
        said = {*self.params, *self.chosen_columns(), self.params.get("sort", "")}
        is_about = "panel" in self.request.GET or any("category_" in word for word in said)
        return words.dimensions() if is_about else []

    def reading(self) -> Reading:
        reading = super().reading()
        reading.extra = {"dimensions": self.dimensions}
        if can_claim(self.request.user):
            reading.extra["act"] = claim_button
        return reading

    def make_filters(self, queryset: QuerySet[Any], whole: bool = False) -> PoolFilters:
        return PoolFilters(
            self.params,
            queryset,
            user=self.request.user,
            request=self.request,
            dimensions=words.dimensions() if whole else self.dimensions,
            whole=whole,
        )

    def headers(self, table: Table, order: Any) -> list[dict[str, Any]]:
        found = super().headers(table, order)
        if can_claim(self.request.user):
            heading = format_html("<span class=visually-hidden>{}</span>", _("Claim"))
            found.append({"column": Column("", heading, css="end", rank=1), "href": "", "aria": ""})
        return found

    def bulk_verbs(self) -> list[BulkVerb]:
        user = self.request.user
        if self.pool is None:
            return []
        found = []
        if can_claim(user):
            url = reverse("publicpool:claim_many")
            found.append(BulkVerb("claim", _("Claim"), "hand-grab", url, {"target": "#pool-said"}))
        if can_assign(user, self.pool):
            found.append(BulkVerb("assign", _("Give to somebody"), "user-share", reverse("publicpool:assign_many")))
        if can_export(user):
            url = reverse("core:export", args=[self.key])
            found.append(BulkVerb("export", _("Export"), "download", url, {"is_page": True}))
        return found

    def extra_context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "pool": self.pool,
            "pool_tabs": self.pool_tabs() if len(self.pools) > 1 else [],
            "panel_url": f"{reverse('publicpool:filters')}?{self.query_to_keep()}&m=1",
            "may_export": can_export(user),
            "may_claim": can_claim(user),
            "quota": allowance(user, self.pool, self.now, self.figures[1]) if self.pool else [],
            "helpers": [] if self.pool else self.helpers(),
        }


class PoolFilterPanel(FilterPanel, PoolList):
    list_url_name = "publicpool:list"


def claim_button(row: Any) -> str:
    """One click, no question; without a script it sends the list's form there. Addresses are short: fifty on a page."""
    return format_html(
        '<button class="btn btn-sm claim" formaction={0}/claim/ hx-post={0}/claim/>{1}</button>', row.pk, _("Claim")
    )


def chosen(request: SignedInRequest, now: datetime, most: int) -> list[int]:
    """Ids of the chosen rows in the order of the list: the ticked ones that the reader could see, or all of the filter.

    Of those at most one more than ``most``, to tell that they are too many. Of the ticked ones those that lately went
    are among them: somebody was quicker, and that is told.
    """
    if request.POST.get("all"):
        page = PoolList.of(request, request.POST.get("query", ""))
        return list(page.in_order(page.filtered()).values_list("pk", flat=True)[: most + 1])
    asked = ids_of(request.POST.getlist("pk"))[: most + 1]
    seen = set(masked.seen_lately(request.user, now).filter(pk__in=asked).values_list("pk", flat=True))
    return [pk for pk in asked if pk in seen]
