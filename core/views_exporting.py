"""The page that asks what of a list is wanted and in which format, and starts its export."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from .exporting.contents import Shown
from .exporting.engine import LONGEST_QUERY, Chosen, ListExport, start_export
from .exporting.files import FORMATS
from .pages.gate import allow
from .querysets import bounded_count
from .registries import EXPORTS


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, page: str) -> HttpResponse:
    """Say what would be in the file; on POST with a format start making it.

    The list's query stands in the address or the form, the chosen rows as ``pk`` in either.
    """
    if page not in EXPORTS:
        raise Http404
    found: ListExport = EXPORTS[page]
    user, now = request.user, timezone.now()
    allow(found.may(user))  # type: ignore[arg-type]
    query = _query(request)
    if len(query) > LONGEST_QUERY:  # half a query would be other rows
        raise BadRequest
    status, asked = 200, request.POST.get("format", "")
    if asked:
        word, _dash, kind = asked.rpartition("-")
        content = found.contents.get(word or Shown.key)
        if content and kind in content.formats:
            job = start_export(page=page, query=query, kind=kind, content=content.key, by=user, now=now)  # type: ignore[arg-type]
            return redirect("core:job", pk=job.pk)
        status = 422
    chosen = Chosen(found, user, query)  # type: ignore[arg-type]
    count = bounded_count(chosen.rows())
    contents = [made(chosen.page) for made in found.contents.values()]
    context = {
        "list": found.page,
        "note": found.note,
        "query": query,
        "count": count,
        "is_chosen": bool(chosen.ids),
        "only": chosen.rows().first() if len(chosen.ids) == 1 else None,
        "contents": [
            {
                "content": content,
                "columns": content.columns().values(),
                "formats": [(f"{content.key}-{kind}", FORMATS[kind]) for kind in content.formats],
            }
            for content in contents
        ],
    }
    return render(request, "core/export.html", context, status=status)


def _query(request: HttpRequest) -> str:
    """The query of the list; ids that its form sends along become its ``pk``, unless all rows were chosen."""
    if request.method != "POST":
        return request.GET.urlencode()
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    if "pk" in request.POST and not request.POST.get("all"):
        query.setlist("pk", request.POST.getlist("pk"))
    return query.urlencode()
