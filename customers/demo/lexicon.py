"""Which countries, cultures and phrases does the demo firm's world consist of? Read from the TOML files beside."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from random import Random
from typing import Any

_HERE = Path(__file__).parent

# Invented trade names for cultures in Latin letters that bring none of their own.
_HEADS = "Nor|Al|Bri|Ter|Vel|Cas|Mar|Lum|Fer|Tec|Sol|Ast|Ori|Pra|Kel|Hel|Dur|Fix|Opti|Euro|Prim|Castel|Silver|Inter"
_TAILS = "vik|tera|vant|mar|dex|lux|ton|nova|line|gard|mont|rix|sta|via|con|plan|tools|max"
_STEMS = "|".join(head + tail for head in _HEADS.split("|") for tail in _TAILS.split("|"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the script of its country, and in Latin letters."""

    local: str
    latin: str


@cache
def words(text: str) -> tuple[Word, ...]:
    """Read "Фирма=Firma*3|Торг=Torg": each word as often as its number says."""
    found: list[Word] = []
    for part in text.split("|"):
        spelling, _star, times = part.partition("*")
        local, _equals, latin = spelling.partition("=")
        found += [Word(local, latin or local)] * int(times or 1)
    return tuple(found)


@dataclass(frozen=True)
class Culture:
    """How people and companies are called where one language is spoken."""

    key: str
    said: dict[str, Any]

    def choose(self, random: Random, kind: str, default: str = "") -> Word:
        return random.choice(words(self.said.get(kind, default)))

    @property
    def is_family_first(self) -> bool:
        return self.said.get("family_first", False)

    def stem(self, random: Random) -> Word:
        """The invented part of a company's name."""
        if "first" in self.said:  # two Chinese characters
            first, second = self.choose(random, "first"), self.choose(random, "second")
            return Word(first.local + second.local, first.latin + second.latin.lower())
        return self.choose(random, "stems", _STEMS)


@dataclass(frozen=True, slots=True)
class City:
    """A town; ``postal`` is a pattern in which # is any digit."""

    name: Word
    postal: str
    region: str


@dataclass(frozen=True)
class Country:
    """Where the firm sells; ``code`` is ISO 3166 alpha-2."""

    code: str
    said: dict[str, Any]
    culture: Culture

    @cached_property
    def cities(self) -> tuple[City, ...]:
        found = []
        for part in self.said["cities"].split("|"):
            spelling, postal, region = [*part.split(":"), ""][:3]
            found.append(City(words(spelling)[0], postal, region))
        return tuple(found)

    @property
    def language(self) -> str:
        return self.said.get("language") or self.culture.said["language"]

    @property
    def weight(self) -> int:
        return self.said["weight"]


@lru_cache(maxsize=1)
def countries() -> dict[str, Country]:
    """Every country by its code."""
    cultures = {key: Culture(key, said) for key, said in _read("cultures").items()}
    return {code: Country(code, said, cultures[said["culture"]]) for code, said in _read("countries").items()}


@lru_cache(maxsize=1)
def prose() -> dict[str, Any]:
    """What people of the firm write, by kind."""
    return _read("prose")


@lru_cache(maxsize=1)
def showcase() -> list[dict[str, str]]:
    """Customers that are there in every demo."""
    return _read("showcase")["customer"]


def phrase(random: Random, kind: str) -> str:
    """One phrase of a kind ("status_reasons.won") with its blanks filled in, but for {who}."""
    said: Any = prose()
    for part in kind.split("."):
        said = said[part]
    text = random.choice(said) if isinstance(said, list) else random.choice(words(said)).local
    if "{" not in text:
        return text
    english, chinese = words(prose()["product_words"]), words(prose()["product_words_zh"])
    first, second = random.sample(range(len(english)), 2)
    rival, rival2 = (word.local for word in random.sample(words(prose()["rivals"]), 2))
    return text.format(
        who="{who}",
        product=english[first].local,
        product2=english[second].local,
        product_zh=chinese[first].local,
        product2_zh=chinese[second].local,
        rival=rival,
        rival2=rival2,
        port=random.choice(words(prose()["ports"])).local,
        n=random.randint(2, 9),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / f"{name}.toml").read_text(encoding="utf-8"))
