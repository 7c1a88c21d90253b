"""What does the search of the top bar find among customers, their people, groups and tags?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.registries import OFFERS, SEARCHES, SearchGroup, SearchHit, SearchOffer
from core.search import holding, nearest, nearness, whole_word
from core.templatetags.ui import country_name
from core.text import Term, search_document, search_query

from .models import Contact, ContactPoint, Customer, CustomerGroup, Tag
from .permissions import can_create

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

NEWEST = ("-created_at", "-pk")
# At so many customers people are looked for, and so many people are read.
MOST_CUSTOMERS = 200
MOST_PEOPLE = 1000
# So many names of groups and of tags are read: they are words that people made, not records that pile up.
MOST_WORDS = 2000


def find_customers(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """Customers whose names, headers, codes, contacts, phones or e-mails hold the text; what held it is said."""
    terms = search_query(text)
    if not terms:
        return
    visible = Customer.objects.visible_to(user).defer("search_text", "search_public")
    rows = visible.select_related("owner").prefetch_related("headers", "contacts", "contact_points")
    for customer in nearest(rows, text, Q(owner=user), NEWEST, limit):
        place = ", ".join(filter(None, (country_name(customer.country), customer.city)))
        words = " · ".join(filter(None, (place, str(customer.owner or ""))))
        found = "" if _document([customer.name]).fits(terms) else _what_held(customer, terms)
        yield SearchHit(customer.name, customer.get_absolute_url(), words, "building", str(customer.country), found)


def find_contacts(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """People whose name, number or address holds the text, perhaps with a part of their company's name."""
    terms = search_query(text)
    if not terms:
        return
    people = Contact.objects.filter(
        customer__in=_customers_of_people(user, terms), archived_at=None
    )  # unscoped: ids are
    found: list[tuple[int, bool, int, Contact, list[ContactPoint]]] = []
    for person in people.select_related("customer").prefetch_related("points").order_by(*NEWEST)[:MOST_PEOPLE]:
        points = list(person.points.all())
        own = _document([person.name], points)
        if own.has_any(terms) and Document(f"{own.text} {person.customer.search_public}").fits(terms):
            is_foreign = person.customer.owner_id != user.pk
            found.append((nearness(own.text, whole_word(text)), is_foreign, len(found), person, points))
    for _near, _foreign, _place, person, points in sorted(found, key=lambda one: one[:3])[:limit]:
        held = next((str(point) for point in points if _document([], [point]).has_any(terms)), "")
        yield SearchHit(
            person.name,
            f"{reverse('customers:contacts', args=[person.customer_id])}#contact-{person.pk}",
            " · ".join(filter(None, (person.title, person.customer.name))),
            "user",
            str(person.customer.country),
            "" if _document([person.name]).has_any(terms) else held,
        )


def find_groups(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """Groups of companies; they lead to their members."""
    members = Count("members", filter=Q(members__in=Customer.objects.visible_to(user).values("pk")))
    for group in _named(CustomerGroup.objects.visible_to(user), text, limit, members):
        words = ngettext("%(n)s customer", "%(n)s customers", group.number) % {"n": f"{group.number:,}"}
        yield SearchHit(group.name, _list(group=group.pk), words, "sitemap")


def find_tags(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """Tags of customers that the reader sees; they lead to those customers."""
    customers = Count("customers", filter=Q(customers__in=Customer.objects.visible_to(user).values("pk")))
    for tag in _named(Tag.objects.all(), text, limit, customers):
        if tag.number:
            words = ngettext("%(n)s customer", "%(n)s customers", tag.number) % {"n": f"{tag.number:,}"}
            yield SearchHit(tag.name, _list(tags=tag.pk), words, "tag")


def register() -> None:
    SEARCHES["customers"] = SearchGroup(_("Customers"), 10, find_customers, more=lambda text: _list(q=text))
    SEARCHES["contacts"] = SearchGroup(_("Contacts"), 20, find_contacts)
    SEARCHES["groups"] = SearchGroup(_("Groups"), 30, find_groups)
    SEARCHES["tags"] = SearchGroup(_("Tags"), 40, find_tags)
    OFFERS["lookup"] = SearchOffer(
        _("See whether a colleague has it: look up"),
        "search",
        10,
        lambda text: f"{reverse('customers:lookup')}?{urlencode({'q': text})}",
    )
    OFFERS["customer"] = SearchOffer(
        _("Enter it as a new customer"),
        "plus",
        20,
        lambda text: f"{reverse('customers:create')}?{urlencode({'name': text})}",
        can_create,
    )


# --- parts ------------------------------------------------------------------------------------------


class Document:
    """Text made to be searched, as ``search_text`` of a row is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def has(self, term: Term) -> bool:
        return any(spelling in self.text for spelling in term.spellings)

    def has_any(self, terms: Sequence[Term]) -> bool:
        return any(map(self.has, terms))

    def fits(self, terms: Sequence[Term]) -> bool:
        return all(map(self.has, terms))


def _document(names: Iterable[str], points: Iterable[ContactPoint] = ()) -> Document:
    points = list(points)
    phones = [word for one in points if one.kind in ContactPoint.PHONES for word in (one.value, one.normal) if word]
    return Document(
        search_document(names, [one.value for one in points if one.kind not in ContactPoint.PHONES], phones)
    )


def _what_held(customer: Any, terms: Sequence[Term]) -> str:
    """The header, code, number or person that holds a term; all of them are there already."""
    words = [
        *((header.name, _document([header.name])) for header in customer.headers.all()),
        *((header.code, _document([header.code])) for header in customer.headers.all()),
        *((word, _document([word])) for word in (customer.external_id, customer.website)),
        *((one.name, _document([one.name])) for one in customer.contacts.all() if not one.archived_at),
        *((point.value, _document([], [point])) for point in customer.contact_points.all()),
    ]
    return next((word for word, document in words if word and document.has_any(terms)), "")


def _customers_of_people(user: User, terms: Sequence[Term]) -> list[int]:
    """Customers that hold the terms: those first whose own names do not, for there it must be a person. One query."""
    found = Customer.objects.visible_to(user).filter(holding(terms)).order_by(*NEWEST)
    by_people = found.exclude(holding(terms, "search_public")).values_list("pk", flat=True)
    return list(by_people[:MOST_CUSTOMERS].union(found.values_list("pk", flat=True)[:MOST_CUSTOMERS]))


def _named(rows: QuerySet[Any], text: str, limit: int, number: Count) -> list[Any]:
    """Rows by their name, with how many customers they are on; two queries."""
    terms, whole = search_query(text), whole_word(text)
    names = [(pk, _document([name])) for pk, name in rows.order_by("name").values_list("pk", "name")[:MOST_WORDS]]
    fitting = [(nearness(document.text, whole), pk) for pk, document in names if terms and document.fits(terms)]
    best = [pk for _near, pk in sorted(fitting, key=lambda pair: pair[0])[:limit]]
    found = {row.pk: row for row in rows.filter(pk__in=best).annotate(number=number)} if best else {}
    return [found[pk] for pk in best if pk in found]


def _list(**query: Any) -> str:
    return f"{reverse('customers:list')}?{urlencode(query)}"
