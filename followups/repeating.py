"""How do people set and say how something repeats? Everyday choices there and back to a rule, and a rule in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from core.registries import Label

from .recurrence import Rule

ORDINALS = {
    1: pgettext_lazy("weekday of a month", "first"),
    2: pgettext_lazy("weekday of a month", "second"),
    3: pgettext_lazy("weekday of a month", "third"),
    4: pgettext_lazy("weekday of a month", "fourth"),
    5: pgettext_lazy("weekday of a month", "fifth"),
    -1: pgettext_lazy("weekday of a month", "last"),
}


@dataclass(frozen=True)
class Pattern:
    """The choices of the editor. What a month or year repeats follows from the first day and ``on``:

    the same day of the month, the same weekday counted from its start or as its last, or the month's last day.
    """

    repeats: str = "weekly"
    every: int = 1
    weekdays: tuple[int, ...] = ()
    on: str = "day"
    until: date | None = None
    count: int | None = None

    def rule(self, first: date) -> Rule:
        """The rule of these choices for a series whose first day is ``first``."""
        rule = Rule(self.repeats.upper(), self.every, self.count, self.until)
        if self.repeats == "weekly":
            return replace(rule, days=tuple((0, day) for day in sorted(self.weekdays or {first.weekday()})))
        if self.repeats == "daily":
            return rule
        if self.repeats == "yearly":
            rule = replace(rule, months=(first.month,))
        if self.on == "last_day":
            return replace(rule, month_days=(-1,))
        if self.on in ("weekday", "last_weekday"):
            nth = -1 if self.on == "last_weekday" else (first.day - 1) // 7 + 1
            return replace(rule, days=((nth, first.weekday()),))
        return replace(rule, month_days=(first.day,))

    @classmethod
    def of(cls, rule: Rule, first: date) -> Pattern | None:
        """The choices that give this rule; None for one that the editor's choices cannot say."""
        until = rule.until.date() if isinstance(rule.until, datetime) else rule.until
        wanted = rule.filled(first)
        wanted = replace(wanted, until=until, days=tuple(sorted(wanted.days)))
        weekdays = tuple(day for _nth, day in wanted.days) if rule.frequency == "WEEKLY" else ()
        for on in ("day", "weekday", "last_weekday", "last_day"):
            pattern = cls(rule.frequency.lower(), rule.interval, weekdays, on, until, rule.count)
            if pattern.rule(first) == wanted:
                return pattern
        return None


def rule_words(rule: Rule, first: date) -> str:
    """A rule in the reader's language: “every 2 weeks on Mon and Thu, until 31 Dec 2026”."""
    rule = rule.filled(first)
    every, when = _every(rule), _when(rule)
    said = _("%(every)s %(when)s") % {"every": every, "when": when} if when else every
    if rule.until is not None:
        day = date_format(rule.until, "DATE_FORMAT")
        return _("%(repeats)s, until %(day)s") % {"repeats": said, "day": day}
    if rule.count is not None:
        times = ngettext("%(n)s time", "%(n)s times", rule.count) % {"n": rule.count}
        return _("%(repeats)s, %(times)s") % {"repeats": said, "times": times}
    return said


def skip_words(rule: Rule, first: date) -> str:
    """What a rule passes over that people may not expect; '' for nothing."""
    rule = rule.filled(first)
    day = max(rule.month_days, default=0)
    if rule.frequency == "YEARLY" and rule.months == (2,) and day == 29:
        return _("Only leap years have a 29 February; the others are passed over.")
    if rule.frequency == "MONTHLY" and day > 28:
        return _("Months without a day %(day)s are passed over. For the end of every month choose its last day.") % {
            "day": day
        }
    return ""


def _every(rule: Rule) -> str:
    if rule.interval == 1:
        return {
            "DAILY": _("every day"),
            "WEEKLY": _("every week"),
            "MONTHLY": _("every month"),
            "YEARLY": _("every year"),
        }[rule.frequency]
    said = {
        "DAILY": _("every %(n)s days"),
        "WEEKLY": _("every %(n)s weeks"),
        "MONTHLY": _("every %(n)s months"),
        "YEARLY": _("every %(n)s years"),
    }[rule.frequency]
    return said % {"n": rule.interval}


def _when(rule: Rule) -> str:
    """On which days, where words are enough; else the rule itself."""
    plain = Rule(rule.frequency, rule.interval, rule.count, rule.until, week_start=rule.week_start)
    if rule == plain:
        return ""
    month = rule.months[0] if rule.frequency == "YEARLY" and len(rule.months) == 1 else 0
    if rule == replace(plain, days=rule.days, months=(month,) if month else ()) and rule.days:
        nth, weekday = rule.days[0]
        if rule.frequency == "WEEKLY":
            return _("on %(days)s") % {"days": listed([str(WEEKDAYS_ABBR[day]) for _nth, day in sorted(rule.days)])}
        if len(rule.days) == 1 and nth in ORDINALS and (month or rule.frequency == "MONTHLY"):
            return _nth_weekday(nth, WEEKDAYS[weekday], month)
    if rule == replace(plain, month_days=rule.month_days, months=(month,) if month else ()):
        day = rule.month_days[0]
        if len(rule.month_days) == 1 and (month or rule.frequency == "MONTHLY") and day >= -1:
            return _day_of_month(day, month)
    return f"({replace(rule, interval=1, count=None, until=None)})"


def _day_of_month(day: int, month: int) -> str:
    if day == -1:
        return _("on the last day of %(month)s") % {"month": MONTHS[month]} if month else _("on the last day")
    if month:  # 2024: 29 February is a day of it
        return _("on %(days)s") % {"days": date_format(date(2024, month, day), get_format("MONTH_DAY_FORMAT"))}
    return _("on day %(day)s") % {"day": day}


def _nth_weekday(nth: int, weekday: Label, month: int = 0) -> str:
    words = {"nth": ORDINALS[nth], "weekday": weekday, "month": MONTHS.get(month, "")}
    return (_("on the %(nth)s %(weekday)s of %(month)s") if month else _("on the %(nth)s %(weekday)s")) % words


def listed(words: list[str]) -> str:
    """Words as a list is written: “Mon, Wed and Fri”."""
    if len(words) < 2:
        return "".join(words)
    return pgettext("list", ", ").join(words[:-1]) + pgettext("list", " and ") + words[-1]
