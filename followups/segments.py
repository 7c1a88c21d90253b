"""Which customers does a query of their list mean, as somebody sees them now?"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from customers import words
from customers.filters import CustomerFilters
from customers.models import Customer

if TYPE_CHECKING:
    from accounts.models import User

MOST = 5_000


class WrongSegment(DomainError):
    status = 422
    message = _("This selection of customers is not to be read any more. Choose it again in the list.")


class SegmentTooBig(DomainError):
    status = 422
    message = _("The selection has more customers than one series may have. Narrow it.")


def filters_of(segment: str, user: User) -> CustomerFilters:
    """The filters of a query over the living customers that ``user`` sees."""
    return CustomerFilters(
        QueryDict(segment),
        Customer.objects.visible_to(user),
        user=user,
        request=SimpleNamespace(user=user),
        dimensions=words.dimensions(),
        custom_fields=words.custom_fields(),
    )


def customers_in(segment: str, user: User) -> QuerySet[Any]:
    """The customers of a query. Raises WrongSegment."""
    filters = filters_of(segment, user)
    if not filters.form.is_valid():
        raise WrongSegment(field="segment")
    return filters.qs.order_by()


def size_of(segment: str, user: User) -> int:
    """How many customers a query means at present. Raises WrongSegment, SegmentTooBig."""
    number = customers_in(segment, user).values("pk")[: MOST + 1].count()
    if number > MOST:
        raise SegmentTooBig(numbers={"limit": MOST}, field="segment")
    return number
