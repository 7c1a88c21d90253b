"""What happened to a customer of the demo: who held it, which status it went through, what was written?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.conf import settings

from accounts.models import Team, User

from ..models import OwnershipPeriod
from .lexicon import phrase

Reason = OwnershipPeriod.Reason
OFFICE_OPENS = 8
OLDEST_DAYS = 1450

# Shares of the final status, and the way there.
STATUSES = {"potential": 29, "contacted": 27, "proposal": 11, "won": 9, "retained": 9, "dormant": 9, "lost": 6}
WAYS = {
    "potential": ("potential",),
    "contacted": ("potential", "contacted"),
    "proposal": ("potential", "contacted", "proposal"),
    "won": ("potential", "contacted", "proposal", "won"),
    "retained": ("potential", "contacted", "proposal", "won", "retained"),
    "dormant": ("potential", "contacted", "dormant"),
    "lost": ("potential", "contacted", "lost"),
}
GRADES = {
    "": {"potential": 75, "contacted": 45, "lost": 30},
    "A": {"won": 25, "retained": 45},
    "B": {"contacted": 12, "proposal": 35, "won": 40, "retained": 40, "dormant": 20},
    "C": {"potential": 15, "contacted": 28, "proposal": 40, "won": 30, "dormant": 45, "lost": 30},
    "D": {"potential": 10, "contacted": 15, "proposal": 10, "dormant": 35, "lost": 40},
}
# How many customers of 3,000 each holds; who leads a team holds a few too.
SHARES = {
    "alice": 132,
    "bob": 245,
    "dana": 62,
    "lin.xiaowen": 330,
    "katarzyna": 385,
    "huang.junjie": 75,
    "charlie": 215,
    "sofia": 330,
    "chen.jiahao": 245,
    "sun.lihua": 80,
    "youssef": 385,
    "zhao.yutong": 340,
    "minh": 156,
}
# Where people sell beside the countries of their team: alice's list shows every script.
BESIDE = {
    "alice": {"CN", "HK", "TW", "JP", "KR", "AE", "IN", "US", "MX", "BR", "VN", "TH", "NG", "IL"},
    "bob": {"US", "CA", "AU"},
    "charlie": {"GB", "ES", "PH"},
}


@dataclass
class Step:
    """One thing that happened; ``kind`` is an event's, ``more`` what its row needs."""

    at: datetime
    kind: str
    by: User
    more: dict[str, object] = field(default_factory=dict)


@dataclass
class Life:
    """A customer's history in order, and who holds it at the end (None: the pool)."""

    created_at: datetime
    reason: str
    created_by: User
    first_owner: User | None
    steps: list[Step]
    owner: User | None
    status: str
    way: Sequence[str]

    def last(self, kind: str) -> Step | None:
        """The last step of a kind."""
        return next((step for step in reversed(self.steps) if step.kind == kind), None)


class Historian:
    """Invents histories in which everything is done by somebody who was allowed to do it."""

    def __init__(self, random: Random, now: datetime, people: dict[str, User]) -> None:
        self.random = random
        self.now = now
        self.people = people
        self.root = people["root"]
        self.managers = {user.team: user for user in people.values() if user.is_manager}

    # --- who and what ------------------------------------------------------------------------------

    def owner_for(self, country: str, team: Team) -> User:
        """Mostly somebody of the country's team."""
        names = list(SHARES)
        weights = [
            SHARES[name] * (10 if self.people[name].team == team else 3 if country in BESIDE.get(name, ()) else 1)
            for name in names
        ]
        return self.people[self.random.choices(names, weights)[0]]

    def status(self) -> str:
        return self.random.choices(list(STATUSES), list(STATUSES.values()))[0]

    def grade(self, status: str) -> str:
        return self.random.choices(list(GRADES), [shares.get(status, 0) for shares in GRADES.values()])[0]

    # --- when --------------------------------------------------------------------------------------

    def created(self) -> datetime:
        """Some working hour of the last four years, rather of late."""
        days = OLDEST_DAYS * self.random.random() ** 1.7
        return self.at_work(self.now - timedelta(days=days), self.now - timedelta(days=OLDEST_DAYS + 30))

    def at_work(self, at: datetime, after: datetime) -> datetime:
        """``at`` moved into office hours, later than ``after`` and not later than now."""
        local = at.astimezone(settings.BUSINESS_ZONE)
        local -= timedelta(days=max(0, local.weekday() - 4))
        seconds = OFFICE_OPENS * 3600 + int(self.random.random() * 10 * 3600)
        local = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(seconds=seconds)
        found = max(local.astimezone(at.tzinfo), after + timedelta(minutes=5))
        return found if found < self.now else after + (self.now - after) / 2

    def moments(self, start: datetime, number: int) -> list[datetime]:
        """So many moments in order between ``start`` and now."""
        found, last = [], start
        for share in sorted(self.random.random() for _moment in range(number)):
            last = self.at_work(start + (self.now - start) * share, last)
            found.append(last)
        return found

    # --- a life ------------------------------------------------------------------------------------

    def life(self, owner: User | None, status: str, grade: str, contacts: int, headers: int) -> Life:
        """A history that ends with this holder, status and grade, and with as many contacts and headers."""
        random = self.random
        created_at = self.created()
        reason = Reason.IMPORTED if owner is None or random.random() < 0.22 else Reason.CREATED
        way = WAYS[status]
        if status in ("dormant", "lost") and random.random() < 0.45:
            way = (*way[:-1], "proposal", *(("won",) if status == "dormant" else ()), way[-1])
        wanted: list[tuple[str, dict[str, object]]] = []
        if owner is not None:
            wanted += [("status.changed", {"to": key}) for key in way[1:]]
            wanted += [("header.added", {})] * headers
            wanted += [("contact.added", {})] * sum(random.random() < 0.4 for _contact in range(contacts))
            wanted += [("note.added", {})] * random.choices((0, 1, 2, 4), (62, 24, 10, 4))[0]
            wanted += [("tags.changed", {})] * (random.random() < 0.35)
            wanted += [("grade.set", {"to": grade})] * bool(grade)
            transfers = random.choices((0, 1, 2), (84, 13, 3))[0]
            wanted += [("owner.transferred", {})] * transfers
            wanted += [("collaborator.added", {})] * (random.random() < 0.05)
            wanted += [("customer.protected", {})] * (grade in ("A", "B") and random.random() < 0.08)
            wanted = self._in_any_order(wanted)
        transferred = sum(kind == "owner.transferred" for kind, _more in wanted)
        holders = self._holders(owner, transferred) if owner else []
        first = holders[0] if holders else None
        life = Life(created_at, reason, first or self.root, first, [], owner, status, way)
        holding = 0
        for at, (kind, more) in zip(self.moments(created_at, len(wanted)), wanted, strict=True):
            by = holders[holding]
            if kind == "owner.transferred":
                more = {"from": by, "to": holders[holding + 1]}
                by = self.who_transfers(*holders[holding : holding + 2])
                holding += 1
            elif kind == "customer.protected":
                by = self.managers[by.team]
            life.steps.append(Step(at, kind, by, dict(more)))
        return life

    def _in_any_order(self, wanted: list[tuple[str, dict[str, object]]]) -> list[tuple[str, dict[str, object]]]:
        """Shuffled, but for the order of the statuses; a customer is protected and shared by its last holder."""
        late = [one for one in wanted if one[0] in ("customer.protected", "collaborator.added")]
        rest = [one for one in wanted if one not in late]
        statuses = iter([one for one in rest if one[0] == "status.changed"])
        self.random.shuffle(rest)
        return [next(statuses) if one[0] == "status.changed" else one for one in rest] + late

    def _holders(self, last: User, transfers: int) -> list[User]:
        """Who held it one after the other, mostly within one team."""
        holders = [last]
        for _transfer in range(transfers):
            following = holders[0]
            mates = [name for name in SHARES if self.people[name] != following]
            weights = [9 if self.people[name].team == following.team else 1 for name in mates]
            holders.insert(0, self.people[self.random.choices(mates, weights)[0]])
        return holders

    def who_transfers(self, former: User, to: User) -> User:
        """A manager within the team, the admin between teams."""
        return self.managers[former.team] if former.team == to.team else self.root

    # --- what was written ---------------------------------------------------------------------------

    def note(self, by: User, owner: User | None) -> tuple[str, list[User]]:
        """A note, and whom it names: mostly nobody, else who leads the team and sees the customer still."""
        manager = self.managers[by.team]
        if by != manager and owner is not None and owner.team == by.team and self.random.random() < 0.22:
            return phrase(self.random, "mention_notes").format(who=manager.username), [manager]
        return phrase(self.random, "notes"), []
