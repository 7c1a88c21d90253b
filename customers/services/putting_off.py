"""How is a suggested step put off, and shown again?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from core.exceptions import NotAllowed
from core.zones import business_day

from ..models import PutOff

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def put_off_step(
    *, about: str, facts: Sequence[str], reason: str, note: str, until: date | None, by: User, now: datetime
) -> PutOff:
    """Hide a step from this person while it rests on these facts, at most until a day. What has run out goes."""
    mine = PutOff.objects.visible_to(by)
    mine.filter(until__lte=business_day(now)).delete()
    values = {"facts": list(facts), "reason": reason, "note": note, "until": until, "at": now}
    row, _made = PutOff.objects.update_or_create(user=by, about=about, defaults=values)
    return row


def show_step_again(*, row: PutOff, by: User) -> None:
    if row.user_id != by.pk:
        raise NotAllowed
    row.delete()
