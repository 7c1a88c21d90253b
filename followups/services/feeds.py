"""How does a person get a secret address for their calendar program, and how does it end?"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User

from ..models import Feed

# The last reading is noted once in this time, not at each of the programs' many.
NOTED = timedelta(hours=1)


def hashed(token: str) -> str:
    """What is kept of a token: 32 random bytes need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_feed(*, by: User, now: datetime) -> str:
    """Return the token of a new feed of one's own; the old one stops at once."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # pressed twice at once
    end_feed(by=by, now=now)
    token = secrets.token_urlsafe(32)
    Feed.objects.create(user=by, token_hash=hashed(token), created_at=now)
    return token


def end_feed(*, by: User, now: datetime) -> None:
    """Stop the feed of this person, if there is one."""
    Feed.objects.filter(user=by, revoked_at=None).update(revoked_at=now)


def read_feed(*, token: str, now: datetime) -> Feed | None:
    """The feed in force of this token, noted as read; None for any other, and for those of people who left.

    It is found by its hash in an index, so the time of an answer tells nothing of a token.
    """
    found = Feed.objects.select_related("user").filter(token_hash=hashed(token), revoked_at=None, user__is_active=True)
    feed = found.first()
    if feed is not None and (feed.used_at is None or now - feed.used_at > NOTED):
        Feed.objects.filter(pk=feed.pk).update(used_at=now)
    return feed
