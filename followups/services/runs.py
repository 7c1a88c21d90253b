"""How does a playbook begin at customers or leads, and end before its steps are done?

A rule does all this, so nobody's leave is asked. They are locked first, in the order of their ids; the unique
keys of PlaybookRun are the arbiter, so that a call begins one run however often and by how many it is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import translation

from customers.models import Contact, Event
from customers.services.locking import lock_customers, waiting
from opportunities.models import Opportunity
from opportunities.services.places import Place, lock_leads

from ..models import PlaybookRun, PlaybookVersion, Task
from ..playbooks import ALWAYS, STOPS, SUBJECTS, due_at, ending_words, still_called, subject_of, title_of
from ..playbooks.triggers import LOGGED, standing
from .rows import end_tasks, insert_tasks, note, open_again
from .touches import close_touch_steps

if TYPE_CHECKING:
    from accounts.models import User

RULE = "playbook"
BATCH = 500


@transaction.atomic
def begin_runs(
    *, version: PlaybookVersion, calls: QuerySet[Any], now: datetime, after: int = 0, waits: bool = False
) -> int | None:
    """Begin a playbook for the first rows of ``calls`` with an id above ``after``; each call once.

    Returns the last id that was looked at, None where there is nothing more. Customers and leads that somebody is
    changing are passed over for the next sweep, or with ``waits`` waited for (CustomerIsBusy). One at which the
    playbook is still at work is passed over too: one run at a time.
    """
    key = subject_of(version).key
    same = PlaybookRun.objects.filter(playbook=version.playbook_id, **{key: OuterRef("pk")})
    found = calls.filter(
        still_called(version, now),
        ~Exists(same.filter(Q(key=OuterRef("call_key")) | Q(ended_at=None))),
        pk__gt=after,
    )
    with waiting():
        locked = found.select_for_update(no_key=True, of=("self",), skip_locked=not waits).order_by("pk", "call_at")
        rows = list(locked[:BATCH])
    if not rows:
        return None
    # In a join, whoever waited for the lock would read the row of the owner before.
    prefetch_related_objects(rows, "owner")
    wanted = [
        PlaybookRun(
            playbook_id=version.playbook_id, version=version, key=row.call_key, started_at=row.call_at, **{key: row}
        )
        for row in rows
    ]
    PlaybookRun.objects.bulk_create(wanted, ignore_conflicts=True)
    called = {(row.pk, row.call_key): row for row in rows}
    new = PlaybookRun.objects.filter(version=version, tasks=None, ended_at=None, **{f"{key}__in": rows})
    begun = [(run, row) for run in new if (row := called.get((getattr(run, f"{key}_id"), run.key)))]
    _make_steps(version, begun, now)
    return int(rows[-1].pk)


def stop_runs(*, now: datetime, of: Mapping[str, int] | None = None) -> int:
    """End the open runs, of one customer or lead ({"lead": id}) or of all, whose stop has come; returns how many."""
    runs = PlaybookRun.objects.filter(ended_at=None, **(of or {}))
    ended = sum(end_runs(runs.filter(stop.hits({}, now)), reason=key, now=now) for key, stop in ALWAYS.items())
    for version in PlaybookVersion.objects.filter(runs__in=runs).exclude(stops=[]).distinct():
        for stop in version.stops:
            if stop["key"] in STOPS:
                hit = runs.filter(STOPS[stop["key"]].hits(stop, now), version=version)
                ended += end_runs(hit, reason=stop["key"], now=now)
    return ended


def end_runs(runs: QuerySet[Any], *, reason: str, now: datetime, by: User | None = None) -> int:
    """End the runs of a queryset, in batches, and cancel their open steps with the reason; returns how many."""
    ended = 0
    for subject in SUBJECTS:
        of = runs.filter(**{f"{subject.key}__isnull": False})
        while found := sorted(set(of.order_by().values_list(subject.key, flat=True)[:BATCH])):
            ended += _end_batch(of.filter(**{f"{subject.key}__in": found}), reason, now, by)
    return ended


@transaction.atomic
def _end_batch(runs: QuerySet[Any], reason: str, now: datetime, by: User | None) -> int:
    # The steps of a lead may be its customer's by now.
    went = Task.objects.filter(playbook_run__in=runs, customer__isnull=False).values_list("customer", flat=True)
    found = list(runs.values_list("customer", "lead"))
    lock_customers({*went, *(customer for customer, _lead in found if customer)})
    lock_leads(lead for _customer, lead in found if lead)
    rows = list(runs.filter(ended_at=None).select_for_update(no_key=True, of=("self",)).order_by("pk"))
    PlaybookRun.objects.filter(pk__in=[run.pk for run in rows]).update(ended_at=now, end_reason=reason)
    steps = Task.objects.open().select_for_update(no_key=True, of=("self",)).select_related("assignee")
    by_language: dict[str, list[Task]] = defaultdict(list)
    for task in steps.filter(playbook_run__in=rows).order_by("pk"):
        by_language[task.assignee.language if task.assignee else ""].append(task)
    for language, tasks in by_language.items():
        with translation.override(language or None):
            why = ending_words(reason)
        end_tasks(tasks, Task.State.CANCELLED, by=by, now=now, rule=RULE, cancel_reason=why)
    note(rows, "playbook.ended", by=by, now=now, rule=RULE, reason=reason)
    return len(rows)


def take_back(*, event: Event, now: datetime) -> None:
    """End what a communication, deleted by this event, had called."""
    end_runs(_called_by(event).filter(ended_at=None), reason=PlaybookRun.TAKEN_BACK, now=now)


@transaction.atomic
def bring_back(*, event: Event, now: datetime) -> None:
    """Go on with what the deletion of a communication, undone by this event, had ended."""
    lock_customers([event.customer_id] if event.customer_id else [])
    runs = list(_called_by(event).filter(end_reason=PlaybookRun.TAKEN_BACK))
    tasks = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("assignee")
    for run in runs:
        ended = tasks.filter(playbook_run=run, state=Task.State.CANCELLED, ended_at=run.ended_at)
        open_again(list(ended.order_by("pk")), by=None, now=now, rule=RULE)


# --- parts ------------------------------------------------------------------------------------------------


def _called_by(event: Event) -> QuerySet[Any]:
    """Runs that the communication of this event called, whatever moment it was given since."""
    said = Event.objects.filter(customer=event.customer_id, kind=LOGGED, target_id=event.target_id)
    return PlaybookRun.objects.filter(
        customer=event.customer_id, key__in=[f"event:{pk}" for pk in said.values_list("pk", flat=True)]
    )


def _make_steps(version: PlaybookVersion, begun: Sequence[tuple[PlaybookRun, Any]], now: datetime) -> None:
    """Make the tasks of runs that just began; ``begun`` pairs each with its customer or lead, locked."""
    if not begun:
        return
    people = _contacts([row for run, row in begun if run.customer_id])
    deals = Opportunity.objects.select_related("owner").in_bulk({row.call_deal for _run, row in begun if row.call_deal})
    tasks = []
    for run, row in begun:
        contact = people.get(row.call_contact) or people.get(-row.pk)
        deal = deals.get(row.call_deal)
        doer = deal.owner if deal is not None and deal.owner is not None and deal.owner.is_active else row.owner
        for step in version.steps.all():
            due = due_at(step, called_at=run.started_at, user=doer, country=str(row.country), now=now)
            title = title_of(step, language=doer.language, party=row, contact=contact)
            tasks.append(
                Task(
                    title=title,
                    details=step.details,
                    kind=step.kind,
                    priority=step.priority,
                    customer_id=run.customer_id,
                    lead_id=run.lead_id,
                    opportunity=deal,
                    contact=contact,
                    assignee=doer,
                    due_at=due,
                    is_all_day=True,
                    closes_on=step.closes_on,
                    playbook_run=run,
                    step=step,
                )
            )
    note([run for run, _row in begun], "playbook.started", by=None, now=now, rule=RULE)
    insert_tasks(tasks, by=None, now=now, rule=RULE)
    for run, row in begun:
        _close_answered(run, row, now)


def _contacts(rows: Iterable[Any]) -> Mapping[int | None, Contact]:
    """Contacts by id, and under the customer's id negated the one who is asked first."""
    living = Contact.objects.filter(archived_at=None, is_do_not_contact=False)
    named = {row.call_contact for row in rows if row.call_contact}
    found = living.filter(Q(pk__in=named) | Q(customer__in=[row.pk for row in rows], is_primary=True))
    return {key: one for one in found for key in ([one.pk, -one.customer_id] if one.is_primary else [one.pk])}


def _close_answered(run: PlaybookRun, row: Any, now: datetime) -> None:
    """A run that begins late finds what was said since its call, as if its steps had stood there already."""
    if row.last_followed_at is None or row.last_followed_at <= run.started_at:
        return
    place = Place(customer=row) if run.customer_id else Place(lead=row)
    said: QuerySet[Any] = Event.objects.filter(customer=run.customer_id, kind=LOGGED, at__gt=run.started_at)
    if run.lead_id:
        said = said.filter(payload__lead=run.lead_id)
    said = standing(said.exclude(payload__has_key="is_automatic"), at_leads=run.lead_id is not None)
    for event in said.select_related("by").order_by("at", "pk"):
        assert event.by is not None
        assert event.target_id is not None
        close_touch_steps(
            place=place,
            said=(event.target_label, event.target_id),
            reaches_them=event.payload.get("direction") != "in",
            reaches_us=event.payload.get("direction") != "out",
            happened_at=event.at,
            by=event.by,
            now=now,
        )
