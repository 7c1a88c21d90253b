"""The pages that know no business noun: Today, search, jobs, views of lists, errors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from . import jobs as job_services
from . import saved_views
from . import today as today_lines
from .forms import Form
from .models import Job, SavedView
from .pages.gate import get_visible_or_404
from .registries import JOBS, OFFERS, SEARCHES, TODAY_PARTS, Day
from .text import clean, search_query

JOBS_PER_PAGE = 25
HITS_PER_GROUP = 8
# Of Today; the first is how it opens for whoever chose none.
ORDERS = ("urgent", "kind")


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the working day, or to the door."""
    return redirect("core:today" if request.user.is_authenticated else "account_login")


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show what wants this person today, from all apps."""
    day = Day(request.user, timezone.now())  # type: ignore[arg-type]
    groups = today_lines.groups_of(day)
    kinds = [one for one in groups if one.lines and not one.section.in_aside]
    queue = today_lines.one_queue(kinds)
    kept = saved_views.default_view("today", request.user, []) or ORDERS[0]  # type: ignore[arg-type]
    order = request.GET.get("order", kept)
    order = order if order in ORDERS else ORDERS[0]
    most = None if "all" in request.GET else today_lines.MOST_IN_QUEUE
    context = {
        "kinds": kinds,
        "chosen": next((one for one in kinds if one.key == request.GET.get("kind")), None),
        "queue": queue[:most],
        "rest": len(queue) - len(queue[:most]),
        "aside": [one for one in groups if one.section.in_aside],
        "parts": [
            (part.template, part.context(day)) for part in sorted(TODAY_PARTS.values(), key=lambda part: part.order)
        ],
        "count": len(queue),
        "has_more": any(one.has_more for one in kinds),
        "order": order,
        "is_kept": order == kept,
    }
    return render(request, "core/today.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer the search box and the palette: hits grouped by kind, scoped to the reader."""
    text, user = clean(request.GET.get("q", "")), request.user
    groups: list[dict[str, Any]] = []
    if text:
        for key, kind in sorted(SEARCHES.items(), key=lambda line: line[1].order):
            hits = list(kind.find(user, text, HITS_PER_GROUP + 1))  # type: ignore[arg-type]
            if hits:
                has_more = len(hits) > HITS_PER_GROUP and kind.more
                more = kind.more(text) if has_more and kind.more else ""
                groups.append({"key": key, "label": kind.label, "hits": hits[:HITS_PER_GROUP], "more": more})
    offers = [
        (offer, offer.url(text))
        for offer in sorted(OFFERS.values(), key=lambda offer: offer.order)
        if text and not groups and offer.shown_to(user)  # type: ignore[arg-type]
    ]
    in_palette = bool(request.htmx)  # type: ignore[attr-defined]
    context = {
        "text": text,
        "terms": search_query(text),
        "groups": groups,
        "offers": offers,
        "count": sum(len(group["hits"]) for group in groups),
        "in_palette": in_palette,
    }
    return render(request, f"core/search.html{'#hits' if in_palette else ''}", context)


# --- jobs -----------------------------------------------------------------------------------------


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """List the long work a person asked for; an admin sees everybody's."""
    rows = Job.objects.visible_to(request.user).select_related("created_by")  # type: ignore[arg-type]
    page = Paginator(rows, JOBS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "core/jobs.html", {"page": page, "rows": [_shown(job) for job in page]})


@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a job is; htmx asks again every second until it is over."""
    found = get_visible_or_404(Job, request.user, pk)  # type: ignore[arg-type]
    part = "#progress" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"core/job.html{part}", _shown(found))


def _shown(job: Job) -> dict[str, Any]:
    kind = JOBS.get(job.kind)
    return {"job": job, "label": kind.label if kind else job.kind, "url": kind.url(job) if kind and kind.url else ""}


@require_POST
def cancel_job(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_visible_or_404(Job, request.user, pk)  # type: ignore[arg-type]
    job_services.cancel(found, now=timezone.now())
    return redirect("core:job", pk=pk)


@require_POST
def retry_job(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_visible_or_404(Job, request.user, pk)  # type: ignore[arg-type]
    job_services.retry(found, now=timezone.now())
    return redirect("core:job", pk=pk)


@require_safe
def job_file(request: HttpRequest, pk: int) -> FileResponse:
    """Hand out the file a job made, to nobody but the person who asked for it, until it expires."""
    found = get_visible_or_404(Job, request.user, pk)  # type: ignore[arg-type]
    name = found.result.get("file")
    if not name or found.created_by_id != request.user.pk or not default_storage.exists(name):
        raise Http404
    response = FileResponse(
        default_storage.open(name), as_attachment=True, filename=found.result.get("filename") or name.rpartition("/")[2]
    )
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


# --- views of lists ---------------------------------------------------------------------------------


class SaveViewForm(Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    query = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    is_shared = forms.BooleanField(label=_("Shared with everybody"), required=False)
    view = forms.IntegerField(required=False, widget=forms.HiddenInput)
    back = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)


@require_POST
def save_view(request: HttpRequest, page: str) -> HttpResponse:
    """Keep the list as it is shown under a name, or change an own view."""
    _known_list(page)
    form = SaveViewForm(request.POST)
    if not form.is_valid():
        return render(request, "core/view_form.html", {"form": form, "page_key": page}, status=422)
    data = form.cleaned_data
    view = get_visible_or_404(SavedView, request.user, data["view"]) if data["view"] else None  # type: ignore[arg-type]
    saved = saved_views.save_view(
        page=page,
        name=data["name"],
        query=data["query"],
        is_shared=data["is_shared"],
        view=view,
        by=request.user,  # type: ignore[arg-type]
        now=timezone.now(),
    )
    return _back(request, data["back"], f"?view={saved.pk}")


@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_visible_or_404(SavedView, request.user, pk)  # type: ignore[arg-type]
    saved_views.delete_view(view=view, by=request.user)  # type: ignore[arg-type]
    return _back(request, request.POST.get("back", ""))


@require_POST
def default_view(request: HttpRequest, page: str) -> HttpResponse:
    """Open this list with the given view from now on; with none, as it is out of the box."""
    _known_list(page)
    asked = request.POST.get("view", "")
    view = get_visible_or_404(SavedView, request.user, asked) if asked.isdigit() else None  # type: ignore[arg-type]
    preset = "" if view else clean(asked)[:40]
    saved_views.choose_default(page=page, by=request.user, view=view, preset=preset)  # type: ignore[arg-type]
    return _back(request, request.POST.get("back", ""), f"?view={asked}" if asked else "")


def _known_list(page: str) -> None:
    """Raise Http404 for a key that no list can have."""
    if len(page) > (SavedView._meta.get_field("page").max_length or 0):
        raise Http404


def _back(request: HttpRequest, path: str, query: str = "") -> HttpResponse:
    """Lead back to an own path only."""
    path = path.partition("?")[0]
    own = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    target = (path if own else "/") + query
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


# --- errors -----------------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show a page without context processors: they may be what failed."""
    return HttpResponse(get_template("500.html").render(), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
