"""Which customer does a line name: by its id or code, or by the exact name of one of its headers?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.importing.targets import Entry
from customers.importing.matching import EMAIL, editable, find
from customers.importing.reading import Record
from customers.inputs import CustomerData
from customers.models import Customer
from customers.record_numbers import customer_numbered
from customers.reveals import reveal
from customers.services.bulk import create_customers
from customers.services.locking import lock_customers

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Named:
    """What a line says of its customer: an external id, tax code or number of ours, and a name; '' for nothing."""

    mark: str = ""
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.mark or self.name)

    @property
    def shown(self) -> str:
        return self.name or self.mark


@dataclass(frozen=True)
class Found:
    """The customer that the importer works on, or a code of why there is none."""

    customer: Customer | None = None
    # "unknown", "several", "held" by somebody else, or "unnamed" where today's strangers are used up.
    code: str = ""


def find_customers(named: Iterable[Named], user: User, now: datetime) -> dict[Named, Found]:
    """Find whom these names and marks mean; a number of statements that does not grow with them."""
    asked = [one for one in dict.fromkeys(named) if one]
    if not asked:
        return {}
    # A mark is an external id or a code, whichever some customer has.
    by_id = find([[_record(one, external_id=one.mark)] for one in asked], user)
    by_code = find([[_record(one, code=one.mark.replace(" ", "").upper())] for one in asked], user)
    matches = [
        first if first.by in ("number", "id") else second if second.by == "code" else first
        for first, second in zip(by_id, by_code, strict=True)
    ]
    ids = {pk for match in matches if match.by != EMAIL for pk in match.ids}
    mine = editable(ids, user)
    revealed = reveal(sorted(ids - set(mine)), by=user, now=now)
    found = {}
    for one, match in zip(asked, matches, strict=True):
        ours = [pk for pk in match.ids if pk in mine]
        if not match.ids or match.by == EMAIL:
            found[one] = Found(code="unknown")
        elif len(ours) == 1 and match.is_same:
            found[one] = Found(mine[ours[0]])
        elif len(match.ids) > 1:
            found[one] = Found(code="several")
        else:
            found[one] = Found(code="held" if match.ids[0] in revealed else "unnamed")
    return found


def _record(named: Named, *, external_id: str = "", code: str = "") -> Record:
    number = customer_numbered(named.mark) if external_id else None
    return Record(CustomerData(name=named.name, external_id=external_id, code=code), number=number)


def make_customers(
    new: Sequence[tuple[Entry, User]], found: Mapping[Named, Found], *, by: User, now: datetime
) -> dict[Named, Customer]:
    """The locked customers of the lines to be written, given with the owner of a new one, by what the lines call them.

    Those that the judgement calls new are made; the line that made one keeps its id.
    """
    known = {named: one.customer for named, one in found.items() if one.customer}
    missing: dict[Named, tuple[Entry, User]] = {}
    for entry, owner in new:
        if entry.reasons and entry.reasons[0].code == "new_customer":
            missing.setdefault(entry.record.named, (entry, owner))
    # Two marks may go with one name: that is one customer.
    first: dict[str, tuple[Entry, User]] = {}
    for named, line in missing.items():
        first.setdefault(named.name, line)
    rows = [
        (CustomerData(name=name, external_id=entry.record.named.mark), owner) for name, (entry, owner) in first.items()
    ]
    made = create_customers(rows, by=by, now=now, deliver=False)
    by_name = dict(zip(first, made, strict=True))
    for name, (entry, _owner) in first.items():
        entry.before["customer"] = by_name[name]
    locked = {one.pk: one for one in lock_customers({*by_name.values(), *(one.pk for one in known.values())})}
    return {named: locked[one.pk] for named, one in known.items()} | {
        named: locked[by_name[named.name]] for named in missing
    }
