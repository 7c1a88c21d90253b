"""Leads as something to import: who may, which fields, what holds for all rows, in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from accounts.models import Team, User
from core.countries import country_of
from core.currencies import currency_of
from core.forms import Form
from core.importing.targets import Choices, Field, Target
from core.importing.words import column_name, say_common
from core.models import ImportRow, ImportRun
from core.registries import Label
from core.text import squash
from customers.holders import by_word, possible_owners
from customers.importing.words import alike, conflict, named_customers, named_others, other_lines
from customers.models import Source

from ..models import Campaign, Lead
from ..permissions import can_import
from .deal_reading import words_of
from .deal_target import people_choices
from .lead_fields import CUSTOM, WHOSE, all_fields
from .lead_reading import LeadReader
from .leads import LeadUndoing, LeadWork

PLAIN: dict[str, Label] = {
    "repeats": gettext_lazy("Says the same as line %(line)s."),
    "foreign_id": gettext_lazy("“%(value)s” is the id of a record that you do not see."),
    "owner": gettext_lazy("%(column)s: “%(value)s” is nobody whom you can make owner."),
    "team": gettext_lazy("%(column)s: “%(value)s” is no team of yours."),
    "lead_owner": gettext_lazy("You cannot give leads to this person or team."),
    "lead_not_yours": gettext_lazy("Stays: it is not in your hands any more."),
    "empty_lead": gettext_lazy("Nothing says who asks, or for what."),
    "refused": gettext_lazy("%(value)s"),
}


class OptionsForm(Form):
    """What holds for every row of the file."""

    source = forms.ModelChoiceField(
        label=gettext_lazy("Source"),
        queryset=Source.objects.filter(is_active=True),
        required=False,
        help_text=gettext_lazy("Where a row names no source."),
    )
    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Campaign"), queryset=Campaign.objects.filter(is_active=True), required=False
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        queryset=User.objects.none(),
        required=False,
        help_text=gettext_lazy("Where the file names none. Empty with a team: they wait there for an owner."),
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team in which they wait"), queryset=Team.objects.none(), required=False, empty_label="—"
    )
    updates = forms.ChoiceField(
        label=gettext_lazy("Leads whose id is here already"),
        choices=[
            ("", gettext_lazy("stay as they are")),
            ("yes", gettext_lazy("take over what the file says otherwise")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = cast(forms.ModelChoiceField, self.fields["owner"])
        owner.queryset, owner.empty_label = possible_owners(user), str(user)
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = possible_teams(user)
        if not (user.is_admin or user.is_manager):
            del self.fields["owner"], self.fields["team"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        names = ("source", "campaign", "owner", "team")
        ids = {name: data[name].pk if data.get(name) else None for name in names}
        return ids | {"updates": data.get("updates", "")}


class LeadTarget(Target):
    key = "leads"
    order = 15
    label = gettext_lazy("Leads")
    title_label, subtitle_label = gettext_lazy("Asks for"), gettext_lazy("Who asks")
    undo_words = (
        gettext_lazy("Leads that this import created and nobody touched since go to the archive; their ids are free "
                     "again."),
        gettext_lazy("In leads that stood already, what the import changed is put back as far as nobody changed it "
                     "since."),
        gettext_lazy("What somebody worked on since stays, and is listed here."),
    )  # fmt: skip
    own_fields = {"opportunities.lead": (gettext_lazy("of the lead"), CUSTOM)}

    def may(self, user: User) -> bool:
        return can_import(user)

    def fields(self, user: User) -> list[Field]:
        found = all_fields()
        # A salesperson's leads are their own: the file cannot say otherwise.
        return found if user.is_admin or user.is_manager else [one for one in found if one.key not in WHOSE]

    def choices(self, user: User) -> Callable[[str], Choices | None]:
        found: dict[str, Callable[[], Choices]] = {
            "country": lambda: Choices([name for _code, name in countries], country_of),
            "source": lambda: _of(Source.objects.filter(is_active=True)),
            "campaign": lambda: _of(Campaign.objects.filter(is_active=True)),
            "owner": lambda: people_choices(possible_owners(user)),
            "team": lambda: _of_teams(user),
            "currency": lambda: Choices([], currency_of),
        }
        return lambda key: found[key]() if key in found else None

    def options_form(self, user: User, data: Any = None, initial: Mapping[str, Any] | None = None) -> OptionsForm:
        return OptionsForm(data, initial=dict(initial or {}), user=user)

    def begin(self, run: ImportRun, now: datetime) -> LeadWork:
        user, options = run.created_by, run.options
        people, teams = list(possible_owners(user)), list(possible_teams(user))
        reader = LeadReader(owners=by_word(people), teams=_by_name(teams), options=options, now=now)
        return LeadWork(
            user=user,
            reader=reader,
            owner=next((one for one in people if one.pk == options.get("owner")), None),
            team=next((one for one in teams if one.pk == options.get("team")), None),
            updates=options.get("updates") == "yes",
            now=now,
        )

    def begin_undo(self, run: ImportRun, by: User, now: datetime) -> LeadUndoing:
        return LeadUndoing(run, by=by, now=now)

    def say(self, rows: Sequence[ImportRow], run: ImportRun, user: User) -> Mapping[int, list[Any]]:
        labels = {one.key: str(one.label) for one in all_fields()}
        seen = _Seen(rows, user)
        return {
            row.pk: [seen.said(reason, run, labels) for reason in (*row.left, *row.reasons)]
            or [_("No lead like it was found.")]
            for row in rows
        }

    def urls(self, rows: Sequence[ImportRow], user: User) -> dict[int, str]:
        mine = Lead.objects.visible_to(user).only("pk").in_bulk([row.target_id for row in rows if row.target_id])
        return {row.pk: mine[row.target_id].get_absolute_url() for row in rows if row.target_id in mine}

    def imported_url(self, run: ImportRun) -> str:
        return f"{reverse('opportunities:leads')}?imported={run.pk}"


class _Seen:
    """The records that reasons are about, as far as their reader may know them."""

    def __init__(self, rows: Sequence[ImportRow], user: User) -> None:
        abouts = [reason.get("about", {}) for row in rows for reason in (*row.left, *row.reasons)]
        ids = {about["lead"] for about in abouts if "lead" in about}
        self.leads = Lead.objects.visible_to(user).defer("search_text").in_bulk(ids)
        self.customers = named_customers(rows, user)
        self.others = other_lines(rows, user)

    def said(self, reason: Mapping[str, Any], run: ImportRun, labels: Mapping[str, str]) -> Any:
        about, code = reason.get("about", {}), reason["code"]
        if code in PLAIN:
            values = {"value": reason.get("value", ""), "column": column_name(run, reason.get("column"))}
            return str(PLAIN[code]) % (about | values)
        lead = self.leads.get(about.get("lead"))
        named = format_html('<a href="{}"><bdi>{}</bdi></a>', lead.get_absolute_url(), lead.name) if lead else _("it")
        fields = _(", ").join(labels.get(key, key) for key in about.get("fields", ()))
        match code:
            case "lead_twin":
                return format_html(_("{named} says the same and is here already."), named=named)
            case "lead_stands":
                return format_html(_("{named} is here already: nothing of it is changed."), named=named)
            case "lead_changes":
                return format_html(_("{named}: {what}"), named=named, what=fields)
            case "lead_touched":
                return format_html(_("Stays: {named} was worked on since."), named=named)
            case "changed_since":
                return _("Changed since, stays: %(fields)s.") % {"fields": fields}
            case "similar":
                told = [self.customers[pk] for pk in about.get("customers", ()) if pk in self.customers]
                words = ((one,) for one in (*told, *named_others(about, self.others)))
                return conflict(format_html_join(_(", "), "{}", words), alike(about), about.get("hidden", 0))
        return say_common(reason, run, labels)


def possible_teams(user: User) -> Any:
    """Where this person may let leads wait: the managed teams, an admin any."""
    if user.is_admin:
        return Team.objects.all()
    return Team.objects.filter(pk__in=user.managed_team_ids)


def _by_name(teams: Sequence[Team]) -> dict[str, Team]:
    return {squash(name): team for team in teams for name in (team.name_en, team.name_zh) if name}


def _of_teams(user: User) -> Choices:
    known = _by_name(list(possible_teams(user)))
    return Choices(sorted({str(team) for team in known.values()}), lambda text: known.get(squash(text)))


def _of(rows: Any) -> Choices:
    known = words_of(rows)
    return Choices(list(dict.fromkeys(row.name for row in known.values())), lambda text: known.get(squash(text)))
