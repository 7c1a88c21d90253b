"""What does a service of the pool get from whoever asks?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .rules import Spec


@dataclass(frozen=True)
class RuleData:
    """A rule as somebody wants it. ``seen`` is the version they had before them, 0 for a new rule."""

    name_en: str
    name_zh: str
    spec: Spec
    is_for_all: bool = False
    seen: int = 0


@dataclass(frozen=True)
class Seat:
    """A person's place in a rotation as somebody wants it; the order is that of the list they stand in."""

    user: int
    weight: int = 1
    a_day: int | None = None
    a_week: int | None = None
    a_month: int | None = None
