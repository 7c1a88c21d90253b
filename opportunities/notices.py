"""Which notices does the floor of leads and deals send, and what may their reader still see of them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.registries import NOTICES, NoticeKind, NoticeLine

from .models import Lead, Opportunity

if TYPE_CHECKING:
    from accounts.models import Notification, User


def render_lead_given(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A lead is this person's now."""
    leads = Lead.objects.visible_to(user).defer("search_text").in_bulk({notice.target_id for notice in notices})
    return {
        notice.pk: NoticeLine(
            (_("%(who)s gave you the lead %(lead)s") if notice.actor else _("New inquiry: %(lead)s"))
            % {"who": notice.actor, "lead": lead.name},
            url=lead.get_absolute_url(),
            icon="target-arrow",
            text=Truncator(lead.subject or lead.message).chars(160),
        )
        for notice in notices
        if (lead := leads.get(notice.target_id))
    }


def render_lead_waits(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """An inquiry waits for somebody to be given to; gone once it was."""
    ids = {notice.target_id for notice in notices}
    leads = Lead.objects.visible_to(user).to_give_away().defer("search_text").in_bulk(ids)
    return {
        notice.pk: NoticeLine(
            _("New inquiry, to be given to somebody: %(lead)s") % {"lead": lead.name},
            url=lead.get_absolute_url(),
            icon="target-arrow",
            text=Truncator(lead.subject or lead.message).chars(160),
        )
        for notice in notices
        if (lead := leads.get(notice.target_id))
    }


def render_deal_given(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A deal is this person's now."""
    return _about_deals(notices, user, "user-plus", _("%(who)s gave you the opportunity %(deal)s"))


def render_deal_shared(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A deal is shared with this person."""
    return _about_deals(notices, user, "users", _("%(who)s shares the opportunity %(deal)s with you"))


def _about_deals(notices: Sequence[Notification], user: User, icon: str, words: str) -> dict[int, NoticeLine]:
    rows = Opportunity.objects.visible_to(user).select_related("customer").only("title", "customer__name")
    deals = rows.in_bulk({notice.target_id for notice in notices})
    return {
        notice.pk: NoticeLine(
            words % {"who": notice.actor or _("The system"), "deal": deal.title},
            url=deal.get_absolute_url(),
            icon=icon,
            text=deal.customer.name if deal.customer is not None else "",
        )
        for notice in notices
        if (deal := deals.get(notice.target_id))
    }


def register() -> None:
    """Add this floor's kinds to NOTICES."""
    NOTICES["lead_given"] = NoticeKind(gettext_lazy("A lead is given to me"), render_lead_given, by_mail=True)
    NOTICES["lead_waits"] = NoticeKind(
        gettext_lazy("An inquiry waits to be given away"), render_lead_waits, by_mail=True
    )
    NOTICES["opportunity_given"] = NoticeKind(
        gettext_lazy("An opportunity is given to me"), render_deal_given, by_mail=True
    )
    NOTICES["opportunity_shared"] = NoticeKind(gettext_lazy("An opportunity is shared with me"), render_deal_shared)
