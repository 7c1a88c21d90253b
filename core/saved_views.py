"""How are views of a list kept, shared and chosen?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from .exceptions import DomainError, NotAllowed
from .models import DefaultView, SavedView

if TYPE_CHECKING:
    from accounts.models import User

MOST_VIEWS = 40


class TooManyViews(DomainError):
    message = _("You keep as many views of this list as there is room for. Delete one first.")


class ViewNameTaken(DomainError):
    message = _("You have a view of this name already.")


def views_of(page: str, user: User) -> list[SavedView]:
    """Own and shared views of a list, own ones first; one query."""
    views = SavedView.objects.visible_to(user).filter(page=page).select_related("owner")
    return sorted(views, key=lambda view: (view.owner_id != user.pk, view.position, view.pk))


def default_view(page: str, user: User, views: list[SavedView]) -> str:
    """The key of the view that the person's list opens with; '' for none."""
    chosen = DefaultView.objects.filter(page=page, user=user).values_list("view_id", "preset").first()
    if chosen is None:
        return ""
    view_id, preset = chosen
    return preset or (str(view_id) if any(view.pk == view_id for view in views) else "")


def save_view(
    *, page: str, name: str, query: str, is_shared: bool, by: User, now: datetime, view: SavedView | None = None
) -> SavedView:
    """Make a view, or change an own one. Raises NotAllowed, TooManyViews, ViewNameTaken."""
    query = QueryDict(query).urlencode()[:4000]
    with transaction.atomic():
        own = SavedView.objects.select_for_update().filter(page=page, owner=by)
        taken = own.filter(name=name)
        if view is None:
            if own.count() >= MOST_VIEWS:
                raise TooManyViews(numbers={"limit": MOST_VIEWS})
            view = SavedView(page=page, owner=by, created_at=now, position=own.count())
        elif not can_change_view(by, view):
            raise NotAllowed
        else:
            taken = taken.exclude(pk=view.pk)
        if taken.exists():
            raise ViewNameTaken(field="name")
        view.name, view.query, view.is_shared = name, query, is_shared
        view.save()
    return view


def delete_view(*, view: SavedView, by: User) -> None:
    """Remove an own view; whoever opened with it gets the ordinary list again. Raises NotAllowed."""
    if not can_change_view(by, view):
        raise NotAllowed
    view.delete()


def choose_default(*, page: str, by: User, view: SavedView | None = None, preset: str = "") -> None:
    """Open this list with a view from now on; with neither, as it is out of the box."""
    if view is None and not preset:
        DefaultView.objects.filter(user=by, page=page).delete()
        return
    DefaultView.objects.update_or_create(user=by, page=page, defaults={"view": view, "preset": "" if view else preset})


def can_change_view(user: User, view: SavedView) -> bool:
    """The author's own; an admin may tidy up shared ones."""
    return view.owner_id == user.pk or (user.is_admin and view.is_shared)
