"""How do dropped mails and chats become communications, each once?"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User as UserModel
from core.exceptions import DomainError
from core.ids import id_of
from core.jobs import Progress, enqueue
from core.models import Job
from core.registries import JOBS, JobKind
from core.text import clean
from customers.files import MOST_BYTES, FileData, sorted_out
from customers.inputs import ContactData, PointData
from customers.models import Contact, Customer
from customers.services import add_files, save_contact
from customers.services.locking import lock_living, require

from .. import permissions
from ..dropped import (
    IGNORE,
    NEW,
    US,
    Item,
    contacts_by_id,
    days_of,
    mail_key,
    message_keys,
    moment_of,
    people_of,
    read_drop,
    zone_of,
)
from ..inputs import CommunicationData
from ..models import Communication, Drop, ImportedMessage
from ..parsing.whatsapp import Message
from .errors import ImportedAlready
from .logbook import log_communication

if TYPE_CHECKING:
    from accounts.models import User

KIND = "communications.bring_in"
FOLDER = "drops"
KEPT = timedelta(days=2)
MOST_FILES = 100
# So much is written while the person waits; more becomes a job.
AT_ONCE = 60


class NothingDropped(DomainError):
    status = 422


class DropIsOver(DomainError):
    pass


@transaction.atomic
def start_drop(*, customer: Customer, files: Sequence[Any], by: User, now: datetime) -> Drop:
    """Lay uploaded files aside to be looked at. Raises NothingDropped, NotAllowed, CustomerIsArchived."""
    customer = lock_living(customer)
    require(permissions.can_log(by, customer))
    if not files:
        raise NothingDropped(_("Choose a mail (.eml) or a chat that WhatsApp exported (.txt or .zip)."), field="files")
    if len(files) > MOST_FILES:
        raise NothingDropped(_("At most %(most)s files at once.") % {"most": MOST_FILES}, field="files")
    kept = []
    for file in files:
        path = ""
        if file.size <= MOST_BYTES:  # larger ones are refused when they are read, for they are not there
            path = default_storage.save(f"{FOLDER}/{secrets.token_hex(20)}", file)
        kept.append({"name": clean(file.name or "")[:200], "path": path, "size": file.size})
    return Drop.objects.create(customer=customer, by=by, at=now, files=kept)


@transaction.atomic
def answer_drop(*, drop: Drop, answers: dict[str, Any], size: int, by: User, now: datetime) -> Drop:
    """Keep what the person said and bring the files in: at once, or by a job where it is much.

    Raises DropIsOver, NotAllowed, CustomerIsArchived.
    """
    require(permissions.can_log(by, lock_living(drop.customer)))
    drop = Drop.objects.select_for_update(no_key=True).select_related("customer", "by").get(pk=drop.pk)
    if drop.done_at or drop.job_id:
        raise DropIsOver(_("These files were brought in already."))
    drop.answers = answers
    if size > AT_ONCE:
        drop.job = enqueue(KIND, by=by, now=now, params={"drop": drop.pk}, total=size)
        drop.save(update_fields=["answers", "job"])
    else:
        drop.save(update_fields=["answers"])
        for _step in bring_in(drop=drop, by=by, now=now):
            pass
    return drop


def bring_in(*, drop: Drop, by: User, now: datetime) -> Iterator[int]:
    """Write the chosen files, a file or a day of a chat at a time; yields how many entries and files are done.

    A second run finds what the first wrote and adds the rest: keys are unique per customer.
    """
    items = read_drop(drop, by, now)
    roles = _Roles(drop, items, by, now)
    done = 0
    result = []
    for item in items:
        told: dict[str, Any] = {"name": item.name, "added": 0, "known": 0, "why": "", "left": []}
        try:
            if item.refusal:
                raise item.refusal
            if item.number not in drop.answers.get("take", []):
                told["why"] = _("Left out.")
            elif item.chat:
                for added in _bring_chat(drop, item, roles, told, by, now):
                    told["added"] += added
                    done += 1
                    yield done
            else:
                _bring_mail(drop, item, roles, told, by, now)
        except ImportedAlready:
            told["known"] = 1
        except DomainError as refusal:
            told["why"] = str(refusal.message)
        result.append(told)
        done += 1
        yield done
    paths = [file["path"] for file in drop.files if file["path"]]
    Drop.objects.filter(pk=drop.pk).update(result=result, done_at=now, files=[])
    drop.result, drop.done_at = result, now
    transaction.on_commit(lambda: _erase(paths))


def clear_drops(now: datetime) -> int:
    """Forget files that were dropped and never brought in; safe twice."""
    old = list(Drop.objects.filter(at__lt=now - KEPT).exclude(job__state__in=(Job.State.QUEUED, Job.State.RUNNING)))
    for drop in old:
        _erase(file["path"] for file in drop.files if file["path"])
    return Drop.objects.filter(pk__in=[drop.pk for drop in old]).delete()[0]


def register() -> None:
    JOBS[KIND] = JobKind(gettext_lazy("Bringing in mails and chats"), _run, _page_of)


# --- parts ------------------------------------------------------------------------------------------------------------


def _page_of(job: Job) -> str:
    return Drop(pk=job.params.get("drop", 0)).get_absolute_url()


def _run(job: Job, progress: Progress) -> None:
    drop = Drop.objects.select_related("customer").get(pk=job.params["drop"])
    by = UserModel.objects.get(pk=job.created_by_id)
    if drop.done_at is None:
        for done in bring_in(drop=drop, by=by, now=progress.clock()):
            progress.step(done)


class _Roles:
    """Who each person of the files is: ours, a contact, or nobody that counts. New contacts are made when first met."""

    def __init__(self, drop: Drop, items: Sequence[Item], by: User, now: datetime) -> None:
        self.customer, self.by, self.now = drop.customer, by, now
        self.said: dict[str, str] = drop.answers.get("people", {})
        self.people = {person.key: person for person in people_of(items)}
        self.contacts = contacts_by_id(drop.customer)

    def of(self, key: str) -> str:
        role = self.said.get(key, self.people[key].guess if key in self.people else "")
        return role if role in (US, NEW) or (id_of(role) in self.contacts) else IGNORE

    def is_theirs(self, key: str) -> bool:
        return self.of(key) not in (US, IGNORE)

    def met(self, keys: Sequence[str]) -> list[Contact]:
        """The contacts among these people."""
        return list(dict.fromkeys(self._contact(key) for key in keys if self.is_theirs(key)))

    def _contact(self, key: str) -> Contact:
        if self.of(key) == NEW:
            person = self.people[key]
            points = [PointData("email", person.email)] if person.email else []
            points += [PointData("whatsapp", person.phone)] if person.phone else []
            data = ContactData(person.name[:200], points=points)
            contact = save_contact(customer=self.customer, data=data, by=self.by, now=self.now)
            self.contacts[contact.pk] = contact
            self.said[key] = str(contact.pk)
        return self.contacts[int(self.of(key))]


@transaction.atomic
def _bring_mail(drop: Drop, item: Item, roles: _Roles, told: dict[str, Any], by: User, now: datetime) -> None:
    mail = item.mail
    assert mail is not None
    writer = mail.sender.email if mail.sender else ""
    if mail.at is None:
        raise DomainError(_("It says no day and time, so it has no place among what was said."))
    if roles.of(writer) == IGNORE:
        raise DomainError(_("Who wrote it is not known."))
    good, refused = sorted_out(FileData.of(one.name, one.content) for one in mail.files)
    told["left"] = [f"{name}: {refusal.message}" for name, refusal in refused]
    original = FileData.of(f"{(mail.subject or 'mail')[:80]}.eml", item.raw, kind="mail")
    data = CommunicationData(
        channel="email",
        direction=Communication.Direction.OUT if roles.of(writer) == US else Communication.Direction.IN,
        happened_at=mail.at,
        subject=mail.subject[:300],
        body=mail.text[:100_000],
        contacts=roles.met([one.email for one in mail.people]),
        is_automatic=bool(mail.automatic),
        source=Communication.Source.MAIL,
        external_key=mail_key(item),
        file_names=[one.name for one in good],
    )
    said = log_communication(customer=drop.customer, data=data, by=by, now=now)
    kept, _unkept = sorted_out([original])
    add_files(customer=drop.customer, files=[*good, *kept], by=by, now=now, target=said)
    told["added"] = 1


def _bring_chat(drop: Drop, item: Item, roles: _Roles, told: dict[str, Any], by: User, now: datetime) -> Iterator[int]:
    """One entry a day, of what does not stand already; yields how many messages each holds."""
    assert item.chat is not None
    zone = zone_of(drop, by)
    keys = message_keys(item.chat, zone)
    known = set(ImportedMessage.objects.filter(customer=drop.customer, key__in=keys).values_list("key", flat=True))
    told["known"] = len(known)
    of_people = {author: f"wa:{person.key[3:]}" for author, person in zip(item.chat.authors, item.people, strict=True)}
    fresh = [
        (key, message)
        for key, message in zip(keys, item.chat.messages, strict=True)
        if key not in known and roles.of(of_people[message.author]) != IGNORE
    ]
    fresh.sort(key=lambda one: one[1].at)
    for day in days_of(fresh):
        with transaction.atomic():
            _bring_day(drop, item, day, of_people, roles, told, by, now)
        yield len(day)


def _bring_day(
    drop: Drop,
    item: Item,
    day: Sequence[tuple[str, Message]],
    of_people: dict[str, str],
    roles: _Roles,
    told: dict[str, Any],
    by: User,
    now: datetime,
) -> None:
    assert item.chat is not None
    messages = [message for _key, message in day]
    people = list(dict.fromkeys(of_people[message.author] for message in messages))
    sides = {Communication.Direction.IN if roles.is_theirs(key) else Communication.Direction.OUT for key in people}
    enclosed = [item.chat.enclosed(message.file, MOST_BYTES) for message in messages if message.file]
    good, refused = sorted_out(FileData.of(one.name, one.content) for one in enclosed if one)
    told["left"] += [f"{name}: {refusal.message}" for name, refusal in refused]
    # In a talk of two it is known with whom even where they did not answer that day.
    others = [key for key in of_people.values() if roles.is_theirs(key)] if len(of_people) == 2 else people
    data = CommunicationData(
        channel="whatsapp",
        direction=sides.pop() if len(sides) == 1 else Communication.Direction.BOTH,
        happened_at=moment_of(messages[-1], zone_of(drop, by)),
        subject=item.chat.title[:300],
        body="\n".join(f"{message.at:%H:%M} {message.author}: {message.text}" for message in messages),
        contacts=roles.met(others),
        source=Communication.Source.WHATSAPP,
        external_key=f"whatsapp:{day[0][0]}",
        file_names=[one.name for one in good],
    )
    said = log_communication(customer=drop.customer, data=data, by=by, now=now)
    rows = [ImportedMessage(customer=drop.customer, key=key, communication=said) for key, _message in day]
    ImportedMessage.objects.bulk_create(rows, batch_size=1000)
    add_files(customer=drop.customer, files=good, by=by, now=now, target=said)


def _erase(paths: Any) -> None:
    for path in paths:
        default_storage.delete(path)
