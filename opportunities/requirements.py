"""What must be known of a deal before it enters a stage?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.registries import Label

from .models import Opportunity, Stage


@dataclass(frozen=True)
class Required:
    """One thing a stage may ask for: ``key`` is the form field that answers it."""

    label: Label
    is_known: Callable[[Opportunity], bool]


REQUIRED: dict[str, Required] = {
    "customer": Required(_("Customer"), lambda deal: deal.customer_id is not None),
    "amount": Required(_("Amount"), lambda deal: deal.amount is not None),
    "expected_on": Required(_("Expected close"), lambda deal: deal.expected_on is not None),
    "lines": Required(_("Product lines"), lambda deal: deal.lines.exists()),
    "people": Required(_("People in the deal"), lambda deal: deal.people.exists()),
    "competitors": Required(_("Competitors"), lambda deal: bool(deal.competitors)),
    "source": Required(_("Source"), lambda deal: deal.source_id is not None),
    "incoterm": Required(_("Incoterm"), lambda deal: bool(deal.incoterm)),
}


def missing(deal: Opportunity, stages: Iterable[Stage]) -> list[str]:
    """Keys of REQUIRED that these stages ask for and the deal does not have, in the order of REQUIRED."""
    wanted = {key for stage in stages for key in stage.required_fields}
    return [key for key, required in REQUIRED.items() if key in wanted and not required.is_known(deal)]
