"""What is on a customer's card in the demo: who it is, how it trades, who works there?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from core.zones import zone_of

from ..inputs import ContactData, CustomerData, PointData
from ..models import Customer, CustomerName
from ..models.contact import Channel
from . import naming, paperwork
from .fields import custom_values
from .lexicon import City, Country, phrase

Kind = CustomerName.Kind
HOW_OFTEN_LOCAL = {"zh": 0.93, "zh_hant": 0.85, "ja": 0.75, "ru": 0.65, "uk": 0.6, "ko": 0.6, "ar": 0.5, "hi": 0.08}
TITLES = (
    ("Purchasing Manager", "Purchasing", True),
    ("Owner", "Management", True),
    ("Managing Director", "Management", True),
    ("Buyer", "Purchasing", False),
    ("Category Manager", "Purchasing", True),
    ("Import Coordinator", "Logistics", False),
    ("Quality Manager", "Quality", False),
    ("Accountant", "Finance", False),
    ("Product Manager", "Marketing", False),
    ("Assistant", "Purchasing", False),
)
TITLES_ZH = (
    ("采购经理", "采购部", True),
    ("总经理", "总经办", True),
    ("采购主管", "采购部", True),
    ("外贸跟单", "采购部", False),
    ("品质经理", "品管部", False),
    ("财务", "财务部", False),
    ("业务员", "业务部", False),
)
SIZES = ("1-10", "1-10", "11-50", "11-50", "11-50", "51-200", "51-200", "201-500", "501-1000", "1000+")
INCOTERMS = ("FOB",) * 10 + ("CIF",) * 4 + ("CFR", "CFR", "EXW", "EXW", "DDP", "DAP", "FCA")
CYCLES = (30, 45, 60, 60, 90, 90, 90, 120, 180, 365)
BUYS = {"won", "retained", "dormant"}


@dataclass
class Invented:
    """A customer to be, with further headers as (name, kind, country, code)."""

    data: CustomerData
    company: naming.CompanyName | None
    headers: list[tuple[str, str, str, str]] = field(default_factory=list)
    grade: str = ""


class Inventor:
    """Invents customers that do not resemble each other more than real ones do."""

    def __init__(self, random: Random, year: int) -> None:
        self.random = random
        self.year = year
        self.names = naming.CompanyNames()
        self.codes: set[tuple[str, str]] = set()

    def company(self, country: Country, city: City, status: str, like: naming.CompanyName | None = None) -> Invented:
        """A company; ``like`` makes it a relative of another one."""
        random = self.random
        name = self.names.make(random, country, city, like)
        main, other = name.local, name.latin
        if name.local != name.latin and random.random() > HOW_OFTEN_LOCAL.get(country.culture.key, 0.55):
            main, other = other, main
        made = self._card(country, city, status, main, self.names.domain(name.bare, country.code), name.stem.latin)
        made.company = name
        if main != other and random.random() < 0.75:
            self._add_header(made, other, Kind.TRANSLATION, country.code, "")
        self._more_headers(made, country, name)
        return made

    def showcase(self, country: Country, city: City, status: str, name: str, latin: str) -> Invented:
        """A company whose name is given."""
        self.names.take(country.code, name, latin or name)
        made = self._card(country, city, status, name, self.names.domain(latin or name, country.code), "HAIBO")
        if latin:
            self._add_header(made, latin, Kind.TRANSLATION, country.code, "")
        return made

    def person(self, country: Country, city: City, status: str) -> Invented:
        """Somebody trading alone, under the own name."""
        random = self.random
        name = naming.person_name(random, country.culture)
        shown = name.local if random.random() < HOW_OFTEN_LOCAL.get(country.culture.key, 0.55) else name.latin
        data = CustomerData(name=shown, kind=Customer.Kind.PERSON, size="1-10", status=status)
        self._place(data, country, city)
        address = f"{naming.mailbox(random, name)}{random.randint(1, 9999)}@freemail.example"
        data.points = [self._phone(country, "mobile"), PointData("email", address)]
        data.needs = phrase(random, "needs") if random.random() < 0.5 else ""
        return Invented(data, None)

    # --- the card ---------------------------------------------------------------------------------

    def _card(self, country: Country, city: City, status: str, name: str, domain: str, stem: str) -> Invented:
        random = self.random
        data = CustomerData(name=name, status=status)
        self._place(data, country, city)
        buys = status in BUYS
        data.code = self._code(country) if random.random() < (0.6 if buys else 0.3) else ""
        data.website = f"www.{domain}" if random.random() < 0.75 else ""
        data.size = random.choice(SIZES) if random.random() < 0.7 else ""
        data.currency = self._currency(country) if random.random() < 0.9 else ""
        data.incoterm = random.choice(INCOTERMS) if random.random() < (0.95 if buys else 0.5) else ""
        data.payment_terms = phrase(random, "payment_terms") if random.random() < (0.95 if buys else 0.4) else ""
        data.tariff_preference = phrase(random, "tariff_preferences") if random.random() < 0.1 else ""
        data.purchase_cycle_days = random.choice(CYCLES) if random.random() < (0.8 if buys else 0.25) else None
        if random.random() < (0.85 if buys else 0.4):
            thousands = max(3, round(math.exp(random.gauss(4.6 if buys else 4.0, 1.1))))
            data.annual_purchase = Decimal(thousands * 1000)
            data.our_share = random.choice((2, 5, 8, 10, 15, 20, 30, 45, 60)) if buys else None
        data.needs = phrase(random, "needs") if random.random() < 0.6 else ""
        data.competitors = phrase(random, "competitors") if random.random() < 0.25 else ""
        data.remarks = phrase(random, "remarks") if random.random() < 0.25 else ""
        data.reasons_not_won = phrase(random, "reasons_not_won") if status == "lost" and random.random() < 0.7 else ""
        data.custom = custom_values(random, domain, stem, self.year + 1)
        if random.random() < 0.8:
            data.points.append(PointData("email", f"{random.choice(('info', 'info', 'sales', 'office'))}@{domain}"))
        if random.random() < 0.7:
            data.points.append(self._phone(country, "phone"))
        if random.random() < 0.12:
            data.points.append(self._phone(country, "fax"))
        people = random.choices((0, 1, 2, 3, 4, 6), (4, 34, 34, 18, 8, 2))[0]
        data.contacts = [self._contact(country, city, domain, number) for number in range(people)]
        return Invented(data, None)

    def _place(self, data: CustomerData, country: Country, city: City) -> None:
        random = self.random
        zone = zone_of(country.code, city.region, city.name.latin)
        data.country, data.city, data.region = country.code, city.name.local, city.region
        data.language = country.language
        data.time_zone = zone.name if zone else ""
        if random.random() < 0.7:
            data.address = paperwork.street(random, country)
            data.postal_code = paperwork.postal_code(random, city)

    def _currency(self, country: Country) -> str:
        local = country.said["currency"]
        chance = 0.75 if local in ("EUR", "CNY", "GBP") else 0.08
        return local if self.random.random() < chance else "USD"

    def _code(self, country: Country) -> str:
        code = paperwork.tax_code(self.random, country)
        if (country.code, code) in self.codes:
            return ""
        self.codes.add((country.code, code))
        return code

    def _phone(self, country: Country, kind: str) -> PointData:
        plan = paperwork.phone_plan(country.code, kind in ("mobile", "whatsapp"))
        shown, _e164 = plan.number(self.random)
        if self.random.random() < 0.1:  # as some people type it
            shown = shown.replace("+", "00").replace(" ", "-")
        return PointData(kind, shown)

    # --- headers ----------------------------------------------------------------------------------

    def _more_headers(self, made: Invented, country: Country, name: naming.CompanyName) -> None:
        random = self.random
        dice = random.random()
        if dice < 0.12:
            self._add_header(made, name.stem.latin.upper() + " " + name.trade.latin, Kind.TRADING, country.code, "")
        elif dice < 0.2:
            former = self.names.make(random, country, random.choice(country.cities))
            self._add_header(made, former.latin, Kind.FORMER, country.code, "")
        elif dice < 0.24 and country.code != "CN":  # its buying office
            office = f"{name.stem.latin} Sourcing (Ningbo) Co., Ltd."
            if self._add_header(made, office, Kind.LEGAL, "CN", ""):
                self._add_header(made, f"{country.code} {name.stem.latin} 宁波代表处", Kind.TRADING, "CN", "")

    def _add_header(self, made: Invented, name: str, kind: str, country: str, code: str) -> bool:
        known = {made.data.name, *(header[0] for header in made.headers)}
        if name in known or (kind != Kind.TRANSLATION and kind != Kind.FORMER and not self.names.take(country, name)):
            return False
        made.headers.append((name, kind, country, code))
        return True

    # --- people -----------------------------------------------------------------------------------

    def _contact(self, country: Country, city: City, domain: str, number: int) -> ContactData:
        random = self.random
        culture = country.culture
        name = naming.person_name(random, culture)
        local = random.random() < (0.9 if culture.key in ("zh", "zh_hant") else 0.4)
        titles = TITLES_ZH if culture.key == "zh" else TITLES
        title, department, decides = titles[min(number, 1)] if random.random() < 0.3 else random.choice(titles)
        contact = ContactData(
            name=name.local if local else name.latin,
            title=title if random.random() < 0.9 else "",
            department=department if random.random() < 0.6 else "",
            is_primary=number == 0,
            is_decision_maker=decides and random.random() < 0.7,
            preferred_channel=random.choice(Channel.values[:5]) if random.random() < 0.5 else "",
            style=phrase(random, "styles") if random.random() < 0.25 else "",
            language=random.choice((country.language, "en")) if random.random() < 0.6 else "",
            remarks=phrase(random, "contact_remarks") if random.random() < 0.1 else "",
        )
        if random.random() < 0.3:
            contact.birthday = date(random.randint(1958, 1999), random.randint(1, 12), random.randint(1, 28))
        if random.random() < 0.015:
            contact.is_do_not_contact, contact.do_not_contact_reason = (
                True,
                random.choice(("Asked by mail not to be contacted.", "已退订邮件，不要再联系")),
            )
        if random.random() < 0.15:
            contact.custom["gets_novelties"] = random.random() < 0.7
        if local and random.random() < 0.2:
            contact.custom["form_of_address"] = name.latin.split()[0 if culture.is_family_first else -1]
        contact.points = self._ways_to_reach(country, name, domain)
        return contact

    def _ways_to_reach(self, country: Country, name: naming.PersonName, domain: str) -> list[PointData]:
        random = self.random
        points = []
        handle = naming.mailbox(random, name)
        if random.random() < 0.88:
            points.append(PointData("email", f"{handle}@{domain}"))
        mobile = None
        if random.random() < 0.65:
            mobile = self._phone(country, "mobile")
            points.append(mobile)
        in_china = country.code in ("CN", "HK", "TW")
        if not in_china and random.random() < 0.5:
            number = mobile.value if mobile and random.random() < 0.8 else self._phone(country, "whatsapp").value
            points.append(PointData("whatsapp", number))
        if random.random() < (0.8 if in_china else 0.12):
            points.append(PointData("wechat", f"{handle.replace('.', '_')}_{random.randint(10, 999)}"))
        if random.random() < 0.2:
            points.append(
                PointData("linkedin", f"linkedin.com/in/{handle.replace('.', '-')}-{random.randint(10, 999)}")
            )
        if random.random() < 0.15:
            points.append(self._phone(country, "phone"))
        return points
