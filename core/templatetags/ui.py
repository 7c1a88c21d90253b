"""How are the small things drawn that stand on every page: icons, flags, people, status, money, time?

A template builtin, so nothing needs loading. Tables written in Python call the same functions.
Countries' names and dates come in the reader's language; times in the active time zone unless a
zone is named.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django_countries import countries

from core.languages import language_name
from core.money import decimals_of

register = template.Library()

# How a status looks (customers.Status.Shape): the form tells as much as the colour.
STATUS_SHAPES = frozenset({"ring", "half", "full", "won", "retained", "dormant", "lost"})


@register.simple_tag
def fixed(template_name: str) -> SafeString:
    """A part that is the same for everybody who reads one language: made once for all pages of a process."""
    return _fixed(template_name, get_language())


@lru_cache(maxsize=64)
def _fixed(template_name: str, language: str | None) -> SafeString:
    return mark_safe(get_template(template_name).render())  # noqa: S308  a template of ours


# What is drawn fifty times on a page from few words is made once: pure functions, with the language among the words.
# Typed, for a safe text and one that must be escaped are equal.
@register.simple_tag
@lru_cache(maxsize=1024, typed=True)
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """One icon of the sprite. Without ``label`` it is decoration beside a word and hidden from readers."""
    css = "icon" if size == 16 else f"icon icon-{size}"
    href = f"{static('i/i.svg')}#{name}"  # a short name: a list has hundreds of these
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, href)
    if size == 16:  # quotes that need not be are left out
        return format_html("<svg class=icon aria-hidden=true><use href={} /></svg>", href)
    return format_html('<svg class="{}" aria-hidden=true><use href="{}"/></svg>', css, href)


@lru_cache(maxsize=1)
def _flags() -> frozenset[str]:
    folder = settings.BASE_DIR / "static/vendor/tabler/flags"
    return frozenset(path.stem.upper() for path in folder.glob("*.svg"))


@register.simple_tag
def flag(country: Any, named: bool = True) -> SafeString:
    """The flag of an ISO code; ``named=False`` where the country's name stands beside it."""
    code = str(country or "").upper()
    return _flag(code, named, get_language()) if code else SafeString("")


@lru_cache(maxsize=2048)
def _flag(code: str, named: bool, language: str | None) -> SafeString:
    # Its picture comes from static/css/flags.css: an address in each row would weigh more than the row's facts.
    css = code.lower() if code in _flags() else "none"
    told = SafeString("role=img" if named else "aria-hidden=true")
    return format_html('<i class="flag flag-{}" {} title="{}"></i>', css, told, countries.name(code) or code)


@register.simple_tag
def country_name(country: Any) -> str:
    """The country's name in the reader's language, '' for none."""
    return countries.name(str(country)) if country else ""


register.filter(language_name)


@register.filter
def initials(name: Any) -> str:
    """Two letters, or one character of a name in Chinese, Japanese or Korean."""
    words = str(name or "").split()
    if not words:
        return "?"
    if ord(words[0][0]) >= 0x2E80:
        return words[0][0]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.simple_tag
def person(user: Any, avatar: bool = True) -> SafeString:
    """A colleague: initials in a disc, the name, until when they are away; a dash for nobody."""
    if not user:
        return SafeString("—")
    name = str(user)
    disc = format_html('<span class="avatar-mini" aria-hidden="true">{}</span>', initials(name)) if avatar else ""
    return format_html('<span class="person">{}<bdi>{}</bdi>{}</span>', disc, name, _away(user))


def _away(user: Any) -> SafeString:
    """Until when somebody is away, on their days away, and who stands in. Asks the database nothing."""
    until = vars(user).get("away_to") if hasattr(user, "is_away") else None
    if until is None or "away_from" not in vars(user) or not user.is_away(timezone.now()):
        return SafeString("")
    words = _("away until %(until)s") % {"until": day_words(until)}
    # Where a page has read the deputy along.
    if "deputy" in user._state.fields_cache and (deputy := user.stands_in(timezone.now())):
        words = _("%(away)s, %(deputy)s stands in") % {"away": words, "deputy": deputy}
    return format_html(' <span class="badge badge-warn">{}</span>', words)


@register.simple_tag
def status_dot(shape: str, name: Any) -> SafeString:
    """A status: its sign, one of STATUS_SHAPES, and its name."""
    return _status_dot(shape if shape in STATUS_SHAPES else "full", str(name))


@lru_cache(maxsize=1024, typed=True)
def _status_dot(css: str, name: str) -> SafeString:
    return format_html('<span class="status status-{}">{}</span>', css, name)


@register.simple_tag
def grade_square(grade: str) -> SafeString:
    """A grade A–D as a square; nothing where there is none."""
    if not grade:
        return SafeString("")
    return format_html('<span class="grade grade-{}" title="{}">{}</span>', grade.lower(), _("Grade"), grade)


@register.simple_tag
def local_time(zone: str, place: Any = "", holiday: str = "", now: datetime | None = None) -> str:
    """The time at the customer's: HH:MM, then the place; amber with the word on a holiday there.

    ``zone`` is an IANA name; an empty one draws nothing. The script moves the hands every minute.
    """
    return format_html('<span class="local-time">{}</span>', time_there(zone, place, holiday, now)) if zone else ""


def time_there(zone: str, place: Any = "", holiday: str = "", now: datetime | None = None) -> SafeString:
    """What ``local_time`` draws, without its frame: a cell of a list needs none."""
    there = (now or timezone.now()).astimezone(ZoneInfo(zone))
    where = place or zone.rpartition("/")[2].replace("_", " ")
    # An IANA name needs no quotes; fifty of them are a kilobyte on a list.
    return format_html(
        "<time class={} data-zone={}>{}</time> <bdi class=l2>{}</bdi>",
        SafeString('"l1 is-holiday"') if holiday else "l1",
        zone,
        there.strftime("%H:%M"),
        f"{where} · {holiday}" if holiday else where,
    )


@register.filter
def grouped(number: Any) -> str:
    """A count with its thousands set apart, as both our languages write it; '' for none."""
    return "" if number in (None, "") else f"{number:,}"


@register.filter
def at_most(number: int, limit: int) -> str:
    """A count that is no longer counted beyond a limit: ``99+``."""
    return f"{limit:,}+" if number > limit else f"{number:,}"


@register.filter
def money(amount: Any, currency: Any = "") -> str:
    """An amount behind its currency: ``USD 84,150``; cents only where there are some; a dash for none.

    Nothing is rounded: a price of USD 0.0125 keeps its digits, and cents are as many as the currency has.
    """
    if amount in (None, ""):
        return "—"
    amount = Decimal(str(amount))
    digits = max(0, -int(amount.normalize().as_tuple().exponent))
    shown = f"{amount:,.{digits and max(digits, decimals_of(str(currency)))}f}"
    shown = shown.replace("-", "−")
    # A currency and its amount never part at a line's end.
    return f"{currency}\N{NO-BREAK SPACE}{shown}" if currency else shown


# The signs of base currencies; any other stands as its code.
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "INR": "₹", "KRW": "₩", "THB": "฿"}


@register.filter
def base_money(amount: Any) -> str:
    """An amount in the firm's base currency, in whole units: ``¥598,300``; a dash for none."""
    if amount in (None, ""):
        return "—"
    base = settings.BASE_CURRENCY
    shown = f"{Decimal(amount):,.0f}".replace("-", "−")
    return f"{SIGNS[base]}{shown}" if base in SIGNS else f"{base}\N{NO-BREAK SPACE}{shown}"


@register.filter
def rate(value: Decimal) -> str:
    """An exchange rate as people read it: 7.10, 7.1337, 0.04837."""
    if value >= 1:
        whole, _point, digits = f"{value:,.4f}".partition(".")
        return f"{whole}.{digits.rstrip('0'):0<2}"
    return f"{Decimal(f'{value:.4g}'):f}"


def _dated(value: date | datetime) -> tuple[date, date]:
    """The value's day and today, both in the active zone."""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return day, timezone.localdate()


def _day_words(day: date, today: date) -> str:
    return _words_of_day(day, today, get_language())


@lru_cache(maxsize=2048)  # lists say the same days over and over
def _words_of_day(day: date, today: date, language: str | None) -> str:
    near = {0: pgettext("day", "Today"), 1: _("Tomorrow"), -1: _("Yesterday")}.get((day - today).days)
    if near:
        return near
    return date_format(day, get_format("MONTH_DAY_FORMAT") if day.year == today.year else "DATE_FORMAT")


def _time_tag(value: date | datetime, shown: str) -> SafeString:
    if isinstance(value, datetime):
        full = date_format(timezone.localtime(value), "DATETIME_FORMAT")
    else:
        full = date_format(value, "DATE_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full, shown)


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as people say it: Today, Tomorrow, 18 Nov, and with its year where that is another one."""
    return _time_tag(value, _day_words(*_dated(value))) if value else "—"


@register.filter
def moment(value: datetime | None) -> str:
    """A day and its clock time in the active zone: ``Today 17:00``."""
    return _time_tag(value, moment_words(value)) if value else "—"


def moment_words(value: datetime) -> str:
    """What ``moment`` shows, as plain words: for mails."""
    return f"{day_words(value)} {date_format(timezone.localtime(value), 'TIME_FORMAT')}"


def day_words(value: date | datetime) -> str:
    """What ``day`` shows, as plain words."""
    return _day_words(*_dated(value))


@register.filter
def due(value: datetime | None) -> str:
    """When something is due: a midnight is the end of the day before, in the active zone."""
    if not value:
        return "—"
    ended = _ended_day(value)
    return day(ended) if ended else moment(value)


def due_words(value: datetime) -> str:
    """What ``due`` shows, as plain words."""
    ended = _ended_day(value)
    return day_words(ended) if ended else moment_words(value)


def _ended_day(value: datetime) -> datetime | None:
    """A moment of the day that ends at this midnight; None for any other time."""
    local = timezone.localtime(value)
    is_midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
    return local - timedelta(seconds=1) if is_midnight else None


@register.filter
def clock(value: datetime) -> str:
    """A moment as a wall clock with its day, in the zone it carries: ``Thu 26 Nov 15:20``."""
    words = {
        "weekday": date_format(value, "D"),
        "day": date_format(value, get_format("MONTH_DAY_FORMAT")),
        "time": value.strftime("%H:%M"),
    }
    shown = _("%(weekday)s %(day)s %(time)s") % words
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="minutes"), shown)


@register.filter
def ago(value: datetime | None) -> str:
    """How long ago, up to a day; then the day. The exact moment is in the title."""
    if not value:
        return "—"
    since = timezone.now() - value
    minutes = int(since / timedelta(minutes=1))
    if minutes < 0 or since >= timedelta(days=1):
        return moment(value)
    if minutes < 1:
        return _time_tag(value, _("just now"))
    if minutes < 60:
        return _time_tag(value, ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes})
    hours = minutes // 60
    return _time_tag(value, ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours})


# What the figures of a refusal (core.exceptions.DomainError.numbers) are called.
NUMBER_WORDS = {
    "limit": gettext_lazy("Limit"),
    "now": gettext_lazy("Now"),
    "asked": pgettext_lazy("how many", "Asked for"),
    "left": gettext_lazy("Left"),
    "rows": gettext_lazy("Rows"),
    "days": gettext_lazy("Days"),
}


@register.filter
def number_word(key: str) -> str:
    """What a figure of a refusal is called in the reader's language; its key where it is unknown."""
    return str(NUMBER_WORDS.get(key, key))
