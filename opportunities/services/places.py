"""Where does what a person plans or says hang: at a customer, a lead, an opportunity? Locked in this order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from customers.models import Customer
from customers.services.errors import CustomerIsBusy
from customers.services.locking import lock_living, waiting

from ..models import Lead, Opportunity


class LeadIsOver(DomainError):
    message = _("This lead is not open any more: go on with its customer, or reopen it first.")


class StrangeOpportunity(DomainError):
    message = _("This opportunity belongs to another customer.")


class OneOfBoth(DomainError):
    message = _("Choose a customer or a lead, not both.")


class Placed(Protocol):
    """A row that hangs somewhere: a task, a communication."""

    customer: Any
    customer_id: Any
    lead: Any
    opportunity: Any


@dataclass(frozen=True)
class Place:
    """Rows that are locked: a customer, or a lead, or neither; and an opportunity of that customer, or of none."""

    customer: Customer | None = None
    lead: Lead | None = None
    opportunity: Opportunity | None = None

    def put(self, row: Placed) -> None:
        """Give a row that hangs here already the locked ones instead of those read before. Raises CustomerIsBusy
        where it moved to a customer while one waited for its lead.
        """
        if row.customer_id != (self.customer.pk if self.customer else None):
            raise CustomerIsBusy
        row.customer, row.opportunity = self.customer, self.opportunity
        if self.lead is not None:
            row.lead = self.lead


def new_place(customer: Customer | None, lead: Lead | None, opportunity: Opportunity | None) -> Place:
    """Lock where something new is to hang; an opportunity brings its customer.

    Raises OneOfBoth, StrangeOpportunity, LeadIsOver, CustomerIsArchived, CustomerIsBusy.
    """
    if lead is not None and (customer is not None or opportunity is not None):
        raise OneOfBoth(field="lead")
    if opportunity is not None:
        customer = customer or opportunity.customer
    place = _locked(customer, lead, opportunity)
    if place.lead is not None and not place.lead.is_open:
        raise LeadIsOver
    if place.opportunity is not None and place.opportunity.customer_id != (customer.pk if customer else None):
        raise StrangeOpportunity(field="opportunity")
    return place


def place_of(row: Placed) -> Place:
    """Lock where a row hangs; of one that came from a lead to a customer only the customer.

    Raises CustomerIsArchived, CustomerIsBusy.
    """
    return _locked(row.customer, None if row.customer_id else row.lead, row.opportunity)


def lock_leads(ids: Iterable[int]) -> list[Lead]:
    """Lock leads in the order of their ids and return them in it. Raises CustomerIsBusy."""
    with waiting():
        return list(Lead.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk"))


def _locked(customer: Customer | None, lead: Lead | None, opportunity: Opportunity | None) -> Place:
    if customer is not None:
        customer = lock_living(customer)
    with waiting():
        if lead is not None:
            lead = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
        if opportunity is not None:
            opportunity = Opportunity.objects.select_for_update(no_key=True).get(pk=opportunity.pk)
            if customer is not None and opportunity.customer_id == customer.pk:
                opportunity.customer = customer
    return Place(customer, lead, opportunity)
