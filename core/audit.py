"""Who changed which field of a record, when, from what to what? Read from the rows that triggers keep.

Triggers see every write, ``queryset.update()`` and raw SQL too. They keep the row as it was
before each change and before its end; the present row completes the chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pghistory
from django.db.models import Field, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django_countries import countries

from .registries import Label

if TYPE_CHECKING:
    from accounts.models import User


def kept_changes() -> tuple[pghistory.RowEvent, ...]:
    """Trackers for ``@pghistory.track``: new ones each time, because a tracker belongs to one model."""
    return pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent()


@dataclass(frozen=True)
class FieldChange:
    """One field: what stood there, and what then; '' where nothing."""

    label: Label
    before: str
    after: str


@dataclass
class Change:
    """One change of one row. ``by`` is None for jobs, commands and raw SQL."""

    at: datetime
    what: Label
    record: str
    is_end: bool
    fields: list[FieldChange]
    by: User | None = None
    user_id: int | None = field(default=None, repr=False)


# (name of the field, before, after) → its parts that differ, where one column holds several fields; None where not.
Parts = Callable[[str, Any, Any], "list[FieldChange] | None"]


def changes_in(
    kept: QuerySet[Any],
    limit: int,
    *,
    what: Label = "",
    parts: Parts = lambda name, before, after: None,
    also: Iterable[str] = (),
) -> list[Change]:
    """The last ``limit`` changes among ``kept`` rows of one history model, newest first.

    ``kept`` comes with its scope already checked. ``also`` names fields to show on a row's end only.
    Two statements, and one for each kind of related row that changed.
    """
    history: Any = kept.model
    model: Any = history._meta.get_field("pgh_obj").related_model
    rows = list(kept.select_related("pgh_context").order_by("-pgh_id")[:limit])
    then: dict[int, Any] = model._default_manager.in_bulk({row.pgh_obj_id for row in rows})
    tracked = [one for one in history._meta.fields if not one.name.startswith("pgh_") and one.name != "id"]
    related = _related_names(tracked, [*rows, *then.values()])
    changes = []
    for row in rows:  # newest first: what is in ``then`` is the row as it was after this change
        after = then.get(row.pgh_obj_id)
        ended = row.pgh_label == "delete"
        fields = []
        for one in tracked:
            before, behind = getattr(row, one.attname), getattr(after, one.attname, None)
            if (ended and one.name in also) or (not ended and after is not None and before != behind):
                own = None if ended else parts(one.name, before, behind)
                if own is None:
                    said = _shown(one, before, related), "" if ended else _shown(one, behind, related)
                    own = [FieldChange(one.verbose_name, *said)]
                fields += own
        context = row.pgh_context.metadata if row.pgh_context else {}
        record = str(getattr(row, "name", "") or getattr(row, "value", ""))
        user_id = context.get("user")
        changes.append(Change(row.pgh_created_at, what, record, ended, fields, user_id=user_id))
        then[row.pgh_obj_id] = row
    return [change for change in changes if change.fields or change.is_end]


def merged(
    groups: Iterable[list[Change]], limit: int, people: Callable[[set[int]], Mapping[int, User]]
) -> list[Change]:
    """Changes of several kinds of rows in one order, newest first, with who made them."""
    changes = sorted((one for group in groups for one in group), key=lambda one: one.at, reverse=True)[:limit]
    known = people({change.user_id for change in changes if change.user_id})
    for change in changes:
        change.by = known.get(change.user_id or 0)
    return changes


def _related_names(tracked: list[Field[Any, Any]], rows: list[Any]) -> dict[tuple[str, Any], str]:
    """Names of related rows that the fields point to. People's and firm's words only; gone ones stay a number."""
    ids: dict[Any, set[Any]] = defaultdict(set)
    for one in tracked:
        if one.is_relation:
            ids[one] |= {getattr(row, one.attname) for row in rows} - {None}
    return {
        (one.name, pk): str(found)
        for one, pks in ids.items()
        if pks and len({getattr(row, one.attname) for row in rows}) > 1
        for pk, found in one.related_model._default_manager.in_bulk(pks).items()
    }


def _shown(one: Field[Any, Any], value: Any, related: dict[tuple[str, Any], str]) -> str:
    if value in (None, "", {}, []):
        return ""
    if one.is_relation:
        return related.get((one.name, value), f"#{value}")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if hasattr(value, "code") and hasattr(value, "name"):
        return countries.name(value.code) or value.code
    choices = dict(one.flatchoices) if one.choices else {}
    return str(choices.get(value, value))
