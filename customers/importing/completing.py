"""What does a line add to a customer? Blanks are filled, people and numbers added.

Nothing is overwritten but the fields that the person chose for this run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from core.text import fold

from ..facts import normal_form
from ..inputs import ContactData, CustomerData, PointData
from ..models import Category, Contact, ContactPoint, Customer, CustomerName
from ..services.bulk import Filling

# Compared and filled one by one; the others are lists or are decided at creation.
_LISTS = ("categories", "tags", "points", "contacts", "custom")
_AT_CREATION = ("name", "kind", "status", "group", "group_role")
FILLED = tuple(one.name for one in fields(CustomerData) if one.name not in (*_LISTS, *_AT_CREATION))
_filled_of = attrgetter(*FILLED)
PERSON_FILLED = (
    "title", "department", "preferred_channel", "style", "language", "time_zone", "birthday", "remarks",
    "do_not_contact_reason",
)  # fmt: skip
# A file says yes and never takes a yes back.
PERSON_SAID = ("is_decision_maker", "is_do_not_contact")
LONG = ("remarks", "needs", "competitors", "reasons_not_won")


@dataclass
class Change:
    """What a line adds: field keys that it fills, how many people, numbers, tags and categories."""

    fields: list[str] = field(default_factory=list)
    contacts: int = 0
    points: int = 0
    tags: int = 0
    categories: int = 0
    # Fields where the line says something else than what stands.
    differs: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.fields or self.contacts or self.points or self.tags or self.categories)

    def about(self) -> dict[str, Any]:
        """For a reason: only what is not nothing."""
        return {name: value for name, value in vars(self).items() if value and name != "differs"}


class Completed:
    """A customer as it will be when the lines so far are written: one that stands, or a new one."""

    def __init__(self, data: CustomerData, customer: Customer | None = None, contact_ids: Sequence[int] = ()) -> None:
        self.data = data
        self.customer = customer
        # Ids of those of data.contacts that stand already, in their order.
        self.contact_ids = list(contact_ids)
        self.filling = Filling(customer) if customer else None
        # Category id → dimension, of dimensions that take one value only.
        self.single: Mapping[int, int] = {}
        # Keys of the fields that the file may overwrite.
        self.overwrite: frozenset[str] = frozenset()

    def add(self, line: CustomerData) -> Change:
        """Take in what a line says."""
        change = Change()
        for name, value in zip(FILLED, _filled_of(line), strict=True):
            if value not in (None, ""):
                self._fill(name, value, change)
        self._fill_custom(line.custom, change)
        known = {tag.casefold() for tag in self.data.tags}
        tags = [tag for tag in dict.fromkeys(line.tags) if tag.casefold() not in known]
        categories = self._new_categories(line.categories)
        points = self._new_points(self.data.points, line.points)
        self.data.tags += tags
        self.data.categories += categories
        self.data.points += points
        change.tags, change.categories, change.points = len(tags), len(categories), len(points)
        if self.filling:
            self.filling.tags += tags
            self.filling.categories += categories
            self.filling.points += points
        for contact in line.contacts:
            self._add_contact(contact, change)
        return change

    # --- parts ------------------------------------------------------------------------------------

    def _fill(self, name: str, value: Any, change: Change) -> None:
        stands = getattr(self.data, name)
        if stands == value:
            return
        if stands not in (None, "") and name not in self.overwrite:
            if (name in LONG and value in stands) or name == "source":
                return
            change.differs.append(name)
            return
        setattr(self.data, name, value)
        change.fields.append(name)
        if self.filling:
            if name == "code":
                self.filling.code = value
            else:
                self.filling.changes["source_id" if name == "source" else name] = value

    def _fill_custom(self, custom: Mapping[str, Any], change: Change) -> None:
        stands = self.data.custom
        new = {
            key: value
            for key, value in custom.items()
            if key not in stands or (f"custom:{key}" in self.overwrite and stands[key] != value)
        }
        change.differs += [f"custom:{key}" for key, value in custom.items() if key not in new and stands[key] != value]
        if new:
            change.fields += [f"custom:{key}" for key in new]
            self.data.custom = self.data.custom | new
            if self.filling:
                self.filling.changes["custom"] = self.data.custom

    def _new_categories(self, wanted: Sequence[int]) -> list[int]:
        taken = {self.single[pk] for pk in self.data.categories if pk in self.single}
        return [pk for pk in wanted if pk not in self.data.categories and self.single.get(pk) not in taken]

    def _add_contact(self, line: ContactData, change: Change) -> None:
        place = self._place_of(line)
        if place is None:
            self.data.contacts.append(line)
            change.contacts += 1
            if self.filling:
                self.filling.contacts.append(line)
            return
        stands = self.data.contacts[place]
        filled = {
            name: value
            for name in PERSON_FILLED
            if (value := getattr(line, name)) not in (None, "")
            and (
                getattr(stands, name) in (None, "")
                or (f"contact.{name}" in self.overwrite and getattr(stands, name) != value)
            )
        }
        filled |= {name: True for name in PERSON_SAID if getattr(line, name) and not getattr(stands, name)}
        if custom := {
            key: value
            for key, value in line.custom.items()
            if key not in stands.custom or (f"contact_custom:{key}" in self.overwrite and stands.custom[key] != value)
        }:
            filled["custom"] = stands.custom | custom
        points = self._new_points(stands.points, line.points)
        for name, value in filled.items():
            setattr(stands, name, value)
        stands.points += points
        change.fields += [f"contact.{name}" for name in filled]
        change.points += len(points)
        if self.filling and place < len(self.contact_ids) and (filled or points):
            old, more = self.filling.people.get(self.contact_ids[place], ({}, []))
            self.filling.people[self.contact_ids[place]] = (old | filled, [*more, *points])

    def _place_of(self, line: ContactData) -> int | None:
        """Who of the known people this is: within one company the same name is the same person.

        Of several of one name the one with most numbers and addresses in common.
        """
        name, marks = _called(line), {self._mark(point) for point in line.points}
        known = {place: one for place, one in enumerate(self.data.contacts) if _called(one) == name}
        shared = {place: sum(self._mark(point) in marks for point in one.points) for place, one in known.items()}
        return max(shared, key=lambda place: shared[place], default=None)

    def _new_points(self, stand: Sequence[PointData], wanted: Iterable[PointData]) -> list[PointData]:
        known = {self._mark(point) for point in stand}
        new = []
        for point in wanted:
            if (mark := self._mark(point)) not in known:
                known.add(mark)
                new.append(point)
        return new

    def _mark(self, point: PointData) -> tuple[str, str]:
        kind = "phone" if point.kind in ("phone", "mobile") else point.kind
        return kind, normal_form(point.kind, point.value, self.data.country) or point.value.strip()


def _called(contact: ContactData) -> str:
    """A name as it is compared; one without letters, such as a smiley, as it stands."""
    return fold(contact.name) or contact.name


def as_new(data: CustomerData) -> Completed:
    """Nothing but the name of a line: what the line itself adds makes the customer."""
    return Completed(
        CustomerData(name=data.name, kind=data.kind, status=data.status, country=data.country, code=data.code)
    )


def as_they_stand(customers: Mapping[int, Customer]) -> dict[int, Completed]:
    """The customers with all that lines are compared with. Five queries."""
    codes = dict(CustomerName.objects.filter(customer__in=customers, is_main=True).values_list("customer_id", "code"))
    tags, categories = _names_of_tags(customers), _ids_of_categories(customers)
    points: dict[tuple[int, int | None], list[PointData]] = defaultdict(list)
    rows = ContactPoint.objects.filter(customer__in=customers, contact__archived_at=None).order_by("position", "pk")
    for row in rows:
        points[row.customer_id, row.contact_id].append(PointData(row.kind, row.value, row.label))
    people: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(customer__in=customers, archived_at=None).order_by("pk"):
        people[contact.customer_id].append(contact)
    found = {}
    for pk, customer in customers.items():
        columns = {name: getattr(customer, name) for name in (*FILLED, *_AT_CREATION) if name in _COLUMNS}
        data = CustomerData(**columns | {"country": str(customer.country), "code": codes.get(pk, "")})
        data.source, data.custom = customer.source_id, dict(customer.custom)
        data.tags, data.categories, data.points = tags[pk], categories[pk], points[pk, None]
        data.contacts = [_contact(contact, points[pk, contact.pk]) for contact in people[pk]]
        found[pk] = Completed(data, customer, [contact.pk for contact in people[pk]])
    return found


_COLUMNS = {one.name for one in Customer._meta.concrete_fields if not one.is_relation}


def _contact(contact: Contact, points: list[PointData]) -> ContactData:
    names = [one.name for one in fields(ContactData) if one.name != "points"]
    return ContactData(**{name: getattr(contact, name) for name in names}, points=points)


def _names_of_tags(customers: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    links = Customer.tags.through._default_manager.filter(customer__in=customers)
    for pk, name in links.values_list("customer_id", "tag__name"):
        found[pk].append(name)
    return found


def _ids_of_categories(customers: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    links = Customer.categories.through._default_manager.filter(customer__in=customers)
    for pk, category in links.values_list("customer_id", "category_id"):
        found[pk].append(category)
    return found


def single_categories() -> dict[int, int]:
    """Category id → dimension id, of dimensions that take one value only. One query."""
    return dict(Category.objects.filter(dimension__is_multiple=False).values_list("pk", "dimension_id"))
