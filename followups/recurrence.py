"""When does a repeating task fall next? RFC 5545 rules, counted on the wall clock of a named zone.

A rule is counted in wall time, so 09:00 stays 09:00 on both sides of a change of the clocks. As RFC 5545,
section 3.3.5, says: a time that the clocks jump over is read with the difference to UTC before the jump (02:30
becomes 03:30), one that comes twice is its first. A month without the day of the rule is passed over (section
3.3.10); BYMONTHDAY=-1 is the last day of every month. Never finer than a day: the time is that of the first one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Each frequency with its largest interval.
INTERVALS = {"DAILY": 366, "WEEKLY": 104, "MONTHLY": 60, "YEARLY": 10}
MOST_COUNT = 1000
LAST_YEAR = 2199
LONGEST_TEXT = 300
# How far is looked for a next one; 29 February every nine years needs 36.
HORIZON = timedelta(days=40 * 366)
# Wall time and UTC may order moments differently by as much as the clocks ever jumped (Samoa: a whole day).
MARGIN = timedelta(days=2)

# Each list stands only where it is usual. dateutil looks for a first one up to the year 9999: days and weeks are many
# until then, so they take no part that could keep them from ever falling.
# RFC name → (our field, largest value, whether it counts from the end too, frequencies that may have it).
LISTS = {
    "BYMONTHDAY": ("month_days", 31, True, ("MONTHLY", "YEARLY")),
    "BYMONTH": ("months", 12, False, tuple(INTERVALS)),
    "BYYEARDAY": ("year_days", 366, True, ("YEARLY",)),
    "BYWEEKNO": ("weeks", 53, True, ("YEARLY",)),
    "BYSETPOS": ("positions", 366, True, ("MONTHLY", "YEARLY")),
}
DAY = re.compile(r"([+-]?(?:[1-9]|[1-4][0-9]|5[0-3]))?(MO|TU|WE|TH|FR|SA|SU)")
NUMBER = re.compile(r"[+-]?[0-9]{1,4}")
UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")


class WrongRule(DomainError):
    status = 422
    message = _("This is not a rule of repetition (RFC 5545).")


@dataclass(frozen=True)
class Rule:
    """A rule of RFC 5545; ``str()`` is its text.

    ``until`` is a date (with its whole day), a naive wall time, or an aware moment. ``days`` are (which one, weekday
    from Monday = 0); 0 is every one, -1 the last.
    """

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    days: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    def __str__(self) -> str:
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={_until_text(self.until)}")
        if self.days:
            parts.append("BYDAY=" + ",".join(f"{nth or ''}{WEEKDAYS[day]}" for nth, day in self.days))
        for name, (field, *_limits) in LISTS.items():
            if values := getattr(self, field):
                parts.append(f"{name}={','.join(map(str, values))}")
        if self.week_start:
            parts.append(f"WKST={WEEKDAYS[self.week_start]}")
        return ";".join(parts)

    def filled(self, first: date) -> Rule:
        """The same rule with what it takes from its first day written out."""
        if self.days or self.month_days or self.year_days or self.weeks:
            return self
        if self.frequency == "WEEKLY":
            return replace(self, days=((0, first.weekday()),))
        if self.frequency == "MONTHLY":
            return replace(self, month_days=(first.day,))
        if self.frequency == "YEARLY":
            return replace(self, months=self.months or (first.month,), month_days=(first.day,))
        return self


def parse(text: str) -> Rule:
    """Read the text of a rule, with or without ``RRULE:``. Raises WrongRule, which says what is wrong."""
    if len(text) > LONGEST_TEXT:
        raise WrongRule(_("The rule is longer than %(n)s characters.") % {"n": LONGEST_TEXT})
    words: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, sign, value = part.partition("=")
        if not sign or name in words:
            raise WrongRule(rule=text)
        words[name] = value
    frequency = words.pop("FREQ", "")
    if frequency in ("SECONDLY", "MINUTELY", "HOURLY"):
        raise WrongRule(_("A task repeats daily at most."))
    if frequency not in INTERVALS:
        raise WrongRule(rule=text)
    found: dict[str, Any] = {"frequency": frequency}
    for name, value in words.items():
        found |= _part(frequency, name, value)
    return _agreeing(Rule(**found))


def _agreeing(rule: Rule) -> Rule:
    """The rule, if its parts go together."""
    if rule.count is not None and rule.until is not None:
        raise WrongRule(_("A rule ends by a day or after a number, not by both."))
    if rule.positions and not (rule.days or rule.month_days or rule.months or rule.year_days or rule.weeks):
        raise WrongRule(_("BYSETPOS chooses among days that another part names."))
    if rule.days and rule.frequency == "DAILY" and rule.interval > 1:
        raise WrongRule(_("Name weekdays in a weekly rule."))
    if any(nth for nth, _day in rule.days) and (rule.frequency not in ("MONTHLY", "YEARLY") or rule.weeks):
        raise WrongRule(_("“The second Tuesday” is one of a month or year."))
    return rule


def _part(frequency: str, name: str, value: str) -> dict[str, Any]:
    if name == "INTERVAL":
        return {"interval": _number(name, value, INTERVALS[frequency])}
    if name == "COUNT":
        return {"count": _number(name, value, MOST_COUNT)}
    if name == "UNTIL":
        return {"until": _until(value)}
    if name == "WKST" and value in WEEKDAYS:
        return {"week_start": WEEKDAYS.index(value)}
    if name == "BYDAY":
        days = [DAY.fullmatch(word) for word in value.split(",")]
        if not all(days):
            raise WrongRule(rule=f"{name}={value}")
        found = tuple((int(day[1] or 0), WEEKDAYS.index(day[2])) for day in days if day)
        return {"days": found}
    if name in LISTS and frequency in LISTS[name][3]:
        field, most, from_end, _frequencies = LISTS[name]
        return {field: tuple(_number(name, word, most, from_end=from_end) for word in value.split(","))}
    raise WrongRule(_("%(part)s does not go with such a rule.") % {"part": name[:20]})


def _number(name: str, text: str, most: int, *, from_end: bool = False) -> int:
    number = int(text) if NUMBER.fullmatch(text) else 0
    if not (1 <= number <= most or (from_end and 1 <= -number <= most)):
        raise WrongRule(_("%(part)s must be between 1 and %(most)s.") % {"part": name, "most": most})
    return number


def _until(text: str) -> date:
    found = UNTIL.fullmatch(text)
    try:
        if not found:
            raise ValueError
        day = datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
        clock = datetime.strptime(found[2], "%H%M%S").time() if found[2] else None  # noqa: DTZ007
    except ValueError:
        raise WrongRule(_("The rule's last day is no date.")) from None
    if not 1900 <= day.year <= LAST_YEAR:
        raise WrongRule(_("The rule's last day lies beyond the year %(year)s.") % {"year": LAST_YEAR})
    return day if clock is None else datetime.combine(day, clock, UTC if found[3] else None)


def _until_text(until: date) -> str:
    if not isinstance(until, datetime):
        return f"{until:%Y%m%d}"
    return f"{until.astimezone(UTC):%Y%m%dT%H%M%SZ}" if until.tzinfo else f"{until:%Y%m%dT%H%M%S}"


def moment_of(wall: datetime, zone: str) -> datetime:
    """The moment (UTC) of a wall time; of one that is jumped over or comes twice, see above."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def occurrences(rule: Rule, starts_at: datetime, zone: str, at_or_after: datetime) -> Iterator[datetime]:
    """The moments (UTC) at or after one, in order; counted from ``starts_at``, a naive wall time of ``zone``.

    Ends with the rule, or where 40 years bring none.
    """
    there = ZoneInfo(zone)
    since = at_or_after.astimezone(there).replace(tzinfo=None) - MARGIN
    last = min(max(since, starts_at) + HORIZON, datetime(LAST_YEAR, 12, 31))  # noqa: DTZ001  a wall time
    if rule.until is not None:
        last = min(last, _last_wall(rule.until, there))
    if last < since:
        return
    previous = None
    for wall in islice(_walls(rule, starts_at, last), rule.count):
        if wall < since:
            continue
        moment = moment_of(wall, zone)
        # Where a whole day was left out, two walls are one moment.
        if moment >= at_or_after and moment != previous:
            yield moment
            previous = moment


def next_occurrence(rule: Rule, starts_at: datetime, zone: str, at_or_after: datetime) -> datetime | None:
    """The first moment (UTC) at or after one; what lies before is passed over. None where the rule has ended."""
    return next(occurrences(rule, starts_at, zone, at_or_after), None)


def _last_wall(until: date, there: ZoneInfo) -> datetime:
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max)
    return until.astimezone(there).replace(tzinfo=None) if until.tzinfo else until


def _walls(rule: Rule, starts_at: datetime, last: datetime) -> rrule.rrule:
    # The count is cut off outside: dateutil refuses it together with an end, and the end bounds the search.
    return rrule.rrule(
        getattr(rrule, rule.frequency),
        dtstart=starts_at,
        interval=rule.interval,
        wkst=rule.week_start,
        until=last,
        byweekday=[rrule.weekday(day, nth or None) for nth, day in rule.days] or None,
        bymonthday=rule.month_days or None,
        bymonth=rule.months or None,
        byyearday=rule.year_days or None,
        byweekno=rule.weeks or None,
        bysetpos=rule.positions or None,
    )
