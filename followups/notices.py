"""Which notices do follow-ups send, and what may their reader still see of them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.registries import NOTICES, NoticeKind, NoticeLine
from core.templatetags.ui import day_words, moment_words

from .due import day_of, zone_of
from .models import Task, TaskComment, WorkReport

if TYPE_CHECKING:
    from accounts.models import Notification, User


def render_assigned(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """Somebody gave this person a task."""
    tasks = Task.objects.visible_to(user).select_related("customer", "lead").in_bulk({one.target_id for one in notices})
    return {
        notice.pk: NoticeLine(
            _("%(who)s gave you a task: %(task)s") % {"who": notice.actor or _("The system"), "task": task.title},
            url=task.get_absolute_url(),
            icon="square-check",
            text=task.party.name if task.party else "",
        )
        for notice in notices
        if (task := tasks.get(notice.target_id))
    }


def render_ahead(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A task comes due."""
    return _of_tasks(notices, user, "bell", _("Due %(when)s: %(task)s"))


def render_overdue(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A task is overdue."""
    return _of_tasks(notices, user, "alert-triangle", _("Overdue since %(when)s: %(task)s"))


def render_escalated(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A task of somebody whom this person manages is overdue, and nothing happens."""
    return _of_tasks(notices, user, "alert-triangle", _("Still not done since %(when)s: %(task)s"))


def _of_tasks(notices: Sequence[Notification], user: User, icon: str, words: str) -> dict[int, NoticeLine]:
    tasks = Task.objects.visible_to(user).select_related("customer", "lead", "contact", "assignee", "team")
    found = tasks.in_bulk({notice.target_id for notice in notices})
    return {
        notice.pk: NoticeLine(
            words % {"when": _due_words(task), "task": task.title},
            url=task.get_absolute_url(),
            icon=icon,
            text=_whose(task, user),
        )
        for notice in notices
        if (task := found.get(notice.target_id))
    }


def _due_words(task: Task) -> str:
    if task.due_at is None:
        return ""
    if task.is_all_day and (on := day_of(task, zone_of(task))):
        return day_words(on)
    return moment_words(task.due_at)


def _whose(task: Task, user: User) -> str:
    """The customer or lead, the contact; whose task it is where it is not the reader's; what became of it meanwhile."""
    words = [task.party.name] if task.party else []
    if task.contact:
        words.append(task.contact.name)
    if task.assignee is None:
        words.append(_("Nobody of %(team)s took it yet") % {"team": task.team})
    elif task.assignee != user:
        words.append(_("Task of %(name)s") % {"name": task.assignee})
    if not task.is_open:
        words.append(task.get_state_display())
    return " · ".join(words)


def render_report(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """Somebody for whom this person answers sent a work report."""
    rows = WorkReport.objects.visible_to(user).select_related("user")
    reports = rows.in_bulk({notice.target_id for notice in notices})
    return {
        notice.pk: NoticeLine(
            _("%(kind)s of %(name)s, %(day)s")
            % {"kind": report.get_kind_display(), "name": report.user, "day": day_words(report.ends_on)},
            url=report.get_absolute_url(),
            icon="file-text",
            text=Truncator(report.sentence).chars(160),
        )
        for notice in notices
        if (report := reports.get(notice.target_id))
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
    NOTICES["task_ahead"] = NoticeKind(gettext_lazy("A task comes due"), render_ahead, by_mail=True)
    NOTICES["task_overdue"] = NoticeKind(gettext_lazy("A task is overdue"), render_overdue, by_mail=True)
    NOTICES["report_sent"] = NoticeKind(gettext_lazy("Somebody sends me a work report"), render_report)
    NOTICES["task_escalated"] = NoticeKind(
        gettext_lazy("A task of my team stays overdue"), render_escalated, by_mail=True
    )
