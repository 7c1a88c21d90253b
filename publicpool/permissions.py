"""Who may do what in the public pool? Sources: access.md.

Every function presumes that the customer is visible to the user, in full or masked (404 comes before 403).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers.permissions import heads, holds

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer, Pool

    from .models import Extension, Rotation


def can_claim(user: User) -> bool:
    """Salespeople and managers, within the pool's limits; an admin assigns instead."""
    return user.is_active and not user.is_admin


def can_release(user: User, customer: Customer) -> bool:
    """The owner, its manager, an admin. No collaborator."""
    return not customer.is_archived and (holds(user, customer) or heads(user, customer))


def can_assign(user: User, pool: Pool, to: User | None = None) -> bool:
    """A manager gives to people of the own teams, an admin of the pool and an admin to everybody.

    Nobody who claims gives to oneself: that would be a claim without limits.
    """
    if not user.is_active:
        return False
    if user.is_admin:
        return True
    if to is not None and to.pk == user.pk:
        return False
    if user.is_manager and (to is None or to.team_id in user.managed_team_ids):
        return True
    return runs_pool(user, pool)


def runs_pool(user: User, pool: Pool) -> bool:
    """Is the user named an admin of this pool?"""
    return user.is_active and any(row.user_id == user.pk and row.is_admin for row in pool.members.all())


def can_edit_rules(user: User) -> bool:
    return user.is_active and user.is_admin


def can_see_runs(user: User) -> bool:
    """Managers and admins; an admin of a pool those that brought customers into it."""
    return can_see_figures(user) or (user.is_active and user.pool_memberships.filter(is_admin=True).exists())


def can_see_figures(user: User) -> bool:
    return user.is_active and (user.is_admin or user.is_manager)


def can_ask_for_more_time(user: User, customer: Customer) -> bool:
    return not customer.is_archived and holds(user, customer)


def can_decide_extension(user: User, extension: Extension) -> bool:
    """The manager of whoever asked, or an admin; never one's own."""
    return extension.by_id != user.pk and heads(user, extension.customer)


def can_reveal(user: User) -> bool:
    """See contact data of a pooled customer without taking it; each time is noted with its reason."""
    return user.is_active and user.is_admin


def can_edit_rotation(user: User) -> bool:
    """Members, order, weights, limits, conditions: as the pool's rules."""
    return can_edit_rules(user)


def can_run_rotation(user: User, rotation: Rotation) -> bool:
    """Start a run by hand: an admin, and an admin of its pool."""
    return can_edit_rotation(user) or (rotation.pool is not None and runs_pool(user, rotation.pool))
