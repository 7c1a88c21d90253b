"""Who may do what with leads, opportunities and orders? The whole table on one screen.

Every function presumes that the row is visible to the user (404 comes before 403). Source: access.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers.permissions import can_export as can_export_customers
from customers.permissions import heads, works_on

if TYPE_CHECKING:
    from accounts.models import Team, User
    from customers.models import Customer

    from .models import Conversion, Lead, Opportunity, Order


def leads_team_of(user: User, person: User | None) -> bool:
    """Does this user manage the person's team, or administer?"""
    return user.is_active and (user.is_admin or (person is not None and person.team_id in user.managed_team_ids))


# --- leads ------------------------------------------------------------------------------------------


def can_create_lead(user: User) -> bool:
    return user.is_active


def can_create_lead_for(user: User, owner: User | None, team: Team | None) -> bool:
    """Enter a lead for somebody, or into a team where it waits: oneself, a manager the own teams, an admin anybody."""
    if owner is not None:
        return can_create_lead(user) and (owner.pk == user.pk or leads_team_of(user, owner))
    return user.is_active and (user.is_admin or (team is not None and team.pk in user.managed_team_ids))


def heads_lead(user: User, lead: Lead) -> bool:
    """Manages the team of its owner, or the team in which it lies without one; an admin all."""
    if leads_team_of(user, lead.owner):
        return True
    return user.is_active and lead.owner_id is None and lead.team_id in user.managed_team_ids


def can_work_lead(user: User, lead: Lead) -> bool:
    """Edit, screen, log, plan, convert, disqualify: who holds it, and who manages them."""
    return user.is_active and lead.archived_at is None and (lead.owner_id == user.pk or heads_lead(user, lead))


def can_assign_lead(user: User, lead: Lead, to: User | None = None) -> bool:
    """Give it to somebody: a manager within the own teams, an admin to anybody."""
    if lead.archived_at is not None or not heads_lead(user, lead):
        return False
    return to is None or user.is_admin or to.team_id in user.managed_team_ids or to.pk == user.pk


def can_archive_lead(user: User, lead: Lead) -> bool:
    return lead.archived_at is None and heads_lead(user, lead)


def can_undo_conversion(user: User, conversion: Conversion) -> bool:
    """Whoever converted the lead, and its managers."""
    return user.is_active and (conversion.by_id == user.pk or heads_lead(user, conversion.lead))


def can_see_inquiries(user: User) -> bool:
    """Suspected junk of the public forms: managers and admins."""
    return user.is_active and (user.is_manager or user.is_admin)


def can_edit_forms(user: User) -> bool:
    return user.is_active and user.is_admin


# --- opportunities -----------------------------------------------------------------------------------


def can_create_opportunity(user: User, customer: Customer | None = None) -> bool:
    """For a customer: whoever works on it or heads it."""
    if not user.is_active:
        return False
    return customer is None or (not customer.is_archived and (works_on(user, customer) or heads(user, customer)))


def heads_opportunity(user: User, opportunity: Opportunity) -> bool:
    if leads_team_of(user, opportunity.owner):
        return True
    return opportunity.owner_id is None and opportunity.customer is not None and heads(user, opportunity.customer)


def can_work_opportunity(user: User, opportunity: Opportunity) -> bool:
    """Edit, move, win, lose, reopen: its owner and collaborators, who works on its customer, and their managers."""
    if not user.is_active or opportunity.archived_at is not None:
        return False
    if opportunity.owner_id == user.pk or heads_opportunity(user, opportunity):
        return True
    if any(person.pk == user.pk for person in opportunity.collaborators.all()):
        return True
    customer = opportunity.customer
    return customer is not None and not customer.is_archived and (works_on(user, customer) or heads(user, customer))


def can_share_opportunity(user: User, opportunity: Opportunity) -> bool:
    """Name collaborators: its owner and their manager."""
    return opportunity.archived_at is None and (opportunity.owner_id == user.pk or heads_opportunity(user, opportunity))


def can_assign_opportunity(user: User, opportunity: Opportunity, to: User | None = None) -> bool:
    """Give it to somebody else: a manager within the own teams, an admin to anybody."""
    if opportunity.archived_at is not None or not heads_opportunity(user, opportunity):
        return False
    return to is None or user.is_admin or to.team_id in user.managed_team_ids


def can_archive_opportunity(user: User, opportunity: Opportunity) -> bool:
    return heads_opportunity(user, opportunity)


# --- orders -------------------------------------------------------------------------------------------


def can_create_order(user: User, customer: Customer) -> bool:
    return not customer.is_archived and (works_on(user, customer) or heads(user, customer))


def can_edit_order(user: User, order: Order) -> bool:
    return order.voided_at is None and can_create_order(user, order.customer)


def can_void_order(user: User, order: Order) -> bool:
    """Four eyes: a manager of the seller or of the customer's holder, an admin; never of one's own."""
    if order.voided_at is not None or user.pk in (order.seller_id, order.created_by_id):
        return False
    return leads_team_of(user, order.seller) or heads(user, order.customer)


# --- figures and files ----------------------------------------------------------------------------------


def can_import(user: User) -> bool:
    return user.is_active


def can_export(user: User) -> bool:
    """As customers: managers and admins; salespeople where an admin granted it."""
    return can_export_customers(user)
