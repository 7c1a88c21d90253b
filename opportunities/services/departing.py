"""How do leads, deals and inquiry forms go from somebody who leaves to others, and back within a day?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.departing import RULE, WAYS, Column, Hands, Leaving, Stays, ToNobody, ToPerson, WithParty
from customers.models import Collaborator, Customer, Event
from customers.services.departing import first_of, moment

from ..models import InquiryForm, Lead, Opportunity
from .holding import hand_deals
from .leads import hand_leads

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import HandedOver, User


def give_leads(rows: Sequence[Lead], to: Mapping[int, User | None], leaving: Leaving) -> list[HandedOver]:
    """Pass locked leads on; one that nobody gets waits for somebody of its team, or of the former holder's."""
    kept_data = {one.pk: {"team": one.team_id, "since": moment(one.owned_since)} for one in rows}
    for one in rows:
        if to[one.pk] is None:
            one.team_id = one.team_id or leaving.person.team_id
    if rows:
        hand_leads(rows, to, by=leaving.by, now=leaving.now, rule=RULE, is_heard=False)
    return [leaving.handed(one, to[one.pk], before=kept_data[one.pk]) for one in rows]


def take_leads_back(lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
    line_of = {line.object_id: line for line in lines}
    rows = list(Lead.objects.select_for_update(no_key=True).filter(pk__in=line_of).order_by("pk"))
    stays = {line_of[one.pk].pk: why for one in rows if (why := _why(one, line_of[one.pk], one.state_at))}
    # A call of this morning, written down since.
    said = Event.objects.filter(pk__gt=first_of(lines[0].departure.done_at, "lead.assigned"), by__isnull=False, rule="")
    for pk in said.filter(payload__lead__in=list(line_of)).values_list("payload__lead", flat=True):
        stays.setdefault(line_of[pk].pk, Stays.TOUCHED)
    back = [one for one in rows if line_of[one.pk].pk not in stays]
    if back:
        hand_leads(
            back, dict.fromkeys(line_of, leaving.person), by=leaving.by, now=leaving.now, rule=RULE, is_heard=False
        )
        for one in back:
            Lead.objects.filter(pk=one.pk).update(
                team=line_of[one.pk].before["team"], owned_since=line_of[one.pk].before["since"]
            )
    return stays


def _why(one: Lead | Opportunity, line: HandedOver, moved_at: datetime | None) -> str:
    """Why a lead or deal, that changed its state or stage last at ``moved_at``, stays where it is; '' for none."""
    at = line.departure.done_at
    assert at is not None  # only what was carried out is taken back
    if not one.is_open:
        return Stays.ENDED
    if one.owner_id != line.to_id:
        return Stays.ELSEWHERE
    touched = (one.updated_at, moved_at, one.last_followed_at)
    return Stays.TOUCHED if any(moment is not None and moment > at for moment in touched) else ""


LEADS = Hands(give_leads, take_leads_back)


def give_deals(rows: Sequence[Opportunity], to: Mapping[int, User | None], leaving: Leaving) -> list[HandedOver]:
    """Pass locked deals on; whoever gets one sees its customer."""
    new = _pass(rows, to, leaving)
    return [leaving.handed(one, to[one.pk], after={"sees": one.pk in new}) for one in rows]


def _pass(rows: Sequence[Opportunity], to: Mapping[int, User | None], leaving: Leaving) -> set[int]:
    """Set the owners; the deals whose customer somebody sees from now on."""
    owners = {pk: person.pk if person else None for pk, person in to.items()}
    hand_deals(rows, owners, by=leaving.by, now=leaving.now, rule=RULE)
    for one in rows:
        one.owner = to[one.pk]
    ids = {one.customer_id for one in rows if one.customer_id}
    seen = set(Collaborator.objects.filter(customer__in=ids).values_list("customer", "user"))
    seen |= set(Customer.objects.filter(pk__in=ids).values_list("pk", "owner"))
    new: dict[tuple[int, int], Collaborator] = {}
    found = set()
    for one in rows:
        if one.customer_id and one.owner_id and (one.customer_id, one.owner_id) not in seen:
            found.add(one.pk)
            new[one.customer_id, one.owner_id] = Collaborator(
                customer_id=one.customer_id, user_id=one.owner_id, added_by=leaving.by, added_at=leaving.now
            )
    Collaborator.objects.bulk_create(new.values(), batch_size=1000)
    return found


def take_deals_back(lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
    """Give untouched deals back; whoever saw the customer for a deal alone sees it no more."""
    line_of = {line.object_id: line for line in lines}
    rows = list(Opportunity.objects.select_for_update(no_key=True).filter(pk__in=line_of).order_by("pk"))
    stays = {line_of[one.pk].pk: why for one in rows if (why := _why(one, line_of[one.pk], one.stage_at))}
    back = [one for one in rows if line_of[one.pk].pk not in stays]
    _pass(back, {one.pk: leaving.person for one in back}, leaving)
    for one in back:
        line = line_of[one.pk]
        others = Opportunity.objects.open().filter(customer=one.customer_id, owner=line.to_id)
        if line.after["sees"] and not others.exists():
            Collaborator.objects.filter(customer=one.customer_id, user=line.to_id).delete()
    return stays


DEALS = Hands(give_deals, take_deals_back)


def share_deals(rows: Sequence[Opportunity], to: Mapping[int, User | None], leaving: Leaving) -> list[HandedOver]:
    """Let somebody else work along at locked deals, or nobody; the owner needs it not."""
    links = Opportunity.collaborators.through.objects
    known = set(links.filter(opportunity__in=rows).values_list("opportunity", "user"))
    new = {
        one.pk: person
        for one in rows
        if (person := to[one.pk]) is not None and one.owner_id != person.pk and (one.pk, person.pk) not in known
    }
    links.filter(opportunity__in=rows, user=leaving.person).delete()
    links.bulk_create([links.model(opportunity_id=pk, user=person) for pk, person in new.items()])
    return [leaving.handed(one, to[one.pk], after={"new": one.pk in new}) for one in rows]


def unshare_deals(lines: Sequence[HandedOver], leaving: Leaving) -> dict[int, str]:
    links = Opportunity.collaborators.through.objects
    line_of = {line.object_id: line for line in lines}
    living = set(Opportunity.objects.open().filter(pk__in=line_of).values_list("pk", flat=True))
    for pk in living:
        if line_of[pk].after["new"]:
            links.filter(opportunity=pk, user=line_of[pk].to_id).delete()
    links.bulk_create([links.model(opportunity_id=pk, user=leaving.person) for pk in living], ignore_conflicts=True)
    return {line.pk: Stays.ENDED for pk, line in line_of.items() if pk not in living}


SHARED_DEALS = Hands(share_deals, unshare_deals)
FORMS = Column(InquiryForm, "assignee", is_over=lambda form: not form.is_active, has_clock=False).hands


def register() -> None:
    """Add this floor's lines to WAYS."""
    WAYS["leads"] |= {
        "person": ToPerson(LEADS),
        "team": ToNobody(LEADS, _("they wait for somebody of the team"), is_rest=True),
    }
    WAYS["opportunities"] |= {"party": WithParty(DEALS, _("with their customer")), "person": ToPerson(DEALS)}
    WAYS["shared_opportunities"] |= {
        "person": ToPerson(SHARED_DEALS),
        "end": ToNobody(SHARED_DEALS, _("it ends")),
    }
    WAYS["inquiry_forms"] |= {"person": ToPerson(FORMS), "team": ToNobody(FORMS, _("their leads wait for the team"))}
