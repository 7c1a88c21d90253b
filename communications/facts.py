"""What do lists and rules read of communications from the customer's row, and what is searched?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.text import search_document
from customers.facts import batches, write_contacts_made

from .models import Communication


def refresh_contacts_made(customers: Iterable[int]) -> None:
    """Make last contact, touches and replies of these customers anew from what was said."""
    said = Communication.objects.filter(deleted_at=None, is_automatic=False)
    write_contacts_made(customers, said)


def searched(one: Communication, customer: str, people: Sequence[str], files: Sequence[str] = ()) -> str:
    """The search document of a communication: topic, words, the names of the customer, of people and of files."""
    return search_document([customer, *people], [one.subject, one.body, one.feedback, one.agreement, *files])


def refresh_searched(customers: Iterable[int]) -> None:
    """Make the search documents of these customers' communications anew: somebody or something changed its name."""
    for batch in batches(customers, 200):
        rows = Communication.objects.filter(customer__in=batch).select_related("customer").prefetch_related("contacts")
        changed = []
        for one in rows.iterator(chunk_size=500):
            text = searched(one, one.customer.name, [person.name for person in one.contacts.all()])
            if text != one.search_text:
                one.search_text = text
                changed.append(one)
        Communication.objects.bulk_update(changed, ["search_text"], batch_size=200)
