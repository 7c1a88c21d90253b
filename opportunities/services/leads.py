"""What can be done with a lead? Every act on it but converting (converting.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.services.notices import notify
from core.exceptions import DomainError
from core.phones import e164_of
from core.querysets import update_rows
from core.text import search_document
from customers import ledger
from customers.identity_keys import Key, lock_keys
from customers.models import Attachment, Event
from customers.services.errors import PersonIsGone
from customers.services.files import store_files
from customers.services.locking import require, waiting

from .. import permissions
from ..conflicts import refresh_lead_keys
from ..inputs import LeadData
from ..models import DisqualifyReason, Lead, LeadAnswer, ScreeningQuestion
from ..models.lead import EDITED, SAYS
from . import lead_errors as errors

if TYPE_CHECKING:
    from accounts.models import Team, User
    from customers.files import FileData

State = Lead.State
# Of a long inquiry so much is searched.
SEARCHED = 10_000


@transaction.atomic
def create_lead(*, data: LeadData, by: User | None, now: datetime, deliver: bool = True) -> Lead:
    """Enter an inquiry; ``by`` None is a stranger at a public form, whose form says who gets it.

    A salesperson gets the lead; managers and admins may name an owner, or a team in which it waits for one. Without
    ``deliver`` nobody is told: an import of a thousand tells by other means.
    Raises LeadIsEmpty, LeadExternalIdTaken, PersonIsGone, NotAllowed.
    """
    owner, team = _whose(data, by)
    require(by is None or permissions.can_create_lead_for(by, owner, team))
    if owner is not None and not owner.is_active:
        raise PersonIsGone(field="owner")
    values = {field.name: getattr(data, field.name) for field in fields(data)} | {"owner": owner, "team": team}
    lead = Lead(**values, state_at=now, created_by=by, created_at=now, updated_at=now)
    lead.owned_since = now if owner is not None else None
    _complete(lead)
    _check_external_id(lead.external_id)
    lead.save()
    refresh_lead_keys([lead])
    whose = {"owner": lead.owner_id, "team": lead.team_id}
    note(lead, "lead.created", whose, by=by, now=now, deliver=deliver)
    if deliver:
        tell_owner(lead, by=by, now=now)
    return lead


@transaction.atomic
def update_lead(*, lead: Lead, changes: dict[str, Any], by: User, now: datetime) -> Lead:
    """Change what people edit; ``changes`` are EDITED columns. What does not differ is left alone.

    Raises LeadIsEmpty, LeadExternalIdTaken, LeadIsConverted, LeadIsArchived, NotAllowed.
    ValueError for a field that is not edited by people.
    """
    if strange := set(changes) - set(EDITED):
        raise ValueError(f"not edited by people: {', '.join(sorted(strange))}")
    lead = _locked(lead, by)
    changed = sorted(name for name, value in changes.items() if getattr(lead, name) != value)
    if not changed:
        return lead
    for name in changed:
        setattr(lead, name, changes[name])
    _complete(lead)
    if "external_id" in changed:
        _check_external_id(lead.external_id)
    lead.updated_at = now
    lead.save(update_fields=[*changed, "phone_normal", "search_text", "updated_at"])
    refresh_lead_keys([lead])
    note(lead, "lead.changed", {"fields": changed}, by=by, now=now)
    return lead


@transaction.atomic
def assign_lead(*, lead: Lead, to: User, by: User, now: datetime) -> Lead:
    """Give an open lead to somebody, who is told. Raises SameLeadOwner, PersonIsGone, NotAllowed …"""
    lead = _locked(lead, by)
    _require_open(lead)
    require(permissions.can_assign_lead(by, lead, to))
    if not to.is_active:
        raise PersonIsGone(field="to")
    if lead.owner_id == to.pk:
        raise errors.SameLeadOwner(field="to")
    former = lead.owner_id
    lead.owner, lead.team, lead.owned_since = to, to.team or lead.team, now
    lead.save(update_fields=["owner", "team", "owned_since"])
    refresh_lead_keys([lead])
    note(lead, "lead.assigned", {"from": former, "to": to.pk}, by=by, now=now)
    tell_owner(lead, by=by, now=now)
    return lead


@transaction.atomic
def start_lead(*, lead: Lead, by: User, now: datetime) -> Lead:
    """Say that one is at it: a new lead is being worked on from now. Doing it twice is once."""
    lead = _locked(lead, by)
    _require_open(lead)
    if lead.state == State.NEW:
        _pass_to(lead, State.WORKING, now)
        note(lead, "lead.working", by=by, now=now)
    return lead


@transaction.atomic
def answer_question(
    *, lead: Lead, question: ScreeningQuestion, is_yes: bool | None, by: User, now: datetime, words: str = ""
) -> None:
    """Write down what was found out about a screening question; None is not known again.

    Raises LeadIsConverted, LeadIsDisqualified, LeadIsArchived, NotAllowed.
    """
    lead = _locked(lead, by)
    _require_open(lead)
    standing = LeadAnswer.objects.filter(lead=lead, question=question).first()
    before = standing.is_yes if standing else None
    if is_yes is None:
        LeadAnswer.objects.filter(lead=lead, question=question).delete()
    elif standing is None or (standing.is_yes, standing.note) != (is_yes, words.strip()):
        answer = {"is_yes": is_yes, "note": words.strip(), "by": by, "at": now}
        LeadAnswer.objects.update_or_create(lead=lead, question=question, defaults=answer)
    if before != is_yes:
        note(lead, "lead.screened", {"question": question.pk, "answer": is_yes}, by=by, now=now)


@transaction.atomic
def disqualify_lead(*, lead: Lead, reason: DisqualifyReason, by: User, now: datetime, words: str = "") -> Lead:
    """Say that it is no business, and why. Raises WordsMissing where the reason asks for words; as ``start_lead``."""
    lead = _locked(lead, by)
    _require_open(lead)
    if reason.asks_why and not words.strip():
        raise errors.WordsMissing(field="words")
    lead.disqualify_reason, lead.disqualify_note = reason, words.strip()
    _pass_to(lead, State.DISQUALIFIED, now, "disqualify_reason", "disqualify_note")
    note(lead, "lead.disqualified", {"reason": reason.pk}, by=by, now=now)
    return lead


@transaction.atomic
def reopen_lead(*, lead: Lead, by: User, now: datetime) -> Lead:
    """Take a disqualified lead up again. Raises LeadIsOpen, LeadIsConverted, LeadIsArchived, NotAllowed."""
    lead = _locked(lead, by)
    if lead.state != State.DISQUALIFIED:
        raise errors.LeadIsOpen
    lead.disqualify_reason, lead.disqualify_note = None, ""
    _pass_to(lead, State.WORKING, now, "disqualify_reason", "disqualify_note")
    note(lead, "lead.reopened", by=by, now=now)
    return lead


@transaction.atomic
def archive_lead(*, lead: Lead, by: User, now: datetime) -> Lead:
    """Take a lead out of every list. Raises LeadIsConverted, LeadIsArchived, NotAllowed."""
    lead = _locked(lead, by)
    require(permissions.can_archive_lead(by, lead))
    lead.archived_at = now
    lead.save(update_fields=["archived_at"])
    refresh_lead_keys([lead])
    note(lead, "lead.archived", by=by, now=now)
    return lead


@transaction.atomic
def restore_lead(*, lead: Lead, by: User, now: datetime) -> Lead:
    """Bring an archived lead of ``archived_for(by)`` back. Raises LeadIsNotArchived, NotAllowed."""
    lead = lock_lead(lead)
    if lead.archived_at is None:
        raise errors.LeadIsNotArchived
    require(Lead.objects.archived_for(by).filter(pk=lead.pk).exists())
    lead.archived_at = None
    lead.save(update_fields=["archived_at"])
    refresh_lead_keys([lead])
    note(lead, "lead.restored", by=by, now=now)
    return lead


@transaction.atomic
def add_lead_files(*, lead: Lead, files: Sequence[FileData], by: User, now: datetime) -> list[Attachment]:
    """Hang files on a lead; after conversion they are the customer's too. Raises FileRefused, NotAllowed …"""
    lead = _locked(lead, by)
    kept = store_files(files, customer=None, by=by, now=now, target=lead)
    if kept:
        note(lead, "lead.files_added", {"files": [one.pk for one in kept]}, by=by, now=now)
    return kept


def hand_leads(
    leads: Sequence[Lead],
    to: Mapping[int, User | None],
    *,
    by: User | None,
    now: datetime,
    rule: str,
    is_heard: bool = True,
) -> None:
    """Give locked, open leads each to its own ({lead: person}); the caller judged who may and tells them.

    ``by`` None is the rule, a person None the team that the lead waits in. Unless ``is_heard`` the caller lets go
    along what is at them. A handful of statements for any number.
    """
    events = []
    for lead in leads:
        person = to[lead.pk]
        payload = {"from": lead.owner_id, "to": person.pk if person else None}
        lead.owner, lead.owned_since = person, now if person else None
        lead.team_id = (person.team_id if person else None) or lead.team_id
        events.append(
            Event(
                kind="lead.assigned",
                at=now,
                by=by,
                rule="" if by else rule,
                target_label=Lead._meta.label_lower,
                target_id=lead.pk,
                payload=payload,
            )
        )
    update_rows(
        Lead, ["owner", "team", "owned_since"], [(one.pk, one.owner_id, one.team_id, one.owned_since) for one in leads]
    )
    refresh_lead_keys(leads)
    ledger.append_many(events, deliver=is_heard)


def archive_imported_leads(leads: Sequence[Lead], *, by: User, now: datetime) -> None:
    """Take leads out again that an import made and nobody touched; the caller judged that. Their ids are free again."""
    for lead in leads:
        lead.archived_at, lead.external_id = now, ""
        lead.save(update_fields=["archived_at", "external_id"])
        note(lead, "lead.archived", by=by, now=now, deliver=False)
    refresh_lead_keys(leads)


def put_back_leads(pairs: Sequence[tuple[Lead, dict[str, Any]]], *, by: User, now: datetime) -> None:
    """Put columns back to their old values, given as plain JSON, after an import changed them."""
    for lead, old in pairs:
        for name, value in old.items():
            column: Any = Lead._meta.get_field(name)
            setattr(lead, column.attname, column.to_python(value) if not column.is_relation else value)
        _complete(lead)
        lead.updated_at = now
        lead.save()
        note(lead, "lead.changed", {"fields": sorted(old)}, by=by, now=now, deliver=False)
    refresh_lead_keys([lead for lead, _old in pairs])


def assign_leads(*, ids: Iterable[int], to: User, by: User, now: datetime) -> list[tuple[Lead, str]]:
    """Give leads to somebody; each with '' or why it was left. Those that ``by`` does not see are left out."""
    outcome: list[tuple[Lead, str]] = []
    for lead in Lead.objects.visible_to(by).filter(pk__in=set(ids)).order_by("pk"):
        try:
            outcome.append((assign_lead(lead=lead, to=to, by=by, now=now), ""))
        except DomainError as refusal:
            outcome.append((lead, str(refusal.message)))
    return outcome


# --- parts, also of converting.py -------------------------------------------------------------------


def lock_lead(lead: Lead) -> Lead:
    """The lead as it is now, locked; its owner is read after. Must run in a transaction. Raises CustomerIsBusy."""
    with waiting():
        return Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)


def note(
    lead: Lead,
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    by: User | None,
    now: datetime,
    deliver: bool = True,
) -> None:
    """Append to the ledger what happened to a lead; no customer has it yet."""
    ledger.append(kind=kind, customer=None, by=by, at=now, target=lead, payload=payload, deliver=deliver)


def tell_owner(lead: Lead, *, by: User | None, now: datetime) -> None:
    """Tell whoever has the lead now that it was given to them."""
    if lead.owner is not None:
        key = f"lead_given:{lead.pk}:{now.isoformat()}"
        notify(to=[lead.owner], kind="lead_given", by=by, target=lead, now=now, key=key)


def _locked(lead: Lead, by: User) -> Lead:
    """The lead as it is now, if ``by`` may work on it. Raises NotAllowed, LeadIsArchived, LeadIsConverted."""
    lead = lock_lead(lead)
    if lead.archived_at is not None:
        raise errors.LeadIsArchived
    require(permissions.can_work_lead(by, lead))
    if lead.state == State.CONVERTED:
        raise errors.LeadIsConverted
    return lead


def _require_open(lead: Lead) -> None:
    if lead.state == State.DISQUALIFIED:
        raise errors.LeadIsDisqualified


def _pass_to(lead: Lead, state: str, now: datetime, *more: str) -> None:
    lead.state, lead.state_at = state, now
    lead.save(update_fields=["state", "state_at", *more])


def _whose(data: LeadData, by: User | None) -> tuple[User | None, Team | None]:
    """(owner, team): what was said, else what the form says, else whoever enters it."""
    owner, team = data.owner, data.team
    if data.form is not None and owner is None and team is None:
        owner, team = data.form.assignee, data.form.team
        if owner is not None and not owner.is_active:
            owner = None
    if by is not None and owner is None and team is None:
        owner = by
    return owner, (owner.team if owner is not None and owner.team is not None else team)


def _complete(lead: Lead) -> None:
    """Set what is made of the other columns. Raises LeadIsEmpty."""
    if not any(getattr(lead, name) for name in SAYS):
        raise errors.LeadIsEmpty(field="company")
    lead.phone_normal = e164_of(lead.phone, str(lead.country))[:20]
    lead.search_text = search_document(
        [lead.company, lead.person],
        [lead.email, lead.website, lead.wechat, lead.subject, lead.product, lead.external_id, lead.city,
         lead.message[:SEARCHED], lead.remarks],
        [lead.phone, lead.phone_normal, lead.whatsapp],
    )  # fmt: skip


def _check_external_id(external_id: str) -> None:
    if external_id:
        with waiting():
            lock_keys([Key("lead_external_id", external_id, "")])
        if Lead.objects.filter(external_id=external_id).exists():
            raise errors.LeadExternalIdTaken(field="external_id")
