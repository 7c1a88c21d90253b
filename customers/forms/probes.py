"""What is being entered on a form that is not finished yet, for the conflict check?"""

from __future__ import annotations

from collections.abc import Iterator

from django.http import QueryDict

from core.text import clean

from ..conflicts import Probe
from ..facts import normal_form
from ..identity import check_code
from ..models import ContactPoint, Customer
from .parts import FirstContactForm

# Lines of numbers and addresses that are looked at.
MOST_POINTS = 30


def probe_of(data: QueryDict) -> Probe:
    """Read the fields of a customer's, header's or contact's form as far as they are filled; nothing is refused."""
    country = _text(data, "country", 2).upper()
    code = _text(data, "code", 40)
    return Probe(
        name=_text(data, "name", 300),
        country=country,
        code=check_code(country, code).code if code else "",
        kind=Customer.Kind.PERSON if data.get("kind") == Customer.Kind.PERSON else Customer.Kind.COMPANY,
        website=_text(data, "website", 300),
        points=tuple((kind, value, normal_form(kind, value, country)) for kind, value in _points(data)),
    )


def _points(data: QueryDict) -> Iterator[tuple[str, str]]:
    for number in range(MOST_POINTS):
        kind, value = _text(data, f"points-{number}-kind", 10), _text(data, f"points-{number}-value", 300)
        if kind in ContactPoint.Kind.values and value:
            yield kind, value
    for kind in FirstContactForm.POINTS:
        if value := _text(data, f"contact-{kind}", 300):
            yield kind, value


def _text(data: QueryDict, name: str, longest: int) -> str:
    return clean(data.get(name, ""))[:longest]
