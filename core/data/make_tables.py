"""How were the tables in this folder made?

They are kept as files because the libraries behind them are dear at run time (pypinyin: 52 MB and
155 µs a name in every process) and because stored search texts must not change with a library's
version. Sources: OpenCC (Apache-2.0), pypinyin (MIT), django-countries (MIT), the IANA time zone
database (public domain). Run it from the root of the checkout with `python -m core.data.make_tables`.
"""

import gettext
from collections import defaultdict
from pathlib import Path

import django_countries
import opencc
from django.conf import settings
from django_countries.base import CountriesBase
from django_countries.data import ALT_CODES, COUNTRIES
from pypinyin import Style, pinyin
from rapidfuzz.distance import OSA

from core.text import fold

HERE = Path(__file__).parent
HAN = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]


def traditional_simplified() -> str:
    """Give two lines: traditional characters, and below each its simplified form."""
    convert = opencc.OpenCC("t2s").convert
    pairs = [(chr(code), convert(chr(code))) for code in HAN]
    changed = [(a, b) for a, b in pairs if a != b and len(b) == 1]
    return "".join(a for a, _ in changed) + "\n" + "".join(b for _, b in changed) + "\n"


def pinyin_initials() -> str:
    """Give one letter for each character from U+4E00 to U+9FFF, "?" where no reading is known."""
    letters = (pinyin(chr(code), style=Style.FIRST_LETTER, errors="ignore") for code in HAN if code >= 0x4E00)
    return (
        "".join(letter[0][0] if letter and letter[0][0].isascii() and letter[0][0] else "?" for letter in letters)
        + "\n"
    )


def pinyin_syllables() -> str:
    """Give the reading without tone of each character from U+4E00 to U+9FFF, "?" where none is known."""
    readings = (pinyin(chr(code), style=Style.NORMAL, errors="ignore") for code in HAN if code >= 0x4E00)
    return " ".join(fold(reading[0][0]) if reading and reading[0][0] else "?" for reading in readings) + "\n"


# Countries that keep one time although the database has several zones for their past.
ONE_ZONE = {"AR": "America/Argentina/Buenos_Aires", "CN": "Asia/Shanghai", "CY": "Asia/Nicosia", "DE": "Europe/Berlin"}
ONE_ZONE |= {"MY": "Asia/Kuala_Lumpur", "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent", "KZ": "Asia/Almaty"}
# Where two countries share a name (translations have such slips), the better kept catalogues win.
CATALOGUES = (
    ("zh_Hans",),
    ("zh_Hant", "ar", "de", "es", "fr", "it", "ja", "ko_KR", "nl", "pl", "pt_BR", "pt_PT", "ru", "tr_TR", "uk", "vi"),
    (
        "af",
        "bg",
        "ca",
        "cs",
        "da",
        "el",
        "et",
        "eu",
        "fa",
        "fi",
        "he",
        "hr",
        "hu",
        "hy",
        "ka_GE",
        "lt",
        "lv",
        "mn",
        "nb",
        "ro",
        "sk",
        "sl",
        "sr",
        "sr_Latn",
        "sv",
    ),
)


def countries() -> str:
    """Give a line for each country: code, alpha-3, folded English names and those of some forty other languages.

    A name that two countries share in one tier is left out; so is one of the last tier that reads like another
    country's English name with a slip of the pen (Latvian "Nigera" is Niger).
    """
    english = {code: {str(name)} for code, name in COUNTRIES.items()}
    for code, common in CountriesBase.COMMON_NAMES.items():
        english[code].add(str(common))
    for code, former in CountriesBase.OLD_NAMES.items():
        english[code].update(map(str, former))
    own = {fold(name): code for code, names in english.items() for name in names}
    foreign: dict[str, str] = {}
    for tier in CATALOGUES:
        holders = defaultdict(set)
        for language in tier:
            with (Path(django_countries.__file__).parent / f"locale/{language}/LC_MESSAGES/django.mo").open(
                "rb"
            ) as file:
                catalogue = gettext.GNUTranslations(file)
            for code, names in english.items():
                for name in names:
                    holders[fold(catalogue.gettext(name))].add(code)
        for key, codes in holders.items():
            is_slip = tier is CATALOGUES[-1] and any(
                OSA.distance(key, other) <= 1 for other in own if own[other] not in codes
            )
            if len(codes) == 1 and key not in own and not is_slip:
                foreign.setdefault(key, min(codes))
    names_of = {
        code: [sorted(key for key in table if table[key] == code) for table in (own, foreign)] for code in COUNTRIES
    }
    return "".join(
        f"{code},{ALT_CODES[code][0]},{'|'.join(names_of[code][0])},{'|'.join(names_of[code][1])}\n"
        for code in sorted(COUNTRIES)
    )


def zones() -> str:
    """Give "country,zone" for each country: the zone of zone_places.csv's first line, else zone.tab's first."""
    zone_of: dict[str, str] = {}
    for line in (HERE / "zone_places.csv").read_text(encoding="utf-8").splitlines():
        code, zone, _places = line.split(",", 2)
        zone_of.setdefault(code, zone)
    for line in Path("/usr/share/zoneinfo/zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, _coordinates, zone = line.split("\t")[:3]
            zone_of.setdefault(code, ONE_ZONE.get(code, zone))
    return "".join(f"{code},{zone}\n" for code, zone in sorted((zone_of | {"XK": "Europe/Belgrade"}).items()))


if __name__ == "__main__":
    settings.configure(USE_I18N=False)
    for make in (traditional_simplified, pinyin_initials, pinyin_syllables, countries, zones):
        (HERE / f"{make.__name__}.{'csv' if make in (countries, zones) else 'txt'}").write_text(
            make(), encoding="utf-8"
        )
