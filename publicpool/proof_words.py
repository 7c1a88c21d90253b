"""What does a recomputed ledger say, in words that somebody believes who expects to be cheated?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.registries import Label

# What stands in the text that is hashed (publicpool.models.rotating.said), in its order.
LEGEND: tuple[tuple[str, Label], ...] = (
    ("at", gettext_lazy("The moment, in world time (UTC), to the millionth of a second.")),
    ("by", gettext_lazy("Who started it, by the number of the person; null: by itself.")),
    ("customer, lead", gettext_lazy("What was given, by its number; the other one is null.")),
    ("cycle, round, place", gettext_lazy("Which turn it was; place counts the members in their order.")),
    ("data.passed", gettext_lazy("Turns that were passed: what became of them, cycle, round, place, person, reason.")),
    ("data.after", gettext_lazy("Passed on: the line whose holder did not touch it.")),
    (
        "data.members, data.how",
        gettext_lazy("Members and weights: person and weight in order; the figures behind them."),
    ),
    ("is_owed", gettext_lazy("Whether it served a turn that was owed.")),
    ("kind", gettext_lazy("given: a decision; members: members and weights from the next cycle on.")),
    ("period", gettext_lazy("The holding of the customer that began by it, by its number.")),
    ("seq", gettext_lazy("The number of the line.")),
    ("user", gettext_lazy("Who got it, by the number of the person.")),
)


@dataclass(frozen=True)
class Told:
    """What is wrong with a ledger: a headline, why it is wrong, and rows of (label, what stands, what should)."""

    line: int
    headline: str
    why: str
    rows: Sequence[tuple[str, str, str]] = ()


def told(fault: Mapping[str, Any], names: Mapping[int, str]) -> Told:
    """A fault of publicpool.proving, as JSON; ``names`` of the members by id."""
    seq, stands, follows = fault["seq"], fault["stands"], fault["follows"]
    told_turn, due_turn = fault.get("turns") or (None, None)
    numbers = {"line": seq, "next": stands, "last": follows}
    match fault["what"]:
        case "missing":
            return Told(
                seq,
                _("Line %(line)s is missing.") % numbers,
                _(
                    "The next line that is there is No. %(next)s. Lines are numbered without gaps, and the application "
                    "cannot delete one: somebody with access to the database has."
                )
                % numbers,
            )
        case "hash":
            return Told(
                seq,
                _("Line %(line)s was changed after it was written.") % numbers,
                _(
                    "Its hash was made of its words as they were then and of the hash of the line before: %(then)s. "
                    "With the words that stand there now another one comes out: %(now)s."
                )
                % {"then": stands, "now": follows},
                _went_to(told_turn, due_turn, names),
            )
        case "decision":
            return _decision(seq, stands, follows, names)
        case "unknown":
            return Told(
                seq,
                _("Line %(line)s says what nobody knows.") % numbers,
                _("Its hash fits, but the application never writes such words: %(words)s") % {"words": stands},
            )
        case "cut":
            return Told(
                seq,
                _("Lines are missing at the end: it stops with line %(line)s.") % {"line": stands},
                _("It went as far as line %(last)s: that stands written down apart from the lines.") % numbers,
            )
        case "head":
            return Told(
                seq,
                _("Line %(line)s is not the one that was told.") % numbers,
                _(
                    "At the end of its day its hash was written down, and mailed to those whom the settings name. The "
                    "line that stands there now has another one: it, or one before it, was made anew."
                ),
                [(_("Hash"), stands, follows)],
            )
        case "account":
            name = names.get(stands["member"], str(stands["member"]))
            labels = {
                "passed": _("Turns passed"),
                "received": pgettext("turns", "Received"),
                "skipped": _("Skipped"),
                "owed": _("Owed"),
            }
            rows = [(label, str(stands[key]), str(follows[key])) for key, label in labels.items()]
            return Told(
                seq,
                _("The account of %(name)s was changed.") % {"name": name},
                _("All lines hold; but the numbers kept for this member are not what the lines add up to."),
                [row for row in rows if row[1] != row[2]],
            )
    return Told(
        seq,
        _("It does not stand where its lines lead."),
        _("All lines hold; but the place from which it goes on was changed: the next turn would be a wrong one."),
        [
            (_("Cycle"), str(stands.get("cycle", "")), str(follows.get("cycle", ""))),
            (_("Turns passed in it"), str(stands.get("at", "")), str(follows.get("at", ""))),
        ],
    )


def _decision(seq: int, stands: Any, follows: Any, names: Mapping[int, str]) -> Told:
    rows = _went_to(stands, follows, names)
    return Told(
        seq,
        _("Line %(line)s does not follow from the lines before it.") % {"line": seq},
        _("Done once more by weights, order and the reasons that it names, it is another turn.")
        if rows
        else _("It went to the right person, but it tells other passed turns than there were."),
        rows,
    )


def _went_to(stands: Any, follows: Any, names: Mapping[int, str]) -> list[tuple[str, str, str]]:
    if stands == follows:
        return []
    return [(_("Went to"), _turn(stands, names), _turn(follows, names) if follows else _("nobody"))]


def _turn(turn: Mapping[str, Any], names: Mapping[int, str]) -> str:
    words = _("%(name)s, cycle %(cycle)s, round %(round)s, place %(place)s") % {
        **turn,
        "name": names.get(turn["member"], turn["member"]),
    }
    return _("%(turn)s, an owed turn") % {"turn": words} if turn["is_owed"] else words
