"""Who may do what with customers and what hangs on them? The whole table on one screen.

Every function presumes that the customer is visible to the user (404 comes before 403).
Sources: access.md. own = owner or named collaborator; a collaborator or assistant works on a
customer but does not transfer, archive, protect or export it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User

    from .models import Customer, Note


def heads(user: User, customer: Customer) -> bool:
    """Is the customer held in a team that this user manages, or is the user an admin?"""
    if not user.is_active or customer.owner is None:
        return False
    return user.is_admin or customer.owner.team_id in user.managed_team_ids


def holds(user: User, customer: Customer) -> bool:
    return user.is_active and customer.owner_id == user.pk


def works_on(user: User, customer: Customer) -> bool:
    """Owner, collaborator or assistant."""
    return holds(user, customer) or (
        user.is_active and any(one.user_id == user.pk for one in customer.collaborators.all())
    )


def can_create(user: User) -> bool:
    return user.is_active


def can_create_for(user: User, owner: User) -> bool:
    """Enter or bring back a customer for somebody: oneself, a manager for the own teams, an admin for anybody."""
    return can_create(user) and (user.pk == owner.pk or user.is_admin or owner.team_id in user.managed_team_ids)


def can_import(user: User) -> bool:
    return user.is_active


def can_export(user: User) -> bool:
    """Managers and admins; salespeople where an admin granted it."""
    return user.is_active and (user.is_admin or user.is_manager or user.may_export)


def exportable(user: User, customer: Customer) -> bool:
    """May this row be in the file? Not where one merely collaborates."""
    return can_export(user) and (holds(user, customer) or heads(user, customer))


def can_edit(user: User, customer: Customer) -> bool:
    return not customer.is_archived and (works_on(user, customer) or heads(user, customer))


can_change_status = can_edit
can_write_note = can_edit


def can_grade(user: User, customer: Customer) -> bool:
    return not customer.is_archived and (holds(user, customer) or heads(user, customer))


def can_manage_collaborators(user: User, customer: Customer) -> bool:
    return not customer.is_archived and (holds(user, customer) or heads(user, customer))


def can_tell_apart(user: User, customer: Customer) -> bool:
    """Say that another company is not this one, which stands already: its manager's decision, the admin's in a pool."""
    in_pool = customer.owner is None and user.is_active and user.is_admin
    return not customer.is_archived and (in_pool or heads(user, customer))


def can_protect(user: User, customer: Customer) -> bool:
    """Locking a customer against the pool is the manager's decision."""
    return not customer.is_archived and heads(user, customer)


def can_transfer(user: User, customer: Customer, to: User | None = None) -> bool:
    """A manager inside the own teams, an admin anywhere; a salesperson asks the manager."""
    if customer.is_archived or not heads(user, customer):
        return False
    return to is None or user.is_admin or to.team_id in user.managed_team_ids


def can_archive(user: User, customer: Customer) -> bool:
    return not customer.is_archived and heads(user, customer)


def can_restore(user: User, customer: Customer) -> bool:
    """``customer`` comes from ``archived_for(user)``, which is the scope."""
    return customer.is_archived and user.is_active and (user.is_admin or user.is_manager)


def can_merge_tags(user: User) -> bool:
    """Tags are everybody's: making one of two touches customers of all."""
    return user.is_active and user.is_admin


def can_see_history(user: User, customer: Customer) -> bool:
    return works_on(user, customer) or heads(user, customer)


def can_change_note(user: User, note: Note) -> bool:
    """The author; a manager or admin may remove what should not stand there."""
    return user.is_active and note.author_id == user.pk


def can_delete_note(user: User, note: Note) -> bool:
    return can_change_note(user, note) or heads(user, note.customer)
