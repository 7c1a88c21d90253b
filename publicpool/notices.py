"""Which notices does the pool send, and what may their reader still see of them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.registries import NOTICES, NoticeKind, NoticeLine
from core.templatetags.ui import day_words
from core.zones import business_day
from customers.models import Customer
from opportunities.models import Lead

from .models import Extension
from .telling import GOING_SOON

if TYPE_CHECKING:
    from accounts.models import Notification, User

# Where all that came is read.
LISTS = {"customers_rotated": "customers:list", "leads_rotated": "opportunities:leads"}


def render_warning(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """How many customers go back soon, the first of them when: names of those still seen."""
    names = _names(notices, Customer.objects.visible_to(user))
    url = f"{reverse('customers:list')}?{GOING_SOON}"
    found = {}
    for notice in notices:
        n, on = notice.params["n"], day_words(date.fromisoformat(notice.params["on"]))
        words = ngettext(
            "%(n)s customer goes back to the pool: %(day)s",
            "%(n)s customers go back to the pool, the first: %(day)s",
            n,
        ) % {"n": n, "day": on}
        mine = [names[pk] for pk in notice.params["customers"] if pk in names]
        if mine:
            found[notice.pk] = NoticeLine(words, url=url, icon="clock-pause", text=", ".join(mine))
    return found


def render_reclaimed(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """Which customers went: whoever held them knows their names."""
    names = _names(notices, Customer.objects.all())
    return {
        notice.pk: NoticeLine(
            ngettext(
                "%(n)s customer went back to the pool", "%(n)s customers went back to the pool", notice.params["n"]
            )
            % {"n": notice.params["n"]},
            icon="clock-pause",
            text=", ".join(names[pk] for pk in notice.params["customers"] if pk in names),
        )
        for notice in notices
    }


def _names(notices: Sequence[Notification], rows: object) -> dict[int, str]:
    ids = {pk for notice in notices for pk in notice.params.get("customers", ())}
    return dict(rows.filter(pk__in=ids).values_list("pk", "name"))  # type: ignore[attr-defined]


def render_released(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A manager gave one's customer back."""
    ids = {notice.target_id for notice in notices if notice.target_id}
    names = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name"))
    words = _("%(who)s gave %(customer)s back to the pool")
    return {
        notice.pk: NoticeLine(words % {"who": notice.actor, "customer": names[notice.target_id]}, icon="arrow-back-up")
        for notice in notices
        if notice.target_id in names
    }


def render_extension(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """Somebody of the team wants more time, or one's own wish is decided."""
    rows = Extension.objects.visible_to(user).select_related("customer", "by").in_bulk({n.target_id for n in notices})
    found = {}
    for notice in notices:
        if (row := rows.get(notice.target_id)) is None:
            continue
        if row.by_id != user.pk:
            words = _("%(who)s asks for more time for %(customer)s")
        elif row.state == Extension.State.GRANTED:
            words = _("%(who)s gives you more time for %(customer)s")
        else:
            words = _("%(who)s gives you no more time for %(customer)s")
        found[notice.pk] = NoticeLine(
            words % {"who": notice.actor, "customer": row.customer.name},
            url=row.customer.get_absolute_url(),
            icon="calendar-due",
            text=Truncator(row.answer if row.by_id == user.pk else row.reason).chars(160),
        )
    return found


def render_rotated(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """What came to somebody in turn: names of those still seen."""
    customers = _given(notices, "customers_rotated", Customer.objects.visible_to(user))
    leads = _given(notices, "leads_rotated", Lead.objects.visible_to(user))
    found = {}
    for notice in notices:
        rows, n = (leads if notice.kind == "leads_rotated" else customers), notice.params["n"]
        mine = [rows[pk] for pk in notice.params["ids"] if pk in rows]
        if notice.kind == "leads_rotated":
            words = ngettext("%(n)s lead came to you in turn", "%(n)s leads came to you in turn", n)
        else:
            words = ngettext("%(n)s customer came to you in turn", "%(n)s customers came to you in turn", n)
        if mine:
            url = mine[0].get_absolute_url() if n == 1 else _their_lines(notice, user)
            text = ", ".join(str(one.name) for one in mine)
            found[notice.pk] = NoticeLine(words % {"n": n}, url=url, icon="refresh", text=text)
    return found


def _their_lines(notice: Notification, user: User) -> str:
    """The lines of the ledger by which the reader got something on that day; the whole list where none is named."""
    word, _colon, rest = notice.key.partition(":")
    rotation = rest.partition(":")[0]
    if word != "rotated" or not rotation.isdigit():
        return reverse(LISTS[notice.kind])
    day = business_day(notice.created_at).isoformat()
    words: dict[str, str | int] = {"kind": "given", "person": user.pk, "from": day, "to": day}
    return f"{reverse('publicpool:rotation-ledger', args=[rotation])}?{urlencode(words)}#lines"


def _given(notices: Sequence[Notification], kind: str, rows: QuerySet[Any]) -> dict[int, Any]:
    ids = {pk for notice in notices if notice.kind == kind for pk in notice.params["ids"]}
    return rows.in_bulk(ids) if ids else {}


def register() -> None:
    """Add this floor's kinds to NOTICES."""
    NOTICES["reclaim_warning"] = NoticeKind(
        gettext_lazy("Customers of mine go back to the pool soon"), render_warning, by_mail=True
    )
    NOTICES["customers_reclaimed"] = NoticeKind(
        gettext_lazy("Customers of mine went back to the pool"), render_reclaimed
    )
    NOTICES["customer_released"] = NoticeKind(
        gettext_lazy("A customer of mine is given back by somebody else"), render_released
    )
    NOTICES["customers_rotated"] = NoticeKind(gettext_lazy("Customers come to me in turn"), render_rotated)
    NOTICES["leads_rotated"] = NoticeKind(gettext_lazy("Leads come to me in turn"), render_rotated, by_mail=True)
    NOTICES["extension_asked"] = NoticeKind(gettext_lazy("Somebody asks for more time"), render_extension, by_mail=True)
    NOTICES["extension_decided"] = NoticeKind(gettext_lazy("My wish for more time is decided"), render_extension)
