"""How does somebody work: are they answered, in time, do they win, how soon do they begin? One's own, of 90 days.

A manager is told the middle of their people beside it; nobody is ranked, and few cases are compared with nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncMinute
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communications.models import Communication
from core.registries import Label
from core.zones import business_day, midnight
from customers.models import OwnershipPeriod
from followups.compliance import FIGURES as STEPS
from followups.compliance import WANTED, period_of
from followups.models import Task
from opportunities.figures.cells import SHARE, TENTHS
from opportunities.models import Opportunity

if TYPE_CHECKING:
    from django.db.models import QuerySet

DAYS = 90
# Fewer cases say nothing: they are greyed and stand beside no middle.
FEW = 10
# A middle of fewer people would be somebody's figure.
LEAST_PEOPLE = 3
# Who was taken so lately may still be touched in time.
FRESH = timedelta(days=7)
Reason = OwnershipPeriod.Reason
TAKEN = (Reason.CLAIMED, Reason.ASSIGNED, Reason.ROTATED, Reason.TRANSFERRED)
Direction = Communication.Direction


@dataclass(frozen=True)
class Measured:
    """A figure of one person: what it is, of how many cases; ``part`` of them where it is a share."""

    value: Fraction | None
    cases: int
    part: int | None = None

    @property
    def is_few(self) -> bool:
        return self.cases < FEW

    @classmethod
    def share(cls, part: int, cases: int) -> Measured:
        return cls(Fraction(part, cases) if cases else None, cases, part)


NOTHING = Measured(None, 0)
ByPerson = Mapping[int, Measured]


@dataclass(frozen=True)
class Asked:
    """Whose figures, up to which moment, and who reads them."""

    reader: User
    people: Collection[int]
    now: datetime

    @property
    def today(self) -> date:
        return business_day(self.now)

    @property
    def since(self) -> date:
        """The first of the days."""
        return self.today - timedelta(days=DAYS - 1)

    def days(self, first: str, last: str) -> dict[str, str]:
        """The period in the words of a list."""
        return {first: self.since.isoformat(), last: self.today.isoformat()}


@dataclass(frozen=True)
class Behind:
    """A list and the words that make it show just the rows of a number."""

    url_name: str
    words: Callable[[Asked], Mapping[str, Any]]

    def url(self, asked: Asked) -> str:
        return f"{reverse(self.url_name)}?{urlencode(self.words(asked), doseq=True)}"


@dataclass(frozen=True)
class Figure:
    """``says`` is the definition. ``part`` and ``cases``: where the rows of the two numbers are listed as such."""

    label: Label
    says: Label
    key: str
    kind: str = SHARE
    part: Behind | None = None
    cases: Behind | None = None


def _ended(*outcomes: str) -> Behind:
    def words(asked: Asked) -> Mapping[str, Any]:
        return {"owner": asked.reader.pk, "outcome": outcomes, "m": 1, **asked.days("closed_from", "closed_to")}

    return Behind("opportunities:list", words)


FIGURES = (
    Figure(
        _("Replies for a touch"),
        _(
            "What came back for each time you wrote, spoke or met, as it was written down by you; a call is both. "
            "Automatic mails are not counted."
        ),
        "replies",
    ),
    Figure(
        _("Tasks done on time"),
        _("Of your tasks that fell due, those done by then; cancelled ones are not counted, missed ones are."),
        "on_time",
    ),
    Figure(
        _("Tasks overdue"),
        _("Of your tasks that fell due, those that are still open."),
        "overdue",
        part=Behind(
            "followups:list",
            lambda asked: {
                "whose": "mine",
                "state": "open",
                "when": "overdue",
                "m": 1,
                **asked.days("due_after", "due_before"),
            },
        ),
    ),
    Figure(
        _("Playbook steps on time"),
        _(
            "Of the steps that playbooks gave you to be done by now, those done by then; steps that a rule ended are "
            "not counted."
        ),
        "steps",
        part=Behind(
            "followups:playbook_steps", lambda asked: {"period": DAYS, "person": asked.reader.pk, "figure": "on_time"}
        ),
    ),
    Figure(
        _("Win rate"),
        _("Of your deals that ended, by number, those won."),
        "won",
        part=_ended("won"),
        cases=_ended("won", "lost"),
    ),
    Figure(
        _("Days to the first touch"),
        _(
            "Of the customers that you claimed or were given, the middle time until you first wrote, spoke or met. "
            "Who was never touched counts as the longest; who came within 7 days and was not touched yet is left out."
        ),
        "first_touch",
        TENTHS,
    ),
)


def measured(asked: Asked) -> dict[str, ByPerson]:
    """All figures of all these people. Four statements."""
    return {"replies": _replies(asked), **_tasks(asked), "won": _won(asked), "first_touch": _first_touch(asked)}


def middle(found: ByPerson) -> Fraction | None:
    """The middle of those who have enough cases; None where they are too few to be nobody's."""
    values = sorted(one.value for one in found.values() if one.value is not None and not one.is_few)
    return values[(len(values) - 1) // 2] if len(values) >= LEAST_PEOPLE else None


def people_beside(user: User) -> list[int]:
    """Whose middle this person is told: a manager's people, all for an admin, nobody's else."""
    if not (user.is_manager or user.is_admin):
        return []
    return list(User.objects.reporting_to(user).active().values_list("pk", flat=True))


def _replies(asked: Asked) -> ByPerson:
    rows = Communication.objects.counted().filter(  # unscoped: what these people wrote down, at whoever holds it now
        author__in=asked.people, happened_at__gte=midnight(asked.since), happened_at__lte=asked.now
    )
    counts = {
        "out": Count("pk", filter=~Q(direction=Direction.IN)),
        "back": Count("pk", filter=~Q(direction=Direction.OUT)),
    }
    found = rows.order_by().values_list("author").annotate(**counts)
    return {who: Measured.share(back, out) for who, out, back in found}


def _tasks(asked: Asked) -> dict[str, ByPerson]:
    after, _until = period_of(str(DAYS), asked.now)
    rows = Task.objects.visible_to(asked.reader).filter(
        assignee__in=asked.people, due_at__gt=after, due_at__lte=asked.now
    )
    of = {key: STEPS[key].rows(asked.now) for key in WANTED}
    from_playbook = Q(playbook_run__isnull=False)
    counts = {key: Count("pk", filter=where) for key, where in of.items() if key != "skipped"}
    counts["missed"] = Count("pk", filter=Q(state=Task.State.MISSED))
    counts |= {f"step_{key}": Count("pk", filter=where & from_playbook) for key, where in of.items()}
    found: dict[str, dict[int, Measured]] = defaultdict(dict)
    people: Any = rows.order_by().values("assignee").annotate(**counts)
    for row in people:
        who, due = row["assignee"], sum(row[key] for key in ("on_time", "late", "overdue", "missed"))
        found["on_time"][who] = Measured.share(row["on_time"], due)
        found["overdue"][who] = Measured.share(row["overdue"], due)
        found["steps"][who] = Measured.share(row["step_on_time"], sum(row[f"step_{key}"] for key in WANTED))
    return {key: found[key] for key in ("on_time", "overdue", "steps")}


def _won(asked: Asked) -> ByPerson:
    rows = Opportunity.objects.visible_to(asked.reader).filter(
        owner__in=asked.people, outcome__in=("won", "lost"), closed_on__range=(asked.since, asked.today)
    )
    found = rows.order_by().values_list("owner").annotate(n=Count("pk"), won=Count("pk", filter=Q(outcome="won")))
    return {who: Measured.share(won, n) for who, n, won in found}


def _first_touch(asked: Asked) -> ByPerson:
    """By person the middle time from taking a customer to the own first touch of it."""
    rows: QuerySet[Any] = OwnershipPeriod.objects.filter(  # unscoped: what these people took, whoever holds it now
        owner__in=asked.people, reason__in=TAKEN, started_at__gte=midnight(asked.since)
    )
    # A time is told in minutes.
    rows = rows.annotate(_from=TruncMinute("started_at"), _until=Coalesce("ended_at", asked.now))
    said = Communication.objects.filter(  # unscoped: of the rows above
        customer=OuterRef("customer"),
        author=OuterRef("owner"),
        deleted_at=None,
        is_automatic=False,
        happened_at__range=(OuterRef("_from"), OuterRef("_until")),
    ).exclude(direction=Direction.IN)
    rows = rows.annotate(first=Subquery(said.order_by("happened_at").values("happened_at")[:1]))
    rows = rows.exclude(first=None, ended_at=None, started_at__gt=asked.now - FRESH)
    waited: dict[int, list[timedelta | None]] = defaultdict(list)
    for who, start, at in rows.order_by("pk").values_list("owner", F("started_at"), "first"):
        waited[who].append(max(at - start, timedelta(0)) if at else None)
    return {who: Measured(_middle_days(of), len(of)) for who, of in waited.items()}


def _middle_days(waited: Sequence[timedelta | None]) -> Fraction | None:
    """None where more than half were never touched."""
    ordered = sorted(waited, key=lambda one: timedelta.max if one is None else one)
    found = ordered[(len(ordered) - 1) // 2]
    return None if found is None else Fraction(int(found.total_seconds()), 86400)
