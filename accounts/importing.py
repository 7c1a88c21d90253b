"""How do colleagues and teams come in from files? New ones are invited by link, those who are here get role and team.

A file brings no password. Language and time zone go with the invitation; once somebody is here they are their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exceptions import DomainError
from core.forms import Form
from core.importing.targets import Choices, Entry, Field, Group, Reason, Target, Undoing, Value, Work
from core.importing.words import say_common
from core.models import ImportRow, ImportRun
from core.text import clean, fold, is_cjk, pinyin_initials, squash
from core.zones import is_zone

from .fresh import signed_in_freshly
from .models import Invitation, Team, User
from .permissions import can_invite
from .services.invitations import invite_person, revoke_invitation
from .services.people import change_person, make_person, unmake_person
from .services.teams import create_team, remove_team

if TYPE_CHECKING:
    from django.db.models import Model

Verdict, Outcome, Undone = ImportRow.Verdict, ImportRow.Outcome, ImportRow.Undone
PERSON, PLACE = gettext_lazy("Person"), gettext_lazy("Place in the firm")
FIELDS = [
    Field("email", gettext_lazy("E-mail"), PERSON, ("email", "mail", "emailaddress", "邮箱", "电子邮箱")),
    Field("name", gettext_lazy("Name"), PERSON,
          ("name", "fullname", "displayname", "salesagent", "salesrep", "employee", "姓名", "名字", "业务员"),
          is_joined=True,
          parts=("firstname", "lastname", "givenname", "surname", "familyname", "姓", "名")),
    Field("username", gettext_lazy("User name"), PERSON,
          ("username", "login", "account", "employeeid", "staffid", "用户名", "账号", "工号")),
    Field("role", gettext_lazy("Role"), PLACE, ("role", "profile", "角色")),
    Field("team", gettext_lazy("Team"), PLACE,
          ("team", "department", "group", "office", "regionaloffice", "region", "团队", "部门", "小组", "大区")),
    Field("manager", gettext_lazy("Led by"), PLACE, ("manager", "teammanager", "salesmanager", "经理", "主管", "上级")),
    Field("language", gettext_lazy("Language"), PERSON, ("language", "locale", "语言")),
    Field("time_zone", gettext_lazy("Time zone"), PERSON, ("timezone", "zone", "时区")),
]  # fmt: skip
WORDS = {
    "email": gettext_lazy("“%(value)s” is no e-mail address."),
    "role": gettext_lazy("“%(value)s” is no role."),
    "language": gettext_lazy("“%(value)s” is no language of the app."),
    "zone": gettext_lazy("“%(value)s” is no time zone."),
    "twice": gettext_lazy("Line %(line)s has the same e-mail address."),
    "inactive": gettext_lazy("This account is deactivated: reactivate it on the person's page."),
    "self": gettext_lazy("Nobody changes their own rights."),
    "username": gettext_lazy("The user name “%(value)s” is somebody else's."),
    "invited": gettext_lazy("Invited already."),
    "nothing_new": gettext_lazy("Is here with the same name, role and team."),
    "invites": gettext_lazy("Gets an invitation by mail."),
    "changes": gettext_lazy("Changes: %(fields)s."),
    "accounted": gettext_lazy("Gets an account without an address: nobody signs in with it until it has one."),
    "no_address": gettext_lazy("There is no e-mail address: choose above what becomes of such people."),
    "nameless": gettext_lazy("Neither a name nor an e-mail address."),
    "new_manager": gettext_lazy("%(value)s gets an account too, as manager of the team."),
    "used": gettext_lazy("The account stays: records name it."),
    "new_team": gettext_lazy("The team “%(value)s” is made."),
    "refused": gettext_lazy("%(value)s"),
    "joined": gettext_lazy("Stays: joined since."),
    "changed_since": gettext_lazy("Changed since, stays: %(fields)s."),
    "team_stays": gettext_lazy("The new team stays: somebody is in it."),
}
COMPARED = ("name", "role", "team")


@dataclass
class PersonData:
    """What a line says of a person; "" where it says nothing. ``team`` is the path from the top."""

    email: str = ""
    name: str = ""
    username: str = ""
    role: str = ""
    team: list[str] = field(default_factory=list)
    language: str = ""
    time_zone: str = ""
    # The name of who leads the team.
    manager: str = ""


def role_of(text: str) -> str | None:
    """The role that a word names in either language."""
    more = {"sales": "salesperson", "业务员": "salesperson", "销售": "salesperson", "经理": "manager",
            "主管": "manager", "teammanager": "manager", "管理员": "admin", "administrator": "admin"}  # fmt: skip
    known = {squash(word): role for role, label in User.Role.choices for word in (role, str(label))} | more
    return known.get(squash(text))


def language_of(text: str) -> str | None:
    word = squash(text)
    found = {squash(code): code for code, _label in settings.LANGUAGES}
    more = {"chinese": "zh-hans", "中文": "zh-hans", "简体中文": "zh-hans", "zh": "zh-hans", "zhcn": "zh-hans",
            "english": "en", "英文": "en", "英语": "en"}  # fmt: skip
    return found.get(word) or more.get(word)


class Teams:
    """Teams by their path; made where they are missing."""

    def __init__(self) -> None:
        self.rows = list(Team.objects.all())

    def find(self, path: Sequence[str]) -> Team | None:
        """The team at the end of a path; a name alone may stand anywhere, where only one team has it."""
        if not path:
            return None
        above: Team | None = None
        for place, word in enumerate(path):
            fitting = [one for one in self.rows if one.parent_id == (above.pk if above else None) and _is(one, word)]
            if not fitting and place == 0:
                named = [one for one in self.rows if _is(one, word)]
                fitting = named if len(named) == 1 else []
            if not fitting:
                return None
            above = fitting[0]
        return above

    def make(self, path: Sequence[str], by: User, now: datetime) -> tuple[Team | None, list[int]]:
        """The team of a path and the ids of those that were made for it, from the top."""
        made: list[int] = []
        for end in range(1, len(path) + 1):
            if self.find(path[:end]) is None:
                word = path[end - 1]
                names = {"name_en": "" if is_cjk(word) else word, "name_zh": word if is_cjk(word) else ""}
                team = create_team(**names, parent=self.find(path[: end - 1]), by=by, now=now)
                self.rows.append(team)
                made.append(team.pk)
        return self.find(path), made


def _is(team: Team, word: str) -> bool:
    return squash(word) in {squash(name) for name in (team.name_en, team.name_zh) if name}


class PeopleWork(Work):
    """People of one run, in the name of the admin who brought the file."""

    def __init__(self, by: User, now: datetime, *, makes_accounts: bool = False) -> None:
        self.by, self.now, self.makes_accounts = by, now, makes_accounts
        self.teams = Teams()

    def read(self, line: int, values: Mapping[str, Sequence[Value]]) -> Entry:
        entry, data = Entry(line), PersonData()
        first = {key: found[0] for key, found in values.items() if found}
        texts = {key: clean(value.text) for key, value in first.items()}
        data.email, data.name, data.username, data.manager = (
            texts.get(key, "") for key in ("email", "name", "username", "manager")
        )
        data.email = data.email.lower().removeprefix("mailto:")
        data.team = [word for part in re.split(r"[/>＞／\\]", texts.get("team", "")) if (word := clean(part))]
        if not data.email and not data.name:
            entry.errors.append(Reason("nameless"))
        elif not data.email and not self.makes_accounts:
            entry.errors.append(Reason("no_address"))
        elif data.email and not _is_email(data.email):
            entry.errors.append(_reason("email", first["email"]))
        finders: dict[str, tuple[str, Callable[[str], str | None]]] = {
            "role": ("role", role_of),
            "language": ("language", language_of),
            "time_zone": ("zone", lambda text: text if is_zone(text) else None),
        }
        for key, (code, find) in finders.items():
            if key in texts:
                found = find(texts[key])
                setattr(data, key, found or "")
                if found is None:
                    entry.errors.append(_reason(code, first[key]))
        entry.record, entry.title, entry.subtitle = data, data.name or data.email, data.email
        if data.manager:
            data.team = [*data.team, data.manager]
        who = f"email|{data.email}" if data.email else f"user|{data.username or squash(data.name)}"
        entry.keys = entry.seeks = [who]
        return entry

    def judge(self, groups: Sequence[Group], fresh: frozenset[int]) -> None:
        emails = [entry.record.email for group in groups for entry in group.entries]
        names = [entry.record.username for group in groups for entry in group.entries if entry.record.username]
        here: dict[str, User] = {
            person.email: person for person in User.objects.filter(email__in=emails).select_related("team")
        }
        known = self._known()
        invited = set(Invitation.objects.open(self.now).filter(email__in=emails).values_list("email", flat=True))
        taken = {person.username: person.pk for person in User.objects.filter(username__in=names)}
        for group in groups:
            for entry in group.entries:
                if entry.line not in fresh or entry.errors:
                    continue
                if entry is not group.leader:
                    _judged(entry, Verdict.CONFLICT, Reason("twice", about={"line": group.leader.line}))
                elif person := here.get(entry.record.email) or known.get(_word(entry.record)):
                    self._judge_here(entry, person)
                elif entry.record.email in invited:
                    _judged(entry, Verdict.SAME, Reason("invited"))
                elif entry.record.username in taken:
                    _judged(entry, Verdict.CONFLICT, Reason("username", value=entry.record.username))
                else:
                    how = Reason("invites" if entry.record.email else "accounted")
                    _judged(entry, Verdict.NEW, how, *self._new_team(entry), *self._new_manager(entry, known))

    def _known(self) -> dict[str, User]:
        """People by user name and by name, folded, for lines without an address; a name that two bear tells nobody."""
        if not self.makes_accounts:
            return {}
        people = list(User.objects.select_related("team"))
        found: dict[str, User | None] = {}
        for person in people:
            word = squash(person.name)
            found[word] = None if word in found else person
        return {word: one for word, one in found.items() if one} | {squash(one.username): one for one in people}

    def _new_manager(self, entry: Entry, known: Mapping[str, User]) -> list[Reason]:
        name = entry.record.manager
        return [Reason("new_manager", value=name)] if name and squash(name) not in known and self.makes_accounts else []

    def _judge_here(self, entry: Entry, person: User) -> None:
        entry.target_id = person.pk
        changes = self._changes(entry.record, person)
        if not person.is_active:
            _judged(entry, Verdict.CONFLICT, Reason("inactive"))
        elif not changes:
            _judged(entry, Verdict.SAME, Reason("nothing_new"))
        elif person.pk == self.by.pk and {"role", "team"} & set(changes):
            _judged(entry, Verdict.CONFLICT, Reason("self"))
        else:
            _judged(entry, Verdict.UPDATE, Reason("changes", about={"fields": changes}), *self._new_team(entry))

    def _changes(self, data: PersonData, person: User) -> list[str]:
        team = self.teams.find(data.team)
        return [
            name
            for name, differs in (
                ("name", data.name and data.name != person.name),
                ("role", data.role and data.role != person.role),
                ("team", data.team and (team is None or team.pk != person.team_id)),
            )
            if differs
        ]

    def _new_team(self, entry: Entry) -> list[Reason]:
        path = entry.record.team
        return [Reason("new_team", value=" / ".join(path))] if path and self.teams.find(path) is None else []

    def write(self, groups: Sequence[Group]) -> None:
        self.judge(groups, frozenset(entry.line for group in groups for entry in group.entries))
        for group in groups:
            for entry in group.entries:
                if entry.verdict in (Verdict.NEW, Verdict.UPDATE):
                    try:
                        with transaction.atomic():
                            self._write(entry)
                    except DomainError as error:
                        self.teams = Teams()
                        _judged(entry, Verdict.CONFLICT, Reason("refused", value=str(error.message)))
                        entry.outcome = Outcome.REFUSED
                else:
                    entry.outcome = Outcome.UNCHANGED if entry.verdict == Verdict.SAME else Outcome.REFUSED

    def _write(self, entry: Entry) -> None:
        data: PersonData = entry.record
        team, made = self.teams.make(data.team, self.by, self.now)
        entry.before = {"teams": made} if made else {}
        if data.manager and self.makes_accounts and squash(data.manager) not in self._known():
            entry.before["people"] = [self._account(data.manager, "", User.Role.MANAGER, team).pk]
        if entry.verdict == Verdict.NEW and not data.email:
            person = self._account(data.name, data.username, data.role or User.Role.SALESPERSON, team,
                                   language=data.language, time_zone=data.time_zone)  # fmt: skip
            entry.before["account"] = True
            entry.target_id, entry.outcome = person.pk, Outcome.MADE
            return
        if entry.verdict == Verdict.NEW:
            invitation, _link = invite_person(
                email=data.email, role=data.role or User.Role.SALESPERSON, team=team, by=self.by, now=self.now,
                name=data.name, language=data.language, username=data.username, time_zone=data.time_zone,
            )  # fmt: skip
            entry.target_id, entry.outcome = invitation.pk, Outcome.MADE
            return
        person = User.objects.get(pk=entry.target_id or 0)
        old = _standing(person)
        change_person(
            person=person, name=data.name or person.name, email=person.email, role=data.role or person.role,
            team=team or person.team, may_export=person.may_export, by=self.by, now=self.now,
        )  # fmt: skip
        person.refresh_from_db()
        entry.before |= {name: [old[name], new] for name, new in _standing(person).items() if old[name] != new}
        entry.outcome = Outcome.UPDATED

    def _account(self, name: str, username: str, role: str, team: Team | None, **more: str) -> User:
        taken = {one.lower() for one in User.objects.values_list("username", flat=True)}
        return make_person(name=name, username=username or _free(name, taken), role=role, team=team, by=self.by, **more)


class PeopleUndoing(Undoing):
    """Takes open invitations back, gives people their old role and team, removes teams that nobody is in."""

    def __init__(self, by: User, now: datetime) -> None:
        self.by, self.now = by, now

    def undo(self, rows: Sequence[ImportRow], *, is_trial: bool) -> None:
        ids = [row.target_id for row in rows]
        invitations, people = Invitation.objects.in_bulk(ids), User.objects.select_related("team").in_bulk(ids)
        for row in rows:
            row.left = []
            if row.before.get("account"):
                self._unmake(row, row.target_id, is_trial)
            elif row.outcome == Outcome.MADE:
                self._revoke(row, invitations.get(row.target_id), is_trial)
            else:
                self._put_back(row, people.get(row.target_id), is_trial)
            for pk in row.before.get("people", []):
                self._unmake(row, pk, is_trial)
            for pk in reversed(row.before.get("teams", [])):
                self._remove(row, pk, is_trial)

    def _unmake(self, row: ImportRow, pk: int | None, is_trial: bool) -> None:
        row.undone = row.undone or Undone.BACK
        person = User.objects.filter(pk=pk or 0).first()
        if person is not None and not is_trial and not unmake_person(person=person, by=self.by):
            row.undone, row.left = Undone.STAYS, [Reason("used").stored()]

    def _revoke(self, row: ImportRow, invitation: Invitation | None, is_trial: bool) -> None:
        row.undone = Undone.BACK
        if invitation is not None and invitation.accepted_at:
            row.undone, row.left = Undone.STAYS, [Reason("joined").stored()]
        elif invitation is not None and not invitation.is_answered and not is_trial:
            revoke_invitation(invitation=invitation, by=self.by, now=self.now)

    def _put_back(self, row: ImportRow, person: User | None, is_trial: bool) -> None:
        pairs = {name: row.before[name] for name in COMPARED if name in row.before}
        now = _standing(person) if person else {}
        stay = [name for name, (_old, new) in pairs.items() if now.get(name) != new]
        back = {name: old for name, (old, _new) in pairs.items() if name not in stay}
        row.undone = Undone.BACK if not stay else Undone.PARTLY if back else Undone.STAYS
        row.left = [Reason("changed_since", about={"fields": stay}).stored()] if stay else []
        if not back or is_trial or person is None:
            return
        old = now | back
        team = Team.objects.filter(pk=old["team"]).first() if old["team"] else None
        try:
            change_person(
                person=person, name=old["name"], email=person.email, role=old["role"], team=team,
                may_export=person.may_export, by=self.by, now=self.now,
            )  # fmt: skip
        except DomainError as error:
            row.undone, row.left = Undone.STAYS, [Reason("refused", value=str(error.message)).stored()]

    def _remove(self, row: ImportRow, pk: int, is_trial: bool) -> None:
        team = Team.objects.filter(pk=pk).first()
        if team is None or is_trial:
            return
        try:
            with transaction.atomic():
                remove_team(team=team, by=self.by, now=self.now)
        except DomainError:
            row.undone = Undone.PARTLY
            row.left = [*row.left, Reason("team_stays").stored()]


class OptionsForm(Form):
    """What holds for every row of the file."""

    no_address = forms.ChoiceField(
        label=gettext_lazy("People without an e-mail address"),
        choices=[
            ("refuse", gettext_lazy("stay out")),
            ("make", gettext_lazy("get an account that nobody can sign in with yet")),
        ],
        help_text=gettext_lazy(
            "So that deals and orders can name those who left, or whose address is not in the file. They are known "
            "again by user name or name; once you enter the address, they ask for a password by mail."
        ),
    )


class PeopleTarget(Target):
    key = "people"
    order = 90
    label = gettext_lazy("People and teams")
    title_label, subtitle_label = gettext_lazy("Name"), gettext_lazy("E-mail")
    undo_words = (
        gettext_lazy("Invitations that nobody answered yet are taken back; whoever joined stays."),
        gettext_lazy("People who were here already get their old name, role and team again, as far as they stand."),
        gettext_lazy("Accounts without an address that no record names are removed."),
        gettext_lazy("Teams that this import made are removed where nobody is in them."),
    )

    def may(self, user: User) -> bool:
        return can_invite(user)

    def guard(self, request: HttpRequest) -> None:
        """Roles are given only freshly signed in, as on every page of people."""
        if not signed_in_freshly(request):
            raise ReauthenticationRequired

    def fields(self, user: User) -> list[Field]:
        return FIELDS

    def choices(self, user: User) -> Callable[[str], Choices | None]:
        roles = Choices([str(label) for _role, label in User.Role.choices], role_of)
        languages = Choices([str(label) for _code, label in settings.LANGUAGES], language_of)
        return {"role": roles, "language": languages}.get

    def options_form(self, user: User, data: Any = None, initial: Mapping[str, Any] | None = None) -> OptionsForm:
        return OptionsForm(data, initial=dict(initial or {}))

    def begin(self, run: ImportRun, now: datetime) -> PeopleWork:
        return PeopleWork(run.created_by, now, makes_accounts=run.options.get("no_address") == "make")

    def begin_undo(self, run: ImportRun, by: User, now: datetime) -> PeopleUndoing:
        return PeopleUndoing(by, now)

    def say(self, rows: Sequence[ImportRow], run: ImportRun, user: User) -> dict[int, list[Any]]:
        labels = {one.key: str(one.label) for one in FIELDS}
        return {row.pk: [_said(reason, run, labels) for reason in (*row.left, *row.reasons)] for row in rows}

    def urls(self, rows: Sequence[ImportRow], user: User) -> dict[int, str]:
        here = User.objects.visible_to(user).in_bulk([row.target_id for row in rows if row.target_id])
        found: dict[int, Model] = {
            row.pk: here[row.target_id]
            for row in rows
            if (row.outcome == Outcome.UPDATED or row.before.get("account")) and row.target_id in here
        }
        return {pk: person.get_absolute_url() for pk, person in found.items()}  # type: ignore[attr-defined]

    def imported_url(self, run: ImportRun) -> str:
        return reverse("accounts:invitations")


def _standing(person: User) -> dict[str, Any]:
    return {"name": person.name, "role": person.role, "team": person.team_id}


def _judged(entry: Entry, verdict: str, *reasons: Reason) -> None:
    entry.verdict, entry.reasons = verdict, list(reasons)


def _reason(code: str, value: Value) -> Reason:
    return Reason(code, value.column, value.text)


def _word(data: PersonData) -> str:
    """By which somebody without an address is known again."""
    return "" if data.email else squash(data.username or data.name)


def _free(name: str, taken: set[str]) -> str:
    """A user name that recalls the name and that nobody has."""
    plain = re.sub(r"[^a-z0-9]+", ".", (pinyin_initials(name) or fold(name)).encode("ascii", "ignore").decode())
    plain = plain.strip(".")[:50] or "person"
    number, free = 1, plain
    while free in taken:
        number += 1
        free = f"{plain}{number}"
    return free


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _said(reason: Mapping[str, Any], run: ImportRun, labels: Mapping[str, str]) -> str:
    if reason["code"] not in WORDS:
        return say_common(reason, run, labels)
    about = dict(reason.get("about", {}))
    if "fields" in about:
        about["fields"] = _(", ").join(labels.get(key, key) for key in about["fields"])
    return str(WORDS[reason["code"]]) % ({"value": reason.get("value", "")} | about)
