"""Who may do what with what was said? The whole table on one screen.

Every function presumes that the row is visible to the user (404 comes before 403). Source: access.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers.permissions import can_edit, heads
from opportunities.permissions import can_work_lead, heads_lead

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer
    from opportunities.models import Lead

    from .models import Communication, TextTemplate


def can_log(user: User, customer: Customer) -> bool:
    """Write down what was said: whoever works on the customer or heads it."""
    return can_edit(user, customer)


def can_log_with_lead(user: User, lead: Lead) -> bool:
    """Write down what was said to a lead that is still open: whoever works on it."""
    return lead.is_open and can_work_lead(user, lead)


def can_correct(user: User, communication: Communication) -> bool:
    """The author, while they may write there; a manager comments instead."""
    return communication.author_id == user.pk and _writes_there(user, communication)


def can_delete(user: User, communication: Communication) -> bool:
    """The author, or who heads the customer or lead; the original stays for managers."""
    return _writes_there(user, communication) and (
        communication.author_id == user.pk or _heads_there(user, communication)
    )


def can_see_original(user: User, communication: Communication) -> bool:
    """What stood there before a correction: managers, and the author."""
    return communication.author_id == user.pk or _heads_there(user, communication)


def can_comment(user: User, communication: Communication) -> bool:
    return _writes_there(user, communication)


def _writes_there(user: User, communication: Communication) -> bool:
    if communication.customer is not None:
        return can_log(user, communication.customer)
    return communication.lead is not None and can_work_lead(user, communication.lead)


def _heads_there(user: User, communication: Communication) -> bool:
    if communication.customer is not None:
        return heads(user, communication.customer)
    return communication.lead is not None and heads_lead(user, communication.lead)


def can_share_templates(user: User) -> bool:
    """Make texts that everybody uses."""
    return user.is_active and (user.is_manager or user.is_admin)


def can_edit_template(user: User, template: TextTemplate) -> bool:
    return user.is_active and (template.owner_id == user.pk if template.owner_id else can_share_templates(user))
