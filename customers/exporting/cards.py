"""How do the contacts of customers become business cards for a phone or a mail program?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exporting.contents import Content
from core.exporting.vcards import Property, card
from core.templatetags.ui import country_name

from ..importing.completing import Completed, as_they_stand
from ..inputs import ContactData, CustomerData, PointData

# Kinds of numbers and addresses, as the address books of phones know them.
_NAMES = {
    "mobile": "TEL;TYPE=CELL,VOICE",
    "phone": "TEL;TYPE=WORK,VOICE",
    "fax": "TEL;TYPE=WORK,FAX",
    "email": "EMAIL;TYPE=INTERNET,WORK",
    "linkedin": "X-SOCIALPROFILE;TYPE=linkedin",
    "facebook": "X-SOCIALPROFILE;TYPE=facebook",
    "instagram": "X-SOCIALPROFILE;TYPE=instagram",
    "other": "NOTE",
}


class Cards(Content):
    """A card for each contact; for a company, if it has none or numbers of its own."""

    key = "cards"
    label = gettext_lazy("Contacts, for phones and mail programs")
    says = gettext_lazy("One card for each contact, with:")
    formats = ("vcf",)

    def columns(self) -> dict[str, str]:
        return {
            "name": _("Name"),
            "title": _("Job title"),
            "company": _("Company"),
            "points": _("Numbers and addresses"),
            "address": _("Address"),
            "website": _("Website"),
            "birthday": _("Birthday"),
            "remarks": _("Remarks"),
        }

    def lines(self, rows: QuerySet[Any], ids: Sequence[int]) -> Iterator[list[Any]]:
        whole = as_they_stand({row.pk: row for row in rows.defer(None)})
        for pk in ids:
            if pk in whole:
                yield from ([text] for text in _cards(whole[pk]))


def _cards(whole: Completed) -> Iterator[str]:
    data = whole.data
    for contact in data.contacts:
        yield card([*_person(contact, data), *_points(contact.points), *_place(data)])
    if data.points or not data.contacts:
        yield card([*_company(data), *_points(data.points), *_place(data)])


def _person(contact: ContactData, data: CustomerData) -> list[Property]:
    no_contact = ": ".join(filter(None, (_("Do not contact"), contact.do_not_contact_reason)))
    notes = [no_contact if contact.is_do_not_contact else "", contact.remarks]
    return [
        # Which part is the family name is not known: the whole name stands as one.
        ("N", [contact.name, "", "", "", ""]),
        ("FN", contact.name),
        ("ORG", [data.name, contact.department] if contact.department else [data.name]),
        ("TITLE", contact.title),
        ("BDAY", contact.birthday.isoformat() if contact.birthday else ""),
        ("NOTE", "\n".join(filter(None, notes))),
    ]


def _company(data: CustomerData) -> list[Property]:
    if data.kind == "person":
        return [("N", [data.name, "", "", "", ""]), ("FN", data.name)]
    return [("N", ["", "", "", "", ""]), ("FN", data.name), ("ORG", [data.name]), ("X-ABSHOWAS", "COMPANY")]


def _points(points: Iterable[PointData]) -> list[Property]:
    return [(_NAMES.get(one.kind) or f"IMPP;X-SERVICE-TYPE={one.kind}", _uri(one)) for one in points]


def _uri(point: PointData) -> str:
    """Accounts of messengers go by a link that names the service."""
    return point.value if point.kind in _NAMES else f"{point.kind}:{point.value}"


def _place(data: CustomerData) -> list[Property]:
    country = country_name(data.country) if data.country else ""
    parts = ["", "", data.address, data.city, data.region, data.postal_code, country]
    return [("ADR;TYPE=WORK", parts), ("URL", data.website)]
