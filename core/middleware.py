"""What is done to every request: impossible characters out, refusals shown as pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .exceptions import DomainError


class CleanRequestMiddleware:
    """PostgreSQL stores no NUL: one in a query string would be a 500 deep inside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\0" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "").replace("\0", "")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if any("\0" in str(value) for value in kwargs.values()):
            raise BadRequest("NUL in the address")


class DomainErrorMiddleware:
    """A refusal that no view showed at its form becomes a page, or the part that htmx swaps in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            # Signed-in pages hold customers' data; shared computers' caches must not.
            response.headers.setdefault("Cache-Control", "no-store")
        elif request.htmx and response.status_code == 302:  # type: ignore[attr-defined]
            # Signed out meanwhile: the sign-in page must not appear inside a part of a page.
            response.headers["HX-Redirect"] = response.headers["Location"]
            del response.headers["Location"]
            response.status_code = 200
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        template = "parts/refusal.html" if request.htmx else "refusal.html"  # type: ignore[attr-defined]
        return render(request, template, {"refusal": error}, status=error.status)
