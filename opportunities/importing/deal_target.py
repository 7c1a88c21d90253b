"""Deals as something to import: who may, which fields, what holds for all rows, in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.currencies import currency_choices, currency_of
from core.forms import Form
from core.importing.targets import Choices, Field, Target
from core.models import ImportRow, ImportRun
from core.text import squash
from core.zones import business_day
from customers.holders import by_word, possible_owners
from customers.models import Source

from ..models import LostReason, Opportunity, OpportunityLine, Pipeline, Stage
from ..permissions import can_import
from ..words import OPPORTUNITY
from . import words
from .deal_fields import FIELDS, LABELS
from .deal_reading import DealReader, words_of
from .deal_undoing import DealUndoing
from .deals import DealWork
from .own_fields import CUSTOM, fields_of_record, own_choices

# So many products are proposed where a file calls one otherwise.
MOST_PRODUCTS = 500


class OptionsForm(Form):
    """What holds for every row of the file."""

    pipeline = forms.ModelChoiceField(
        label=_("Pipeline"), queryset=Pipeline.objects.filter(is_active=True), required=True, empty_label=None
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices, help_text=_("Where a row names none."))
    unknown_customer = forms.ChoiceField(
        label=_("Customers that are not here"),
        choices=[
            ("create", _("are made, with the name only")),
            ("without", _("are left away: the deal comes in without a customer")),
            ("refuse", _("keep the row out")),
        ],
        help_text=_("Rows without any name come in without a customer."),
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, help_text=_("Where the file names none.")
    )
    lost_reason = forms.ModelChoiceField(
        label=_("Why lost"),
        queryset=LostReason.objects.filter(is_active=True),
        required=False,
        empty_label=_("Other"),
        help_text=_("Where the file gives no reason."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = Pipeline.objects.filter(is_active=True).first()
        self.initial.setdefault("pipeline", first.pk if first else None)
        self.initial.setdefault("currency", settings.BASE_CURRENCY)
        owner = cast(forms.ModelChoiceField, self.fields["owner"])
        owner.queryset, owner.empty_label = possible_owners(user), str(user)
        if not (user.is_admin or user.is_manager):
            del self.fields["owner"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        ids = {name: data[name].pk if data.get(name) else None for name in ("pipeline", "owner", "lost_reason")}
        return ids | {name: data.get(name, "") for name in ("currency", "unknown_customer")}


class DealTarget(Target):
    key = "opportunities"
    order = 20
    label = _("Opportunities")
    title_label, subtitle_label = _("Deal"), _("Customer")
    undo_words = (
        _("Deals that this import created and nobody touched since go to the archive; their ids are free again."),
        _("Customers that it made and nobody uses go to the archive; whoever saw a customer only by such a deal sees "
          "it no more, and statuses that it raised are lowered again."),
        _("What somebody worked on since stays, and is listed here."),
    )  # fmt: skip

    def may(self, user: User) -> bool:
        return can_import(user)

    def fields(self, user: User) -> list[Field]:
        mine = FIELDS if user.is_admin or user.is_manager else [one for one in FIELDS if one.key != "owner"]
        return [*mine, *fields_of_record(OPPORTUNITY)]

    own_fields = {OPPORTUNITY: (_("of the opportunity"), CUSTOM)}

    def choices(self, user: User) -> Callable[[str], Choices | None]:
        found: dict[str, Callable[[], Choices]] = {
            "owner": lambda: people_choices(possible_owners(user)),
            "stage": lambda: _of(Stage.objects.filter(is_active=True, pipeline__is_active=True)),
            "source": lambda: _of(Source.objects.filter(is_active=True)),
            "lost_reason": lambda: _of(LostReason.objects.filter(is_active=True)),
            "currency": lambda: Choices([], currency_of),
            "product": lambda: _products(user),
        }
        return lambda key: found[key]() if key in found else own_choices(OPPORTUNITY, key)

    def options_form(self, user: User, data: Any = None, initial: Mapping[str, Any] | None = None) -> OptionsForm:
        return OptionsForm(data, initial=dict(initial or {}), user=user)

    def begin(self, run: ImportRun, now: datetime) -> DealWork:
        user = run.created_by
        people = list(possible_owners(user))
        chosen = next((person for person in people if person.pk == run.options.get("owner")), user)
        reader = DealReader(owner=chosen, owners=by_word(people), options=run.options, today=business_day(now))
        return DealWork(user=user, reader=reader, now=now)

    def begin_undo(self, run: ImportRun, by: User, now: datetime) -> DealUndoing:
        return DealUndoing(run, by=by, now=now)

    def say(self, rows: Sequence[ImportRow], run: ImportRun, user: User) -> Mapping[int, list[Any]]:
        labels = LABELS | {one.key: one.label for one in fields_of_record(OPPORTUNITY)}
        return words.say(rows, run, user, labels, _("No deal like it was found."))

    def urls(self, rows: Sequence[ImportRow], user: User) -> dict[int, str]:
        mine = Opportunity.objects.visible_to(user).in_bulk([row.target_id for row in rows if row.target_id])
        return {row.pk: mine[row.target_id].get_absolute_url() for row in rows if row.target_id in mine}

    def imported_url(self, run: ImportRun) -> str:
        return f"{reverse('opportunities:list')}?imported={run.pk}"


def people_choices(people: Any) -> Choices:
    """The names of people, and whoever a word means."""
    known = by_word(list(people))
    return Choices(sorted({str(person) for person in known.values()}), lambda text: known.get(squash(text)))


def _of(rows: Any) -> Choices:
    known = words_of(rows)
    return Choices(list(dict.fromkeys(row.name for row in known.values())), lambda text: known.get(squash(text)))


def _products(user: User) -> Choices:
    """Products of deals that stand; any other is taken as it is written, or may be called like one of these."""
    seen = OpportunityLine.objects.visible_to(user).order_by("product").values_list("product", flat=True).distinct()
    names = list(seen[:MOST_PRODUCTS])
    known = {squash(name) for name in names}
    return Choices(names, lambda text: squash(text) in known)
