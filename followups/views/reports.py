"""Work reports: one's own and those of the people one answers for; begun, finished, sent, read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.pages import get_visible_or_404
from core.pages.form import FormPage
from core.zones import business_day

from .. import permissions, services
from ..forms import ReportFilterForm, ReportForm
from ..models import WorkReport
from ..work_reports import FIGURES, figures_of

PER_PAGE = 25
# What the “New” menu offers: key → (kind, days back).
OFFERS = {"today": ("daily", 0), "yesterday": ("daily", 1), "this_week": ("weekly", 0), "last_week": ("weekly", 7)}


@require_safe
def reports(request: SignedInRequest) -> HttpResponse:
    """Reports that this person may read, the newest days first; by person, kind and days."""
    user, form = request.user, ReportFilterForm(request.GET, user=request.user)
    rows = WorkReport.objects.visible_to(user).select_related("user", "read_by")
    unread = rows.unread_by(user)
    if request.GET.get("show") == "unread":
        rows = unread
    rows = form.narrow(rows)
    page = Paginator(rows.order_by("-ends_on", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    kept = [(name, str(value)) for name, value in request.GET.items() if name != "page" and value]
    context = {
        "page": page,
        "rows": [(one, _shown(one)) for one in page],
        "form": form,
        "answers_for_others": user.is_admin or user.is_manager,
        "shows_unread": request.GET.get("show") == "unread",
        "unread": unread.count(),
        "is_narrowed": bool(form.changed_data),
        "keep": urlencode(kept) + "&" if kept else "",
    }
    return render(request, "followups/reports.html", context)


@require_POST
def report_new(request: SignedInRequest) -> HttpResponse:
    """Begin a report, or go on with the one that was begun."""
    if request.POST.get("of") not in OFFERS:
        raise Http404
    kind, back = OFFERS[request.POST["of"]]
    now = timezone.now()
    on = business_day(now) - timedelta(days=back)
    return redirect(services.begin_report(kind=kind, on=on, by=request.user, now=now))


class ReportPage(FormPage):
    """One report: to its writer a form until it is sent, to those who answer for them what was sent."""

    request: SignedInRequest
    template_name = "followups/report.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = WorkReport.objects.select_related("user", "read_by")  # unscoped: the gate scopes it
        self.record = get_visible_or_404(rows, request.user, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> ReportForm:
        return ReportForm(data, initial={"sentence": self.record.sentence})

    def save(self, form: ReportForm) -> str:
        sentence, sends = form.cleaned_data["sentence"], "send" in self.request.POST
        services.save_report(
            report=self.record, sentence=sentence, by=self.request.user, now=timezone.now(), sends=sends
        )
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        user, report = self.request.user, self.record
        figures = report.figures if report.sent_at else figures_of(report, timezone.now())
        return {
            "report": report,
            "figures": [(label, figures.get(key, 0)) for key, label in FIGURES.items()],
            "may_write": permissions.can_write_report(user, report),
            "may_mark": permissions.can_mark_read(user, report) and report.read_at is None,
        }


@require_POST
def report_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that a report was read, and go back to those that wait."""
    report = get_visible_or_404(WorkReport, request.user, pk)
    services.mark_report_read(report=report, by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("followups:reports") + "?show=unread")


def _shown(report: WorkReport) -> str:
    """The figures of a report that was sent, in one line; none of a draft."""
    words = [f"{label} {report.figures[key]}" for key, label in FIGURES.items() if report.figures.get(key)]
    return " · ".join(words)
