"""What does the search of the top bar find among customers, their people, groups and tags?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.parse import urlencode

from django.db.models import Count, Q, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.registries import OFFERS, SEARCHES, SearchGroup, SearchHit, SearchOffer
from core.search import Document, holding, nearest, nearness, whole_word
from core.templatetags.ui import country_name
from core.text import Term, search_query

from .models import Contact, ContactPoint, Customer, CustomerGroup, Tag
from .permissions import can_create

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

NEWEST = ("-created_at", "-pk")
# At so many customers people are looked for, and so many people are read.
MOST_CUSTOMERS = 300
# Where the company's own name holds the text too, people who bear it are looked for at so many.
MOST_OF_ONE_NAME = 50
MOST_PEOPLE = 1000
# So many names of groups and of tags are read: they are words that people made, not records that pile up.
MOST_WORDS = 2000


def find_customers(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """Customers whose names, headers, codes, contacts, phones or e-mails hold the text; what held it is said."""
    terms = search_query(text)
    if not terms:
        return
    visible = Customer.objects.visible_to(user).defer("search_text", "search_public")
    best = nearest(visible.select_related("owner"), text, Q(owner=user), NEWEST, limit)
    unnamed = [customer for customer in best if not _of_name(customer.name).fits(terms)]
    prefetch_related_objects(unnamed, "headers", "contacts", "contact_points")
    for customer in best:
        place = ", ".join(filter(None, (country_name(customer.country), customer.city)))
        words = " · ".join(filter(None, (place, str(customer.owner or ""))))
        found = _what_held(customer, terms) if customer in unnamed else ""
        yield SearchHit(customer.name, customer.get_absolute_url(), words, "building", str(customer.country), found)


def find_contacts(user: User, text: str, limit: int) -> Iterable[SearchHit]:
    """People whose name, number or address holds the text, perhaps with a part of their company's name."""
    terms, whole = search_query(text), whole_word(text)
    if not terms:
        return
    found: list[tuple[int, bool, int, _Person]] = []
    for person in _people(_customers_of_people(user, terms)):
        own = Document.of([person.name], *_written(person.points))
        if own.has_any(terms) and Document(f"{own.text} {person.company_text}").fits(terms):
            found.append((nearness(own.text, whole), person.owner != user.pk, len(found), person))
    for _near, _foreign, _place, person in sorted(found, key=lambda one: one[:3])[:limit]:
        points = (point[1] for point in person.points if _of_point(point).has_any(terms))
        yield SearchHit(
            person.name,
            f"{reverse('customers:contacts', args=[person.customer])}#contact-{person.pk}",
            " · ".join(filter(None, (person.title, person.company))),
            "user",
            person.country,
            "" if _of_name(person.name).has_any(terms) else next(points, ""),
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


@lru_cache(maxsize=10_000)
def _of_name(name: str) -> Document:
    """Kept, for with each letter that is typed the same groups, tags and people are looked through."""
    return Document.of([name])


_Point: TypeAlias = tuple[str, str, str]  # kind, value, E.164


def _written(points: Sequence[_Point]) -> tuple[list[str], list[str]]:
    """What of numbers and addresses is searched: texts, and phones in both writings."""
    texts = [value for kind, value, _normal in points if kind not in ContactPoint.PHONES]
    return texts, [word for kind, *words in points if kind in ContactPoint.PHONES for word in words if word]


def _of_point(point: _Point) -> Document:
    return Document.of((), *_written([point]))


class _Person(NamedTuple):
    """What is read of a contact and its customer; ``company_text`` is the customer's public search document."""

    pk: int
    name: str
    title: str
    customer: int
    company: str
    country: str
    owner: int | None
    company_text: str
    points: list[_Point]


def _people(customers: Sequence[int]) -> Iterator[_Person]:
    """The newest living people of these customers, with their numbers and addresses; two queries."""
    people = Contact.objects.filter(customer__in=customers, archived_at=None).order_by(*NEWEST)  # unscoped: ids are
    rows = list(
        people.values_list(
            "pk", "name", "title", "customer_id", "customer__name", "customer__country", "customer__owner_id",
            "customer__search_public",
        )[:MOST_PEOPLE]
    )  # fmt: skip
    points: dict[int, list[_Point]] = defaultdict(list)
    of_them = ContactPoint.objects.filter(contact__in=[pk for pk, *_rest in rows])  # unscoped: ids are
    for pk, kind, value, normal in of_them.order_by("position", "pk").values_list(
        "contact_id", "kind", "value", "normal"
    ):
        points[pk].append((kind, value, normal))
    for row in rows:
        yield _Person(*row, points[row[0]])


def _what_held(customer: Any, terms: Sequence[Term]) -> str:
    """The header, code, number or person that holds a term; all of them are there already."""
    words = [
        *((header.name, _of_name(header.name)) for header in customer.headers.all()),
        *((header.code, Document.of([header.code])) for header in customer.headers.all()),
        *((word, Document.of([word])) for word in (customer.external_id, customer.website)),
        *((one.name, _of_name(one.name)) for one in customer.contacts.all() if not one.archived_at),
        *((one.value, _of_point((one.kind, one.value, one.normal))) for one in customer.contact_points.all()),
    ]
    return next((word for word, document in words if word and document.has_any(terms)), "")


def _customers_of_people(user: User, terms: Sequence[Term]) -> list[int]:
    """Of the newest customers that hold the terms those whose own names do not, for there it must be a person, and
    some of the others. One query."""
    found = Customer.objects.visible_to(user).filter(holding(terms)).order_by(*NEWEST)
    of_person: list[int] = []
    of_both: list[int] = []
    for pk, public in found.values_list("pk", "search_public")[:MOST_CUSTOMERS]:
        (of_both if Document(public).fits(terms) else of_person).append(pk)
    return of_person + of_both[:MOST_OF_ONE_NAME]


def _named(rows: QuerySet[Any], text: str, limit: int, number: Count) -> list[Any]:
    """Rows by their name, with how many customers they are on; two queries."""
    terms, whole = search_query(text), whole_word(text)
    names = [(pk, _of_name(name)) for pk, name in rows.order_by("name").values_list("pk", "name")[:MOST_WORDS]]
    fitting = [(nearness(document.text, whole), pk) for pk, document in names if terms and document.fits(terms)]
    best = [pk for _near, pk in sorted(fitting, key=lambda pair: pair[0])[:limit]]
    found = {row.pk: row for row in rows.filter(pk__in=best).annotate(number=number)} if best else {}
    return [found[pk] for pk in best if pk in found]


def _list(**query: Any) -> str:
    return f"{reverse('customers:list')}?{urlencode(query)}"
