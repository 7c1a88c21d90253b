"""What calls a playbook? One class a trigger, and one function that finds its calls.

``calls`` narrows customers, or leads, to those called within a stretch of time and annotates each row with
``call_key`` (what called it, once for all), ``call_at`` (when, aware), ``call_contact`` (about whom, or null) and
``call_deal`` (about which opportunity, or null).
The sweep, the delivery of events, the replay of the past 90 days, the list of what comes next and the tests
all ask this function; so what a preview shows is what will happen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.zones import business_day
from customers.clock import day_off
from customers.models import Event, KeyDate, OwnershipPeriod, Status
from opportunities.models import Move, Opportunity, Stage

from .conditions import Known
from .subjects import CUSTOMER, LEAD, Subject

if TYPE_CHECKING:
    from core.registries import Label

Params = dict[str, Any]
LOGGED, DELETED, RESTORED = "communication.logged", "communication.deleted", "communication.restored"
NOBODY = Value(None, BigIntegerField())
# What the lines of one communication have in common beside its id, as each index of the ledger wants it.
AT_CUSTOMER = {"customer": OuterRef("customer")}
AT_LEAD = {"customer": None, "target_label": OuterRef("target_label")}


class Trigger:
    """What calls a playbook."""

    label: ClassVar[Label]
    subject: ClassVar[Subject] = CUSTOMER
    # Kinds of ledger events at which it may be called; none: a sweep asks for it.
    kinds: ClassVar[frozenset[str]] = frozenset()
    # Which of its figures the editor asks for (followups.playbook_forms).
    figures: ClassVar[tuple[str, ...]] = ()

    def calls(self, customers: QuerySet[Any], params: Params, since: datetime, until: datetime) -> list[QuerySet[Any]]:
        """Rows of its subject called after ``since`` up to ``until``, one a call, in one or several querysets."""
        raise TypeError(f"{type(self).__name__} needs calls()")

    def still(self, params: Params, now: datetime) -> Q:
        """What must be so at the moment it begins, beside the call itself: a call may be delivered late."""
        return Q()

    def key_of(self, event: Event) -> str:
        """The ``call_key`` of the call that this event is."""
        return f"event:{event.pk}"

    def words(self, params: Params, known: Known | None = None) -> str:
        """What it waits for, in the reader's language."""
        return str(self.label)


class _ByEvent(Trigger):
    """Called by events of the ledger."""

    # The column of the event that names an opportunity.
    deal: ClassVar[str] = ""

    def payload(self, params: Params) -> dict[str, Any]:
        """Lookups on the payload that tell the events that count."""
        return {}

    def calls(self, customers: QuerySet[Any], params: Params, since: datetime, until: datetime) -> list[QuerySet[Any]]:
        events = FilteredRelation("events", condition=Q(events__kind__in=sorted(self.kinds)))
        wanted = {f"_event__payload__{name}": value for name, value in self.payload(params).items()}
        rows = customers.annotate(_event=events).filter(_event__at__gt=since, _event__at__lte=until, **wanted)
        about = F(self.deal) if self.deal else NOBODY
        return [_called(rows, Value("event:"), "_event__pk", F("_event__at"), deal=about)]


class Created(_ByEvent):
    label = gettext_lazy("A customer is entered")
    kinds = frozenset({"customer.created"})


class Taken(Trigger):
    """Called by the periods themselves: they are the only truth about who holds what."""

    label = gettext_lazy("Somebody takes or is given a customer")
    kinds = frozenset(
        {
            "customer.created",
            "owner.claimed",
            "owner.assigned",
            "owner.rotated",
            "owner.passed_on",
            "owner.transferred",
        }
    )
    # Not by departure, merge, restoring or import: those move many at once, and nobody chose them one by one.
    reasons = tuple(
        getattr(OwnershipPeriod.Reason, name) for name in ("CREATED", "CLAIMED", "ASSIGNED", "ROTATED", "TRANSFERRED")
    )

    def calls(self, customers: QuerySet[Any], params: Params, since: datetime, until: datetime) -> list[QuerySet[Any]]:
        periods = FilteredRelation("periods", condition=Q(periods__reason__in=self.reasons))
        rows = customers.annotate(_period=periods).filter(
            _period__started_at__gt=since, _period__started_at__lte=until, _period__owner__isnull=False
        )
        return [_called(rows, Value("period:"), "_period__pk", F("_period__started_at"))]

    def key_of(self, event: Event) -> str:
        return f"period:{event.target_id}"


class StatusChanged(_ByEvent):
    label = gettext_lazy("The status changes")
    kinds = frozenset({"status.changed"})
    figures = ("statuses",)

    def payload(self, params: Params) -> dict[str, Any]:
        statuses = Status.objects.filter(key__in=params.get("statuses", ()))
        return {"to__in": list(statuses.values_list("pk", flat=True))}

    def still(self, params: Params, now: datetime) -> Q:
        return Q(status__key__in=params.get("statuses", ()))

    def words(self, params: Params, known: Known | None = None) -> str:
        names = (Known() if known is None else known)["status"]
        words = _listed(names.get(key, key) for key in params.get("statuses", ()))
        return _("The status changes to %(words)s") % {"words": words}


class GradeChanged(_ByEvent):
    label = gettext_lazy("The grade changes")
    kinds = frozenset({"grade.set"})
    figures = ("grades",)

    def payload(self, params: Params) -> dict[str, Any]:
        return {"to__in": params.get("grades", ())}

    def still(self, params: Params, now: datetime) -> Q:
        return Q(grade__in=params.get("grades", ()))

    def words(self, params: Params, known: Known | None = None) -> str:
        return _("The grade changes to %(words)s") % {"words": _listed(params.get("grades", ()))}


class FirstOutbound(_ByEvent):
    label = gettext_lazy("We contact a customer for the first time")
    kinds = frozenset({LOGGED})

    def calls(self, customers: QuerySet[Any], params: Params, since: datetime, until: datetime) -> list[QuerySet[Any]]:
        (rows,) = super().calls(customers, params, since, until)
        return [rows.filter(_event__in=_not_deleted(Event.objects.filter(kind=LOGGED, payload__is_first=1)))]

    def payload(self, params: Params) -> dict[str, Any]:
        return {"is_first": 1}


class Silence(Trigger):
    """The newest word is ours, and so many days old. Read from the ledger, so that the past can be replayed."""

    label = gettext_lazy("No answer for some days")
    figures = ("days",)

    def calls(self, customers: QuerySet[Any], params: Params, since: datetime, until: datetime) -> list[QuerySet[Any]]:
        days = timedelta(days=params.get("days", 7))
        said = standing(Event.objects.filter(kind=LOGGED).exclude(payload__has_key="is_automatic"))
        later = said.filter(customer=OuterRef("customer"), at__gt=OuterRef("at"), at__lte=OuterRef("at") + days)
        ours = said.filter(at__gt=since - days, at__lte=until - days, payload__direction="out")
        rows = customers.annotate(_event=FilteredRelation("events", condition=Q(events__kind=LOGGED)))
        rows = rows.filter(_event__in=ours.filter(~Exists(later)))
        return [_called(rows, Value("silence:"), "_event__pk", F("_event__at") + days)]

    def still(self, params: Params, now: datetime) -> Q:
        quiet = Q(last_outbound_at__lte=now - timedelta(days=params.get("days", 7)))
        return quiet & (Q(last_inbound_at=None) | Q(last_inbound_at__lt=F("last_outbound_at")))

    def words(self, params: Params, known: Known | None = None) -> str:
        days = params.get("days", 7)
        return ngettext("No answer for %(days)d day", "No answer for %(days)d days", days) % {"days": days}


class _ByDate(Trigger):
    """Called so many days ahead of a day, from its midnight in the firm's zone on."""

    figures: ClassVar[tuple[str, ...]] = ("days",)

    def days(self, customers: QuerySet[Any], params: Params, first: date, last: date) -> Iterable[QuerySet[Any]]:
        """Customers with days from ``first`` to ``last`` (or more): ``_on``, the key's ``_prefix``, ``_about`` whom."""
        raise TypeError(f"{type(self).__name__} needs days()")

    def calls(self, customers: QuerySet[Any], params: Params, since: datetime, until: datetime) -> list[QuerySet[Any]]:
        ahead = params.get("days", 0)
        first, last = (business_day(moment) + timedelta(days=ahead) for moment in (since, until))
        begins_on = ExpressionWrapper(F("_on") - Value(ahead), DateField())
        begins = _StartOfDay(begins_on, Value(settings.BUSINESS_ZONE_NAME))
        return [
            _called(rows, F("_prefix"), "_on", begins, F("_about")).filter(call_at__gt=since, call_at__lte=until)
            for rows in self.days(customers, params, first, last)
        ]

    def words(self, params: Params, known: Known | None = None) -> str:
        return _ahead(str(self.label), params.get("days", 0))


class DayComes(_ByDate):
    label = gettext_lazy("A day of the customer comes")
    figures = ("date", "days")
    # The company's own birthday comes every year.
    yearly = (KeyDate.Kind.BIRTHDAY,)

    def days(self, customers: QuerySet[Any], params: Params, first: date, last: date) -> Iterable[QuerySet[Any]]:
        kind = params.get("date", "")
        rows = customers.annotate(_date=FilteredRelation("key_dates", condition=Q(key_dates__kind=kind)))
        rows = rows.filter(_date__isnull=False).annotate(_prefix=Value(f"{kind}:"), _about=NOBODY)
        years = range(first.year, last.year + 1) if kind in self.yearly else (None,)
        return (rows.annotate(_on=_in_year(F("_date__on"), year)) for year in years)

    def words(self, params: Params, known: Known | None = None) -> str:
        kinds = dict(KeyDate.Kind.choices)
        return _ahead(str(kinds.get(params.get("date", ""), self.label)), params.get("days", 0))


class ContactBirthday(_ByDate):
    label = gettext_lazy("A contact's birthday comes")

    def days(self, customers: QuerySet[Any], params: Params, first: date, last: date) -> Iterable[QuerySet[Any]]:
        wanted = Q(contacts__archived_at=None, contacts__is_do_not_contact=False, contacts__birthday__isnull=False)
        rows = customers.annotate(_person=FilteredRelation("contacts", condition=wanted)).filter(_person__isnull=False)
        prefix = Concat(Value("contact:"), Cast("_person__pk", CharField()), Value(":"))
        rows = rows.annotate(_prefix=prefix, _about=F("_person__pk"))
        years = range(first.year, last.year + 1)
        return (rows.annotate(_on=_in_year(F("_person__birthday"), year)) for year in years)


class Holiday(_ByDate):
    """The first day of a public holiday of the customer's country; several in a row with one name are one."""

    label = gettext_lazy("A public holiday of the customer's country comes")
    figures = ("holidays", "days")

    def days(self, customers: QuerySet[Any], params: Params, first: date, last: date) -> Iterable[QuerySet[Any]]:
        wanted = [word.strip().casefold() for word in params.get("holidays", "").split(",") if word.strip()]
        # At most one day a country in each: the first of every country, the second of every country …
        layers: dict[int, list[When]] = defaultdict(list)
        for country in map(str, customers.order_by().values_list("country", flat=True).distinct()):
            for place, day in enumerate(_holidays(country, first, last, wanted)):
                layers[place].append(When(country=country, then=Value(day)))
        rows = customers.annotate(_prefix=Value("holiday:"), _about=NOBODY)
        return (rows.annotate(_on=Case(*layer, output_field=DateField())) for layer in layers.values())

    def words(self, params: Params, known: Known | None = None) -> str:
        names = params.get("holidays", "").strip()
        return _ahead(f"{self.label} ({names})" if names else str(self.label), params.get("days", 0))


class _ByLeadEvent(_ByEvent):
    """Called by events of leads: by the newest of each that fits, for what it is called for is to be done once."""

    subject = LEAD

    def calls(self, customers: QuerySet[Any], params: Params, since: datetime, until: datetime) -> list[QuerySet[Any]]:
        label = LEAD.model._meta.label_lower
        events = Event.objects.filter(customer=None, target_label=label, kind__in=sorted(self.kinds))
        events = events.filter(at__gt=since, at__lte=until)
        newest = events.filter(target_id=OuterRef("pk")).order_by("-at", "-pk")
        rows = customers.filter(pk__in=events.values("target_id")).annotate(
            _event=Subquery(newest.values("pk")[:1]), _at=Subquery(newest.values("at")[:1])
        )
        return [_called(rows, Value("event:"), "_event", F("_at"))]


class LeadCreated(_ByLeadEvent):
    label = gettext_lazy("A lead comes in that somebody holds")
    kinds = frozenset({"lead.created"})


class LeadTaken(_ByLeadEvent):
    label = gettext_lazy("Somebody enters or is given a lead")
    kinds = frozenset({"lead.created", "lead.assigned"})


class DealMoved(_ByEvent):
    label = gettext_lazy("An opportunity comes into a stage")
    kinds = frozenset({"opportunity.moved", "opportunity.won", "opportunity.reopened"})
    figures = ("stages",)
    deal = "_event__target_id"

    def payload(self, params: Params) -> dict[str, Any]:
        return {"to__in": [int(pk) for pk in params.get("stages", ())]}

    def still(self, params: Params, now: datetime) -> Q:
        there = Opportunity.objects.living().filter(stage__in=params.get("stages", ()))
        return Q(pk__in=there.filter(customer__isnull=False).values("customer"))

    def words(self, params: Params, known: Known | None = None) -> str:
        stages = Stage.objects.in_bulk([int(pk) for pk in params.get("stages", ())])
        names = _listed(stage.name for stage in stages.values())
        return _("An opportunity comes into the stage %(words)s") % {"words": names}


class DealLost(_ByEvent):
    label = gettext_lazy("An opportunity is lost")
    kinds = frozenset({"opportunity.lost"})
    deal = "_event__target_id"


class DealStalled(Trigger):
    """An open deal stays in its stage so many days. Read from the moves, so that the past can be replayed."""

    label = gettext_lazy("An opportunity does not move for some days")
    figures = ("days",)

    def calls(self, customers: QuerySet[Any], params: Params, since: datetime, until: datetime) -> list[QuerySet[Any]]:
        days = timedelta(days=params.get("days", 30))
        stays = Move.objects.filter(at__gt=since - days, at__lte=until - days, after__kind=Stage.Kind.OPEN)
        stays = stays.filter(Q(left_at=None) | Q(left_at__gte=F("at") + days), opportunity__archived_at=None)
        rows = customers.annotate(_stay=FilteredRelation("opportunities__moves")).filter(_stay__in=stays)
        key, begins = "_stay__pk", F("_stay__at") + days
        return [_called(rows, Value("stay:"), key, begins, deal=F("_stay__opportunity"))]

    def still(self, params: Params, now: datetime) -> Q:
        stalled = Opportunity.objects.open().filter(stage_at__lte=now - timedelta(days=params.get("days", 30)))
        return Q(pk__in=stalled.filter(customer__isnull=False).values("customer"))

    def words(self, params: Params, known: Known | None = None) -> str:
        days = params.get("days", 30)
        words = ngettext(
            "An opportunity does not move for %(days)d day", "An opportunity does not move for %(days)d days", days
        )
        return words % {"days": days}


TRIGGERS: dict[str, Trigger] = {
    "created": Created(),
    "taken": Taken(),
    "status": StatusChanged(),
    "grade": GradeChanged(),
    "first_outbound": FirstOutbound(),
    "silence": Silence(),
    "date": DayComes(),
    "birthday": ContactBirthday(),
    "holiday": Holiday(),
    "lead_created": LeadCreated(),
    "lead_taken": LeadTaken(),
    "deal_moved": DealMoved(),
    "deal_stalled": DealStalled(),
    "deal_lost": DealLost(),
}


# --- what was said and still stands ---------------------------------------------------------------------


def _not_deleted(events: QuerySet[Any], same: Mapping[str, Any] = AT_CUSTOMER) -> QuerySet[Any]:
    """Events of communications that were not taken back, or whose taking back was undone."""
    last = Event.objects.filter(**same, target_id=OuterRef("target_id"), kind__in=(DELETED, RESTORED)).order_by("-pk")
    return events.alias(_last=Coalesce(Subquery(last.values("kind")[:1]), Value(RESTORED))).filter(_last=RESTORED)


def standing(events: QuerySet[Any], *, at_leads: bool = False) -> QuerySet[Any]:
    """Events of communications that stand, at the moment at which they stand: a correction moves them."""
    same = AT_LEAD if at_leads else AT_CUSTOMER
    moved = Event.objects.filter(**same, target_id=OuterRef("target_id"), kind=LOGGED, pk__gt=OuterRef("pk"))
    return _not_deleted(events, same).filter(~Exists(moved))


# --- parts ------------------------------------------------------------------------------------------------


class _StartOfDay(Func):
    """The midnight that begins a day (first) in a zone (second)."""

    template = "((%(expressions)s))"
    arg_joiner = ")::timestamp AT TIME ZONE ("
    output_field = DateTimeField()


def _called(
    rows: QuerySet[Any], prefix: Any, key: str, at: Any, contact: Any = NOBODY, deal: Any = NOBODY
) -> QuerySet[Any]:
    words = Concat(prefix, Cast(key, CharField()), output_field=CharField())
    return rows.annotate(call_key=words, call_at=at, call_contact=contact, call_deal=deal)


def _in_year(on: F, year: int | None) -> Any:
    """The same day in another year; 29 February is the 28th where there is none. None: as it is."""
    if year is None:
        return on
    template = "(%(expressions)s + make_interval(years => {} - extract(year from %(expressions)s)::int))::date"
    return Func(on, template=template.format(int(year)), output_field=DateField())


def _holidays(country: str, first: date, last: date, wanted: Sequence[str]) -> list[date]:
    """First days of public holidays from ``first`` to ``last``; ``wanted`` are parts of names, none for all."""
    if not country:
        return []
    found, before = [], day_off(country, first - timedelta(days=1))[0]
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        name = day_off(country, day)[0]
        if name and name != before and (not wanted or any(word in name.casefold() for word in wanted)):
            found.append(day)
        before = name
    return found


def _listed(words: Iterable[Any]) -> str:
    return _(", ").join(map(str, words))


def _ahead(what: str, days: int) -> str:
    if not days:
        return what
    words = ngettext("%(what)s, %(days)d day ahead", "%(what)s, %(days)d days ahead", days)
    return words % {"what": what, "days": days}
