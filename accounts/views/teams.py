"""Which teams are there, how do they nest, and who is in them?"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core.pages import CreatePage, UpdatePage, get_visible_or_404
from core.pages.gate import allow

from ..forms import TeamForm
from ..fresh import fresh_sign_in
from ..models import Team, User
from ..permissions import can_create_team, can_edit_team, can_see_people
from ..requests import SignedInRequest
from ..services import change_team, create_team, remove_team


@require_safe
def teams(request: SignedInRequest) -> HttpResponse:
    """The tree of teams with their managers and how many people each has; two queries for any number."""
    allow(can_see_people(request.user))
    found = Team.objects.visible_to(request.user).annotate(people=Count("members", filter=Q(members__is_active=True)))
    managers: dict[int | None, list[User]] = {}
    for person in User.objects.visible_to(request.user).active().filter(role=User.Role.MANAGER, team__isnull=False):
        managers.setdefault(person.team_id, []).append(person)
    names: dict[int | None, str] = {team.pk: team.name for team in found}
    rows = [
        {
            "team": team,
            "indent": "— " * depth,
            "parent": names.get(team.parent_id, ""),
            "managers": managers.get(team.pk, []),
        }
        for depth, team in in_tree(list(found))
    ]
    return render(request, "accounts/teams.html", {"rows": rows})


def in_tree(teams: list[Team]) -> list[tuple[int, Team]]:
    """Teams as (depth, team), each below the one it is part of, by name among its like."""
    children: dict[int | None, list[Team]] = {}
    for team in sorted(teams, key=lambda team: team.name.casefold()):
        children.setdefault(team.parent_id, []).append(team)
    found: list[tuple[int, Team]] = []
    todo = [(0, team) for team in reversed(children.get(None, []))]
    while todo:
        depth, team = todo.pop()
        found.append((depth, team))
        todo += [(depth + 1, child) for child in reversed(children.get(team.pk, []))]
    return found


@method_decorator(fresh_sign_in, name="dispatch")
class TeamCreate(CreatePage):
    request: SignedInRequest
    model = Team
    title = _("New team")
    template_name = "accounts/form.html"

    def may(self, user: Any) -> bool:
        return can_create_team(user)

    def form(self, data: Any = None, files: Any = None) -> TeamForm:
        return TeamForm(data)

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {"back": _("Teams")}

    def save(self, form: TeamForm) -> str:
        create_team(**form.cleaned_data, by=self.request.user, now=timezone.now())
        return reverse("accounts:teams")

    def cancel_url(self) -> str:
        return reverse("accounts:teams")


@method_decorator(fresh_sign_in, name="dispatch")
class TeamUpdate(UpdatePage):
    request: SignedInRequest
    model = Team
    title = _("Edit team")
    template_name = "accounts/team_form.html"

    def may(self, user: Any, record: Any) -> bool:
        return can_edit_team(user, record)

    def form(self, data: Any = None, files: Any = None) -> TeamForm:
        return TeamForm(data, instance=self.record)

    def extra_context(self) -> dict[str, Any]:
        return {"back": _("Teams")}

    def save(self, form: TeamForm) -> str:
        change_team(team=self.record, **form.cleaned_data, by=self.request.user, now=timezone.now())
        return reverse("accounts:teams")

    def cancel_url(self) -> str:
        return reverse("accounts:teams")


@require_POST
@fresh_sign_in
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove an empty team; one that is not refuses and says what to move first."""
    team = get_visible_or_404(Team, request.user, pk)
    allow(can_edit_team(request.user, team))
    remove_team(team=team, by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("accounts:teams"))
