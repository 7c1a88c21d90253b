"""What does a customer's page say of its way to the pool?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from core.zones import midnight
from customers.permissions import can_edit, can_protect, holds
from customers.registries import ACTS, PANELS, Act, Panel

from . import permissions, telling
from .allowance import again
from .countdown import NEVER_ON, Clock, every
from .models import Extension
from .rules import active_specs

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


def countdown_panel(customer: Customer, user: User, now: datetime) -> Mapping[str, Any] | None:
    """Countdown, reason and cure; None where no rule asks. Four statements, one where no rule is in use."""
    if customer.owner_id is None or not (specs := active_specs()):
        return None
    clock = Clock.load(now, specs)
    lines = every(clock, customer.pk)
    if not lines:
        return None
    first = lines[0]
    extension = Extension.objects.filter(customer=customer, period__ended_at=None).select_related("by").first()
    asks = extension is not None and extension.state == Extension.State.ASKED
    may_edit = can_edit(user, customer)
    return {
        "first": first,
        "at": again(midnight(first.on)),
        "is_kept": first.on >= NEVER_ON,
        "left": telling.left(first, now),
        "tone": telling.tone(first, clock.today),
        "why": first.spec.sentence,
        "exempt": list(telling.exemptions(first, customer, clock.today, waits=asks)),
        "is_held_back": first.exempt_until is not None and first.exempt_until > max(first.due_on, clock.today),
        "others": [(one, one.spec.sentence) for one in lines],
        "extension": extension,
        "waits": asks,
        "may_log": may_edit and first.spec.kind != "no_order",
        "cure": telling.cure(first.spec),
        "may_ask": extension is None and permissions.can_ask_for_more_time(user, customer),
        "may_decide": extension is not None and asks and permissions.can_decide_extension(user, extension),
        "may_protect": can_protect(user, customer) and "protected" not in live(first, clock),
        "is_mine": holds(user, customer),
        "customer": customer,
    }


def live(line: Any, clock: Clock) -> set[str]:
    """The exemptions that hold today."""
    return {name for name, end in line.exempt.items() if end > clock.today}


def register() -> None:
    """Hang them into the customers' pages."""
    PANELS["countdown"] = Panel("publicpool/_countdown.html", countdown_panel, 10)
    ACTS["release"] = Act(
        _("Give back to the pool"), "ripple", "publicpool:release", 20, permissions.can_release, loses=True
    )
