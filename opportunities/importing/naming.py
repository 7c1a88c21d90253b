"""Which customer does a line name: by its id or code, or by the exact name of one of its headers?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from customers.importing.matching import EMAIL, editable, find
from customers.importing.reading import Record
from customers.inputs import CustomerData
from customers.models import Customer
from customers.record_numbers import customer_numbered
from customers.reveals import reveal

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
