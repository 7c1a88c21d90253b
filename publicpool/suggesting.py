"""Which of one's own customers are lost next unless something is done?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from core.urgency import leaves
from customers.models import Customer
from customers.next_steps import MOST_OF_A_SOURCE
from customers.registries import SUGGESTIONS, StepAct, Suggestion

from . import telling
from .countdown import Clock, countdowns, going, reclaim_day
from .rules import active_specs

if TYPE_CHECKING:
    from accounts.models import User

AHEAD = timedelta(days=14)


def leaving(user: User, now: datetime) -> list[Suggestion]:
    """Own customers that go to the pool within a fortnight, with the contact that keeps them."""
    if not (specs := active_specs()):
        return []
    clock = Clock.load(now, specs)
    rows = Customer.objects.visible_to(user).filter(going(clock, clock.today + AHEAD), owner=user)
    ids = rows.order_by(reclaim_day(clock), "pk").values_list("pk", flat=True)[:MOST_OF_A_SOURCE]
    found = []
    for pk, one in countdowns(clock, ids).items():
        why = [leaves(one.days_left(clock.today), telling.leaves(one, now))]
        act = StepAct(_("Log"), reverse("communications:log", args=[pk]), "message-plus")
        keeps = one.spec.kind != "no_order"  # there an order helps, not a word
        found.append(Suggestion(why, f"leaves:{one.on}", pk, act=act if keeps else None))
    return found


def register() -> None:
    SUGGESTIONS["leaving"] = leaving
