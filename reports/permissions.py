"""Who may see and set whose targets? Figures follow access.md, "reports": own, one's teams', all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Team

if TYPE_CHECKING:
    from accounts.models import User


def can_set_target(user: User, party: User | Team) -> bool:
    """An admin everybody's; a manager those of the managed teams and of their people, never one's own."""
    if not user.is_active:
        return False
    if user.is_admin:
        return True
    if isinstance(party, Team):
        return party.pk in user.managed_team_ids
    return party.team_id in user.managed_team_ids and party.pk != user.pk


def can_set_targets(user: User) -> bool:
    """Is there anybody at all whose targets one sets?"""
    return user.is_active and (user.is_admin or bool(user.managed_team_ids))
