"""Which notices do communications send, and what may their reader still see of them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.registries import NOTICES, NoticeKind, NoticeLine

from .models import Communication, CommunicationComment

if TYPE_CHECKING:
    from accounts.models import Notification, User


def render_comment(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """Somebody commented on a follow-up of this person's."""
    seen = Communication.objects.visible_to(user)
    rows = CommunicationComment.objects.filter(communication__in=seen).select_related(
        "communication__customer", "communication__lead"
    )
    comments = rows.in_bulk({notice.target_id for notice in notices})
    return {
        notice.pk: NoticeLine(
            _("%(who)s commented on your follow-up with %(customer)s")
            % {"who": notice.actor, "customer": comment.communication.party.name},
            url=f"{comment.communication.get_absolute_url()}#comment-{comment.pk}",
            icon="message",
            text=Truncator(comment.body).chars(160),
        )
        for notice in notices
        if (comment := comments.get(notice.target_id))
    }


def register() -> None:
    """Add this floor's kinds to NOTICES."""
    NOTICES["communication_comment"] = NoticeKind(
        gettext_lazy("Somebody comments on a follow-up of mine"), render_comment, by_mail=True
    )
