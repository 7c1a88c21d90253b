"""The calendar: a person's tasks by day, moved by hand or keyboard."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views import View
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.pages import get_visible_or_404
from core.pages.gate import allow
from core.zones import utc_difference

from .. import services
from ..calendar import FIRST, LAST, MOST, Span, days_of, moved_due, span_of
from ..due import day_of
from ..models import Task
from ..permissions import can_work_on

VIEWS = {
    "month": pgettext_lazy("calendar", "Month"),
    "week": pgettext_lazy("calendar", "Week"),
    "day": pgettext_lazy("calendar", "Day"),
}
WEEK = gettext_lazy("%(first)s – %(last)s")


class CalendarPage(View):
    """A month, week or day of oneself; a manager may look at a person of their teams, in that person's zone."""

    request: SignedInRequest
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        user, asked, now = self.request.user, request.GET, timezone.now()
        people = User.objects.reporting_to(user).active() if user.is_manager or user.is_admin else None
        person = get_visible_or_404(people, user, asked["who"]) if people is not None and asked.get("who") else user
        zone = ZoneInfo(person.time_zone)
        view = asked.get("view", "month")
        span = span_of(view if view in VIEWS else "month", _day(asked.get("on"), now, zone))
        there = now.astimezone(zone)
        keep = {"who": person.pk} if person != user else {}

        def address(view: str, on: date | None = None) -> str:
            return "?" + urlencode(keep | {"view": view} | ({"on": on.isoformat()} if on else {}))

        context = {
            "person": person,
            "people": people,
            "span": span,
            "title": _said(span),
            "days": days_of(span, person, user, now),
            "zone": person.time_zone.rpartition("/")[2].replace("_", " "),
            "offset": utc_difference(there.utcoffset()),  # type: ignore[arg-type]
            "tabs": [
                {"label": label, "href": address(view, span.on), "is_current": view == span.view}
                for view, label in VIEWS.items()
            ],
            "previous": address(span.view, span.previous),
            "next": address(span.view, span.next),
            "today": address(span.view),
            "day_url": address("day") + "&on=",
            "here": request.get_full_path(),
            "most": MOST[span.view],
        }
        return render(request, "followups/calendar.html", context)


def _day(text: str | None, now: datetime, zone: ZoneInfo) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return now.astimezone(zone).date()


def _said(span: Span) -> str:
    if span.view == "day":
        return f"{date_format(span.on, 'l')} {date_format(span.on, 'DATE_FORMAT')}"
    if span.view == "week":
        words = {"first": date_format(span.first, "DATE_FORMAT"), "last": date_format(span.last, "DATE_FORMAT")}
        return str(WEEK) % words
    return date_format(span.on, "YEAR_MONTH_FORMAT")


def _short(on: date) -> str:
    return date_format(on, get_format("MONTH_DAY_FORMAT"))


@require_POST
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move a task to the day ``on`` of the assignee's calendar; says so in a toast, which takes it back."""
    rows = Task.objects.select_related("assignee", "customer")  # unscoped: the gate scopes
    task = get_visible_or_404(rows, request.user, pk)
    allow(can_work_on(request.user, task))
    zone = task.assignee.time_zone if task.assignee else request.user.time_zone
    before = day_of(task, zone)
    try:
        on = date.fromisoformat(request.POST.get("on") or request.GET.get("on", ""))
        if not FIRST <= on <= LAST:
            raise ValueError
    except ValueError:
        raise BadRequest from None
    said = {"text": _("“%(task)s” is due on %(day)s") % {"task": task.title, "day": _short(on)}}
    if before is not None:
        said["undo"] = f"{reverse('followups:task_move', args=[pk])}?on={before}"
    try:
        services.move_task(task=task, by=request.user, now=timezone.now(), **moved_due(task, on, zone))
    except DomainError as refusal:
        return _told({"text": str(refusal.message)}, refusal.status)
    return _told(said if "on" in request.POST else {}, 204)


def _told(said: dict[str, str], status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"HX-Trigger": json.dumps({"toast": said})} if said else {})
