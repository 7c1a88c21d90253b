"""How is all that an import understands written, so that the same file changes nothing when it comes back?

One line for each contact, the company repeated, as the import reads it. What the import would not take (a word that
is out of use, an owner who left) stays away: it would come back as a remark or keep the line out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.custom_fields import fields_of
from core.custom_fields import shown as custom_shown
from core.exporting.cells import BETWEEN, is_divided, list_cell
from core.exporting.contents import Content
from core.importing.targets import Choices
from core.models import CustomField
from core.zones import is_zone

from ..importing import CustomerTarget
from ..importing.completing import PERSON_SAID, Completed, as_they_stand
from ..importing.fields import CATEGORY, CONTACT_CUSTOM, CUSTOM
from ..inputs import ContactData, PointData
from ..models import Category, Customer
from ..record_numbers import record_number

if TYPE_CHECKING:
    from core.pages import ListPage

_OWN_POINTS = {"email": "email", "phone": "phone", "mobile": "phone", "fax": "fax"}
_PERSON = (
    "title", "department", "language", "birthday", "preferred_channel", "style", "do_not_contact_reason", "remarks",
)  # fmt: skip


class AllFields(Content):
    """Every field of a customer and its contacts."""

    key = "all"
    label = _("All fields, to move or to mend")
    says = _("One line for each contact. Mended and imported again, the file changes only what you changed.")

    def __init__(self, page: ListPage) -> None:
        super().__init__(page)
        target = CustomerTarget()
        self.fields = {field.key: str(field.label) for field in target.fields(self.user)}
        find = target.choices(self.user)
        self.choices: dict[str, Choices | None] = {key: find(key) for key in self.fields}
        self.custom = {f"{CUSTOM}{one.key}": one for one in fields_of("customers.customer")}
        self.contact_custom = {f"{CONTACT_CUSTOM}{one.key}": one for one in fields_of("customers.contact")}
        self.categories = {one.pk: one for one in Category.objects.select_related("dimension")}

    def columns(self) -> dict[str, str]:
        return self.fields

    def lines(self, rows: QuerySet[Any], ids: Sequence[int]) -> Iterator[list[Any]]:
        customers = {row.pk: row for row in rows.defer(None).select_related("status", "source", "owner")}
        whole = as_they_stand(customers)
        for pk in ids:
            if pk in customers:
                yield from self._lines_of(customers[pk], whole[pk])

    # --- one customer -----------------------------------------------------------------------------

    def _lines_of(self, customer: Customer, whole: Completed) -> Iterator[list[Any]]:
        company = self._company(customer, whole)
        people = [self._person(contact) for contact in sorted(whole.data.contacts, key=lambda one: not one.is_primary)]
        # Accounts of the company itself stand on a line without a contact, as the import reads them.
        own = self._points("contact.", [point for point in whole.data.points if point.kind not in _OWN_POINTS])
        if own or not people:
            people.append(own)
        for person in people:
            line = company | person
            yield [self._taken(key, line.get(key)) for key in self.fields]

    def _company(self, customer: Customer, whole: Completed) -> dict[str, Any]:
        data = whole.data
        found = {key: getattr(data, key) for key in self.fields if hasattr(data, key)}
        own = [PointData(_OWN_POINTS[point.kind], point.value) for point in data.points if point.kind in _OWN_POINTS]
        found |= {
            "number": record_number(customer.pk),
            "time_zone": data.time_zone if is_zone(data.time_zone) else "",
            "tags": list_cell(data.tags),
            "status": customer.status.name,
            "source": customer.source.name if customer.source else "",
            "owner": customer.owner.email if customer.owner else "",
            **{kind: list_cell(values) for kind, values in _by_kind(own).items()},
            **{key: _custom(one, data.custom.get(one.key)) for key, one in self.custom.items()},
        }
        by_dimension: dict[str, list[Category]] = defaultdict(list)
        for pk in data.categories:
            by_dimension[f"{CATEGORY}{self.categories[pk].dimension.key}"].append(self.categories[pk])
        for key, categories in by_dimension.items():
            found[key] = _words([(one.key, one.name) for one in categories if one.is_active])
        return found

    def _person(self, contact: ContactData) -> dict[str, Any]:
        found = {f"contact.{name}": getattr(contact, name) for name in _PERSON}
        found["contact.name"] = contact.name
        found["contact.time_zone"] = contact.time_zone if is_zone(contact.time_zone) else ""
        for name in PERSON_SAID:
            found[f"contact.{name}"] = _("Yes") if getattr(contact, name) else ""
        found |= {key: _custom(one, contact.custom.get(one.key)) for key, one in self.contact_custom.items()}
        return found | self._points("contact.", contact.points)

    def _points(self, prefix: str, points: Iterable[PointData]) -> dict[str, str]:
        found = {f"{prefix}{kind}": list_cell(values) for kind, values in _by_kind(points).items()}
        return {key: value for key, value in found.items() if key in self.fields}

    def _taken(self, key: str, value: Any) -> Any:
        """The value, if the import takes it."""
        choices = self.choices[key]
        if choices is None or value in (None, "") or BETWEEN in str(value):
            return value
        return value if choices.knows(str(value)) else ""


def _by_kind(points: Iterable[PointData]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for point in points:
        found[point.kind].append(point.value)
    return found


def _words(rows: Sequence[tuple[str, str]]) -> str:
    """Names of (key, name) in one cell; the keys where a name would be taken for two."""
    names = [name for _key, name in rows]
    return BETWEEN.join([key for key, _name in rows] if any(map(is_divided, names)) else names)


def _custom(definition: CustomField, value: Any) -> Any:
    """A value of the firm's own field: numbers and days as such, options by their words."""
    match definition.kind:
        case CustomField.Kind.MULTI_CHOICE if value:
            names = dict(definition.choices)
            return _words([(key, names[key]) for key in value if key in names])
        case CustomField.Kind.CHOICE | CustomField.Kind.YES_NO:
            return custom_shown(definition, value)
        case CustomField.Kind.DATE if value:
            return date.fromisoformat(value)
    return value
