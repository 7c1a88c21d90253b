"""What time is it where a customer or a person is?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings

from .text import fold

# Days that people mean: beyond them instants of zones and sums of days overflow.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA time zone, and whether it is known (False: the country has several, this is its main one)."""

    name: str
    is_certain: bool


@dataclass(frozen=True)
class _Tables:
    main: dict[str, str]
    regions: dict[str, dict[str, str]]  # country → folded region → zone; only countries with several zones
    cities: dict[str, dict[str, str]]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    lines = (_DATA / "zones.csv").read_text(encoding="utf-8").splitlines()
    tables = _Tables(dict(line.split(",") for line in lines), {}, {})
    for line in (_DATA / "zone_places.csv").read_text(encoding="utf-8").splitlines():
        country, zone, regions, cities = line.split(",")
        tables.regions.setdefault(country, {}).update(dict.fromkeys(regions.split("|"), zone))
        tables.cities.setdefault(country, {}).update(dict.fromkeys(cities.split("|"), zone))
    return tables


_COMMA = re.compile("[,，;/(（]")
_KIND_OF_REGION = re.compile(" (?:state|province|region|oblast|krai|county)$|[州省]$")


def zone_of(country: str, region: str = "", city: str = "") -> Zone | None:
    """Return the time zone of a place; `country` is ISO alpha-2. None where the country is not known.

    In a country with several zones, its main one, marked as not certain, unless the region or city is in our table.
    """
    tables, country = _tables(), country.upper()
    main = tables.main.get(country)
    if main is None:
        return None
    if country not in tables.regions:
        return Zone(main, True)
    regions, cities = tables.regions[country], tables.cities[country]
    for places, words in ((cities, city), (regions, region), (regions, city), (cities, region)):
        for key in _keys(words):
            if zone := places.get(key):
                return Zone(zone, True)
    return Zone(main, False)


def _keys(words: str) -> Iterator[str]:
    """Give the ways to look up "Austin, TX" or "State of Bahia"."""
    for part in [words, *_COMMA.split(words)] if _COMMA.search(words) else [words]:
        if key := fold(part):
            yield key
            yield _KIND_OF_REGION.sub("", key.removeprefix("state of "))


@lru_cache(maxsize=512)
def country_of(zone: str) -> str:
    """The country (ISO alpha-2) whose main zone this is; '' for none: whose holidays somebody there has."""
    return next((country for country, main in _tables().main.items() if main == zone), "")


def business_day(at: datetime) -> date:
    """The day of the moment `at` (aware) in the firm's zone."""
    return at.astimezone(settings.BUSINESS_ZONE).date()


def midnight(day: date) -> datetime:
    """00:00 of a day in business time."""
    return datetime.combine(day, time(), settings.BUSINESS_ZONE)


def is_zone(name: str) -> bool:
    """Say whether `name` is a time zone of the IANA database."""
    return name in _available()


@lru_cache(maxsize=1)
def _available() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_choices(at: datetime) -> list[tuple[str, str]]:
    """Return (zone, label) for a select, west to east; labels tell the difference to UTC at the moment `at`.

    Every country's zone is there, "UTC" too; others of the database are valid but not offered.
    """
    tables = _tables()
    names = {"UTC", *tables.main.values(), *(zone for places in tables.cities.values() for zone in places.values())}
    offsets = {name: at.astimezone(ZoneInfo(name)).utcoffset() or timedelta() for name in names}
    ordered = sorted(names, key=lambda name: (offsets[name], _city(name)))
    return [(name, f"{utc_difference(offsets[name])} {_city(name)}") for name in ordered]


def utc_difference(offset: timedelta) -> str:
    """Return an offset as people write it: UTC+08:00, UTC−03:30."""
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'−' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _city(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")
