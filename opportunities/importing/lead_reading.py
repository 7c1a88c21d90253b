"""What does one line of a list of inquiries say, and what in it cannot be understood?

Little keeps a line out: a marketplace's list is what it is. What no field can take stays in the remarks, and the
person is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from core.countries import country_of
from core.currencies import currency_of
from core.custom_fields import fields_of
from core.importing.own_values import own_value
from core.importing.targets import Entry, Reason, Value
from core.importing.values import ago_of, date_of
from core.models import CustomField
from core.text import clean, squash
from customers.conflicts import Probe
from customers.facts import normal_form
from customers.models import Customer, Source

from ..inputs import LeadData
from ..models import Campaign, Lead
from ..parsing.needs import quantity_of, worth_of
from ..parsing.tongue import language_named
from .cells import Cells
from .deal_reading import words_of
from .lead_fields import CUSTOM

if TYPE_CHECKING:
    from accounts.models import Team, User

PLACES = Decimal("0.001")
LARGEST = Decimal(10) ** 15
# What an inquiry is known again by where it has no id.
LIKENESS = ("company", "person", "email", "phone", "country", "subject", "product", "message")
PLAIN = ("company", "person", "title", "email", "phone", "whatsapp", "wechat", "website", "city", "subject", "product")


@dataclass
class InquiryLine:
    """What a line says."""

    data: LeadData
    # Texts that no field could take, with the column's value.
    kept: list[str] = field(default_factory=list)

    @property
    def likeness(self) -> str:
        return likeness_of(self.data)

    @property
    def probe(self) -> Probe:
        data = self.data
        said = (("phone", data.phone), ("email", data.email), ("whatsapp", data.whatsapp), ("wechat", data.wechat))
        return Probe(
            name=data.company or data.person,
            country=data.country,
            kind=Customer.Kind.COMPANY if data.company else Customer.Kind.PERSON,
            website=data.website,
            points=tuple((kind, value, normal_form(kind, value, data.country)) for kind, value in said if value),
        )


def likeness_of(lead: LeadData | Lead) -> str:
    """What two lines, or a line and a lead, must share to be one inquiry; all but blanks and case."""
    said = [squash(str(getattr(lead, name))) for name in LIKENESS]
    quantity = "" if lead.quantity is None else f"{lead.quantity.normalize():f}"
    return "|".join([*said, quantity])


class LeadReader:
    """Reads lines on behalf of one person; the firm's own words are looked up once."""

    def __init__(
        self,
        *,
        owners: Mapping[str, User],
        teams: Mapping[str, Team],
        options: Mapping[str, Any],
        now: datetime,
    ) -> None:
        self.owners, self.teams, self.options, self.now = owners, teams, options, now

    @cached_property
    def sources(self) -> dict[str, Source]:
        return words_of(Source.objects.filter(is_active=True))

    @cached_property
    def campaigns(self) -> dict[str, Campaign]:
        return words_of(Campaign.objects.filter(is_active=True).select_related("source"))

    @cached_property
    def custom(self) -> dict[str, CustomField]:
        return {f"{CUSTOM}{one.key}": one for one in fields_of("opportunities.lead")}

    def read(self, line: int, values: Mapping[str, Sequence[Value]]) -> Entry:
        """Make an entry with an InquiryLine; never raises for what a file says."""
        return _Line(self, Cells(line, values)).entry


class _Line:
    """One line while it is read."""

    def __init__(self, reader: LeadReader, cells: Cells) -> None:
        self.reader, self.cells, self.entry = reader, cells, cells.entry
        self.said = InquiryLine(LeadData())
        self.data = self.said.data
        model: Any = Lead
        for key in PLAIN:
            setattr(self.data, key, cells.text(key, model._meta.get_field(key).max_length or 200))
        self.data.external_id = cells.text("external_id", 80)
        self.data.message = cells.long_text("message", 100_000)
        self.data.country = self.known("country", country_of) or ""
        self.data.language = self.known("language", language_named) or ""
        self.data.asked_at = self.known("asked_at", self.moment, is_dated=True)
        self.hear_need()
        self.hear_origin()
        self.data.owner = cells.known("owner", lambda text: reader.owners.get(squash(text)), "owner")
        self.data.team = cells.known("team", lambda text: reader.teams.get(squash(text)), "team")
        self.data.custom = self.own()
        kept = [*self.said.kept, cells.long_text("remarks", 4000)]
        self.data.remarks = "\n".join(filter(None, kept))[:4000]
        self.close()

    def known(self, key: str, find: Callable[..., Any], *, is_dated: bool = False) -> Any:
        """What ``find`` makes of a text; one that it does not know stays in the remarks."""
        value = self.cells.one(key)
        if value is None:
            return None
        found = find(value.text, value.dates) if is_dated else find(clean(value.text))
        if found is None:
            self.keep(value)
        return found

    def keep(self, value: Value) -> None:
        self.said.kept.append(clean(value.text)[:500])
        self.entry.notes.append(Reason("unknown", value.column, value.text))

    def moment(self, text: str, order: str) -> datetime | None:
        """The moment that a day or "13 days ago" means; a day begins in business time. None lies ahead of now."""
        now = self.reader.now
        if day := date_of(text, order):
            return min(_begin(day), now)
        return ago_of(text, now)

    def hear_need(self) -> None:
        """A quantity may carry its unit, an amount its currency."""
        self.data.unit = self.cells.text("unit", 40)
        if (value := self.cells.one("quantity")) is not None:
            found = quantity_of(clean(value.text))
            if found is None or found.number >= LARGEST:
                self.keep(value)
            else:
                self.data.quantity = found.number.quantize(PLACES)
                self.data.unit = self.data.unit or found.unit[:40]
        self.data.currency = self.known("currency", currency_of) or ""
        if (value := self.cells.one("amount")) is not None:
            money = worth_of(clean(value.text))
            currency = money.currency or self.data.currency
            if money.amount is None or not 0 <= money.amount < LARGEST or not currency:
                self.keep(value)  # an amount of unknown money is none
            else:
                self.data.amount, self.data.currency = money.amount.quantize(PLACES), currency

    def hear_origin(self) -> None:
        reader, options = self.reader, self.reader.options
        self.data.source = self.known("source", lambda text: reader.sources.get(squash(text)))
        self.data.campaign = self.known("campaign", lambda text: reader.campaigns.get(squash(text)))
        self.data.source = self.data.source or _chosen(reader.sources, options.get("source"))
        self.data.campaign = self.data.campaign or _chosen(reader.campaigns, options.get("campaign"))
        if self.data.source is None and self.data.campaign is not None:
            self.data.source = self.data.campaign.source

    def own(self) -> dict[str, Any]:
        found = {}
        for key, definition in self.reader.custom.items():
            if (value := self.cells.one(key)) is not None:
                stored, wrong = own_value(definition, value)
                if wrong:
                    self.cells.wrong(wrong, value)
                elif stored not in (None, "", []):
                    found[definition.key] = stored
        return found

    def close(self) -> None:
        data, entry = self.data, self.entry
        entry.record = self.said
        entry.title = (data.subject or data.product or data.message)[:200]
        entry.subtitle = data.company or data.person or data.email or data.phone
        entry.country = data.country
        if not any((data.company, data.person, data.email, data.phone, data.subject, data.message)):
            if data.product:
                data.subject = data.product
            else:
                self.cells.wrong("empty_lead")
        key = f"id|{data.external_id}" if data.external_id else f"like|{self.said.likeness}"
        entry.keys = entry.seeks = [key[:2000]]


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), settings.BUSINESS_ZONE)


def _chosen(rows: Mapping[str, Any], pk: int | None) -> Any:
    return next((row for row in rows.values() if row.pk == pk), None) if pk else None
