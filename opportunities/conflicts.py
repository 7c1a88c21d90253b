"""By which values is a lead recognised, and what may a hit say of it? Leads warn and never block."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from core.phones import e164_of
from customers.identity import name_key
from customers.identity_keys import LONGEST, KeyRow, point_keys, write_keys
from customers.models import IdentityKey
from customers.name_grams import grams
from customers.registries import HITS, HitLine

from .models import Lead

if TYPE_CHECKING:
    from accounts.models import User

LABEL = Lead._meta.label_lower
POINTS = {"email": "email", "phone": "phone", "whatsapp": "whatsapp", "wechat": "wechat"}
KEPT = (Lead.State.NEW, Lead.State.WORKING, Lead.State.DISQUALIFIED)


def subject_of(lead: Lead) -> tuple[str, int]:
    """How the conflict check names a lead."""
    return LABEL, lead.pk


def refresh_lead_keys(leads: Sequence[Lead]) -> None:
    """Write the identity keys of these leads anew; call it in the transaction that changed or assigned them.

    An archived lead has none, a converted one neither: its customer has its own. Two statements.
    """
    if leads:
        IdentityKey.objects.filter(target_label=LABEL, target_id__in=[lead.pk for lead in leads]).delete()
        write_keys(row for lead in leads for row in _rows(lead))


def _rows(lead: Lead) -> Iterator[KeyRow]:
    if lead.archived_at is not None or lead.state not in KEPT:
        return
    name, country = lead.company or lead.person, str(lead.country)
    common = LABEL, lead.pk, name, None, lead.owner_id
    if like := name_key(name, with_form=False)[:LONGEST]:
        yield IdentityKey.Kind.LIKE, like, country, "", False, sorted(set(grams(name))), *common
    points = [
        (kind, value, e164_of(value, country)) for field, kind in POINTS.items() if (value := getattr(lead, field))
    ]
    for kind, value in sorted(point_keys(points, lead.website, country)):
        yield kind, value, "", "", False, None, *common


def fill_missing_keys(limit: int = 5_000) -> int:
    """Write the keys of leads that have none; returns how many there were. A sweep calls it."""
    keys = IdentityKey.objects.filter(target_label=LABEL, target_id=OuterRef("pk"))
    without = Lead.objects.filter(archived_at=None, state__in=KEPT).exclude(Exists(keys)).order_by("pk")
    named = without.exclude(company="", person="", email="", phone="", whatsapp="", wechat="", website="")
    leads = list(named.defer("search_text", "message")[:limit])
    refresh_lead_keys(leads)
    return len(leads)


def lines(ids: Collection[int], user: User) -> Mapping[int, HitLine]:
    """What hits may say of leads: all of it and the way there to who sees them, else name, owner and state."""
    leads = Lead.objects.filter(pk__in=ids).select_related("owner", "team")
    mine = set(Lead.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        lead.pk: HitLine(
            what=_("Lead"),
            # Without a name a lead is called by its address or its words: those are not for strangers.
            name=lead.name if lead.pk in mine else lead.company or lead.person or _("without a name"),
            owner=str(lead.owner or lead.team or "—"),
            state=lead.get_state_display(),
            url=lead.get_absolute_url() if lead.pk in mine else "",
            country=str(lead.country) if lead.pk in mine else "",
        )
        for lead in leads.defer("search_text")
    }


def register() -> None:
    """Let the conflict check speak of leads."""
    HITS[LABEL] = lines
