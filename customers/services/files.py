"""How are files kept: stored once by content, hung on a customer, taken away and brought back?"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, OuterRef

from .. import ledger, permissions
from ..files import Checked, FileData, checked_file, picture_of
from ..models import Attachment, Blob, Customer
from .locking import lock_living, require

if TYPE_CHECKING:
    from accounts.models import User

FOLDER = "files"
# What was taken away can be brought back so long; then nothing is left of it.
KEPT_DELETED = timedelta(days=90)
# Bytes that nothing hangs on may belong to a request that is not over.
ORPHANED = timedelta(days=1)


@transaction.atomic
def add_files(
    *, customer: Customer, files: Sequence[FileData], by: User, now: datetime, target: models.Model | None = None
) -> list[Attachment]:
    """Hang files on a customer, or on a row of that customer. All or none: ``sorted_out`` first asks which may be.

    Raises FileRefused, NotAllowed, CustomerIsArchived.
    """
    customer = lock_living(customer)
    require(permissions.can_edit(by, customer))
    if not files:
        return []
    kept = store_files(files, customer=customer, by=by, now=now, target=target)
    ids = {"files": [one.pk for one in kept]}
    ledger.append(kind="file.added", customer=customer, by=by, at=now, target=target or kept[0], payload=ids)
    return kept


def store_files(
    files: Sequence[FileData],
    *,
    customer: Customer | None,
    by: User,
    now: datetime,
    target: models.Model | None = None,
) -> list[Attachment]:
    """Keep the bytes and hang them on a customer, on a row of it, or on a row without one. Raises FileRefused.

    Whoever calls holds the lock and asked for the right.
    """
    kept = [
        Attachment(
            customer=customer,
            blob=_stored(data, checked := checked_file(data), now),
            name=checked.name,
            kind=data.kind,
            expires_on=data.expires_on,
            target_label=target._meta.label_lower if target is not None else "",
            target_id=target.pk if target is not None else None,
            by=by,
            at=now,
        )
        for data in files
    ]
    return Attachment.objects.bulk_create(kept)


@transaction.atomic
def change_file(*, file: Attachment, kind: str, expires_on: date | None, by: User, now: datetime) -> None:
    """Say what a file is and until when it holds. Raises NotAllowed, CustomerIsArchived."""
    require(permissions.can_edit(by, _locked_customer(file)))
    file.kind, file.expires_on = kind, expires_on
    file.save(update_fields=["kind", "expires_on"])


@transaction.atomic
def remove_file(*, file: Attachment, by: User, now: datetime) -> None:
    """Take a file away; for KEPT_DELETED it can be brought back. Raises NotAllowed, CustomerIsArchived."""
    customer = _locked_customer(file)
    require(permissions.can_edit(by, customer))
    taken = Attachment.objects.filter(pk=file.pk, deleted_at=None).update(deleted_at=now, deleted_by=by)
    if taken:
        ledger.append(kind="file.removed", customer=customer, by=by, at=now, target=file)


@transaction.atomic
def restore_file(*, file: Attachment, by: User, now: datetime) -> None:
    """Undo ``remove_file``. Raises NotAllowed, CustomerIsArchived."""
    customer = _locked_customer(file)
    require(permissions.can_edit(by, customer))
    back = Attachment.objects.filter(pk=file.pk).exclude(deleted_at=None).update(deleted_at=None, deleted_by=None)
    if back:
        ledger.append(
            kind="file.added", customer=customer, by=by, at=now, target=file, payload={"files": [file.pk], "back": 1}
        )


def _locked_customer(file: Attachment) -> Customer:
    """The file's customer as it is now. Files of a lead that has none are its own app's."""
    assert file.customer is not None
    return lock_living(file.customer)


def small_path(blob: Blob) -> str:
    """Where the picture in small lies."""
    return f"{blob.path}.jpg"


def clear_files(now: datetime) -> int:
    """Remove for good what was taken away long ago, and bytes that nothing hangs on; safe twice and at once."""
    Attachment.objects.filter(deleted_at__lt=now - KEPT_DELETED).delete()
    cleared = 0
    while batch := _clear_batch(now):
        cleared += batch
    return cleared


def _clear_batch(now: datetime) -> int:
    with transaction.atomic():
        hung = Attachment.objects.filter(blob=OuterRef("pk"))
        old = Blob.objects.filter(~Exists(hung), created_at__lt=now - ORPHANED)
        rows = list(old.select_for_update(skip_locked=True)[:200])
        Blob.objects.filter(pk__in=[row.pk for row in rows]).delete()
        transaction.on_commit(lambda: _erase(*(row.path for row in rows)))
    return len(rows)


def _erase(*paths: str) -> None:
    for path in paths:
        default_storage.delete(path)
        default_storage.delete(f"{path}.jpg")


def _stored(data: FileData, checked: Checked, now: datetime) -> Blob:
    """The row of these bytes, locked against the sweep; written where they are new. Of two at once one row stays."""
    data.file.seek(0)
    digest = hashlib.sha256()
    for chunk in data.file.chunks():
        digest.update(chunk)
    known = Blob.objects.select_for_update(no_key=True).filter(sha256=digest.hexdigest())
    if blob := known.first():
        return blob
    data.file.seek(0)
    picture = picture_of(checked.content_type, data.file)
    word = secrets.token_hex(20)
    data.file.seek(0)
    path = default_storage.save(f"{FOLDER}/{word[:2]}/{word}", data.file)
    if picture:
        default_storage.save(f"{path}.jpg", ContentFile(picture.small))
    mine = Blob(
        sha256=digest.hexdigest(),
        path=path,
        size=data.file.size,
        content_type=checked.content_type,
        width=picture.width if picture else None,
        height=picture.height if picture else None,
        created_at=now,
    )
    Blob.objects.bulk_create([mine], ignore_conflicts=True)
    blob = known.get()
    if blob.path != path:
        _erase(path)
    return blob
