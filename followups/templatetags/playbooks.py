"""Which words and signs do pages use for playbooks and their steps?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString

from core.templatetags.ui import icon

from ..kinds import kind_of
from ..reasons import Why, at_work, why_of_task

if TYPE_CHECKING:
    from customers.models import Customer
    from opportunities.models import Lead

    from ..models import Task

register = template.Library()


@register.simple_tag
def why_of(task: Task) -> Why | None:
    """Which playbook made this task, and why; None for one that somebody made."""
    return why_of_task(task)


@register.simple_tag
def playbooks_at(party: Customer | Lead) -> list[Why]:
    """The playbooks at work at a customer or lead that the reader sees."""
    return at_work(party)


@register.simple_tag
def kind_icon(kind: str) -> SafeString:
    """The sign of a kind of task, with its name for readers."""
    known = kind_of(kind)
    return icon(known.icon, 16, str(known.label))
