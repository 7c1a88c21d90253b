"""How are text templates kept, and who may change whose?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from customers.services.locking import require

from .. import permissions
from ..models import TextTemplate

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = ("name", "language", "channel", "subject", "body")


def save_template(
    *, template: TextTemplate | None, data: dict[str, str], is_shared: bool, by: User, now: datetime
) -> TextTemplate:
    """Make or change a text; a shared one is everybody's. Raises NotAllowed."""
    if template is None:
        template = TextTemplate(owner=by, created_by=by, created_at=now)
    else:
        require(permissions.can_edit_template(by, template))
    if is_shared != (template.owner_id is None):
        require(permissions.can_share_templates(by))
        template.owner = None if is_shared else by
    for name in FIELDS:
        setattr(template, name, data[name])
    template.updated_at = now
    template.save()
    return template


def delete_template(*, template: TextTemplate, by: User) -> None:
    """Throw a text away; what was sent with it stays. Raises NotAllowed."""
    require(permissions.can_edit_template(by, template))
    template.delete()
