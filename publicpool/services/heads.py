"""How does the end of each ledger get out of the database, so that nobody can write the past anew unseen?

Once a business day each rotation's last line and hash become a row that cannot change, and are mailed to those who are
named in the pool's settings: who keeps the mail can prove every line before it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from core.mail import queue_mail
from core.zones import business_day, midnight

from ..models import PoolSettings, Rotation, RotationEntry, RotationHead


@transaction.atomic
def write_heads(now: datetime) -> int:
    """Write the heads of the day that ended last, once; returns how many are new.

    A day that ended before the first line has none.
    """
    today = business_day(now)
    on = today - timedelta(days=1)
    known = RotationHead.objects.filter(on=on).values("rotation")
    # One that was set up today had no line at the end of that day, and so no head.
    began = RotationEntry.objects.filter(rotation=OuterRef("pk"), at__lt=midnight(today))
    # Its row is locked by who writes a line: seq and hash belong together.
    rows = Rotation.objects.select_for_update(no_key=True).filter(Exists(began), seq__gt=0).exclude(pk__in=known)
    rotations = rows.order_by("pk")
    heads = [RotationHead(rotation=one, on=on, seq=one.seq, hash=one.last_hash, made_at=now) for one in rotations]
    RotationHead.objects.bulk_create(heads, ignore_conflicts=True)
    if heads:
        _mail(heads, now)
    return len(heads)


def _mail(heads: list[RotationHead], now: datetime) -> None:
    """One mail to each; a second sweep of the day sends none."""
    kept, on = PoolSettings.objects.first(), heads[0].on
    if kept is None:
        return
    lines = "\n".join(f"{head.rotation} · {head.seq} · {head.hash}" for head in heads)
    for person in kept.heads_to.filter(is_active=True):
        with translation.override(person.language or None):
            queue_mail(
                to=person.email,
                subject=_("Rotations: the ledgers' heads of %(day)s") % {"day": on.isoformat()},
                text=_("Rotation · last line · hash. Keep this mail: it proves every line before.") + f"\n\n{lines}\n",
                key=f"rotation_heads:{on.isoformat()}:{heads[0].rotation_id}:{person.pk}",
                now=now,
            )
