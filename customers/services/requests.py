"""What may somebody ask about a colleague's customer that they met while entering one, and who decides?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.services.notices import notify
from core.exceptions import DomainError

from .. import ledger, permissions
from ..identity import name_key
from ..identity_keys import refresh_many
from ..models import Collaborator, Customer, CustomerGroup, CustomerRequest, SaidDifferent
from .errors import AlreadyCollaborator, PersonIsGone, ReasonMissing, SameOwner
from .locking import lock_customers, lock_living, require

if TYPE_CHECKING:
    from ..inputs import CustomerData

Kind, State = CustomerRequest.Kind, CustomerRequest.State
ROLES = {Kind.SHARE: Collaborator.Role.ASSISTANT, Kind.JOIN: Collaborator.Role.COLLABORATOR}


class AskedAlready(DomainError):
    message = _("You have asked this already, and nobody has decided yet.")


class DecidedAlready(DomainError):
    message = _("This request has been decided or withdrawn meanwhile.")


@transaction.atomic
def ask_about(
    *, customer: Customer, kind: str, reason: str, typed: Mapping[str, str], by: User, now: datetime
) -> CustomerRequest:
    """Ask the holder of a customer to share it or to let one join, or the manager to tell two companies apart.

    Whoever calls has proven that ``by`` met the customer (a hit's token): it is mostly not visible to them. Whoever
    may decide a dispute decides their own as well. Raises ReasonMissing, AskedAlready, SameOwner,
    AlreadyCollaborator, CustomerIsArchived.
    """
    customer = lock_living(customer)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    if kind in ROLES:
        if customer.owner_id == by.pk:
            raise SameOwner
        if Collaborator.objects.filter(customer=customer, user=by).exists():
            raise AlreadyCollaborator
    if CustomerRequest.objects.filter(customer=customer, by=by, kind=kind, state=State.OPEN).exists():
        raise AskedAlready
    request = CustomerRequest.objects.create(
        customer=customer, kind=kind, reason=reason.strip(), typed=dict(typed), by=by, at=now
    )
    ledger.append(kind="request.asked", customer=customer, by=by, at=now, target=request, payload={"asked": kind})
    people = [] if kind == Kind.DISPUTE or customer.owner is None else [customer.owner]
    notify(to=[*people, *_managers(customer)], kind="request_asked", by=by, target=request, now=now)
    return request


def _managers(customer: Customer) -> list[User]:
    """Who answers for the team that holds the customer; the administrators where nobody else does."""
    owner = customer.owner
    above = Team.objects.ids_above(owner.team_id) if owner is not None and owner.team_id else frozenset()
    people = list(User.objects.answering_for(above))
    return [person for person in people if person.is_manager] or people


@transaction.atomic
def decide_request(
    *, request: CustomerRequest, accept: bool, answer: str, by: User, now: datetime, difference: str = ""
) -> CustomerRequest:
    """Accept or refuse with a recorded reason. Accepted, a colleague comes to the customer as assistant (share) or
    collaborator (join), or may enter what was disputed as a company of its own or a branch (``difference``).

    Raises ReasonMissing, DecidedAlready, NotAllowed, PersonIsGone (of accepting), CustomerIsArchived.
    """
    customer = lock_living(request.customer)
    request = _open(request)
    require(may_decide(by, request, customer))
    if accept and not request.by.is_active:
        raise PersonIsGone
    if not answer.strip():
        raise ReasonMissing(field="answer")
    request.state = State.ACCEPTED if accept else State.REFUSED
    request.decided_by, request.decided_at, request.answer = by, now, answer.strip()
    if accept and request.kind == Kind.DISPUTE:
        request.difference = difference or SaidDifferent.Kind.DIFFERENT
    request.save()
    if accept and request.kind in ROLES and customer.owner_id != request.by_id:
        role = ROLES[Kind(request.kind)]
        row, made = Collaborator.objects.get_or_create(
            customer=customer, user=request.by, defaults={"role": role, "added_by": by, "added_at": now}
        )
        if not made and request.kind == Kind.JOIN and row.role != role:  # was shared meanwhile
            row.role, made = role, True
            row.save(update_fields=["role"])
        if made:
            payload = {"user": request.by_id, "role": role}
            ledger.append(kind="collaborator.added", customer=customer, by=by, at=now, payload=payload)
    ledger.append(
        kind="request.accepted" if accept else "request.refused",
        customer=customer,
        by=by,
        at=now,
        target=request,
        payload={"asked": request.kind, "user": request.by_id},
    )
    notify(to=[request.by], kind="request_decided", by=by, target=request, now=now)
    return request


def may_decide(user: User, request: CustomerRequest, customer: Customer) -> bool:
    """The holder or manager about sharing; about two companies being two the manager alone."""
    if request.kind == Kind.DISPUTE:
        return permissions.can_tell_apart(user, customer)
    return permissions.can_manage_collaborators(user, customer) and user.pk != request.by_id


@transaction.atomic
def withdraw_request(*, request: CustomerRequest, by: User, now: datetime) -> None:
    """Take one's own open request back. Raises DecidedAlready, NotAllowed."""
    request = _open(request)
    require(request.by_id == by.pk)
    CustomerRequest.objects.filter(pk=request.pk).update(state=State.WITHDRAWN)
    ledger.append(
        kind="request.withdrawn",
        customer=request.customer,
        by=by,
        at=now,
        target=request,
        payload={"asked": request.kind},
    )


def _open(request: CustomerRequest) -> CustomerRequest:
    row = CustomerRequest.objects.select_for_update().select_related("customer", "by").get(pk=request.pk)
    if row.state != State.OPEN:
        raise DecidedAlready
    return row


# --- told apart ---------------------------------------------------------------------------------------


@transaction.atomic
def tell_apart(
    *, customer: Customer, other: Customer, kind: str, reason: str, by: User, now: datetime
) -> SaidDifferent:
    """Record that two customers that stand are not one company; the pair neither blocks nor warns any more.

    A branch joins the group of the other. Raises ReasonMissing, NotAllowed, CustomerIsArchived.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    found = {row.pk: row for row in lock_customers([customer.pk, other.pk])}
    customer, other = found[customer.pk], found[other.pk]
    require(permissions.can_tell_apart(by, customer) or permissions.can_tell_apart(by, other))
    return _tell_apart(customer, other, kind, reason.strip(), by, now)


def passes_of(user: User, data: CustomerData, now: datetime) -> list[CustomerRequest]:
    """The accepted disputes by which this person may enter exactly this company, their customers locked."""
    since = now - timedelta(days=CustomerRequest.PASS_DAYS)
    rows = CustomerRequest.objects.filter(
        by=user, kind=Kind.DISPUTE, state=State.ACCEPTED, used_at=None, decided_at__gte=since
    )
    found = [row for row in rows if _is_that(row.typed, data)]
    lock_customers(row.customer_id for row in found)
    return found


def _is_that(typed: Mapping[str, str], data: CustomerData) -> bool:
    return (name_key(typed.get("name", "")), typed.get("country", "")) == (name_key(data.name), data.country)


def use_passes(customer: Customer, passes: list[CustomerRequest], now: datetime) -> None:
    """Record of a new customer, entered as told apart, that it is not those that its passes name."""
    for request in passes:
        assert request.decided_by
        _tell_apart(customer, request.customer, request.difference, request.answer, request.decided_by, now)
        CustomerRequest.objects.filter(pk=request.pk).update(used_at=now)


def _tell_apart(customer: Customer, other: Customer, kind: str, reason: str, by: User, now: datetime) -> SaidDifferent:
    one, two = sorted([customer, other], key=lambda row: row.pk)
    row, made = SaidDifferent.objects.get_or_create(
        one=one, other=two, defaults={"kind": kind, "reason": reason, "by": by, "at": now}
    )
    if not made:
        return row
    if kind == SaidDifferent.Kind.BRANCH and customer.group_id is None:
        if other.group is None:
            other.group = CustomerGroup.objects.create(name=other.name[:200], created_by=by, created_at=now)
            other.group_role = other.group_role or Customer.GroupRole.HEAD
            other.save(update_fields=["group", "group_role"])
        customer.group, customer.group_role = other.group, Customer.GroupRole.BRANCH
        customer.save(update_fields=["group", "group_role"])
    refresh_many([customer, other])
    for here, there in ((customer, other), (other, customer)):
        payload = {"customer": there.pk, "kind": kind}
        ledger.append(kind="identity.told_apart", customer=here, by=by, at=now, target=row, payload=payload)
    return row
