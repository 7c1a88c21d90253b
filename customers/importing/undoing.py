"""What did an import change in customers, was it touched since, and how does it go back?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.importing.targets import Reason, Undoing
from core.models import ImportRow, ImportRun

from ..identity_keys import Key, keys_of, lock_keys, taken_keys
from ..models import Contact, ContactPoint, Customer, CustomerName, Event, Pool
from ..services.bulk import Filling
from ..services.locking import lock_customers
from ..services.undoing import Emptying, archive_made, empty_customers

if TYPE_CHECKING:
    from accounts.models import User

Undone, Outcome = ImportRow.Undone, ImportRow.Outcome
CUSTOM = "custom:"
# What was added to a customer, as ids of rows.
ADDED = ("contacts", "points", "tags", "categories")


# --- keeping ----------------------------------------------------------------------------------------


class Kept:
    """How customers stood before they were filled; asked again afterwards, it tells what was added."""

    def __init__(self, fillings: Sequence[Filling]) -> None:
        self.fillings = fillings
        people = Contact.objects.in_bulk([pk for one in fillings for pk in one.people])
        self.fields = {one.customer.pk: _pairs(one.customer, one.changes) for one in fillings}
        self.people = {
            one.customer.pk: {str(pk): _pairs(people[pk], changes) for pk, (changes, _points) in one.people.items()}
            for one in fillings
        }
        self.added = _added(self.fields)

    def changed(self) -> dict[int, dict[str, Any]]:
        """By customer what changed, as plain JSON: [old, new] of columns, ids of what was added."""
        found = {}
        after = _added(self.fields)
        for one in self.fillings:
            pk = one.customer.pk
            change: dict[str, Any] = {"fields": self.fields[pk], "code": one.code}
            change["people"] = {key: pairs for key, pairs in self.people[pk].items() if pairs}
            change |= {name: sorted(after[name][pk] - self.added[name][pk]) for name in ADDED}
            found[pk] = {name: value for name, value in change.items() if value}
        return found


def _pairs(row: Customer | Contact, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    pairs = {name: [plain(getattr(row, name)), plain(value)] for name, value in changes.items() if name != "custom"}
    for key, value in changes.get("custom", {}).items():
        if row.custom.get(key) != value:
            pairs[f"{CUSTOM}{key}"] = [row.custom.get(key), value]
    return pairs


def plain(value: Any) -> Any:
    """A column's value as JSON; equal values are equal."""
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal("0.01")))
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int)) else str(value)


def _added(ids: Iterable[int]) -> dict[str, dict[int, set[int]]]:
    """What hangs on each customer now. Four queries."""
    ids = list(ids)
    pairs = {
        "contacts": Contact.objects.filter(customer__in=ids).values_list("customer_id", "pk"),
        "points": ContactPoint.objects.filter(customer__in=ids).values_list("customer_id", "pk"),
        "tags": Customer.tags.through._default_manager.filter(customer__in=ids).values_list("customer_id", "tag_id"),
        "categories": Customer.categories.through._default_manager.filter(customer__in=ids).values_list(
            "customer_id", "category_id"
        ),
    }
    found: dict[str, dict[int, set[int]]] = {name: defaultdict(set) for name in ADDED}
    for name, rows in pairs.items():
        for customer, pk in rows:
            found[name][customer].add(pk)
    return found


# --- taking back ------------------------------------------------------------------------------------


@dataclass
class _State:
    """What is known of a batch's customers at this moment."""

    customers: dict[int, Customer]
    # Customers and contacts that something happened to since, other than by this run.
    touched: set[int]
    touched_people: set[int]
    codes: dict[int, str]
    people: dict[int, Contact]
    added: dict[str, dict[int, set[int]]]
    # Point → contact, of those that hang on one.
    persons: dict[int, int]


class CustomerUndoing(Undoing):
    """Archives customers that the run made and nobody touched since; empties again what it filled in others."""

    def __init__(self, run: ImportRun, *, by: User, now: datetime) -> None:
        assert run.write_job is not None  # it was written
        assert run.write_job.started_at is not None
        self.run, self.by, self.now = run, by, now
        # The run's own events all bear this moment and its person.
        self.written_at = run.write_job.started_at
        with translation.override(by.language or None):
            self.reason = _("Import taken back: %(file)s") % {"file": run.filename}

    def undo(self, rows: Sequence[ImportRow], *, is_trial: bool) -> None:
        ids = {row.target_id for row in rows if row.target_id}
        own = self.run.rows.filter(outcome=Outcome.MADE, target_id__in=ids)
        made = {pk for pk in own.values_list("target_id", flat=True) if pk}
        gone = set(own.filter(undone=Undone.BACK).values_list("target_id", flat=True))
        if not is_trial:
            lock_customers(ids)
        state = self._look(ids, made, rows)
        emptyings: dict[int, Emptying] = {}
        archived: dict[int, Customer] = {}
        for row in rows:
            pk = row.target_id or 0
            customer = state.customers.get(pk)
            if customer is None:
                row.undone = Undone.BACK if pk in gone else Undone.STAYS
                row.left = [] if pk in gone else [Reason("not_yours").stored()]
            elif pk in made:
                row.undone, row.left = _judged(pk, state)
                if row.undone == Undone.BACK:
                    archived[pk] = customer
            else:
                emptying = emptyings.setdefault(pk, Emptying(customer))
                row.undone, row.left = _emptied(row.before, emptying, state)
        self._refuse_taken(rows, emptyings)
        if not is_trial:
            archive_made(list(archived.values()), reason=self.reason, by=self.by, now=self.now)
            empty_customers([one for one in emptyings.values() if _is_any(one)], by=self.by, now=self.now)

    def _look(self, ids: Iterable[int], made: Iterable[int], rows: Sequence[ImportRow]) -> _State:
        # What it put into a pool is seen in full by nobody; whoever may fill the pool takes it out again.
        laid = Customer.objects.filter(pk__in=made, pool__in=Pool.objects.fillable_by(self.by))
        customers = (Customer.objects.visible_to(self.by) | laid).living().in_bulk(set(ids))
        since = Event.objects.filter(customer__in=customers, at__gte=self.written_at)
        since = since.exclude(at=self.written_at, by=self.run.created_by_id)
        people = {int(pk) for row in rows for pk in row.before.get("people", ())}
        added = {pk for row in rows for pk in row.before.get("contacts", ())}
        about = since.filter(target_label=Contact._meta.label_lower, target_id__in=added)
        points = ContactPoint.objects.filter(customer__in=customers, contact__isnull=False)
        mains = CustomerName.objects.filter(customer__in=customers, is_main=True)
        return _State(
            customers=customers,
            touched={pk for pk in since.values_list("customer_id", flat=True) if pk},
            touched_people={pk for pk in about.values_list("target_id", flat=True) if pk},
            codes=dict(mains.values_list("customer_id", "code")),
            people=Contact.objects.filter(customer__in=customers, pk__in=people | added).in_bulk(),
            added=_added(customers),
            persons=dict(points.values_list("pk", "contact_id")),
        )

    def _refuse_taken(self, rows: Sequence[ImportRow], emptyings: Mapping[int, Emptying]) -> None:
        """A country that goes back to another one may make two customers one: it stays as it is."""
        keys: dict[int, list[Key]] = {}
        for pk, one in emptyings.items():
            if country := one.changes.get("country"):
                customer, code = one.customer, "" if one.loses_code else None
                for header in CustomerName.objects.filter(customer=customer, is_main=True):
                    words = {"kind": customer.kind, "name": header.name, "code": header.code if code is None else code}
                    keys[pk] = keys_of(country=country, **words)
        wanted = [key for found in keys.values() for key in found]
        if not wanted:
            return
        lock_keys(wanted)
        holders = taken_keys(wanted)
        for pk, found in keys.items():
            if any(other != pk for key in found for other in holders.get(key, ())):
                del emptyings[pk].changes["country"]
                for row in rows:
                    if row.target_id == pk and "country" in row.before.get("fields", {}):
                        row.undone = Undone.PARTLY
                        row.left = [*row.left, Reason("blocked").stored()]


def _judged(pk: int, state: _State) -> tuple[str, list[dict[str, Any]]]:
    """A customer that the run made."""
    if pk in state.touched:
        return Undone.STAYS, [Reason("touched", about={"customer": pk}).stored()]
    return Undone.BACK, []


def _emptied(before: Mapping[str, Any], one: Emptying, state: _State) -> tuple[str, list[dict[str, Any]]]:
    """A customer that stood: each thing goes back that is still as the run left it."""
    stay: list[str] = []
    custom = dict(one.changes.get("custom", one.customer.custom))
    _columns(one.customer, before.get("fields", {}), one.changes, custom, stay)
    if code := before.get("code"):
        one.loses_code |= state.codes.get(one.customer.pk) == code
        stay += [] if one.loses_code else ["code"]
    for key, pairs in before.get("people", {}).items():
        person = state.people.get(int(key))
        if person is not None:
            changes = one.people.setdefault(person.pk, {})
            mine = dict(changes.get("custom", person.custom))
            unlike: list[str] = []
            _columns(person, pairs, changes, mine, unlike)
            stay += [f"contact.{name}" for name in unlike]
    living = {pk for pk in before.get("contacts", ()) if pk in state.people and state.people[pk].archived_at is None}
    used = living & state.touched_people
    one.contacts |= living - used
    for name in ("points", "tags", "categories"):
        standing = set(before.get(name, ())) & state.added[name][one.customer.pk]
        getattr(one, name).update(standing)
    # What hangs on contacts that were added goes with them into the archive.
    one.points = {pk for pk in one.points if state.persons.get(pk) not in living}
    left = [Reason("changed_since", about={"fields": stay}).stored()] if stay else []
    left += [Reason("used_since", about={"count": len(used)}).stored()] if used else []
    if not left:
        return Undone.BACK, []
    return (Undone.PARTLY if _is_any(one) else Undone.STAYS), left


def _columns(
    row: Customer | Contact,
    pairs: Mapping[str, Sequence[Any]],
    changes: dict[str, Any],
    custom: dict[str, Any],
    stay: list[str],
) -> None:
    """Note in ``changes`` the columns that go back, in ``stay`` those that somebody changed since."""
    for name, (old, new) in pairs.items():
        if name.startswith(CUSTOM):
            key = name.removeprefix(CUSTOM)
            if custom.get(key) != new:
                stay.append(name)
                continue
            custom.pop(key, None)
            if old is not None:
                custom[key] = old
            changes["custom"] = custom
        elif plain(changes.get(name, getattr(row, name))) == new:
            column: Any = type(row)._meta.get_field(name.removesuffix("_id"))
            changes[name] = column.to_python(old)
        else:
            stay.append(name.removesuffix("_id"))


def _is_any(one: Emptying) -> bool:
    return bool(
        one.changes or one.loses_code or one.contacts or one.points or one.tags or one.categories
        or any(one.people.values())
    )  # fmt: skip
