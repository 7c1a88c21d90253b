"""How is a deal begun, changed, given to somebody and put away?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from accounts.services.notices import notify
from core.money import Rates, rounded
from core.zones import business_day
from customers import ledger
from customers.models import Collaborator
from customers.services import people as colleagues
from customers.services.locking import lock_customers, lock_living, require, waiting

from .. import permissions
from ..facts import refresh_search, write_open_opportunities
from ..inputs import LineData, OpportunityData
from ..models import Move, Opportunity, OpportunityContact, OpportunityLine, Pipeline, Stage
from ..models.opportunity import EDITED
from ..rollup import kept
from . import errors

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Contact, Customer

# What the funnel's sums hang on: other changes leave them alone.
COUNTED = frozenset({"amount", "currency", "expected_on", "competitors", "source", "customer", "lines"})


@transaction.atomic
def create_opportunity(*, data: OpportunityData, by: User, now: datetime, deliver: bool = True) -> Opportunity:
    """Begin a deal, in the first open stage unless ``data`` says another open one. Its owner sees the customer.

    Raises StrangeCustomer, StrangeContact, StrangeStage, NoPipeline, CurrencyMissing, ExternalIdTaken, PersonIsGone,
    NotAllowed, CustomerIsArchived.
    """
    customer = lock_living(data.customer) if data.customer is not None else None
    require(permissions.can_create_opportunity(by, customer))
    owner = data.owner or by
    if not owner.is_active:
        raise errors.PersonIsGone(field="owner")
    stage = data.stage or first_stage(data.pipeline)
    if not stage.is_open or not stage.is_active:
        raise errors.StrangeStage(field="stage")
    deal = Opportunity(
        customer=customer,
        owner=owner,
        pipeline_id=stage.pipeline_id,
        stage=stage,
        reached=stage,
        stage_at=now,
        opened_on=data.opened_on or business_day(now),
        lead=data.lead,
        created_by=by,
        created_at=now,
        updated_at=now,
    )
    for name in EDITED:
        setattr(deal, name, getattr(data, name))
    lines = _lines(data.lines or ())
    _sum_up(deal, lines)
    set_base(deal, business_day(now))
    with kept(()) as keep:
        _save(deal)
        keep.add(deal.pk)
        Move.objects.create(opportunity=deal, kind=Move.Kind.CREATED, after=stage, by=by, at=now)
        _write_lines(deal, lines)
    set_people(deal, data.people or ())
    if data.collaborators:
        deal.collaborators.set(data.collaborators)
    if customer is not None:
        let_see(customer, owner, by=by, now=now)
    refresh_search([deal.pk])
    write_open_opportunities([deal.customer_id])
    ledger.append(
        kind="opportunity.created",
        customer=customer,
        by=by,
        at=now,
        target=deal,
        payload={"stage": stage.pk},
        deliver=deliver,
    )
    if owner != by:
        notify(to=[owner], kind="opportunity_given", by=by, target=deal, now=now, key=f"deal_given:{deal.pk}")
    return deal


@transaction.atomic
def update_opportunity(
    *,
    opportunity: Opportunity,
    changes: dict[str, Any],
    by: User,
    now: datetime,
    lines: Sequence[LineData] | None = None,
    people: Sequence[tuple[Contact, str]] | None = None,
) -> Opportunity:
    """Change what people edit, and the customer (``changes["customer"]``); None leaves lines and people as they are.

    With lines that all have a quantity and a price the amount is their sum.
    Raises CurrencyMissing, StrangeContact, StrangeCustomer, CustomerStays, ExternalIdTaken, NotAllowed. ValueError
    for a field that is not edited by people.
    """
    if strange := set(changes) - {*EDITED, "customer"}:
        raise ValueError(f"not edited by people: {', '.join(sorted(strange))}")
    deal = lock_opportunity(opportunity, also=changes.get("customer"))
    require(permissions.can_work_opportunity(by, deal))
    former, expected = deal.customer_id, deal.expected_on
    if "customer" in changes:
        _change_customer(deal, changes["customer"], by)
    changed = [name for name in changes if name != "customer" and getattr(deal, name) != changes[name]]
    for name in changed:
        setattr(deal, name, changes[name])
    if deal.customer_id != former:
        changed.append("customer")
    had = _lines_of(deal)
    wanted = had if lines is None else _lines(lines)
    if wanted != had:
        changed.append("lines")
    if not changed and people is None:
        return deal
    _sum_up(deal, wanted)
    set_base(deal, deal.closed_on or business_day(now))
    deal.updated_at = now
    with kept([deal.pk] if COUNTED.intersection(changed) else ()):
        _save(deal)
        if "lines" in changed:
            _write_lines(deal, wanted)
    if people is not None:
        set_people(deal, people)
    if "customer" in changed and deal.customer is not None and deal.owner is not None:
        let_see(deal.customer, deal.owner, by=by, now=now)
    refresh_search([deal.pk])
    write_open_opportunities({former, deal.customer_id})
    payload = _what_changed(changed if people is None else [*changed, "people"], expected, deal.expected_on)
    ledger.append(kind="opportunity.changed", customer=deal.customer, by=by, at=now, target=deal, payload=payload)
    return deal


def _what_changed(fields: list[str], before: date | None, after: date | None) -> dict[str, Any]:
    """The names of what changed, and from which expected day to which: what slipped is asked every week."""
    days = [day.isoformat() if day else None for day in (before, after)]
    return {"fields": fields} | ({"expected": days} if before != after else {})


@transaction.atomic
def assign_opportunity(*, opportunity: Opportunity, to: User, by: User, now: datetime) -> Opportunity:
    """Give a deal to somebody else, who then sees the customer. Raises PersonIsGone, SameOwner, NotAllowed."""
    deal = lock_opportunity(opportunity)
    require(permissions.can_assign_opportunity(by, deal, to))
    if not to.is_active:
        raise errors.PersonIsGone(field="to")
    if deal.owner_id == to.pk:
        raise errors.SameOwner(field="to")
    former = deal.owner_id
    with kept([deal.pk]):
        deal.owner, deal.updated_at = to, now
        deal.save(update_fields=["owner", "updated_at"])
    if deal.customer is not None:
        let_see(deal.customer, to, by=by, now=now)
    event = ledger.append(
        kind="opportunity.assigned",
        customer=deal.customer,
        by=by,
        at=now,
        target=deal,
        payload={"from": former, "to": to.pk},
    )
    notify(to=[to], kind="opportunity_given", by=by, target=deal, now=now, key=f"deal_given:{event.pk}")
    return deal


@transaction.atomic
def set_collaborators(*, opportunity: Opportunity, users: Iterable[User], by: User, now: datetime) -> Opportunity:
    """Say who else works on the deal; new ones are told. Raises PersonIsGone, NotAllowed."""
    deal = lock_opportunity(opportunity)
    require(permissions.can_share_opportunity(by, deal))
    wanted = {user.pk: user for user in users if user.pk != deal.owner_id}
    before = {person.pk for person in deal.collaborators.all()}
    if any(not user.is_active for pk, user in wanted.items() if pk not in before):
        raise errors.PersonIsGone(field="collaborators")
    if set(wanted) == before:
        return deal
    deal.collaborators.set(wanted)
    event = ledger.append(
        kind="opportunity.shared", customer=deal.customer, by=by, at=now, target=deal, payload={"with": sorted(wanted)}
    )
    new = [user for pk, user in wanted.items() if pk not in before and pk != by.pk]
    notify(to=new, kind="opportunity_shared", by=by, target=deal, now=now, key=f"deal_shared:{event.pk}")
    return deal


@transaction.atomic
def archive_opportunity(*, opportunity: Opportunity, reason: str, by: User, now: datetime) -> Opportunity:
    """Take a deal out of every list and figure. Raises ReasonMissing, NotAllowed."""
    deal = lock_opportunity(opportunity)
    require(permissions.can_archive_opportunity(by, deal))
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    put_away(deal, now, reason.strip())
    ledger.append(kind="opportunity.archived", customer=deal.customer, by=by, at=now, target=deal)
    return deal


@transaction.atomic
def restore_opportunity(*, opportunity: Opportunity, by: User, now: datetime) -> Opportunity:
    """Bring a deal back from the archive. Raises NotAllowed, CustomerIsArchived."""
    deal = lock_opportunity(opportunity, archived=True)
    if deal.archived_at is None:
        return deal
    require(permissions.heads_opportunity(by, deal))
    put_away(deal, None, "")
    ledger.append(kind="opportunity.restored", customer=deal.customer, by=by, at=now, target=deal)
    return deal


# --- parts, for the other services of this floor too ---------------------------------------------------------


def lock_opportunity(opportunity: Opportunity, *, also: Customer | None = None, archived: bool = False) -> Opportunity:
    """Lock the customers in question, then the deal, and return it as it is now, its customer being the locked row.

    Raises OpportunityIsArchived unless ``archived``, CustomerIsBusy.
    """
    ids = {pk for pk in (opportunity.customer_id, also.pk if also is not None else None) if pk}
    customers = {customer.pk: customer for customer in lock_customers(ids)} if ids else {}
    rows = Opportunity.objects.select_for_update(no_key=True, of=("self",))
    with waiting():
        deal = rows.select_related("owner", "stage", "pipeline").get(pk=opportunity.pk)
    if deal.customer_id is not None:
        deal.customer = customers.get(deal.customer_id) or deal.customer
    if deal.archived_at is not None and not archived:
        raise errors.OpportunityIsArchived
    return deal


def first_stage(pipeline: Pipeline | None = None) -> Stage:
    """Where a deal begins: the first open stage of the pipeline, of the first one in use. Raises NoPipeline."""
    stages = Stage.objects.filter(kind=Stage.Kind.OPEN, is_active=True, pipeline__is_active=True)
    if pipeline is not None:
        stages = stages.filter(pipeline=pipeline)
    stage = stages.select_related("pipeline").order_by("pipeline__position", "pipeline", "position", "pk").first()
    if stage is None:
        raise errors.NoPipeline(field="pipeline")
    return stage


def set_base(deal: Opportunity, on: date) -> None:
    """The amount in the base currency at the rate of a day; empty where there is none."""
    deal.amount_base = deal.rated_on = None
    if deal.amount is not None and deal.currency:
        found = Rates.load([deal.currency], on=on).convert(deal.amount, deal.currency)
        if found is not None:
            deal.amount_base, deal.rated_on = found.amount, found.rate_on


def set_people(deal: Opportunity, people: Sequence[tuple[Contact, str]]) -> None:
    """Who at the customer plays which part. Raises StrangeContact."""
    if any(contact.customer_id != deal.customer_id for contact, _role in people):
        raise errors.StrangeContact(field="people")
    wanted = {contact.pk: role for contact, role in people}
    deal.people.exclude(contact__in=wanted).delete()
    OpportunityContact.objects.bulk_create(
        [OpportunityContact(opportunity=deal, contact_id=pk, role=role) for pk, role in wanted.items()],
        update_conflicts=True,
        unique_fields=("opportunity", "contact"),
        update_fields=("role",),
    )


def let_see(customer: Customer, user: User, *, by: User, now: datetime) -> None:
    """The owner of a deal is at least collaborator on its locked customer; of the deal itself they are told."""
    if customer.owner_id != user.pk:
        role = Collaborator.Role.COLLABORATOR
        colleagues.let_see(customer=customer, user=user, role=role, by=by, now=now, is_told=False)


def _change_customer(deal: Opportunity, customer: Customer | None, by: User) -> None:
    if (customer.pk if customer else None) == deal.customer_id:
        return
    if deal.orders.valid().exists():
        raise errors.CustomerStays(field="customer")
    if customer is not None and not permissions.can_create_opportunity(by, customer):
        raise errors.StrangeCustomer(field="customer")
    deal.people.all().delete()
    deal.customer = customer


def _lines(lines: Iterable[LineData]) -> list[LineData]:
    return [line for line in lines if line.product.strip()]


def _lines_of(deal: Opportunity) -> list[LineData]:
    rows = deal.lines.all() if deal.pk else ()
    return [LineData(line.product, line.quantity, line.unit, line.price) for line in rows]


def _sum_up(deal: Opportunity, lines: Sequence[LineData]) -> None:
    """Amount and short product from the lines: the sum where each has a quantity and a price."""
    if lines:
        deal.product = ", ".join(dict.fromkeys(line.product.strip() for line in lines))[:300]
    elif deal.pk and deal.lines.exists():
        deal.product = ""
    if lines and all(line.quantity is not None and line.price is not None for line in lines):
        total = sum((line.quantity * line.price for line in lines if line.quantity and line.price), Decimal(0))
        deal.amount = rounded(total, deal.currency) if deal.currency else total
    if deal.amount is not None and not deal.currency:
        raise errors.CurrencyMissing(field="currency")


def _write_lines(deal: Opportunity, lines: Sequence[LineData]) -> None:
    deal.lines.all().delete()
    OpportunityLine.objects.bulk_create(
        [
            OpportunityLine(
                opportunity=deal,
                position=place,
                product=line.product.strip(),
                quantity=line.quantity,
                unit=line.unit,
                price=line.price,
            )
            for place, line in enumerate(lines)
        ]
    )


def _save(deal: Opportunity) -> None:
    try:
        with transaction.atomic():
            deal.save()
    except IntegrityError as error:
        if "opportunity_external_id_once" in str(error):
            raise errors.ExternalIdTaken(field="external_id") from error
        raise


def put_away(deal: Opportunity, at: datetime | None, reason: str) -> None:
    """Take a locked deal out of every list and figure, or with None bring it back."""
    with kept([deal.pk]):
        deal.archived_at, deal.archive_reason = at, reason
        deal.save(update_fields=["archived_at", "archive_reason"])
    write_open_opportunities([deal.customer_id])
