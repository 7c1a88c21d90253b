"""How do files come onto what was said?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from customers.services.files import add_files, store_files
from customers.services.locking import require

from .. import permissions

if TYPE_CHECKING:
    from accounts.models import User
    from customers.files import FileData
    from customers.models import Attachment

    from ..models import Communication


@transaction.atomic
def hang_files(*, said: Communication, files: Sequence[FileData], by: User, now: datetime) -> list[Attachment]:
    """Hang files on a communication; of a lead's they have no customer yet. Raises FileRefused, NotAllowed."""
    if not files:
        return []
    if said.customer is not None:
        return add_files(customer=said.customer, files=files, target=said, by=by, now=now)
    require(permissions.can_comment(by, said))
    return store_files(files, customer=None, by=by, now=now, target=said)
