"""In which shape do forms, imports and the demo hand over what is to be written?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass
class PointData:
    """One phone number, e-mail or account; ``kind`` is a ContactPoint.Kind."""

    kind: str
    value: str
    label: str = ""


@dataclass
class ContactData:
    """A person at a customer."""

    name: str
    title: str = ""
    department: str = ""
    is_primary: bool = False
    is_decision_maker: bool = False
    preferred_channel: str = ""
    style: str = ""
    language: str = ""
    time_zone: str = ""
    birthday: date | None = None
    is_do_not_contact: bool = False
    do_not_contact_reason: str = ""
    remarks: str = ""
    custom: dict[str, Any] = field(default_factory=dict)
    points: list[PointData] = field(default_factory=list)


@dataclass
class CustomerData:
    """A new customer with its main header, contacts and points.

    ``status`` is a key; ``source``, ``group`` and ``categories`` are ids; ``tags`` are names.
    """

    name: str
    kind: str = "company"
    country: str = ""
    code: str = ""
    region: str = ""
    city: str = ""
    address: str = ""
    postal_code: str = ""
    website: str = ""
    language: str = ""
    time_zone: str = ""
    size: str = ""
    source: int | None = None
    payment_terms: str = ""
    currency: str = ""
    incoterm: str = ""
    tariff_preference: str = ""
    purchase_cycle_days: int | None = None
    annual_purchase: Decimal | None = None
    our_share: int | None = None
    competitors: str = ""
    needs: str = ""
    reasons_not_won: str = ""
    remarks: str = ""
    external_id: str = ""
    group: int | None = None
    group_role: str = ""
    custom: dict[str, Any] = field(default_factory=dict)
    status: str = "potential"
    categories: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    points: list[PointData] = field(default_factory=list)
    contacts: list[ContactData] = field(default_factory=list)
