"""Which customers want somebody today, and why?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import Notification
from accounts.notices import lines_of
from core.registries import TODAY, Day, Label, TodayLine, TodaySection
from core.urgency import Point, day_ahead, waits
from core.zones import business_day

from .clock import zone_at
from .key_dates import birthday, born_soon, occasion, soon
from .models import Contact, Customer, CustomerRequest, KeyDate, OwnershipPeriod
from .own import MOST_LINES, MOST_WEIGHED, first, own, read_own
from .reach import best
from .registries import OWN_ROWS

NEW_FOR = timedelta(days=7)
AHEAD = timedelta(days=14)
_GRADES = {"A": 20, "B": 10, "C": 5}
# What is told of a request; customers have long rows.
ASKED = (
    "kind", "at", "by__name", "by__username", "customer__name", "customer__grade", "customer__open_opportunities",
    "customer__country",
)  # fmt: skip
GIVEN = ("transferred", "assigned", "rotated", "departure", "imported", "restored")


def _key_date_rows(day: Day) -> list[QuerySet[Any]]:
    """Key dates of one's own customers and birthdays of their people: passed ones of a month, and those ahead."""
    today = business_day(day.now)
    dates = KeyDate.objects.held_by(day.user).filter(soon(today, AHEAD.days)).order_by("on", "pk")
    born = Contact.objects.held_by(day.user).living().filter(born_soon(today, AHEAD.days))
    return [
        dates.values("kind", "on", "note", of=F("customer_id"))[: 2 * MOST_WEIGHED],
        born.order_by("pk").values("name", "birthday", of=F("customer_id"))[: 2 * MOST_LINES],
    ]


def key_dates(day: Day) -> Sequence[TodayLine]:
    held, today, on = day.once(read_own), business_day(day.now), date.fromisoformat
    dates, born = held.rows["key_dates"]
    known = [(row["of"], occasion(row["kind"], on(row["on"]), row["note"], today)) for row in dates]
    known += [(row["of"], birthday(row["name"], on(row["birthday"]), today)) for row in born]
    return [
        line(
            held.customers[pk],
            why=[day_ahead((one.on - today).days, one.label)],
            text=" · ".join(filter(None, (one.label, one.note))),
            **due(one.on, today),
        )
        for pk, one in sorted(known, key=lambda pair: pair[1].on)[:MOST_LINES]
        if pk in held.customers
    ]


def _untouched_rows(day: Day) -> list[QuerySet[Any]]:
    """Own customers that nobody has talked to yet, those held longest first; the new ones stand beside."""
    rows = own(day).filter(last_followed_at=None, owned_since__lt=day.now - NEW_FOR)
    return first(rows.order_by("owned_since", "pk"))


def never_contacted(day: Day) -> Sequence[TodayLine]:
    return [
        line(
            one,
            why=[untouched()],
            text=_("Nobody has talked to them yet"),
            due_label=held_for(one.owned_since, day.now),
        )
        for one in day.once(read_own).of("never_contacted")
    ]


def _protected_rows(day: Day) -> list[QuerySet[Any]]:
    """Own customers whose protection ends within a fortnight."""
    today = business_day(day.now)
    rows = own(day).filter(protected_until__range=(today, today + AHEAD))
    return first(rows.order_by("protected_until", "pk"))


def protections(day: Day) -> Sequence[TodayLine]:
    today = business_day(day.now)
    return [
        line(
            one,
            why=[day_ahead((one.protected_until - today).days, _("protection ends"))],
            icon="lock",
            text=one.protected_reason or _("Protected"),
            **due(one.protected_until, today),
        )
        for one in day.once(read_own).of("protections")
    ]


def _given_rows(day: Day) -> list[QuerySet[Any]]:
    """Customers that came to this person within a week by somebody else's hand and were not contacted since."""
    periods = (
        OwnershipPeriod.objects.filter(owner=day.user, ended_at=None)  # unscoped: one's own running ones
        .filter(started_at__gte=day.now - NEW_FOR, reason__in=GIVEN)
        .exclude(by=day.user)
        .exclude(customer__last_followed_at__gte=F("started_at"))
        .order_by("-started_at", "-pk")
    )
    giver = {"giver": Coalesce(NullIf("by__name", Value("")), "by__username")}  # as accounts.User says itself
    return [periods.values("reason", "note", "started_at", of=F("customer_id"), **giver)[:MOST_LINES]]


def given_to_me(day: Day) -> Sequence[TodayLine]:
    held, ways, lines = day.once(read_own), dict(OwnershipPeriod.Reason.choices), []
    (rows,) = held.rows["given_to_me"]
    for row in (row for row in rows if row["of"] in held.customers):
        words = _("%(how)s by %(name)s") % {"how": ways[row["reason"]], "name": row["giver"] or _("the system")}
        ago = days_ago(datetime.fromisoformat(row["started_at"]), day.now)
        why = [Point(25, _("given to you, not contacted since"))]
        text = f"{words} · {row['note']}" if row["note"] else words
        lines.append(line(held.customers[row["of"]], why=why, text=text, due_label=ago, acts=False))
    return lines


def unread(day: Day) -> Sequence[TodayLine]:
    """Unread notices, as far as the reader may still see what they are about."""
    rows = Notification.objects.visible_to(day.user).unread().select_related("actor").order_by("-created_at", "-pk")
    return [
        TodayLine(
            title=str(one.line.title),
            url=one.line.url,
            text=one.line.text,
            icon=one.line.icon,
            due_label=days_ago(one.notice.created_at, day.now),
        )
        for one in lines_of(rows[:5], day.user)
        if one.line
    ]


# --- words --------------------------------------------------------------------------------------------


def line(
    customer: Any, *, why: Sequence[Point], text: str, icon: str = "", acts: bool = True, **more: Any
) -> TodayLine:
    """A customer's line; what the customer itself weighs comes to its reasons."""
    zone = zone_at(customer)
    reach = best(customer._points) if acts else best([])
    act: tuple[Label, str, str] = (_("Open"), customer.get_absolute_url(), "arrow-right")
    if reach.call:
        act = (_("Call"), reach.call, "phone")
    elif reach.mail:
        act = (_("Mail"), reach.mail, "mail")
    elif reach.chat:
        act = (_("WhatsApp"), reach.chat, "brand-whatsapp")
    return TodayLine(
        title=customer.name,
        url=customer.get_absolute_url(),
        why=(*why, *weight(customer)),
        text=text,
        icon=icon or act[2],
        country=str(customer.country),
        zone=zone.name if zone else "",
        place=customer.city,
        act_label=act[0],
        act_url=act[1],
        act_icon=act[2],
        **more,
    )


def graded(customer: Customer) -> list[Point]:
    worth = _GRADES.get(customer.grade)
    return [Point(worth, _("Grade %(grade)s") % {"grade": customer.grade})] if worth else []


def weight(customer: Customer) -> list[Point]:
    """What a customer counts wherever it stands in the queue: its grade, and that deals are under way."""
    points = graded(customer)
    if n := customer.open_opportunities:
        points.append(Point(10, ngettext("%(n)s open deal", "%(n)s open deals", n) % {"n": n}))
    return points


def untouched() -> Point:
    return Point(25, _("nobody has talked to them yet"))


def due(on: date, today: date) -> dict[str, Any]:
    """The words and the tone of a day: passed ones bad, within three days bad, within seven warn."""
    days = (on - today).days
    if days < 0:
        words = ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": -days}
        return {"due_label": words, "tone": "bad"}
    if days == 0:
        return {"due_label": pgettext("day", "Today"), "tone": "bad"}
    words = ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    return {"due_label": words, "tone": "bad" if days <= 3 else "warn" if days <= 7 else ""}


def held_for(at: datetime, now: datetime) -> str:
    days = (now - at).days
    return ngettext("held for %(n)s day", "held for %(n)s days", days) % {"n": f"{days:,}"}


def days_ago(at: datetime, now: datetime) -> str:
    days = (now - at).days
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": f"{days:,}"} if days > 0 else _("today")


def requests_to_decide(day: Day) -> Sequence[TodayLine]:
    """What colleagues ask about customers that this person holds or leads, the oldest first."""
    rows = CustomerRequest.objects.to_decide(day.user).select_related("customer", "by").only(*ASKED)
    rows = rows.order_by("at", "pk")[:MOST_LINES]
    return [
        TodayLine(
            title=one.customer.name,
            url=reverse("customers:request", args=[one.pk]),
            why=(waits(one.at, day.now, _("a colleague waits for your word")), *weight(one.customer)),
            text=f"{one.by}: {one.get_kind_display()}",
            icon="user-share",
            country=str(one.customer.country),
            act_label=_("Decide"),
            act_url=reverse("customers:request", args=[one.pk]),
        )
        for one in rows
    ]


def register() -> None:
    """Add this floor's sections to the Today page."""
    TODAY["requests"] = TodaySection(
        gettext_lazy("Requests to decide"), 5, requests_to_decide, url_name="customers:requests"
    )
    OWN_ROWS.update(
        key_dates=_key_date_rows, protections=_protected_rows, never_contacted=_untouched_rows, given_to_me=_given_rows
    )
    TODAY["key_dates"] = TodaySection(gettext_lazy("Key dates"), 10, key_dates)
    TODAY["protections"] = TodaySection(gettext_lazy("Protection ends"), 20, protections)
    TODAY["never_contacted"] = TodaySection(
        gettext_lazy("Never contacted"),
        30,
        never_contacted,
        url_name="customers:list",
        url_query="whose=mine&contacted=never&m=1",
    )
    TODAY["given_to_me"] = TodaySection(gettext_lazy("New for me"), 10, given_to_me, in_aside=True)
    TODAY["unread"] = TodaySection(
        gettext_lazy("Unread notices"), 20, unread, url_name="accounts:notifications", in_aside=True
    )
