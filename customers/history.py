"""Who changed what on a customer and on everything that belongs to it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.audit import Change, FieldChange, changes_in, merged
from core.custom_fields import fields_of, shown

if TYPE_CHECKING:
    from .models import Customer

# History model, its way to the customer, what it is called, fields shown when a row ends.
KEPT = (
    ("CustomerHistory", "pgh_obj", _("Customer"), ()),
    ("CustomerNameHistory", "customer", _("Header"), ("name", "code")),
    ("ContactHistory", "customer", _("Contact"), ("name",)),
    ("ContactPointHistory", "customer", _("Phone or address"), ("kind", "value")),
    ("NoteHistory", "pgh_obj__customer", _("Note"), ("body",)),
)
TARGETS = {"CustomerHistory": "customers.customer", "ContactHistory": "customers.contact"}


def changes_of(customer: Customer, limit: int) -> list[Change]:
    """The last ``limit`` changes of a customer that the reader sees, newest first."""
    groups = []
    for name, path, what, also in KEPT:
        rows = apps.get_model("customers", name)._default_manager.filter(**{path: customer.pk})
        parts = own_fields(TARGETS[name]) if name in TARGETS else _plain
        groups.append(changes_in(rows, limit, what=what, parts=parts, also=also))
    return merged(groups, limit, User.objects.in_bulk)


def own_fields(target: str) -> Any:
    """The firm's own fields one by one, in words; those that are gone keep their key."""
    definitions = {field.key: field for field in fields_of(target)}

    def said(key: str, value: Any) -> str:
        return shown(definitions[key], value) if key in definitions else str(value or "")

    def parts(name: str, before: Any, after: Any) -> list[FieldChange] | None:
        if name != "custom":
            return None
        before, after = before or {}, after or {}
        changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        changed.sort(key=lambda key: list(definitions).index(key) if key in definitions else len(definitions))
        return [
            FieldChange(
                definitions[key].name if key in definitions else key,
                said(key, before.get(key)),
                said(key, after.get(key)),
            )
            for key in changed
        ]

    return parts


def _plain(name: str, before: Any, after: Any) -> None:
    return None
