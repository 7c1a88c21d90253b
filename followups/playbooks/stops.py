"""What ends a playbook at a customer or lead before its steps are done? One condition over open runs each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.registries import Label
from customers.models import Event
from opportunities.models import Lead

from ..models import PlaybookRun
from .conditions import Known
from .subjects import CUSTOMER, LEAD, SUBJECTS, Subject
from .triggers import LOGGED, standing


@dataclass(frozen=True)
class Stop:
    """``hits`` gives the condition over PlaybookRun by which it has come, from its figures and the moment."""

    label: Label
    hits: Callable[[Mapping[str, Any], datetime], Q]
    # Why a step was cancelled, read by whoever had to do it.
    ending: Label
    figures: tuple[str, ...] = ()
    subjects: Sequence[Subject] = SUBJECTS


def _spoke_with_lead(*directions: str) -> Q:
    """Something was said with the lead of a run since it began, and still stands."""
    said = Event.objects.filter(customer=None, kind=LOGGED, payload__direction__in=directions)
    said = said.alias(_lead=Cast(KT("payload__lead"), BigIntegerField())).filter(_lead=OuterRef("lead"))
    spoke = standing(said.filter(at__gt=OuterRef("started_at")).exclude(payload__has_key="is_automatic"), at_leads=True)
    # The first condition is cheap and leaves few for the second.
    return Q(lead__last_followed_at__gt=F("started_at")) & Q(Exists(spoke))


STOPS: dict[str, Stop] = {
    "reply": Stop(
        gettext_lazy("The customer answers"),
        lambda figures, now: Q(customer__last_inbound_at__gt=F("started_at")) | _spoke_with_lead("in", "both"),
        gettext_lazy("The customer answered."),
    ),
    "outbound": Stop(
        gettext_lazy("We contact the customer"),
        lambda figures, now: Q(customer__last_outbound_at__gt=F("started_at")) | _spoke_with_lead("out", "both"),
        gettext_lazy("The customer was contacted."),
    ),
    "owner": Stop(
        gettext_lazy("Somebody else becomes the owner"),
        lambda figures, now: Q(customer__owned_since__gt=F("started_at")) | Q(lead__owned_since__gt=F("started_at")),
        gettext_lazy("The customer has another owner."),
    ),
    "converted": Stop(
        gettext_lazy("The lead becomes a customer"),
        lambda figures, now: Q(lead__state=Lead.State.CONVERTED),
        gettext_lazy("The lead became a customer."),
        subjects=(LEAD,),
    ),
    "status": Stop(
        gettext_lazy("The customer reaches a status"),
        lambda figures, now: Q(customer__status__key__in=figures.get("statuses", ())),
        gettext_lazy("The customer reached a status at which the playbook stops."),
        ("statuses",),
        (CUSTOMER,),
    ),
    "days": Stop(
        gettext_lazy("Some days are over"),
        lambda figures, now: Q(started_at__lte=now - timedelta(days=figures.get("days", 30))),
        gettext_lazy("The time of the playbook was over."),
        ("days",),
    ),
}

# These end every playbook: there is nobody left to do the steps.
ALWAYS: dict[str, Stop] = {
    "archived": Stop(
        gettext_lazy("The customer is archived"),
        lambda figures, now: Q(customer__archived_at__isnull=False),
        gettext_lazy("The customer was archived."),
    ),
    "released": Stop(
        gettext_lazy("The customer goes to the public pool"),
        lambda figures, now: Q(customer__pool__isnull=False),
        gettext_lazy("The customer went to the public pool."),
    ),
    "disqualified": Stop(
        gettext_lazy("The lead is disqualified"),
        lambda figures, now: Q(lead__state=Lead.State.DISQUALIFIED),
        gettext_lazy("The lead was disqualified."),
    ),
    "lead_archived": Stop(
        gettext_lazy("The lead is archived"),
        lambda figures, now: Q(lead__archived_at__isnull=False),
        gettext_lazy("The lead was archived."),
    ),
}

ENDINGS: dict[str, Label] = {
    PlaybookRun.DONE: gettext_lazy("All steps have ended."),
    PlaybookRun.TAKEN_BACK: gettext_lazy("What had called the playbook was taken back."),
    PlaybookRun.SWITCHED_OFF: gettext_lazy("The playbook was switched off."),
    **{key: stop.ending for key, stop in (STOPS | ALWAYS).items()},
}


def ending_words(reason: str) -> str:
    """Why a run ended, in the present language."""
    return str(ENDINGS.get(reason, reason))


def stop_words(stops: Sequence[Mapping[str, Any]], known: Known | None = None) -> list[str]:
    """The stops of a version, in the reader's language."""
    known = Known() if known is None else known
    said = []
    for stop in stops:
        if stop["key"] == "status":
            names = _(", ").join(known["status"].get(key, key) for key in stop.get("statuses", ()))
            said.append(_("The customer reaches: %(words)s") % {"words": names})
        elif stop["key"] == "days":
            days = stop.get("days", 30)
            said.append(ngettext("%(days)d day is over", "%(days)d days are over", days) % {"days": days})
        elif stop["key"] in STOPS:
            said.append(str(STOPS[stop["key"]].label))
    return said
