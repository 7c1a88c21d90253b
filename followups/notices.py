"""Which notices do follow-ups send, and what may their reader still see of them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.registries import NOTICES, NoticeKind, NoticeLine

from .models import Task, TaskComment

if TYPE_CHECKING:
    from accounts.models import Notification, User


def render_assigned(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """Somebody gave this person a task."""
    tasks = Task.objects.visible_to(user).select_related("customer").in_bulk({one.target_id for one in notices})
    return {
        notice.pk: NoticeLine(
            _("%(who)s gave you a task: %(task)s") % {"who": notice.actor or _("The system"), "task": task.title},
            url=task.get_absolute_url(),
            icon="checkbox",
            text=task.customer.name if task.customer else "",
        )
        for notice in notices
        if (task := tasks.get(notice.target_id))
    }


def render_comment(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """Somebody commented on a task of this person's."""
    rows = TaskComment.objects.visible_to(user).select_related("task")
    comments = rows.in_bulk({notice.target_id for notice in notices})
    return {
        notice.pk: NoticeLine(
            _("%(who)s commented on %(task)s") % {"who": notice.actor, "task": comment.task.title},
            url=f"{comment.task.get_absolute_url()}#comment-{comment.pk}",
            icon="message",
            text=Truncator(comment.body).chars(160),
        )
        for notice in notices
        if (comment := comments.get(notice.target_id))
    }


def register() -> None:
    """Add this floor's kinds to NOTICES."""
    NOTICES["task_assigned"] = NoticeKind(gettext_lazy("Somebody gives me a task"), render_assigned, by_mail=True)
    NOTICES["task_comment"] = NoticeKind(gettext_lazy("Somebody comments on a task of mine"), render_comment, True)
