"""How does a rule say no, so that a person knows why and what to do?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal by a rule, shown in place.

    ``message`` is for people; ``rule`` names what refused, ``numbers`` the figures behind it,
    ``ends_at`` (aware, UTC) when it will be possible, ``helper`` who can help meanwhile.
    Services raise subclasses that name the fact (``AlreadyClaimed``, ``StatusReasonMissing``).
    """

    status = 409
    message: str | Promise = _("This is not possible now.")

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        rule: str | Promise = "",
        numbers: dict[str, Any] | None = None,
        ends_at: datetime | None = None,
        helper: str | Promise = "",
        field: str | None = None,
    ) -> None:
        self.message = message or self.message
        self.rule = rule
        self.numbers = numbers or {}
        self.ends_at = ends_at
        self.helper = helper
        # The form field to show it at, where the refusal concerns one.
        self.field = field
        super().__init__(str(self.message))


class NotAllowed(DomainError):
    """Visible, but this person may not do it."""

    status = 403
    message = _("You may see this, but not change it.")
