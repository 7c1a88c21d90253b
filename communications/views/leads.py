"""What was said with one lead: a tab of its page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from opportunities.views.lead_page import LeadPage

from .. import permissions
from ..channels import channel_of
from ..models import Communication
from ..timeline import files_of

SHOWN = 50


class LeadCommunications(LeadPage):
    """Everything said with a lead, newest first; after the conversion as far as the reader sees the customer."""

    tab = "communications"
    part = "communications/_said_of.html"

    def tab_context(self) -> dict[str, Any]:
        rows = Communication.objects.visible_to(self.request.user).filter(lead=self.lead)
        return said_of(rows) | {
            "log_url": reverse("communications:log_lead", args=[self.lead.pk]),
            "may_log": permissions.can_log_with_lead(self.request.user, self.lead),
            "all_query": f"lead={self.lead.pk}",
        }


def said_of(rows: Any) -> dict[str, Any]:
    """The newest with their channel and files, and whether there are more."""
    rows = rows.select_related("author").prefetch_related("contacts").defer("search_text")
    found: Sequence[Any] = list(rows.order_by("-happened_at", "-pk")[: SHOWN + 1])
    files: dict[int | None, list[Any]] = defaultdict(list)
    for file in files_of([one.pk for one in found]):
        files[file.target_id].append(file)
    shown = [{"said": one, "channel": channel_of(one.channel), "files": files[one.pk]} for one in found[:SHOWN]]
    return {"exchanges": shown, "has_more": len(found) > SHOWN}
