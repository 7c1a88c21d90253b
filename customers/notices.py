"""Which notices does the customers' floor send, and what may their reader still see of them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.registries import NOTICES, NoticeKind, NoticeLine

from .models import Customer, CustomerRequest, Note

if TYPE_CHECKING:
    from accounts.models import Notification, User


def render_given(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A customer is this person's now."""
    return _about_customers(notices, user, "user-plus", _("%(who)s gave you %(customer)s"))


def render_shared(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A customer is shared with this person."""
    return _about_customers(notices, user, "users", _("%(who)s shares %(customer)s with you"))


def render_taken(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """A customer that was this person's is somebody else's: its name is known, its page perhaps not open any more."""
    ids = {notice.target_id for notice in notices if notice.target_id}
    names = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name"))
    seen = set(Customer.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        notice.pk: NoticeLine(
            _("%(who)s passed %(customer)s on to somebody else")
            % {"who": notice.actor or _("The system"), "customer": names[notice.target_id]},
            url=reverse("customers:detail", args=[notice.target_id]) if notice.target_id in seen else "",
            icon="switch-horizontal",
        )
        for notice in notices
        if notice.target_id in names
    }


def render_mention(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """Somebody named this person in a note."""
    notes = Note.objects.visible_to(user).select_related("customer").in_bulk({notice.target_id for notice in notices})
    return {
        notice.pk: NoticeLine(
            _("%(who)s mentioned you at %(customer)s") % {"who": notice.actor, "customer": note.customer.name},
            url=reverse("customers:detail", args=[note.customer_id]) + f"#note-{note.pk}",
            icon="at",
            text=Truncator(note.body).chars(160),
        )
        for notice in notices
        if (note := notes.get(notice.target_id))
    }


def render_request(notices: Sequence[Notification], user: User) -> Mapping[int, NoticeLine]:
    """Somebody asks about a customer of this person's, or one's own request is decided."""
    ids = {notice.target_id for notice in notices}
    asked = CustomerRequest.objects.visible_to(user).select_related("customer").in_bulk(ids)
    return {
        notice.pk: NoticeLine(
            _request_words(one, user) % {"who": notice.actor or _("The system"), "customer": one.customer.name},
            url=reverse("customers:request", args=[one.pk]),
            icon="user-share",
            text=Truncator(one.answer if one.by_id == user.pk else one.reason).chars(160),
        )
        for notice in notices
        if (one := asked.get(notice.target_id))
    }


def _request_words(asked: CustomerRequest, user: User) -> str:
    if asked.by_id == user.pk:
        if asked.state == CustomerRequest.State.ACCEPTED:
            return _("%(who)s accepted your request about %(customer)s")
        return _("%(who)s refused your request about %(customer)s")
    return {
        CustomerRequest.Kind.SHARE: _("%(who)s asks you to share %(customer)s"),
        CustomerRequest.Kind.JOIN: _("%(who)s asks to work on %(customer)s"),
        CustomerRequest.Kind.DISPUTE: _("%(who)s says that a company like %(customer)s is another one"),
    }[CustomerRequest.Kind(asked.kind)]


def _about_customers(notices: Sequence[Notification], user: User, icon: str, words: str) -> dict[int, NoticeLine]:
    customers = Customer.objects.visible_to(user).only("name").in_bulk({notice.target_id for notice in notices})
    return {
        notice.pk: NoticeLine(
            words % {"who": notice.actor or _("The system"), "customer": customer.name},
            url=reverse("customers:detail", args=[customer.pk]),
            icon=icon,
        )
        for notice in notices
        if (customer := customers.get(notice.target_id))
    }


def register() -> None:
    """Add this floor's kinds to NOTICES."""
    NOTICES["customer_given"] = NoticeKind(gettext_lazy("A customer is given to me"), render_given, by_mail=True)
    NOTICES["customer_taken"] = NoticeKind(gettext_lazy("A customer of mine is passed on"), render_taken)
    NOTICES["customer_shared"] = NoticeKind(gettext_lazy("A customer is shared with me"), render_shared)
    NOTICES["request_asked"] = NoticeKind(
        gettext_lazy("Somebody asks about a customer of mine"), render_request, by_mail=True
    )
    NOTICES["request_decided"] = NoticeKind(gettext_lazy("A request of mine is decided"), render_request)
    NOTICES["mention"] = NoticeKind(gettext_lazy("Somebody mentions me"), render_mention, by_mail=True)
