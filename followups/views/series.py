"""Pages of repeating tasks: the list, one series, the editor with the days that come, stop and go on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.pages import CreatePage, DetailPage, UpdatePage, get_visible_or_404
from core.pages.gate import allow
from customers.models import Customer

from .. import services
from ..coming import coming
from ..due import day_of
from ..kinds import kind_of
from ..models import Series, Task
from ..permissions import can_edit_series
from ..recurrence import parse
from ..repeating import rule_words, skip_words
from ..segments import MOST, size_of
from ..series_form import SeriesForm

PER_PAGE = 50
SHOWN_TASKS = 20
LONGEST_SEGMENT = 2000


def described(series: Series) -> Any:
    """The series with its rule in words and its kind, for a page."""
    shown: Any = series
    shown.words = rule_words(parse(series.rule), series.first_wall.date())
    shown.kind_shown = kind_of(series.kind)
    return shown


@require_safe
def series_list(request: SignedInRequest) -> HttpResponse:
    """Series that this person sees; those that go on come first, the next one on top."""
    rows = Series.objects.visible_to(request.user).select_related("customer", "assignee")
    upcoming = Task.objects.visible_to(request.user).open().filter(series=OuterRef("pk")).order_by("occurs_at")
    rows = rows.annotate(upcoming=Coalesce(Subquery(upcoming.values("occurs_at")[:1]), "next_at"))
    rows = rows.order_by(F("ended_at").asc(nulls_first=True), F("upcoming").asc(nulls_last=True), "title", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = [described(row) for row in page]
    for row in shown:  # a day of the series' own zone
        row.next_on = row.upcoming and row.upcoming.astimezone(ZoneInfo(row.zone)).date()
    return render(request, "followups/series_list.html", {"page": page, "rows": shown})


class SeriesPage(DetailPage):
    """One series: its rule in words, the days that come, the tasks that it made."""

    model = Series
    template_name = "followups/series.html"

    def get_queryset(self) -> QuerySet[Any]:
        return Series.objects.all().select_related(  # unscoped: the page's gate scopes it
            "customer__owner", "assignee", "created_by"
        )

    def extra_context(self, record: Any) -> dict[str, Any]:
        user: Any = self.request.user
        tasks = Task.objects.visible_to(user).filter(series=record).select_related("customer", "assignee")
        ahead = coming(record, record.customer, timezone.now()) if record.ended_at is None else []
        return {
            "series": described(record),
            "coming": list(islice(ahead, 5)),
            "skips": skip_words(parse(record.rule), record.first_wall.date()),
            "tasks": [(task, day_of(task, record.zone)) for task in tasks.order_by("-occurs_at", "-pk")[:SHOWN_TASKS]],
            "may_edit": can_edit_series(user, record),
            "sees_customer": record.customer
            and Customer.objects.visible_to(user).filter(pk=record.customer_id).exists(),
            "segment_size": said_size(record.segment, record.created_by) if record.segment else None,
        }


def said_size(segment: str, user: Any) -> str:
    """How many customers a segment means now, or why it means none."""
    try:
        return f"{size_of(segment, user):,}"
    except DomainError as refusal:
        return str(refusal.message)


class SeriesEditor:
    """What creating and changing share: the form, and the days that come beside it."""

    template_name = "followups/series_form.html"
    request: Any
    record: Any = None

    def form(self, data: Any = None, files: Any = None) -> SeriesForm:
        asked = self.request.GET
        customer, segment = asked.get("customer", ""), asked.get("segment", "")[:LONGEST_SEGMENT]
        return SeriesForm(data, user=self.request.user, customer=customer, segment=segment, series=self.record)

    def cancel_url(self) -> str:
        return self.record.get_absolute_url() if self.record else reverse("followups:series_list")


class SeriesCreate(SeriesEditor, CreatePage):
    model = Series
    title = _("New repeating task")

    def save(self, form: Any) -> str:
        series = services.create_series(data=form.made(), by=self.request.user, now=timezone.now())
        return series.get_absolute_url()


class SeriesUpdate(SeriesEditor, UpdatePage):
    model = Series
    title = _("Change this and all following")

    def may(self, user: Any, record: Any) -> bool:
        return can_edit_series(user, record)

    def save(self, form: Any) -> str:
        services.update_series(series=self.record, data=form.made(), by=self.request.user, now=timezone.now())
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return {"customer": self.record.customer, "series": self.record}


@require_safe
def preview(request: SignedInRequest) -> HttpResponse:
    """The rule in words and the next five days, for what stands in the editor."""
    asked = request.GET
    customer = _visible(request.user, asked.get("customer", ""))
    form = SeriesForm(asked, user=request.user, segment=asked.get("segment", "")[:LONGEST_SEGMENT])
    form.is_valid()
    draft, segment = form.draft(), form.cleaned_data.get("segment", "")
    context: dict[str, Any] = {"form": form, "customer": customer, "draft": draft, "most": MOST}
    if draft is not None:
        context["series"] = described(draft)
        context["skips"] = skip_words(parse(draft.rule), draft.first_wall.date())
        context["coming"] = list(islice(coming(draft, customer, timezone.now()), 5))
        context["days_off"] = sum(bool(one.there and one.there.why_off) for one in context["coming"])
    if segment:
        context["segment_size"] = said_size(segment, request.user)
    return render(request, "followups/_series_preview.html", context)


def _visible(user: Any, pk: str) -> Customer | None:
    """The customer, for its days off; None for an assignee who does not see it."""
    try:
        return get_visible_or_404(Customer, user, pk)
    except Http404:
        return None


def _turned(request: HttpRequest, pk: int, act: Callable[..., Any]) -> HttpResponse:
    user: Any = request.user
    series = get_visible_or_404(Series, user, pk)
    allow(can_edit_series(user, series))
    act(series=series, by=user, now=timezone.now())
    return HttpResponseRedirect(series.get_absolute_url())


@require_POST
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    return _turned(request, pk, services.pause_series)


@require_POST
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    return _turned(request, pk, services.resume_series)
