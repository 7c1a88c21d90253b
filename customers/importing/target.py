"""Customers and contacts as something to import: who may, which fields, what holds for all rows, in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import Form
from core.importing.targets import Choices, Field, Target
from core.models import ImportRow, ImportRun
from core.text import clean

from ..holders import by_word, kind_of, possible_holders, possible_owners
from ..models import Customer, Pool, Source
from ..permissions import can_import
from . import words
from .choices import choices_of
from .fields import CONTACT_CUSTOM, CUSTOM, all_fields
from .judging import CustomerWork
from .reading import Reader
from .undoing import CustomerUndoing


class OptionsForm(Form):
    """What holds for every row of the file."""

    owner = forms.ModelChoiceField(
        label=_("Owner of new customers"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Where the file names no owner. Customers that stand already keep theirs."),
    )
    pool = forms.ModelChoiceField(
        label=_("Or into a public pool"),
        queryset=Pool.objects.none(),
        required=False,
        empty_label=_("no, to an owner"),
        help_text=_("New customers lie there until somebody claims them."),
    )
    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=Source.objects.filter(is_active=True),
        required=False,
        help_text=_("Where a row names no source."),
    )
    tags = forms.CharField(
        label=_("Tags for all rows"), required=False, max_length=300, help_text=_("Separated by commas.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = possible_owners(user)
        owner = cast(forms.ModelChoiceField, self.fields["owner"])
        owner.queryset, owner.empty_label = owners, str(user)
        if not (user.is_admin or user.is_manager):
            del self.fields["owner"]
        pools = Pool.objects.fillable_by(user)
        cast(forms.ModelChoiceField, self.fields["pool"]).queryset = pools
        if not pools.exists():
            del self.fields["pool"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("owner") and data.get("pool"):
            self.add_error("pool", _("Choose an owner or a pool, not both."))
        return {
            "owner": data["owner"].pk if data.get("owner") else None,
            "pool": data["pool"].pk if data.get("pool") else None,
            "source": data["source"].pk if data.get("source") else None,
            "tags": [word for tag in data.get("tags", "").replace("，", ",").split(",") if (word := clean(tag)[:40])],
        }


class CustomerTarget(Target):
    key = "customers"
    label = _("Customers and contacts")
    title_label, subtitle_label = _("Company"), _("Contact")
    undo_words = (
        _("Customers that this import created and nobody touched since go to the archive; their names, codes and ids "
          "are free again."),
        _("In customers that stood already, what the import filled in is put back and what it added is removed, as "
          "far as nobody changed it since."),
        _("What somebody worked on since stays, and is listed here."),
    )  # fmt: skip

    def may(self, user: User) -> bool:
        return can_import(user)

    def fields(self, user: User) -> list[Field]:
        found = all_fields()
        # A salesperson's customers are their own: the file cannot say otherwise, unless of pools that one runs.
        gives = user.is_admin or user.is_manager or Pool.objects.fillable_by(user).exists()
        return found if gives else [one for one in found if one.key != "owner"]

    own_fields = {
        "customers.customer": (_("of the customer"), CUSTOM),
        "customers.contact": (_("of the contact"), CONTACT_CUSTOM),
    }

    def choices(self, user: User) -> Callable[[str], Choices | None]:
        reader = Reader(owner=user, owners=by_word(possible_holders(user)), options={})
        return lambda key: choices_of(key, reader)

    def options_form(self, user: User, data: Any = None, initial: Mapping[str, Any] | None = None) -> OptionsForm:
        start = dict(initial or {})
        start["tags"] = ", ".join(start.get("tags") or ())
        return OptionsForm(data, initial=start, user=user)

    def begin(self, run: ImportRun, now: datetime) -> CustomerWork:
        user = run.created_by
        holders = possible_holders(user)
        chosen = next((one for one in holders if run.options.get(kind_of(one)) == one.pk), user)
        options = run.options | {
            "overwrite": run.plan.get("overwrite", []),
            "columns": {str(place): name for place, name in enumerate(run.headers) if name},
        }
        return CustomerWork(user=user, reader=Reader(owner=chosen, owners=by_word(holders), options=options), now=now)

    def begin_undo(self, run: ImportRun, by: User, now: datetime) -> CustomerUndoing:
        return CustomerUndoing(run, by=by, now=now)

    def say(self, rows: Sequence[ImportRow], run: ImportRun, user: User) -> Mapping[int, list[Any]]:
        return words.say(rows, run, user, {field.key: str(field.label) for field in all_fields()})

    def urls(self, rows: Sequence[ImportRow], user: User) -> dict[int, str]:
        ids = {row.target_id for row in rows if row.target_id}
        mine = Customer.objects.visible_to(user).filter(pk__in=ids).only("pk").in_bulk()
        return {row.pk: mine[row.target_id].get_absolute_url() for row in rows if row.target_id in mine}

    def imported_url(self, run: ImportRun) -> str:
        return f"{reverse('customers:list')}?imported={run.pk}"
