"""How is the person of a lead reached?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Lead


def points_of(lead: Lead) -> list[dict[str, str]]:
    """Phone, WhatsApp and e-mail as ``customers.reach.best`` takes them."""
    normal = {"phone": lead.phone_normal}
    return [
        {"kind": kind, "value": value, "normal": normal.get(kind) or value}
        for kind in ("phone", "whatsapp", "email")
        if (value := getattr(lead, kind))
    ]
