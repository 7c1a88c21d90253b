"""Is the clock shown for a customer that of the place where it sits?"""

from datetime import UTC, date, datetime

import pytest
from django_countries.data import COUNTRIES

from core.zones import Zone, business_day, is_zone, zone_choices, zone_of

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "region", "city", "zone"),
    [
        ("CN", "Xinjiang", "Urumqi", "Asia/Shanghai"),
        ("de", "", "", "Europe/Berlin"),
        ("US", "TX", "", "America/Chicago"),
        ("US", "Texas", "El Paso", "America/Denver"),
        ("US", "", "Austin, TX", "America/Chicago"),
        ("US", "Washington", "", "America/Los_Angeles"),
        ("US", "", "Washington", "America/New_York"),
        ("US", "Washington State", "Walla Walla", "America/Los_Angeles"),
        ("US", "加利福尼亚州", "", "America/Los_Angeles"),
        ("BR", "State of Bahia", "", "America/Bahia"),
        ("BR", "São Paulo", "", "America/Sao_Paulo"),
        ("RU", "Новосибирская область", "", "Asia/Novosibirsk"),
        ("RU", "Novosibirsk", "", "Asia/Novosibirsk"),
        ("RU", "Нижний Новгород", "", "Europe/Moscow"),
        ("ID", "Bali", "Denpasar", "Asia/Makassar"),
        ("AU", "WA", "", "Australia/Perth"),
        ("CA", "", "Québec City", "America/Toronto"),
        ("KZ", "", "Almaty", "Asia/Almaty"),
        ("XK", "", "", "Europe/Belgrade"),
    ],
)
def test_known_places(country, region, city, zone):
    assert zone_of(country, region, city) == Zone(zone, True)


def test_a_country_with_several_zones_is_said_to_be_uncertain():
    assert zone_of("US", "", "Springfield") == Zone("America/New_York", False)
    assert zone_of("ZZ") is None
    assert zone_of("") is None


def test_every_country_has_a_zone():
    assert [code for code in COUNTRIES if code not in {"BV", "HM"} and not zone_of(code)] == []


def test_the_firms_day_is_that_of_its_zone():
    assert business_day(datetime(2026, 6, 30, 15, 59, tzinfo=UTC)) == date(2026, 6, 30)
    assert business_day(datetime(2026, 6, 30, 16, 0, tzinfo=UTC)) == date(2026, 7, 1)


def test_choices_are_valid_and_run_from_west_to_east():
    choices = zone_choices(NOON)
    assert all(is_zone(zone) for zone, _ in choices)
    assert dict(choices)["Asia/Shanghai"] == "UTC+08:00 Shanghai"
    assert dict(choices)["America/St_Johns"] == "UTC−02:30 St Johns"
    assert dict(choices)["Asia/Novosibirsk"] == "UTC+07:00 Novosibirsk"
    assert choices[0][1].startswith("UTC−11")
