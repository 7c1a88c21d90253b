"""May this person see this record at all? The one gate: what is not visible does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404

from ..ids import BIGGEST_ID

if TYPE_CHECKING:
    from accounts.models import User

M = TypeVar("M", bound=Model)


def get_visible_or_404(source: type[M] | QuerySet[M], user: User, pk: Any) -> M:
    """Return the row ``pk`` if ``user`` may see it, else raise Http404.

    ``source`` is a model or a queryset of it; the user's scope is added here in both cases.
    """
    queryset: Any = source if isinstance(source, QuerySet) else source._default_manager.all()
    try:
        number = int(pk)
    except (TypeError, ValueError):
        raise Http404 from None
    row = queryset.visible_to(user).filter(pk=number).first() if 0 < number <= BIGGEST_ID else None
    if row is None:
        raise Http404
    return row


def allow(answer: bool) -> None:
    """Raise PermissionDenied (403) where a ``can_…`` says no to something visible."""
    if not answer:
        raise PermissionDenied
