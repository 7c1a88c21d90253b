"""What of a lead is looked up among the customers: as it stands, or as far as its form is filled?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.text import clean
from customers.conflicts import Probe
from customers.facts import normal_form
from customers.models import Customer

from ..models import Lead

# Field of a lead → kind of point.
POINTS = {"phone": "phone", "email": "email", "whatsapp": "whatsapp", "wechat": "wechat"}


def probe_of(lead: Lead) -> Probe:
    """A lead as what one would type to enter its customer."""
    return _probe({name: str(getattr(lead, name)) for name in ("company", "person", "country", "website", *POINTS)})


def typed_probe(data: Mapping[str, Any]) -> Probe:
    """What stands in a form of a lead now; nothing is refused."""
    names = ("company", "person", "country", "website", *POINTS)
    return _probe({name: clean(str(data.get(name, "")))[:300] for name in names})


def _probe(said: Mapping[str, str]) -> Probe:
    country = said["country"][:2].upper()
    points = (
        (kind, value, normal_form(kind, value, country)) for name, kind in POINTS.items() if (value := said[name])
    )
    return Probe(
        name=said["company"] or said["person"],
        country=country,
        kind=Customer.Kind.COMPANY if said["company"] else Customer.Kind.PERSON,
        website=said["website"],
        points=tuple(points),
    )
