"""Are two records one person, or one company at one place, by several facts that do not depend on each other?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA

from core.latin import to_latin
from core.text import digits, fold

from .company_names import normalise_name
from .domains import is_shared_mailbox
from .handles import mail_key
from .name_parts import name_parts
from .similarity import WARN_AT, Likeness, compare_names

# Points: what two strangers seldom share counts 2, what one alone has 3, what a town shares 1. Two facts that say a
# person each, or three of which one is weak, make it likely; a name that differs takes one back.
_ALONE, _STRONG, _WEAK, _AGAINST = 3.0, 2.0, 1.0, -1.0
_ENOUGH = 2 * _STRONG
_PARTLY = 0.6  # as alike as that, but not more, is half an agreement: three letters of five


@dataclass(frozen=True)
class Details:
    """What is known of a person or of a company at a place; "" or empty for what is not. Phones as typed or E.164."""

    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    birthday: date | None = None
    street: str = ""
    city: str = ""
    postcode: str = ""


def compare_people(a: Details, b: Details) -> Likeness:
    """Say how likely two contacts are one person; names in any order and script, with initials. Symmetric.

    Reasons: same_name, similar_name, part_of_name, other_name, same_email, same_phone, same_birthday,
    similar_birthday, other_birthday, same_address, similar_address, same_city.
    """
    return _judge([_person_name(a.name, b.name), *_contact(a, b), _birthday(a.birthday, b.birthday), *_place(a, b)])


def compare_records(a: Details, b: Details) -> Likeness:
    """Say how likely two records are one company at one place: name, phone and address. Symmetric.

    The reasons of compare_people, without birthdays. Two branches of one name are alike by compare_names only.
    """
    return _judge([_company_name(a.name, b.name), *_contact(a, b), *_place(a, b)])


_Finding = tuple[float, str]
_NOTHING: _Finding = (0.0, "")


def _judge(findings: Iterable[_Finding]) -> Likeness:
    found = [finding for finding in findings if finding[1]]
    points = sum(points for points, _ in found)
    score = max(0.0, min(1.0, WARN_AT * points / _ENOUGH))
    return Likeness(round(score, 4), tuple(reason for _, reason in found))


def _person_name(a: str, b: str) -> _Finding:
    one, two = to_latin(fold(a)).split(), to_latin(fold(b)).split()
    if not one or not two:
        return _NOTHING
    if sorted(one) == sorted(two) or "".join(one) in ("".join(two), "".join(two[::-1])):
        return _STRONG, "same_name"
    alike = max(
        OSA.normalized_similarity("".join(one), "".join(two)),
        OSA.normalized_similarity("".join(sorted(one)), "".join(sorted(two))),
    )
    if alike >= WARN_AT:
        return _STRONG * alike, "similar_name"
    short, long = sorted((one, two), key=len)
    if alike >= _PARTLY or any(len(word) > 1 and _has(long, word) for word in short):
        return _WEAK, "part_of_name"
    return _AGAINST, "other_name"


def _has(words: list[str], word: str) -> bool:
    return any(OSA.normalized_similarity(word, other) >= WARN_AT for other in words)


def _company_name(a: str, b: str) -> _Finding:
    if not a or not b:
        return _NOTHING
    alike = compare_names(a, b).score
    if alike >= WARN_AT:
        return _STRONG * alike, "same_name" if alike == 1 else "similar_name"
    one, two = (set(name_parts(normalise_name(name).core).own) for name in (a, b))
    if alike >= _PARTLY or any(len(word) > 1 for word in one & two):  # not the s of "Stefano's"
        return _WEAK, "part_of_name"
    return 2 * _AGAINST, "other_name"  # people marry; a company is its name


def _contact(a: Details, b: Details) -> list[_Finding]:
    mails = {mail_key(mail) for mail in a.emails} & {mail_key(mail) for mail in b.emails} - {""}
    own = [mail for mail in mails if not is_shared_mailbox(mail)]
    mail = (_ALONE, "same_email") if own else _NOTHING
    phones = [(_dialled(x), _dialled(y)) for x in a.phones for y in b.phones]
    return [mail, (_STRONG, "same_phone") if any(_is_one_number(x, y) for x, y in phones) else _NOTHING]


def _dialled(phone: str) -> str:
    return digits(phone.replace("(0)", "")).lstrip("0")


_SHORTEST_NUMBER = 7  # without country and area


def _is_one_number(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return len(short) >= _SHORTEST_NUMBER and long.endswith(short)


def _birthday(a: date | None, b: date | None) -> _Finding:
    if a is None or b is None:
        return _NOTHING
    if a == b:
        return _STRONG, "same_birthday"
    swapped = (a.year, a.month, a.day) == (b.year, b.day, b.month)
    if swapped or OSA.distance(f"{a:%Y%m%d}", f"{b:%Y%m%d}") == 1:
        return _WEAK, "similar_birthday"
    return _AGAINST, "other_birthday"


_STREET = dict(
    re.findall(
        r"(\w+):(\w+)",
        "street:st avenue:ave road:rd boulevard:blvd drive:dr lane:ln place:pl square:sq court:ct highway:hwy "
        "parkway:pkwy strasse:str straße:str north:n south:s east:e west:w suite:ste apartment:apt",
    )
)


def _place(a: Details, b: Details) -> list[_Finding]:
    towns = [(fold(x), fold(y)) for x, y in ((a.city, b.city), (a.postcode, b.postcode)) if x and y]
    town = (_WEAK, "same_city") if any(OSA.normalized_similarity(x, y) >= WARN_AT for x, y in towns) else _NOTHING
    one, two = _street_words(a.street), _street_words(b.street)
    if not one or not two:
        return [town]
    alike = OSA.normalized_similarity(" ".join(sorted(one)), " ".join(sorted(two)))
    numbers, others = (set(filter(str.isdecimal, words)) for words in (one, two))
    if numbers and others and numbers.isdisjoint(others):
        return [(_WEAK, "similar_address"), town] if alike >= WARN_AT else [town]
    if alike >= WARN_AT or (len(one & two) > 1 and (one <= two or two <= one)):
        return [(_STRONG, "same_address"), town]
    if alike >= _PARTLY or len(one & two) >= _PARTLY * min(len(one), len(two)):
        return [(_WEAK, "similar_address"), town]
    return [town]


def _street_words(street: str) -> set[str]:
    return {_STREET.get(word, word) for word in fold(street).split()}
