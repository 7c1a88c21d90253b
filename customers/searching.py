"""What does the search of the top bar find among customers and their people?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.registries import SEARCHES, SearchGroup, SearchHit
from core.search import matching
from core.templatetags.ui import country_name
from core.text import search_document, search_query

from .models import Contact, ContactPoint, Customer

if TYPE_CHECKING:
    from accounts.models import User

# People are looked for at so many matching customers.
MOST_CUSTOMERS = 200


def find_customers(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """Customers whose names, headers, codes, contacts, phones or e-mails hold the text."""
    rows = matching(Customer.objects.visible_to(user), text).select_related("owner").order_by("-created_at", "-pk")
    for customer in rows.defer("search_text", "search_public")[:limit]:
        place = ", ".join(filter(None, (country_name(customer.country), customer.city)))
        words = " · ".join(filter(None, (place, str(customer.owner or ""))))
        yield SearchHit(customer.name, customer.get_absolute_url(), words, "building", str(customer.country))


def find_contacts(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """People whose name, number or address holds the text; found through the index of their customers."""
    ids = matching(Customer.objects.visible_to(user), text).order_by("-created_at").values("pk")[:MOST_CUSTOMERS]
    people = Contact.objects.filter(
        customer__in=list(ids.values_list("pk", flat=True)), archived_at=None
    )  # unscoped: ids are
    terms = search_query(text)
    found = 0
    for person in people.select_related("customer").prefetch_related("points"):
        points = list(person.points.all())
        phones = [word for one in points if one.kind in ContactPoint.PHONES for word in (one.value, one.normal) if word]
        texts = [one.value for one in points if one.kind not in ContactPoint.PHONES]
        document = search_document([person.name], texts, phones)
        if all(any(spelling in document for spelling in term.spellings) for term in terms):
            yield SearchHit(
                person.name,
                f"{person.customer.get_absolute_url()}contacts/#contact-{person.pk}",
                " · ".join(filter(None, (person.title, person.customer.name))),
                "user",
                str(person.customer.country),
            )
            found += 1
            if found >= limit:
                return


def register() -> None:
    SEARCHES["customers"] = SearchGroup(_("Customers"), 10, find_customers)
    SEARCHES["contacts"] = SearchGroup(_("Contacts"), 20, find_contacts)
