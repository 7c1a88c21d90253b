"""The page that asks in which format a list is wanted, and starts its export."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from .exporting.engine import FORMATS, shown_list, start_export
from .pages.gate import allow
from .querysets import bounded_count
from .registries import EXPORTS


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, page: str) -> HttpResponse:
    """Say what would be in the file; on POST start making it. The list's query stands in the address or the form."""
    if page not in EXPORTS:
        raise Http404
    found, user, now = EXPORTS[page], request.user, timezone.now()
    allow(found.may(user))
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    if request.method == "POST" and request.POST.get("format") in FORMATS:
        job = start_export(page=page, query=query, kind=request.POST["format"], by=user, now=now)  # type: ignore[arg-type]
        return redirect("core:job", pk=job.pk)
    rows, columns, _table = shown_list(found, user, query, now)  # type: ignore[arg-type]
    context = {
        "list": found.page,
        "note": found.note,
        "query": query,
        "formats": FORMATS.items(),
        "count": bounded_count(rows),
        "columns": [column.header for column in columns],
    }
    return render(request, "core/export.html", context, status=422 if request.method == "POST" else 200)
