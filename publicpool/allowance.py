"""With which words does a page say what somebody has left to claim, and when there is more?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exceptions import DomainError
from core.templatetags.ui import moment_words

from .permissions import can_claim
from .quotas import Quota, quotas

if TYPE_CHECKING:
    from accounts.models import User
    from core.registries import Label
    from customers.models import Pool

LABELS: dict[str, Label] = {
    "a_day": gettext_lazy("Today"),
    "a_week": gettext_lazy("This week"),
    "a_month": gettext_lazy("This month"),
    "capacity": gettext_lazy("You hold"),
}


@dataclass(frozen=True)
class Line:
    """One limit as it is shown: its name, the figures, and when it renews."""

    quota: Quota
    label: Label
    renews: str

    @property
    def is_capacity(self) -> bool:
        return self.quota.key == "capacity"


def allowance(user: User, pool: Pool, now: datetime, used: Sequence[int | None] | None = None) -> list[Line]:
    """What this person has left in this pool; nothing for somebody who does not claim. ``used`` as `quotas` has it."""
    if not can_claim(user):
        return []
    return [Line(one, LABELS[one.key], again(one.renews_at)) for one in quotas(user, pool, now, used=used)]


def again(at: datetime | None) -> str:
    """A moment at which limits renew, by the clock of the firm: ``Tomorrow 00:00, Shanghai time``; '' for none."""
    if at is None:
        return ""
    place = _(settings.BUSINESS_ZONE_NAME.rpartition("/")[2].replace("_", " "))
    with timezone.override(settings.BUSINESS_ZONE):
        return _("%(when)s, %(place)s time") % {"when": moment_words(at), "place": place}


def in_words(refusal: DomainError) -> str:
    """A refusal in one line: what the rule says, and when it ends."""
    if refusal.ends_at is None:
        return str(refusal.message)
    return _("%(why)s Again from %(when)s.") % {"why": refusal.message, "when": again(refusal.ends_at)}
