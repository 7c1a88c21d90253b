"""Where does the pool stand in the shell, and where do lower floors lead to what lies in it?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.registries import NAV, NavItem
from customers.registries import POOLED_PAGES

from . import masked
from .permissions import can_see_figures

if TYPE_CHECKING:
    from accounts.models import User


# The pages of rotations, which have an item of their own.
ROTATING = (
    "rotations",
    "rotation",
    "rotation_create",
    "rotation_update",
    "rotation_switch",
    "rotation_run",
    "rotation-ledger",
    "rotation-proof",
)

FIGURES = ("publicpool:figures", "publicpool:figure_rows")


def pages_of(ids: Collection[int], user: User) -> Mapping[int, str]:
    """Addresses of the masked pages, of those among these customers that lie in a pool of the reader's."""
    seen = masked.pooled(user).filter(pk__in=ids).values_list("pk", flat=True)
    return {pk: reverse("publicpool:record", args=[pk]) for pk in seen}


def register() -> None:
    """Add this floor's lines to the sidebar, and its pages to the hits of the conflict check."""
    rotating = tuple(f"publicpool:{name}" for name in ROTATING)
    apart = (*rotating, *FIGURES)
    NAV["pool"] = NavItem(
        _("Public pool"), "publicpool:list", "ripple", 22, on_phone=True, lights=("publicpool",), lights_not=apart
    )
    NAV["pool_figures"] = NavItem(
        _("Pool figures"),
        "publicpool:figures",
        "ripple",
        64,
        section=_("Team"),
        shown_to=can_see_figures,
        lights=FIGURES,
    )
    NAV["rotations"] = NavItem(_("Rotation"), "publicpool:rotations", "rotate-2", 23, lights=rotating)
    POOLED_PAGES["pool"] = pages_of
