"""What is in the files that somebody dropped onto a customer, and who are the people in them?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from core.parsing.eml import Mail, MailRefused, parse_mail
from core.phones import e164_of
from core.text import fold
from customers.domains import own_domain
from customers.files import MOST_BYTES
from customers.models import Contact, ContactPoint, Customer

from .models import Communication, Drop, ImportedMessage
from .parsing.whatsapp import Chat, ChatRefused, Message, parse_chat

if TYPE_CHECKING:
    from accounts.models import User

US, NEW, IGNORE = "us", "new", "ignore"
# A day of much talk becomes several entries rather than a cut one.
MOST_WORDS = 80_000


@dataclass
class Person:
    """Somebody named in the files; ``guess`` is a role or a contact's id, '' where it must be asked."""

    key: str
    name: str
    email: str = ""
    phone: str = ""
    writes: bool = False
    guess: str = ""


@dataclass
class Item:
    """One dropped file as it was understood, or why it was not."""

    number: int
    name: str
    raw: bytes = b""
    mail: Mail | None = None
    chat: Chat | None = None
    refusal: DomainError | None = None
    known: int = 0
    people: list[Person] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.chat.messages) if self.chat else int(self.mail is not None)

    @property
    def is_new(self) -> bool:
        return self.total > self.known

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """The first and last moment of a chat (wall time)."""
        if self.chat is None:
            return None
        moments = [message.at for message in self.chat.messages]
        return min(moments), max(moments)

    @property
    def days(self) -> int:
        return len({message.at.date() for message in self.chat.messages}) if self.chat else 0

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many messages each author of a chat wrote."""
        return Counter(message.author for message in self.chat.messages).most_common() if self.chat else []

    @property
    def strangers(self) -> bool:
        """Is nobody of this customer named in it?"""
        return not any(person.guess.isdigit() for person in self.people)


def read_drop(drop: Drop, user: User, now: datetime) -> list[Item]:
    """Read every file of a drop; what cannot be read carries its reason and takes nothing from the others."""
    orders = drop.answers.get("orders", {})
    zone = zone_of(drop, user)
    items = []
    for number, file in enumerate(drop.files):
        item = Item(number, file["name"])
        try:
            if not file["path"]:  # it was not laid aside
                raise MailRefused(_("It is larger than %(most)s MB.") % {"most": MOST_BYTES // 1_000_000})
            with default_storage.open(file["path"]) as stored:
                item.raw = stored.read()
            if is_chat(item.name, item.raw):
                wall = now.astimezone(zone).replace(tzinfo=None)
                item.chat = parse_chat(item.name, item.raw, now=wall, order=orders.get(str(number), ""))
            else:
                item.mail = parse_mail(item.raw)
        except (MailRefused, ChatRefused) as refusal:
            item.refusal = refusal
        except FileNotFoundError:
            item.refusal = MailRefused(_("This file is not here any more. Drop it again."))
        items.append(item)
    _find_people(items, drop.customer, user)
    _find_known(items, drop.customer, zone)
    return items


def is_chat(name: str, raw: bytes) -> bool:
    return raw[:2] == b"PK" or name.lower().endswith((".txt", ".zip"))


def zone_of(drop: Drop, user: User) -> ZoneInfo:
    """The zone of the phone that exported: said by the person, else their own."""
    return ZoneInfo(drop.answers.get("zone") or user.time_zone or "UTC")


def people_of(items: Iterable[Item]) -> list[Person]:
    """Everybody in the files once, those who write first."""
    found: dict[str, Person] = {}
    for item in items:
        for person in item.people:
            found.setdefault(person.key, person).writes |= person.writes
    return sorted(found.values(), key=lambda person: not person.writes)


def mail_key(item: Item) -> str:
    """What makes a mail the same one: its Message-ID, else its content."""
    assert item.mail is not None
    if 0 < len(item.mail.message_id) <= 190:
        return f"mail:{item.mail.message_id}"
    return f"mail:{hashlib.sha256(item.mail.message_id.encode() or item.raw).hexdigest()}"


def message_keys(chat: Chat, zone: ZoneInfo) -> list[str]:
    """A key per message: minute, author, words, and its number among equal ones, for phones leave out the seconds."""
    seen: Counter[str] = Counter()
    keys = []
    for message in chat.messages:
        minute = moment_of(message, zone).strftime("%Y%m%d%H%M")
        text = f"{minute}\n{fold(message.author)}\n{message.text}"
        seen[text] += 1
        keys.append(hashlib.sha1(f"{text}\n{seen[text]}".encode(), usedforsecurity=False).hexdigest())
    return keys


def moment_of(message: Message, zone: ZoneInfo) -> datetime:
    return message.at.replace(tzinfo=zone).astimezone(UTC)


def days_of(numbered: Sequence[tuple[str, Message]]) -> Iterable[list[tuple[str, Message]]]:
    """Part messages with their keys by day, and a day of much talk into pieces."""
    for _day, some in groupby(numbered, key=lambda one: one[1].at.date()):
        piece: list[tuple[str, Message]] = []
        size = 0
        for one in some:
            size += len(one[1].text) + len(one[1].author) + 10
            if piece and size > MOST_WORDS:
                yield piece
                piece, size = [], 0
            piece.append(one)
        yield piece


# --- who is who -------------------------------------------------------------------------------------------------------


def _find_people(items: list[Item], customer: Customer, user: User) -> None:
    known = _Known(customer, user)
    for item in items:
        if item.mail:
            writer = item.mail.sender.email if item.mail.sender else ""
            for one in item.mail.people:
                person = Person(one.email, one.name or one.email, email=one.email, writes=one.email == writer)
                person.guess = known.by_mail(person)
                item.people.append(person)
        elif item.chat:
            authors = [
                Person(f"wa:{fold(author)}", author, phone=e164_of(author), writes=True) for author in item.chat.authors
            ]
            for person in authors:
                person.guess = known.by_chat(person)
            open_ones = [person for person in authors if not person.guess]
            if len(authors) == 2 and len(open_ones) == 1:  # of two who talk, one is ours
                other = next(person for person in authors if person.guess)
                open_ones[0].guess = "" if other.guess == US else US
            item.people = authors


class _Known:
    """Contacts of the customer and oneself, by address, number and name; three statements."""

    def __init__(self, customer: Customer, user: User) -> None:
        contacts = list(customer.contacts.filter(archived_at=None))
        points = ContactPoint.objects.filter(customer=customer, contact__in=contacts).exclude(normal="")
        self.points = {point.normal: str(point.contact_id) for point in points}
        self.names = {fold(contact.name): str(contact.pk) for contact in contacts}
        self.me = {fold(user.name), fold(user.username)}
        self.my_mail, self.my_domain = user.email.lower(), own_domain(user.email)

    def by_mail(self, person: Person) -> str:
        if found := self.points.get(person.email):
            return found
        if person.email == self.my_mail or (self.my_domain and own_domain(person.email) == self.my_domain):
            return US
        if found := self.names.get(fold(person.name)):
            return found
        return "" if person.writes else IGNORE

    def by_chat(self, person: Person) -> str:
        name = fold(person.name)
        return self.points.get(person.phone, "") or self.names.get(name, "") or (US if name in self.me else "")


def _find_known(items: list[Item], customer: Customer, zone: ZoneInfo) -> None:
    """Count what stands already; two statements for all files."""
    mails = {mail_key(item): item for item in items if item.mail}
    standing = Communication.objects.filter(customer=customer, external_key__in=mails)
    taken = set(standing.values_list("external_key", flat=True))
    for item in items:
        if item.mail:
            key = mail_key(item)
            item.known = int(key in taken)
            taken.add(key)  # the same mail twice among the files
    keys = {item.number: message_keys(item.chat, zone) for item in items if item.chat}
    every = [key for some in keys.values() for key in some]
    known = set(ImportedMessage.objects.filter(customer=customer, key__in=every).values_list("key", flat=True))
    for item in items:
        if item.chat:
            item.known = sum(key in known for key in keys[item.number])
            known.update(keys[item.number])


def contacts_by_id(customer: Customer) -> dict[int, Contact]:
    return {contact.pk: contact for contact in customer.contacts.filter(archived_at=None)}
