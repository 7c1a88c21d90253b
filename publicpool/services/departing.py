"""How do customers and leads of somebody who leaves go to a pool or into a rotation, and back within a day?

What nobody can take goes to the default pool. Turns of a rotation stay used when something is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.departing import RULE, WAYS, Hands, Leaving, Stays, Way, WithHands
from core.registries import Label
from customers.models import Customer, OwnershipPeriod, Pool
from customers.services import departing as customers
from customers.services.ownership import Passing, pass_on
from followups.models import Series, Task
from followups.services import holding as tasks_of
from opportunities.models import Lead, Opportunity
from opportunities.services import holding as deals_of
from opportunities.services.departing import LEADS

from ..models import Rotation, RotationMember
from ..standing import Standing
from ..waiting import fits
from .book import Book
from .pooling import end_collaborations
from .rotating import decide
from .rotations import remove_member, return_member, weigh_anew

if TYPE_CHECKING:
    from accounts.models import HandedOver, User


class ToPool(Way):
    """Customers into a pool: what hangs on them goes as at a release, but nobody is in a cool-down for it.

    Nothing goes into one that went out of use since that was planned.
    """

    is_rest = True

    def targets(self, person: User, by: User) -> Sequence[tuple[int, str]]:
        return [(one.pk, one.name) for one in Pool.objects.visible_to(by).filter(is_active=True)]

    def target_name(self, target: int) -> str:
        return str(Pool.objects.filter(pk=target).first() or "")

    def rest_target(self) -> int:
        return Pool.objects.get(is_default=True).pk

    def hand(self, rows: Sequence[Customer], target: int, leaving: Leaving) -> list[HandedOver]:
        pool, ids = Pool.objects.get(pk=target), [row.pk for row in rows]
        if not rows or not pool.is_active:
            return []
        since = {row.pk: row.owned_since for row in rows}
        along = _goes_along(ids, leaving)
        series = _series(ids)
        reason = OwnershipPeriod.Reason.DEPARTURE
        said = gettext("The customer went to the public pool.")
        tasks = tasks_of.let_go(ids, by=leaving.by, now=leaving.now, rule=RULE, reason=said)
        deals = deals_of.let_go(ids, by=leaving.by, now=leaving.now, rule=RULE)
        people = end_collaborations(ids)
        periods = pass_on([Passing(row, pool=pool) for row in rows], reason=reason, by=leaving.by, now=leaving.now)
        customers.append(periods, "owner.departed", leaving)
        return along + [
            leaving.handed(
                period.customer,
                None,
                before={
                    "since": customers.moment(since[period.customer_id]),
                    "tasks": tasks.get(period.customer_id, []),
                    "deals": deals.get(period.customer_id, []),
                    "series": series.get(period.customer_id, []),
                    "people": [
                        (one.user_id, one.role, one.added_by_id, customers.moment(one.added_at))
                        for one in people.get(period.customer_id, ())
                    ],
                },
                after={"period": period.pk},
            )
            for period in periods
        ]

    def take_back(self, lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
        stays, rows = customers.untouched(lines)
        line_of = {line.object_id: line for line in lines}
        customers.restore(rows, line_of, leaving)
        kept = [(row.pk, line_of[row.pk].before) for row in rows]
        tasks_of.bring_back(
            [pk for _customer, one in kept for pk in one["tasks"]], by=leaving.by, now=leaving.now, rule=RULE
        )
        owners = {deal: owner for _customer, one in kept for deal, owner in one["deals"]}
        if owners:
            here = customers.still_here(set(owners.values()), leaving)
            owners = {deal: owner if owner in here else leaving.person.pk for deal, owner in owners.items()}
            deals_of.give_back(owners, by=leaving.by, now=leaving.now, rule=RULE)
        for pk, next_at in (pair for _customer, one in kept for pair in one["series"]):
            Series.objects.filter(pk=pk, ended_at=lines[0].departure.done_at).update(ended_at=None, next_at=next_at)
        customers.work_along([(pk, *person) for pk, one in kept for person in one["people"]], leaving)
        return stays


def _goes_along(ids: Sequence[int], leaving: Leaving) -> list[HandedOver]:
    """What the person has to do, and to win, at customers that go to a pool: it goes, and comes back, with them."""
    person = leaving.person
    held: dict[str, Any] = {
        "opportunities": Opportunity.objects.open().filter(customer__in=ids, owner=person),
        "tasks": Task.objects.open().filter(customer__in=ids, assignee=person),
        "series": Series.objects.filter(customer__in=ids, assignee=person, ended_at=None),
    }
    return [
        leaving.handed(row, None, kind=kind, way="pool")
        for kind, rows in held.items()
        for row in rows.select_related("customer").order_by("pk")
    ]


def _series(ids: Sequence[int]) -> dict[int, list[tuple[int, str | None]]]:
    found: dict[int, list[tuple[int, str | None]]] = {}
    for row in Series.objects.filter(customer__in=ids, ended_at=None):
        found.setdefault(row.customer_id or 0, []).append((row.pk, customers.moment(row.next_at)))
    return found


class WithTheCustomer(Way):
    """How a plan's line is called that went to a pool with its customer, and comes back with it."""

    is_offered = False

    def take_back(self, lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
        return {}


class ByRotation(WithHands):
    """By a rotation's turns, each a line of its ledger.

    What it does not give out by its conditions, and what it can give to nobody, is left to the next line.
    """

    takes_all = False

    def __init__(self, hands: Hands, label: Label, *, is_of_leads: bool) -> None:
        super().__init__(hands, label)
        self.is_of_leads = is_of_leads

    def targets(self, person: User, by: User) -> Sequence[tuple[int, str]]:
        rows = Rotation.objects.visible_to(by).filter(is_active=True, pool__isnull=self.is_of_leads)
        return [(one.pk, one.name) for one in rows.order_by("position", "pk")]

    def target_name(self, target: int) -> str:
        return str(Rotation.objects.filter(pk=target).first() or "")

    def begin(self, target: int, leaving: Leaving) -> None:
        """Whoever else runs it waits, or is waited for, before any person or customer is locked."""
        Rotation.objects.select_for_update(no_key=True).get(pk=target)

    def leaves(self, rows: Sequence[Any], target: int | Rotation, person: User) -> set[int]:
        """Customers of countries, languages or sources that it does not give out; leads of other teams too."""
        rotation = target if isinstance(target, Rotation) else Rotation.objects.get(pk=target)
        ids = {row.pk for row in rows}
        table: Any = Lead if self.is_of_leads else Customer
        given = table._base_manager.filter(fits(rotation, person.team_id), pk__in=ids)
        return ids - set(given.values_list("pk", flat=True))

    def hand(self, rows: Sequence[Any], target: int, leaving: Leaving) -> list[HandedOver]:
        if not rows:
            return []
        book = Book(target)
        left = self.leaves(rows, book.rotation, leaving.person)
        rows = [row for row in rows if row.pk not in left]
        if not rows or not book.rotation.is_active:
            return []
        weigh_anew(book, leaving.now)
        if isinstance(rows[0], Customer):
            prefetch_related_objects(rows, "status")
        standing = Standing(book.rotation, book.members, leaving.now)
        decisions = decide(book.wheel, standing, rows)
        mine = [row for row in rows if row.pk in decisions]
        to: Mapping[int, User | None] = {
            pk: standing.people[decision.turn.member] for pk, decision in decisions.items()
        }
        lines = self.hands.give(mine, to, leaving)
        for line in lines:
            about: dict[str, Any] = {"lead": line.object_id}
            if not self.is_of_leads:
                about = {"customer": line.object_id, "period": OwnershipPeriod(pk=line.after["period"])}
            book.write_given(decisions[line.object_id], by=leaving.by, now=leaving.now, run=None, **about)
        book.close()
        return lines


class OutOfRotations(Way):
    """Out of the rotations: nothing is given there any more, and no turn used up."""

    def begin(self, target: int, leaving: Leaving) -> None:
        mine = RotationMember.objects.filter(user=leaving.person, left_at=None)
        _locked_rotations(mine.values_list("rotation", flat=True))

    def hand(self, rows: Sequence[RotationMember], target: int, leaving: Leaving) -> list[HandedOver]:
        lines = []
        for row in rows:
            others = RotationMember.objects.filter(rotation=row.rotation, left_at=None).order_by("position", "pk")
            order = list(others.values_list("user", flat=True))
            remove_member(rotation=row.rotation, user=leaving.person, by=leaving.by, now=leaving.now)
            ahead = order[: order.index(row.user_id)]
            lines.append(leaving.handed(row, None, before={"rotation": row.rotation_id, "ahead": ahead}))
        return lines

    def begin_back(self, lines: Sequence[HandedOver]) -> None:
        _locked_rotations([line.before["rotation"] for line in lines])

    def take_back(self, lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
        """Whom somebody has put into a rotation meanwhile, or whose account stays closed, is left as it is."""
        if not leaving.person.is_active:
            return {line.pk: Stays.CLOSED for line in lines}
        stays: dict[int, str] = {}
        members = RotationMember.objects.select_related("rotation").in_bulk([line.object_id for line in lines])
        for line in lines:
            member = members[line.object_id]
            if member.left_at != line.departure.done_at:
                stays[line.pk] = Stays.TOUCHED
                continue
            ahead = line.before["ahead"]
            return_member(rotation=member.rotation, user=leaving.person, ahead=ahead, by=leaving.by, now=leaving.now)
        return stays


def _locked_rotations(ids: Iterable[int]) -> None:
    list(Rotation.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk"))


def register() -> None:
    """Add this floor's lines to WAYS."""
    by_rotation = _("by rotation")
    WAYS["customers"] |= {
        "rotation": ByRotation(customers.CUSTOMERS, by_rotation, is_of_leads=False),
        "pool": ToPool(_("to the public pool")),
    }
    WAYS["leads"]["rotation"] = ByRotation(LEADS, by_rotation, is_of_leads=True)
    WAYS["rotations"]["leave"] = OutOfRotations(_("they are taken out"))
    for kind in ("opportunities", "tasks", "series"):
        WAYS[kind]["pool"] = WithTheCustomer(_("with their customer to the pool"))
