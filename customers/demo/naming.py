"""How is an invented person or company called, in its own script and in Latin letters?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from django.utils.text import slugify

from core.text import fold, is_cjk

from ..identity import name_key
from .lexicon import City, Country, Culture, Word, words

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
# What an address leaves out of a name, folded.
_FILLERS = re.compile(r"\b(?:cong ty|tnhh|co phan|mot thanh vien|uab|p h u|and|und|et|et fils|y|e|co|ltd|est|pt|cv)\b")


@dataclass(frozen=True, slots=True)
class PersonName:
    local: str
    latin: str
    is_female: bool


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company's name in both scripts, and the parts that its relatives share."""

    local: str
    latin: str
    # In Latin letters and without the legal form.
    bare: str
    stem: Word
    family: Word
    trade: Word


def person_name(random: Random, culture: Culture) -> PersonName:
    """A name of the culture, family and given name in its order."""
    is_female = random.random() < 0.45
    given = culture.choose(random, "female" if is_female else "male")
    family = culture.choose(random, "family")
    if is_female:
        family = _feminine(family, culture)
    if given.local == given.latin:  # such as Indians, who write themselves in Latin letters abroad
        family = Word(family.latin, family.latin)
    return PersonName(
        _in_order(given.local, family.local, culture), _in_order(given.latin, family.latin, culture), is_female
    )


def _feminine(family: Word, culture: Culture) -> Word:
    return Word(*(_with_ending(name, culture.said.get("feminine", "")) for name in (family.local, family.latin)))


def _with_ending(name: str, endings: str) -> str:
    """Kowalski → Kowalska, where the culture says so; the first ending that fits counts."""
    for pair in filter(None, endings.split("|")):
        ending, feminine = pair.split(":")
        if name.endswith(ending):
            return name[: len(name) - len(ending)] + feminine
    return name


def _in_order(given: str, family: str, culture: Culture) -> str:
    if not culture.is_family_first:
        return f"{given} {family}"
    return f"{family}{given}" if is_cjk(family) else f"{family} {given}"


# So often a name is looked for before it gets one word more.
TRIES = 6


class CompanyNames:
    """Invents company names, none twice in a country."""

    def __init__(self) -> None:
        self.taken: set[tuple[str, str]] = set()
        self.domains: set[str] = set()
        # Where to go on counting for a name that many have; at a million names counting from one would never end.
        self.counted: dict[tuple[str, str], int] = {}

    def take(self, country: str, *names: str) -> bool:
        """Reserve names in a country; False, and nothing is reserved, where one of them is taken."""
        keys = {(country, name_key(name)) for name in names}
        if keys & self.taken:
            return False
        self.taken |= keys
        return True

    def make(self, random: Random, country: Country, city: City, like: CompanyName | None = None) -> CompanyName:
        """A new name; ``like`` gives the stem and family of a relative in a group."""
        culture = country.culture
        tries = 0
        while True:
            tries += 1
            stem, family = culture.stem(random), culture.choose(random, "family")
            trade = culture.choose(random, "trades")
            if like is not None and tries < 20:
                stem, family, trade = like.stem, like.family, like.trade
            else:
                # A big country uses up the short names, and then those of two and three words.
                for _more in range(tries // TRIES):
                    second = culture.stem(random)
                    glue = "" if is_cjk(stem.local) else " "
                    stem = Word(f"{stem.local}{glue}{second.local}", f"{stem.latin} {second.latin}")
            local, latin, bare = self._written(random, country, city, stem, family, trade)
            if like is not None and tries > 3:
                local, latin = _with_place(local, city.name.local), _with_place(latin, city.name.latin)
            if self.take(country.code, local, latin):
                return CompanyName(local, latin, bare, stem, family, trade)

    def _written(
        self, random: Random, country: Country, city: City, stem: Word, family: Word, trade: Word
    ) -> tuple[str, str, str]:
        """The name in its own script, in Latin letters, and that without legal form."""
        culture = country.culture
        own = words(culture.said["companies"])
        latin = words(culture.said.get("companies_latin", culture.said["companies"]))
        pattern = random.randrange(len(own))
        parts = {"stem": stem, "family": family, "trade": trade, "city": city.name}
        parts["form"] = random.choice(words(country.said["forms"]))
        parts["family2"] = culture.choose(random, "family")
        parts["place"] = culture.choose(random, "places")
        parts["saint"] = culture.choose(random, "saints")
        parts["province"] = Word(city.region or city.name.local, "")
        in_latin = {name: word.latin for name, word in parts.items()}
        return (
            _spaced(own[pattern].local.format(**{name: word.local for name, word in parts.items()})),
            _spaced(latin[pattern].local.format(**in_latin)),
            _spaced(latin[pattern].local.format(**in_latin | {"form": ""})),
        )

    def domain(self, bare: str, country: str) -> str:
        """A domain of its own for a company; .example is reserved for such use."""
        folded = _FILLERS.sub(" ", fold(bare.translate(_GERMAN)))
        base = "-".join(slugify(folded).split("-")[:3]) or "company"
        number = self.counted.get((base, country), 1)
        while (name := _numbered(base, country.lower(), number)) in self.domains:
            number += 1
        self.counted[base, country] = number
        self.domains.add(name)
        return f"{name}.example"


def _numbered(base: str, country: str, number: int) -> str:
    """acme, acme-de, acme-de2, acme-de3, …"""
    return base if number == 1 else f"{base}-{country}" if number == 2 else f"{base}-{country}{number - 1}"


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _with_place(name: str, place: str) -> str:
    return f"{name}（{place}）" if is_cjk(name) else f"{name} ({place})"


def mailbox(random: Random, name: PersonName) -> str:
    """The local part of somebody's e-mail address."""
    parts = slugify(fold(name.latin.translate(_GERMAN))).split("-")
    first, last = parts[0], parts[-1]
    return random.choice((f"{first}.{last}", f"{first[0]}.{last}", first, f"{first}{last[:1]}", f"{last}.{first}"))
