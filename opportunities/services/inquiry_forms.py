"""How are public inquiry forms made and changed?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.crypto import get_random_string

from customers.services.locking import require

from .. import permissions
from ..models import InquiryForm

if TYPE_CHECKING:
    from accounts.models import User

TOKEN_LENGTH = 22


@transaction.atomic
def save_inquiry_form(*, form: InquiryForm | None, data: dict[str, Any], by: User, now: datetime) -> InquiryForm:
    """Make a public form, or change one; ``data`` are its columns. Its address never changes. Raises NotAllowed."""
    require(permissions.can_edit_forms(by))
    row = form or InquiryForm(token=get_random_string(TOKEN_LENGTH), created_at=now, created_by=by)
    for name, value in data.items():
        setattr(row, name, value)
    row.save()
    return row
