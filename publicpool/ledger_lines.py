"""Which lines of a rotation's ledger are asked for, and how does each read to this reader?

A customer or lead is named to whom its name may be shown, to others numbered. Whether a line's hash fits is worked out
anew each time the line is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields import BooleanField
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.ids import id_of
from core.registries import Label
from core.zones import midnight

from .departed import Origin, origins
from .fairness import InForce, Plans, plans_of
from .models import Rotation, RotationEntry, RotationMember
from .rotation.chain import first_link, link, text_of
from .rotation.reading import UNREADABLE, members_said, turns_said, words_of
from .rotation.turns import OWED, SKIPPED, WAITS
from .rotation_names import Named, named_customers, named_leads
from .rotation_words import why_words

if TYPE_CHECKING:
    from django.http import QueryDict

    from accounts.models import User

Kind = RotationEntry.Kind
KINDS: dict[str, Label] = {
    "given": gettext_lazy("Given"),
    "skips": gettext_lazy("With passed turns"),
    "skipped": gettext_lazy("Turns used up"),
    "owed": gettext_lazy("Turns owed"),
    "served": gettext_lazy("Owed turns served"),
    "passed_on": gettext_lazy("Passed on"),
    "members": gettext_lazy("Members and weights"),
}
EFFECTS: dict[str, tuple[str, Label]] = {
    SKIPPED: ("badge", gettext_lazy("turn used up")),
    OWED: ("badge badge-warn", gettext_lazy("turn owed")),
    WAITS: ("badge badge-line", gettext_lazy("still owed")),
}
# More weights than these would fill the line.
SIDE_BY_SIDE = 6
# More passed turns than these are folded up.
UNFOLDED = 3
# More than these, or words longer than these, stand on the line's own page only.
MOST_FOLDED, LONG = 8, 120


class Passes(Func):
    """Did a decision pass a turn with this effect, of this member? None asks nothing."""

    function = "jsonb_path_exists"
    output_field = BooleanField()

    def __init__(self, effect: str | None, member: int | None) -> None:
        asked = {"@[0] == $effect": effect, "@[4] == $member": member}
        filters = " && ".join(words for words, value in asked.items() if value is not None)
        # Strict, for else a filter would look into each turn and not at it; silent, for lines without turns.
        path = f"strict $.passed[*] ? ({filters})" if filters else "strict $.passed[*]"
        values = json.dumps({"effect": effect, "member": member})
        super().__init__("data", _typed(path, "jsonpath"), _typed(values, "jsonb"), Value(True))


def _typed(text: str, kind: str) -> Func:
    return Func(Value(text), template=f"(%(expressions)s)::{kind}")


class AskedLines:
    """What the words of an address ask of one ledger; nonsense asks nothing."""

    def __init__(self, rotation: Rotation, query: QueryDict) -> None:
        self.rotation = rotation
        self.kind = query["kind"] if query.get("kind") in KINDS else ""
        self.person = id_of(query.get("person"))
        self.first, self.last = _day(query.get("from")), _day(query.get("to"))
        self.line = id_of(query.get("line"))
        # One line by itself stands there with everything that it says.
        self.only = id_of(query.get("only"))

    @property
    def is_narrow(self) -> bool:
        return bool(self.kind or self.person or self.first or self.last or self.line or self.only)

    def rows(self) -> QuerySet[RotationEntry]:
        """The lines, unordered."""
        rows = RotationEntry.objects.filter(self._of_kind(), rotation=self.rotation)
        if self.first:
            rows = rows.filter(at__gte=midnight(self.first))
        if self.last:
            rows = rows.filter(at__lt=midnight(self.last + timedelta(days=1)))
        if self.line:
            rows = rows.filter(seq__lte=self.line)
        if self.only:
            rows = rows.filter(seq=self.only)
        before = RotationEntry.objects.filter(rotation=self.rotation, seq=OuterRef("seq") - 1)
        return rows.annotate(before=Subquery(before.values("hash"))).select_related("by").order_by()

    def _of_kind(self) -> Q:
        mine = Q(user=self.person) if self.person else Q()
        match self.kind:
            case "given":
                return Q(kind=Kind.GIVEN) & mine
            case "members":
                return Q(kind=Kind.MEMBERS)
            case "skips":
                return Q(kind=Kind.GIVEN) & Q(Passes(None, self.person))
            case "skipped":
                return Q(kind=Kind.GIVEN) & Q(Passes(SKIPPED, self.person))
            case "owed":
                return Q(kind=Kind.GIVEN) & Q(Passes(OWED, self.person))
            case "served":
                return Q(kind=Kind.GIVEN, is_owed=True) & mine
            case "passed_on":
                return Q(kind=Kind.GIVEN, data__has_key="after") & mine
        return mine | Q(Passes(None, self.person)) if self.person else Q()


def _day(text: str | None) -> date | None:
    """A day; None for nonsense, and at the ends of the calendar, where no day comes before or after."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if date.min < day < date.max else None


@dataclass
class Line:
    """One line as it is read. ``name`` is None where the reader may know the number only."""

    row: RotationEntry
    who: str = ""
    number: int | None = None
    name: str | None = None
    url: str = ""
    weights: str = ""
    # (css, badge, words) of each passed turn.
    passed: list[tuple[str, Label, str]] = field(default_factory=list)
    after: int | None = None
    # The departure by which it was given.
    origin: Origin | None = None
    # Of members and weights: (name, words) of each change.
    changes: list[tuple[str, str]] = field(default_factory=list)
    # Does its hash follow from the line before and from what stands in it? None: the line before is not there.
    fits: bool | None = True
    is_whole: bool = False

    @property
    def shown(self) -> list[tuple[str, Label, str]]:
        return self.passed if self.is_whole else self.passed[:UNFOLDED]

    @property
    def folded(self) -> list[tuple[str, Label, str]]:
        return [] if self.is_whole or len(self.passed) > MOST_FOLDED else self.passed[UNFOLDED:]

    @property
    def shown_changes(self) -> list[tuple[str, str]]:
        if self.is_whole:
            return self.changes
        return [(name, Truncator(words).chars(LONG)) for name, words in self.changes[:UNFOLDED]]

    @property
    def left_out(self) -> int:
        """How many passed turns and changes, or ends of long words, are left to the line's own page."""
        if self.is_whole:
            return 0
        turns = len(self.passed) - UNFOLDED if len(self.passed) > MOST_FOLDED else 0
        cut = sum(len(words) > LONG for _name, words in self.changes[:UNFOLDED])
        return turns + cut + len(self.changes[UNFOLDED:])


class Reader:
    """Turns rows into lines for one reader; a fixed number of statements for each batch."""

    def __init__(self, rotation: Rotation, user: User, members: Sequence[RotationMember]) -> None:
        self.rotation, self.user = rotation, user
        self.names = {one.user_id: str(one.user) for one in members}

    @cached_property
    def plans(self) -> Plans:
        return plans_of([self.rotation.pk])

    def lines(self, rows: Sequence[RotationEntry]) -> list[Line]:
        """One statement for names, one for departures, once one for weights. Rows are those of ``AskedLines``."""
        names = named_leads if self.rotation.is_of_leads else named_customers
        named = names({number for row in rows if (number := row.lead_id or row.customer_id)}, self.user)
        departed = origins(self.rotation, rows, self.user)
        found = [self._line(row, named) for row in rows]
        for line in found:
            line.origin = departed.get(line.row.seq)
        return found

    def _line(self, row: RotationEntry, named: Mapping[int, Named]) -> Line:
        before = row.before or (first_link(self.rotation.pk) if row.seq == 1 else None)  # type: ignore[attr-defined]
        line = Line(row, fits=None if before is None else link(before, row.said()) == row.hash)
        if row.kind == Kind.MEMBERS:
            try:
                line.changes = list(self._changes(row))
            except UNREADABLE:
                line.changes = [(_("unknown"), words_of(row.data))]
            return line
        line.who = self._name(row.user_id or 0)
        line.number = row.lead_id or row.customer_id
        if about := named.get(line.number or 0):
            line.name, line.url = about.name or None, about.url
        line.weights = self._weights(self.plans.of_cycle(self.rotation.pk, row.cycle), row.user_id or 0)
        turns, unknown = turns_said(row.data)
        after = row.data.get("after") if isinstance(row.data, dict) else None
        if isinstance(after, int):
            line.after = after
        elif after is not None:
            unknown.append(words_of(after))
        for effect, _cycle, _round, _place, member, why in turns:
            css, label = EFFECTS[effect]
            line.passed.append(
                (css, label, _("%(name)s: %(why)s") % {"name": self._name(member), "why": why_words(why)})
            )
        # Nobody but who bent the line knows what it means.
        line.passed[:0] = [("badge badge-bad", _("unknown"), words) for words in unknown]
        return line

    def _name(self, member: int) -> str:
        return self.names.get(member, f"#{member}")

    def _weights(self, plan: InForce | None, member: int) -> str:
        if plan is None:
            return ""
        weights = [weight for _member, weight in plan.plan]
        if len(weights) <= SIDE_BY_SIDE:
            return " : ".join(map(str, weights))
        return _("%(weight)s of %(sum)s") % {"weight": dict(plan.plan).get(member, 0), "sum": plan.sum}

    def _changes(self, row: RotationEntry) -> Iterator[tuple[str, str]]:
        before = self.plans.before(self.rotation.pk, row.seq)
        old = dict(before.plan) if before else {}
        said = members_said(row.data["members"])
        if said is None:
            raise ValueError("no members")
        new = dict(said)
        taken = {user: (taken, won) for user, taken, won in row.data.get("how", {}).get("people", ())}
        for member, weight in new.items():
            if member not in old:
                yield self._name(member), _("joins with weight %(new)s") % {"new": weight}
            elif old[member] != weight:
                words = _("weight %(old)s → %(new)s") % {"old": old[member], "new": weight}
                if member in taken:
                    numbers = dict(zip(("taken", "won"), taken[member], strict=True))
                    words += " · " + _("%(won)s won of %(taken)s taken") % numbers
                yield self._name(member), words
        for member in old.keys() - new.keys():
            yield self._name(member), _("leaves")
        stay = [member for member in old if member in new]
        if stay != [member for member in new if member in old]:
            yield _("Order"), _(", ").join(map(self._name, new))


def header(rotation: Rotation) -> list[Label]:
    """The columns of the file."""
    about = _("Lead") if rotation.is_of_leads else _("Customer")
    place = pgettext("turns", "Place")
    return [
        _("Line"), _("When"), _("Kind"), _("No."), about, _("Went to"), _("Cycle"), _("Round"), place,
        _("Owed turn served"), _("Weights"), _("Passed turns"), _("By"), _("Hash"), _("As it is hashed"),
    ]  # fmt: skip


def for_file(line: Line) -> list[Any]:
    """One line as the file has it. By its last two columns anybody can recompute the chain."""
    row = line.row
    passed = [f"{label}: {words}" for _css, label, words in line.passed] or [": ".join(one) for one in line.changes]
    if line.origin is not None:
        passed.insert(0, _("from the departure of %(name)s") % {"name": line.origin.name})
        if line.origin.undone_at is not None:
            passed.insert(1, _("taken back"))
    turn: list[Any] = [row.cycle, row.round, row.place, _("Yes") if row.is_owed else _("No")]
    return [
        row.seq, row.at, row.get_kind_display(), line.number, line.name or "", line.who, *turn, line.weights,
        "; ".join(passed), str(row.by or ""), row.hash, text_of(row.said()),
    ]  # fmt: skip
