"""What was said about one opportunity: a tab of its page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from opportunities.views.opportunity_page import OpportunityPage

from .. import permissions
from ..models import Communication
from .leads import said_of


class OpportunityCommunications(OpportunityPage):
    """Everything said about an opportunity, newest first."""

    tab = "communications"
    part = "communications/_said_of.html"

    def tab_context(self) -> dict[str, Any]:
        deal, user = self.opportunity, self.request.user
        customer = deal.customer
        url = f"{reverse('communications:log', args=[customer.pk])}?opportunity={deal.pk}" if customer else ""
        return said_of(Communication.objects.visible_to(user).filter(opportunity=deal)) | {
            "log_url": url,
            "may_log": customer is not None and permissions.can_log(user, customer),
            "all_query": f"opportunity={deal.pk}",
        }
