"""How do customers go from somebody who leaves to others, and back within a day?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.departing import RULE, WAYS, Hands, Leaving, Stays, ToNobody, ToPerson
from accounts.models import HandedOver, User

from .. import ledger
from ..models import Collaborator, Customer, Event, OwnershipPeriod
from .locking import lock_customers
from .ownership import Passing, pass_on

Reason = OwnershipPeriod.Reason


def give(rows: Sequence[Customer], to: Mapping[int, User | None], leaving: Leaving) -> list[HandedOver]:
    """Pass locked customers on, with all their contacts, history and files. Who worked along holds it now."""
    if not rows:
        return []
    since = {one.pk: one.owned_since for one in rows}
    sharing = _sharing(rows, to)
    periods = pass_on(
        [Passing(one, owner=to[one.pk]) for one in rows], reason=Reason.DEPARTURE, by=leaving.by, now=leaving.now
    )
    append(periods, "owner.departed", leaving)
    return [
        leaving.handed(
            period.customer,
            to[period.customer_id],
            before={"since": moment(since[period.customer_id]), "sharing": sharing.get(period.customer_id)},
            after={"period": period.pk},
        )
        for period in periods
    ]


def _sharing(rows: Sequence[Customer], to: Mapping[int, User | None]) -> dict[int, list[object]]:
    """End the collaborations of those who hold it from now on: {customer: what brings it back}."""
    found: dict[int, list[object]] = {}
    gone: list[int] = []
    for one in Collaborator.objects.filter(customer__in=[row.pk for row in rows]):
        person = to[one.customer_id]
        if person is not None and person.pk == one.user_id:
            found[one.customer_id] = [one.user_id, one.role, one.added_by_id, moment(one.added_at)]
            gone.append(one.pk)
    Collaborator.objects.filter(pk__in=gone).delete()
    return found


def take_back(lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
    """Give untouched customers back; the clocks of the former holding go on."""
    stays, rows = untouched(lines)
    line_of = {line.object_id: line for line in lines}
    restore(rows, line_of, leaving)
    sharing = [(row.pk, *line_of[row.pk].before["sharing"]) for row in rows if line_of[row.pk].before["sharing"]]
    work_along(sharing, leaving)
    return stays


def still_here(people: Collection[int], leaving: Leaving) -> set[int]:
    """Who of these has not left meanwhile; whoever comes back is here."""
    return {leaving.person.pk, *User.objects.active().filter(pk__in=people).values_list("pk", flat=True)}


def work_along(collaborations: Sequence[Sequence[Any]], leaving: Leaving) -> None:
    """Bring collaborations of those who are still here back: (customer, person, role, by whom, since)."""
    here = still_here({user for _customer, user, *_rest in collaborations}, leaving)
    Collaborator.objects.bulk_create(
        [
            Collaborator(
                customer_id=customer, user_id=user, role=role, added_by_id=by, added_at=datetime.fromisoformat(at)
            )
            for customer, user, role, by, at in collaborations
            if user in here
        ],
        ignore_conflicts=True,
    )


def untouched(lines: Sequence[HandedOver]) -> tuple[dict[int, str], list[Customer]]:
    """({line: why it stays}, the locked customers that may go back). A rule's doing is no touch, a person's is."""
    line_of = {line.object_id: line for line in lines}
    customers = {one.pk: one for one in lock_customers(line_of)}
    still = set(_still(lines).values_list("customer", flat=True))
    done_at = lines[0].departure.done_at
    acts = Event.objects.filter(customer__in=line_of, by__isnull=False, rule="")
    # What happened before may be written down after: a call of this morning.
    acts = acts.filter(Q(at__gt=done_at) | Q(pk__gt=first_of(done_at, "owner.departed")))
    touched = set(acts.order_by().values_list("customer", flat=True).distinct())
    stays: dict[int, str] = {}
    for pk, line in line_of.items():
        if customers[pk].is_archived:
            stays[line.pk] = Stays.ENDED
        elif pk not in still:
            stays[line.pk] = Stays.ELSEWHERE
        elif pk in touched:
            stays[line.pk] = Stays.TOUCHED
    return stays, [customers[pk] for pk, line in line_of.items() if line.pk not in stays]


def first_of(done_at: datetime | None, kind: str) -> Subquery:
    """The number of the first event of this kind that a departure wrote: what came later was written down later."""
    return Subquery(Event.objects.filter(Q(kind=kind, at=done_at)).order_by("pk").values("pk")[:1])


def _still(lines: Sequence[HandedOver]) -> QuerySet[OwnershipPeriod]:
    """The periods that the departure began and that go on."""
    return OwnershipPeriod.objects.filter(pk__in=[line.after["period"] for line in lines], ended_at=None)


def restore(rows: Sequence[Customer], line_of: Mapping[int, HandedOver], leaving: Leaving) -> None:
    """Begin the former holder's period anew, counting from when it began."""
    if not rows:
        return
    passings = [
        Passing(row, owner=leaving.person, counts_from=as_moment(line_of[row.pk].before["since"])) for row in rows
    ]
    append(pass_on(passings, reason=Reason.RESTORED, by=leaving.by, now=leaving.now), "owner.came_back", leaving)


def append(periods: Sequence[OwnershipPeriod], kind: str, leaving: Leaving) -> None:
    """Write the events of periods that a departure, or taking it back, began. Nobody acts upon them."""
    ledger.append_many(
        [
            Event(
                kind=kind,
                customer=period.customer,
                at=leaving.now,
                by=leaving.by,
                rule=RULE,
                target_label=period._meta.label_lower,
                target_id=period.pk,
                payload={"from": leaving.person.pk, "to": period.owner_id, "pool": period.pool_id},
            )
            for period in periods
        ]
    )


def moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def as_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


CUSTOMERS = Hands(give, take_back)


def share(rows: Sequence[Collaborator], to: Mapping[int, User | None], leaving: Leaving) -> list[HandedOver]:
    """Let somebody else work along, or nobody: whoever holds the customer, or works along already, needs it not."""
    lines = []
    known: set[tuple[int, int | None]] = set(
        Collaborator.objects.filter(customer__in=[one.customer_id for one in rows]).values_list("customer", "user")
    )
    known |= {(one.customer_id, one.customer.owner_id) for one in rows}
    new = []
    for one in rows:
        person = to[one.pk]
        kept = {"role": one.role, "by": one.added_by_id, "at": moment(one.added_at), "customer": one.customer_id}
        is_new = person is not None and (one.customer_id, person.pk) not in known
        lines.append(leaving.handed(one, person, before=kept, after={"new": is_new}))
        if person is not None and is_new:
            known.add((one.customer_id, person.pk))
            new.append(
                Collaborator(
                    customer_id=one.customer_id, user=person, role=one.role, added_by=leaving.by, added_at=leaving.now
                )
            )
    Collaborator.objects.filter(pk__in=[one.pk for one in rows]).delete()
    Collaborator.objects.bulk_create(new, batch_size=1000)
    _note_sharing(rows, to, leaving)
    return lines


def _note_sharing(rows: Sequence[Collaborator], to: Mapping[int, User | None], leaving: Leaving) -> None:
    ledger.append_many(
        [
            Event(
                kind=kind,
                customer_id=one.customer_id,
                at=leaving.now,
                by=leaving.by,
                rule=RULE,
                payload={"user": user.pk},
            )
            for one in rows
            for kind, user in (("collaborator.removed", one.user), ("collaborator.added", to[one.pk]))
            if user is not None
        ]
    )


def unshare(lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
    """Let the former colleague work along again, in place of who came for them."""
    stays: dict[int, str] = {}
    customers = {line.before["customer"]: line for line in lines}
    living = {one.pk: one for one in lock_customers(customers)}
    for pk, line in customers.items():
        if living[pk].is_archived or living[pk].pool_id:
            stays[line.pk] = Stays.ENDED
            continue
        if line.after["new"]:
            Collaborator.objects.filter(customer=pk, user=line.to_id).delete()
        kept = line.before
        if living[pk].owner_id != leaving.person.pk:
            Collaborator.objects.get_or_create(
                customer_id=pk,
                user=leaving.person,
                defaults={
                    "role": kept["role"],
                    "added_by_id": kept["by"],
                    "added_at": datetime.fromisoformat(kept["at"]),
                },
            )
    return stays


COLLABORATIONS = Hands(share, unshare)


def register() -> None:
    """Add this floor's lines to WAYS."""
    WAYS["customers"] |= {"person": ToPerson(CUSTOMERS)}
    WAYS["collaborations"] |= {
        "person": ToPerson(COLLABORATIONS),
        "end": ToNobody(COLLABORATIONS, _("they end")),
    }
