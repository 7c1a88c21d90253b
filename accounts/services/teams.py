"""How do teams nest?"""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError, NotAllowed

from ..models import Invitation, Team, User
from ..permissions import can_create_team, can_edit_team
from .saving import save_or_refuse


class TeamCircle(DomainError):
    message = _("A team cannot be part of itself or of a team below it.")


class TeamNotEmpty(DomainError):
    message = _("This team still has people, teams, invitations or records. Move them first.")


@transaction.atomic
def create_team(*, name_en: str, name_zh: str, parent: Team | None, by: User, now: datetime) -> Team:
    """Make a team. Raises NotAllowed, or DomainError where both names are missing."""
    if not can_create_team(by):
        raise NotAllowed
    team = Team(name_en=name_en, name_zh=name_zh, parent=parent)
    save_or_refuse(team)
    return team


@transaction.atomic
def change_team(*, team: Team, name_en: str, name_zh: str, parent: Team | None, by: User, now: datetime) -> None:
    """Rename a team or hang it elsewhere. Raises NotAllowed, TeamCircle, or DomainError without a name."""
    if not can_edit_team(by, team):
        raise NotAllowed
    # All rows: two moves at once could otherwise make a circle together.
    list(Team.objects.select_for_update(no_key=True).order_by("pk"))
    if parent is not None and parent.pk in Team.objects.ids_below(team.pk):
        raise TeamCircle(field="parent")
    team.name_en, team.name_zh, team.parent = name_en, name_zh, parent
    save_or_refuse(team, update_fields=["name_en", "name_zh", "parent"])


@transaction.atomic
def remove_team(*, team: Team, by: User, now: datetime) -> None:
    """Remove a team that nothing hangs on. Raises NotAllowed or TeamNotEmpty."""
    if not can_edit_team(by, team):
        raise NotAllowed
    Team.objects.select_for_update().filter(pk=team.pk).first()
    if Invitation.objects.unanswered().filter(team=team).exists():
        raise TeamNotEmpty
    try:
        team.delete()
    except (models.ProtectedError, models.RestrictedError) as error:
        raise TeamNotEmpty from error
