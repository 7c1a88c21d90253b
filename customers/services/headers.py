"""How are a customer's names and codes kept, and one company kept from being entered twice?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exceptions import DomainError
from core.text import clean

from .. import facts, ledger, permissions
from ..identity import check_code
from ..identity_keys import keys_of, lock_keys, no_conflicts_of, refresh_keys, taken_by
from ..models import Customer, CustomerName, IdentityKey
from .errors import LastHeader, SameCompany, WrongCode
from .locking import lock_living, require, waiting

if TYPE_CHECKING:
    from accounts.models import User


class HeaderIsGone(DomainError):
    message = gettext_lazy("This header was removed meanwhile.")


def check_identity(
    *,
    kind: str,
    name: str,
    country: str,
    code: str,
    customer: Customer | None = None,
    different: Collection[int] = (),
) -> str:
    """Return the normalised code, after locking the header's keys against somebody entering the same now.

    Raises WrongCode where a library knows the country's code and the check digits are wrong; SameCompany,
    which names the other record's owner and status but none of its contact data. ``different`` are customers
    that somebody with the right to say so told apart from this one.
    """
    header = CustomerName(name=name, country=country, code=code)
    check_headers([header], kind=kind, customer=customer, different=different)
    return header.code


def check_headers(
    headers: Sequence[CustomerName], *, kind: str, customer: Customer | None = None, different: Collection[int] = ()
) -> None:
    """Normalise the codes of headers about to be written, and refuse as ``check_identity`` does.

    All keys are locked before the first is looked up: two who share some of them never wait for each other.
    """
    but = no_conflicts_of(customer) if customer is not None else set(different)
    for header in headers:
        header.code = checked_code(str(header.country), header.code)
    keys = [keys_of(kind=kind, name=header.name, country=str(header.country), code=header.code) for header in headers]
    with waiting():
        lock_keys(chain.from_iterable(keys))
    for own in keys:
        if other := taken_by(own, but=but):
            field = "code" if other.kind == IdentityKey.Kind.CODE else "name"
            refusal = SameCompany(_refusal(other), rule=_("One company, one record"), field=field)
            refusal.customer_id = other.customer_id
            raise refusal


def checked_code(country: str, code: str) -> str:
    """The code in the form in which it compares; '' stays ''. Raises WrongCode."""
    if not clean(code):
        return ""
    found = check_code(country, code)
    if found.is_wrong:
        raise WrongCode(found.message, field="code")
    return found.code


def _refusal(other: IdentityKey) -> str:
    holder, status = other.owner, other.customer.status.name if other.customer else ""
    words = {"name": other.name_shown, "where": holder.name if holder else _("public pool"), "status": status}
    if other.kind == IdentityKey.Kind.CODE:
        return _("This code belongs to “%(name)s” (%(where)s, %(status)s).") % words
    return _("“%(name)s” is entered already in this country (%(where)s, %(status)s).") % words


@transaction.atomic
def add_header(
    *, customer: Customer, name: str, kind: str, country: str, code: str, by: User, now: datetime
) -> CustomerName:
    """Add a name of the customer. Raises SameCompany, WrongCode, NotAllowed, CustomerIsArchived."""
    customer = lock_living(customer)
    require(permissions.can_edit(by, customer))
    code = check_identity(kind=customer.kind, name=name, country=country, code=code, customer=customer)
    header = CustomerName.objects.create(
        customer=customer, name=name, kind=kind, country=country, code=code, created_at=now
    )
    _written(customer, header, "header.added", by, now)
    return header


@transaction.atomic
def update_header(
    *, header: CustomerName, name: str, kind: str, country: str, code: str, by: User, now: datetime
) -> CustomerName:
    """Correct a header; the main one carries the customer's name and country along. Raises as add_header."""
    customer = lock_living(header.customer)
    require(permissions.can_edit(by, customer))
    header = _locked(header, customer)
    before = _columns(header)
    header.name, header.kind, header.country, header.code = name, kind, country, code
    check_headers([header], kind=customer.kind, customer=customer)
    if _columns(header) == before:
        return header
    header.save()
    if header.is_main:
        _repeat_main(customer, header, now)
    _written(customer, header, "header.changed", by, now)
    return header


@transaction.atomic
def make_main(*, header: CustomerName, by: User, now: datetime) -> CustomerName:
    """Let the customer go by this header. Raises NotAllowed, CustomerIsArchived."""
    customer = lock_living(header.customer)
    require(permissions.can_edit(by, customer))
    header = _locked(header, customer)
    if header.is_main:
        return header
    CustomerName.objects.filter(customer=customer, is_main=True).update(is_main=False)
    header.is_main = True
    header.save(update_fields=["is_main"])
    _repeat_main(customer, header, now)
    _written(customer, header, "header.main", by, now)
    return header


@transaction.atomic
def remove_header(*, header: CustomerName, by: User, now: datetime) -> None:
    """Remove a name that is not the main one; row history keeps it. Raises LastHeader, NotAllowed."""
    customer = lock_living(header.customer)
    require(permissions.can_edit(by, customer))
    header = _locked(header, customer)
    if header.is_main:
        raise LastHeader
    pk = header.pk
    header.delete()
    refresh_keys(customer)
    ledger.append(kind="header.removed", customer=customer, by=by, at=now, payload={"header": pk})
    facts.refresh_text_facts([customer.pk])


def _locked(header: CustomerName, customer: Customer) -> CustomerName:
    """The row as it is now. Raises HeaderIsGone."""
    row = CustomerName.objects.select_for_update(no_key=True).filter(pk=header.pk, customer=customer).first()
    if row is None:
        raise HeaderIsGone
    return row


def _columns(header: CustomerName) -> tuple[str, str, str, str]:
    return header.name, header.kind, str(header.country), header.code


def _repeat_main(customer: Customer, header: CustomerName, now: datetime) -> None:
    moved = str(customer.country) != str(header.country)
    customer.name = header.name
    customer.country = header.country
    customer.updated_at = now
    customer.save(update_fields=["name", "country", "updated_at"])
    if moved:
        facts.refresh_numbers([customer.pk])


def _written(customer: Customer, header: CustomerName, kind: str, by: User, now: datetime) -> None:
    refresh_keys(customer)
    ledger.append(kind=kind, customer=customer, by=by, at=now, target=header)
    facts.refresh_text_facts([customer.pk])
