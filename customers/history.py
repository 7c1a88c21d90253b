"""Who changed what on a customer and on everything that belongs to it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.audit import Change, changes_in, merged
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
        words = _custom_words(TARGETS[name]) if name in TARGETS else _plain
        groups.append(changes_in(rows, limit, what=what, names=words, also=also))
    return merged(groups, limit, User.objects.in_bulk)


def _custom_words(target: str) -> Any:
    """Values of the firm's own fields in words; fields that are gone keep their key."""
    definitions = {field.key: field for field in fields_of(target)}

    def words(name: str, value: Any) -> str | None:
        if name != "custom":
            return None
        said = [
            f"{definitions[key].name}: {shown(definitions[key], one)}" if key in definitions else f"{key}: {one}"
            for key, one in (value or {}).items()
        ]
        return "; ".join(said)

    return words


def _plain(name: str, value: Any) -> str | None:
    return None
