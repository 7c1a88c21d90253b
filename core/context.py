"""What does the shell around every page show?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from .querysets import counts_in_one
from .registries import CREATE, NAV, SHELL_COUNTS, NavItem, lit


def shell(request: HttpRequest) -> dict[str, Any]:
    """Sidebar, tab bar, “New” menu and clock; nothing is looked up for parts that do not show them."""
    context: dict[str, Any] = {
        "business_now": timezone.now().astimezone(settings.BUSINESS_ZONE),
        "business_zone_label": gettext(settings.BUSINESS_ZONE_NAME.rpartition("/")[2].replace("_", " ")),
        "languages": settings.LANGUAGES,
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    parts: Any = SimpleLazyObject(lambda: _parts(request))
    return context | {
        "shell": parts,
    }


def _parts(request: HttpRequest) -> dict[str, Any]:
    user: Any = request.user
    items = sorted((item for item in NAV.values() if item.shown_to(user)), key=lambda item: item.order)
    querysets = [item.count(user) if item.count else None for item in items]
    querysets += [count(user) for count in SHELL_COUNTS.values()]
    counts = counts_in_one(querysets)
    shown = [_shown(item, request, count) for item, count in zip(items, counts, strict=False)]
    sections: dict[str, list[dict[str, Any]]] = {}
    for entry in shown:
        sections.setdefault(str(entry["section"]), []).append(entry)
    return {
        "nav": [{"label": label, "items": entries} for label, entries in sections.items()],
        "tabbar": [entry for entry in shown if entry["on_phone"]][:4],
        "create_menu": sorted((item for item in CREATE.values() if item.shown_to(user)), key=lambda item: item.order),
        "counts": dict(zip(SHELL_COUNTS, counts[len(items) :], strict=True)),
    }


def _shown(item: NavItem, request: HttpRequest, count: int | None) -> dict[str, Any]:
    return {
        "label": item.label,
        "section": item.section,
        "url_name": item.url_name,
        "icon": item.icon,
        "count": count,
        "active": lit(item, request),
        "on_phone": item.on_phone,
    }
