"""What do the floors above hang on leads and opportunities?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from core.pages.detail import Tab

if TYPE_CHECKING:
    from accounts.models import User
    from core.registries import Label

    from .models import Conversion, Lead, Opportunity


@dataclass(frozen=True)
class Part:
    """Rows of a floor above that hang on a lead or an opportunity: tasks, communications.

    ``label`` is the target of their events in the ledger ("followups.task"). ``of_lead`` and ``of_opportunity``
    give the rows. ``carry`` takes those of a converted lead over to its customer, contact and opportunity, keeps
    their lines on the customer's timeline, and returns the ids; ``bring_back`` undoes it for these ids. Both run
    in the transaction of the conversion, the customer locked.
    """

    name: Label
    label: str
    of_lead: Callable[[Lead], QuerySet]
    of_opportunity: Callable[[Opportunity], QuerySet]
    carry: Callable[[Conversion, User, datetime], list[int]]
    bring_back: Callable[[Conversion, list[int], User, datetime], None]


# By label, in the order in which they are carried.
PARTS: dict[str, Part] = {}
# "plan": makes what was typed the next step of an opportunity: (opportunity, title, day, by, now).
NEXT_STEP: dict[str, Callable[[Opportunity, str, date | None, User, datetime], None]] = {}
# What floors above show beside a sheet of the funnel's page: by the sheet's key, label and URL name of a page that
# takes the same words ``scope`` and ``pipeline``.
BESIDE: dict[str, tuple[Label, str]] = {}
# Tabs of an opportunity's page: an app above adds its line and subclasses views.opportunity_page.OpportunityPage.
OPPORTUNITY_TABS: dict[str, Tab] = {}
# Tabs of a lead's page: an app above adds its line and subclasses views.lead_page.LeadPage.
LEAD_TABS: dict[str, Tab] = {}
# What floors above make anew on the rows of leads and of opportunities: functions of (leads' ids, opportunities' ids).
FACTS: dict[str, Callable[[Sequence[int], Sequence[int]], None]] = {}
