"""In which shape do forms, imports and the demo hand over what is to be written?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import Team, User
    from customers.inputs import ContactData, CustomerData
    from customers.models import Contact, Customer, Source

    from .models import Campaign, InquiryForm, Lead, Opportunity, Pipeline, Stage


@dataclass
class LeadData:
    """What is known of an inquiry; all of it may be missing but not everything at once."""

    company: str = ""
    person: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    whatsapp: str = ""
    wechat: str = ""
    website: str = ""
    country: str = ""
    city: str = ""
    language: str = ""
    subject: str = ""
    message: str = ""
    product: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    amount: Decimal | None = None
    currency: str = ""
    source: Source | None = None
    campaign: Campaign | None = None
    external_id: str = ""
    remarks: str = ""
    custom: dict[str, Any] = field(default_factory=dict)
    # Not edited by people.
    form: InquiryForm | None = None
    utm: dict[str, str] = field(default_factory=dict)
    asked_at: datetime | None = None
    consent_at: datetime | None = None
    consent_text: str = ""
    owner: User | None = None
    team: Team | None = None


@dataclass
class LineData:
    """One product line; ``price`` in the currency of what it stands in."""

    product: str
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    discount: Decimal = Decimal(0)


@dataclass
class OpportunityData:
    """A new or changed deal. ``stage`` is where a new one begins: the first of the pipeline unless said.

    ``people`` are (contact, part). ``lines`` None leaves them as they are. ``opened_on`` is today unless said.
    """

    title: str
    customer: Customer | None = None
    owner: User | None = None
    pipeline: Pipeline | None = None
    stage: Stage | None = None
    amount: Decimal | None = None
    currency: str = ""
    expected_on: date | None = None
    opened_on: date | None = None
    competitors: str = ""
    source: Source | None = None
    campaign: Campaign | None = None
    lead: Lead | None = None
    incoterm: str = ""
    details: str = ""
    external_id: str = ""
    custom: dict[str, Any] = field(default_factory=dict)
    lines: Sequence[LineData] | None = None
    people: Sequence[tuple[Contact, str]] | None = None
    collaborators: Sequence[User] | None = None


@dataclass
class OrderData:
    """A sale. With ``lines`` the amount is their sum and the freight; without, ``amount`` is needed."""

    number: str
    customer: Customer
    ordered_on: date
    currency: str
    amount: Decimal | None = None
    freight: Decimal = Decimal(0)
    cost: Decimal | None = None
    opportunity: Opportunity | None = None
    seller: User | None = None
    payment_terms: str = ""
    incoterm: str = ""
    remarks: str = ""
    external_id: str = ""
    lines: Sequence[LineData] = ()


@dataclass
class ConversionData:
    """What a lead becomes: a customer that stands or a new one, its contact (standing, new or none), a deal or none."""

    customer: Customer | None = None
    new_customer: CustomerData | None = None
    contact: Contact | None = None
    new_contact: ContactData | None = None
    opportunity: OpportunityData | None = None
