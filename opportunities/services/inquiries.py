"""How does what a stranger posted become a lead, once, and junk none?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.chart import Chart
from accounts.models import User
from accounts.services.notices import notify
from core.exceptions import DomainError
from customers.identity_keys import Key, lock_keys
from customers.services.errors import CustomerIsBusy
from customers.services.locking import require, waiting

from .. import permissions
from ..inquiries import lead_data
from ..models import Inquiry, InquiryForm, Lead
from .leads import create_lead

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Of one sender at one form: people correct and ask again, programs go on and on.
LIMITS = ((timedelta(minutes=1), 5), (timedelta(hours=1), 30))
# Of all senders at one form; what comes above it is kept and looked at by a person.
FLOOD = (timedelta(minutes=10), 100)
JUNK_KEPT = timedelta(days=90)
# What nobody decided in so long a time is not going to be decided.
SUSPECTS_KEPT = timedelta(days=180)
State = Inquiry.State


class TooManyInquiries(DomainError):
    status = 429
    message = _("You have sent several inquiries in a short time. Nothing is lost: wait a little and send it again.")


@transaction.atomic
def receive_inquiry(
    *, form: InquiryForm, posted: dict[str, Any], nonce: str, sender: str, why: str, now: datetime
) -> Inquiry:
    """Take an inquiry in: a lead whose people are told, or, with ``why``, a suspect that waits for a decision.

    ``nonce`` is the page's that was filled in: the same words from it are one inquiry, however often they are sent.
    ``sender`` is the keyed hash of an address. Raises TooManyInquiries.
    """
    try:
        with waiting():  # one after the other, or fifty at once would each find room
            lock_keys([Key("inquiry_sender", f"{form.pk}|{sender}", "")])
    except CustomerIsBusy as busy:
        raise TooManyInquiries from busy
    token = _token(nonce, posted)
    if standing := Inquiry.objects.filter(form=form, token=token).first():
        return standing
    mine = Inquiry.objects.filter(form=form, sender=sender)
    for window, most in LIMITS:
        if mine.filter(received_at__gt=now - window).count() >= most:
            raise TooManyInquiries(ends_at=now + window)
    window, most = FLOOD
    if not why and Inquiry.objects.filter(form=form, received_at__gt=now - window)[:most].count() >= most:
        why = "flood"
    inquiry = Inquiry(form=form, received_at=now, posted=posted, sender=sender, token=token, why=why)
    inquiry.state = State.SUSPECT if why else State.LEAD
    if not why:
        inquiry.lead = _make_lead(inquiry, now)
    inquiry.save()
    return inquiry


def accept_inquiries(*, ids: Iterable[int], by: User, now: datetime) -> list[Lead]:
    """Say of suspects that they are real: each becomes a lead, and whoever gets it is told. Raises NotAllowed."""
    made = []
    for inquiry in _undecided(ids, by):
        with transaction.atomic():
            row = Inquiry.objects.select_for_update().select_related("form").filter(pk=inquiry.pk).first()
            if row is None or row.state == State.LEAD:
                continue
            row.lead, row.state, row.decided_by = _make_lead(row, now), State.LEAD, by
            row.save(update_fields=["lead", "state", "decided_by"])
            made.append(row.lead)
    return made


def junk_inquiries(*, ids: Iterable[int], by: User) -> int:
    """Say of suspects that they are junk; returns how many. Raises NotAllowed."""
    return _undecided(ids, by).filter(state=State.SUSPECT).update(state=State.JUNK, decided_by=by)


def clear_junk(now: datetime) -> int:
    """Delete what was junk long enough; returns how many."""
    old = Inquiry.objects.filter(state=State.JUNK, received_at__lt=now - JUNK_KEPT)
    never_decided = Inquiry.objects.filter(state=State.SUSPECT, received_at__lt=now - SUSPECTS_KEPT)
    return old.delete()[0] + never_decided.delete()[0]


def _undecided(ids: Iterable[int], by: User) -> QuerySet[Inquiry]:
    require(permissions.can_see_inquiries(by))
    return Inquiry.objects.visible_to(by).filter(pk__in=set(ids)).exclude(state=State.LEAD).order_by("pk")


def _make_lead(inquiry: Inquiry, now: datetime) -> Lead:
    """The lead, told to whom it is given, or to those who give it away."""
    lead = create_lead(data=lead_data(inquiry), by=None, now=now)
    if lead.owner_id is None:
        notify(to=_managers(lead, now), kind="lead_waits", target=lead, now=now, key=f"lead_waits:{lead.pk}")
    return lead


def _managers(lead: Lead, now: datetime) -> list[User]:
    chart = Chart(now)
    if lead.team_id:
        return [chart.people[pk] for pk in chart.heads_of(lead.team_id)]
    return [one for one in chart.people.values() if one.is_admin and one.is_active]


def _token(nonce: str, posted: dict[str, Any]) -> str:
    """One page and one text make one inquiry; who goes back and corrects it sends another."""
    said = json.dumps({key: value for key, value in posted.items() if key != "utm"}, sort_keys=True)
    return hashlib.sha256(f"{nonce}|{said}".encode()).hexdigest()
