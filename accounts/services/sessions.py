"""Which browsers stay signed in?"""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from ..models import User


def living_sessions(*, of: User, now: datetime) -> QuerySet[UserSession]:
    """The sessions of a person that a browser can still use, the latest first."""
    rows = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    return UserSession.objects.filter(Exists(rows), user=of).order_by("-last_seen_at", "-pk")


@transaction.atomic
def end_sessions(*, of: User, keep: str = "") -> int:
    """Sign ``of`` out everywhere, except in the session whose key is ``keep``; returns how many ended."""
    ending = UserSession.objects.filter(user=of).exclude(session_key=keep)
    keys = list(ending.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    ending.filter(session_key__in=keys).delete()
    return len(keys)


def forget_ended_sessions() -> int:
    """Remove devices and addresses of sessions that are over; returns how many."""
    rows = Session.objects.filter(session_key=OuterRef("session_key"))
    return UserSession.objects.filter(~Exists(rows)).delete()[0]


@transaction.atomic
def end_session(*, session: UserSession) -> None:
    """Sign one browser out; ending it twice is harmless."""
    Session.objects.filter(session_key=session.session_key).delete()
    UserSession.objects.filter(pk=session.pk).delete()
