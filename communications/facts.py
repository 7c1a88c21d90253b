"""What do lists and rules read of communications from the customer's row, and what is searched?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from core.text import search_document
from customers.facts import write_contacts_made
from customers.models import Contact
from opportunities.models import Lead, Opportunity
from opportunities.part_facts import write_last_contacts

from .models import Communication


def refresh_contacts_made(customers: Iterable[int]) -> None:
    """Make last contact, touches and replies of these customers anew from what was said."""
    said = Communication.objects.counted()
    write_contacts_made(customers, said)


def refresh_deals(leads: Sequence[int], opportunities: Sequence[int]) -> None:
    """Make the last contact of these leads and opportunities anew; of a lead also after it has a customer."""
    said = Communication.objects.counted()
    write_last_contacts(Lead, leads, said)
    write_last_contacts(Opportunity, opportunities, said)


def searched(one: Communication, names: Sequence[str], files: Sequence[str] = ()) -> str:
    """The search document of a communication: topic, words, the names of whom it was with and of files."""
    return search_document(names, [one.subject, one.body, one.feedback, one.agreement, *files])


def people_named(one: Communication, contacts: Iterable[Contact]) -> list[str]:
    """The names by which it is found: of the customer and its people, or of the lead and its person."""
    if one.customer is None and one.lead is not None:
        return [one.lead.name, one.lead.person]
    return [one.party.name, *(person.name for person in contacts)]


def refresh_searched(rows: QuerySet[Communication]) -> None:
    """Make the search documents of these communications anew: somebody or something changed its name."""
    changed = []
    whole = rows.select_related("customer", "lead").prefetch_related("contacts")
    for one in whole.order_by("pk").iterator(chunk_size=500):
        text = searched(one, people_named(one, one.contacts.all()))
        if text != one.search_text:
            one.search_text = text
            changed.append(one)
    Communication.objects.bulk_update(changed, ["search_text"], batch_size=200)
