"""The tabs of a customer's page: timeline, contacts, headers and group, history."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db.models import Prefetch
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.custom_fields import fields_of, shown
from core.ids import id_of

from .. import permissions, words
from ..clock import contact_clock
from ..history import changes_of
from ..models import ContactPoint
from ..reach import ICONS, href
from ..timeline import PAGE, events_of, told
from .record import CustomerPage

CHANGES = 100
FAMILIES = {
    "": _("All"),
    "communications": _("Communications"),
    "tasks": _("Tasks"),
    "opportunities": _("Opportunities"),
    "notes": _("Notes"),
    "files": _("Files"),
    "system": _("System"),
}


class TimelinePage(CustomerPage):
    """What happened, newest first; notes on top to write. ``before`` is the last event's id of the page before."""

    tab = "timeline"
    part = "customers/_timeline.html"

    def tab_context(self) -> dict[str, Any]:
        asked: QueryDict = self.request.GET
        family = asked.get("show", "")
        family = family if family in FAMILIES else ""
        events = events_of(self.customer, family)
        before = asked.get("before", "")
        if place := id_of(before):
            # The ledger grows by time: ids and times run the same way but for what an import dated back.
            last = self.customer.events.filter(pk=place).values_list("at", "pk").first()
            if last:
                events = events.filter(at__lte=last[0]).exclude(at=last[0], pk__gte=last[1])
        found = list(events[: PAGE + 1])
        user = self.request.user
        return {
            "entries": told(found[:PAGE], user),
            "is_older": bool(before),
            "family": family,
            "families": [
                {"label": label, "href": other_part(self, show=key), "is_current": key == family}
                for key, label in FAMILIES.items()
            ],
            "older": other_part(self, show=family, before=found[PAGE - 1].pk) if len(found) > PAGE else "",
            "submission": uuid.uuid4(),
        }


def other_part(page: CustomerPage, **asked: Any) -> str:
    """The address of another part of a tab, without losing the list that the reader comes from."""
    kept = {} if page.list_query is None else {"in": page.list_query}
    return "?" + urlencode({name: value for name, value in asked.items() if value} | kept)


class ContactsPage(CustomerPage):
    tab = "contacts"
    part = "customers/_contacts.html"

    def tab_context(self) -> dict[str, Any]:
        fields = fields_of(words.CONTACT)
        points = Prefetch("points", ContactPoint.objects.order_by("position", "pk"))  # unscoped: of a visible customer
        people: list[Any] = list(self.customer.contacts.prefetch_related(points))
        for person in people:
            person.clock = contact_clock(person, self.customer, self.now)
            person.reached = [reached(point) for point in person.points.all()]
            person.own_fields = [(one.name, text) for one in fields if (text := shown(one, person.custom.get(one.key)))]
        own = [reached(point) for point in self.customer.contact_points.all() if point.contact_id is None]
        return {
            "people": [person for person in people if person.archived_at is None],
            "gone": [person for person in people if person.archived_at is not None],
            "own": own,
        }


def reached(point: ContactPoint) -> dict[str, Any]:
    """A number or address with its link and icon."""
    return {
        "point": point,
        "href": href(point.kind, point.value, point.normal),
        "icon": ICONS.get(point.kind, "message"),
    }


class HeadersPage(CustomerPage):
    tab = "headers"
    part = "customers/_headers.html"

    def tab_context(self) -> dict[str, Any]:
        user = self.request.user
        return {"headers": list(self.customer.headers.all()), "members": self.members(user)}


class HistoryPage(CustomerPage):
    """Who changed which field from what to what: of the record and of all that belongs to it."""

    tab = "history"
    part = "customers/_history.html"
    more: ClassVar[int] = 1000

    def may(self) -> bool:
        user = self.request.user
        return self.customer.is_archived or permissions.can_see_history(user, self.customer)

    def tab_context(self) -> dict[str, Any]:
        limit = self.more if "all" in self.request.GET else CHANGES
        changes = changes_of(self.customer, limit + 1)
        periods = self.customer.periods.select_related("owner", "pool", "by")
        more = other_part(self, all=1) if len(changes) > limit else ""
        return {"changes": changes[:limit], "more": more, "periods": list(periods)}
