"""Which words do we have for reading what was said?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from customers.models import Customer
from opportunities.models import Lead

if TYPE_CHECKING:
    from accounts.models import User


class CommunicationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """What stands on the customers that one sees, and on leads before they have a customer.

        Deleted ones are seen by nobody here (``deleted_for``).
        """
        return self.filter(_seen_by(user), deleted_at__isnull=True)

    def counted(self) -> Self:
        """What was said, for whoever counts: neither taken back nor written by a machine."""
        return self.filter(deleted_at__isnull=True, is_automatic=False)

    def deleted_for(self, user: User) -> Self:
        """What was taken back on the customers and leads that one sees."""
        return self.filter(_seen_by(user), deleted_at__isnull=False)


_OPEN = Q(lead__state__in=("new", "working"), lead__archived_at=None)


class AnswerQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Of the customers that one sees, and of leads before they have a customer."""
        return self.filter(_seen_by(user))

    def counted_for(self, people: Any) -> Self:
        """What these people answered, and what waits at customers and open leads that they hold now (answering)."""
        held = Q(customer__owner__in=people) | _OPEN & Q(lead__owner__in=people)
        return self.filter(Q(answered_by__in=people) | Q(answered_by=None) & held)

    def counted_for_anybody(self) -> Self:
        """The same of all people: without what waits where nobody holds it, or at a lead that is closed."""
        held = Q(customer__owner__isnull=False) | _OPEN & Q(lead__owner__isnull=False)
        return self.filter(Q(answered_by__isnull=False) | held)


def _seen_by(user: User) -> Q:
    of_leads = Q(customer__isnull=True, lead__in=Lead.objects.visible_to(user).values("pk"))
    if user.is_active and user.is_admin:
        return Q(customer__owner__isnull=False) | of_leads
    return Q(customer__in=Customer.objects.visible_to(user).values("pk")) | of_leads


class DropQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own only: they hold what nobody has looked at yet."""
        return self.filter(by=user, customer__in=Customer.objects.visible_to(user).values("pk"))


class TextTemplateQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own and everybody's."""
        return self.filter(Q(owner=user) | Q(owner=None)) if user.is_active else self.none()
