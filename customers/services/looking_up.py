"""How are pasted lines read, looked up and put away?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import jobs
from core.countries import country_of
from core.exceptions import DomainError
from core.jobs import Progress
from core.models import Job
from core.phones import parse
from core.registries import JOBS, JobKind
from core.text import clean

from ..conflicts import Hit, Probe, Reason, find
from ..facts import normal_form
from ..identity import check_code, mail_key, web_domain
from ..models import ContactPoint, LookUp
from ..reveals import reveal, strangers

if TYPE_CHECKING:
    from accounts.models import User

KIND = "customers.look_up"
MOST_LINES = 5000
# So many are answered at once; more run in the background.
AT_ONCE = 20
BATCH = 250
LONGEST_LINE = 500
KEPT = timedelta(days=1)

_CELLS = re.compile(r"[\t|]+|\s{3,}")
_CODE = re.compile(r"(?=(?:.*\d){5})[A-Za-z0-9][A-Za-z0-9 ./-]{6,24}[A-Za-z0-9]")
_PHONE = re.compile(r"[+(]?[\d\s().\-/+]{7,24}")


class TooManyLines(DomainError):
    message = _("These are too many lines for one look-up. Split them.")


class NothingToLookUp(DomainError):
    message = _("There is nothing to look up yet.")


def register() -> None:
    """Make the job known; called when the app is ready."""
    JOBS[KIND] = JobKind(
        _("Look-up of companies"), run, lambda job: reverse("customers:lookup_result", args=[job.params["look_up"]])
    )


def lines_of(text: str) -> list[str]:
    """The lines of pasted text that are not blank."""
    return [line for raw in text.splitlines() if (line := clean(raw.replace("\t", "|"))[:LONGEST_LINE].strip("| "))]


@transaction.atomic
def look_up(*, text: str, by: User, now: datetime) -> LookUp:
    """Look pasted lines up, a company a line; more than AT_ONCE in the background. Raises TooManyLines,
    NothingToLookUp."""
    lines = lines_of(text)
    if not lines:
        raise NothingToLookUp(field="text")
    if len(lines) > MOST_LINES:
        raise TooManyLines(field="text", numbers={"found": len(lines), "limit": MOST_LINES})
    row = LookUp.objects.create(by=by, at=now, count=len(lines), lines=lines)
    if len(lines) <= AT_ONCE:
        _answer(row, lines, now)
        row.save(update_fields=["found"])
    else:
        row.job = jobs.enqueue(KIND, by=by, now=now, params={"look_up": row.pk}, total=len(lines))
        row.save(update_fields=["job"])
    return row


def run(job: Job, progress: Progress) -> None:
    """Look the lines of a job up, batch by batch; a killed run goes on where it stopped."""
    while True:
        with transaction.atomic():
            row = LookUp.objects.select_for_update().select_related("by").get(pk=job.params["look_up"])
            done = len(row.found)
            batch = row.lines[done : done + BATCH]
            if not batch:
                return
            _answer(row, batch, progress.clock())
            row.save(update_fields=["found"])
            progress.step(done + len(batch), total=len(row.lines))


def _answer(row: LookUp, lines: Sequence[str], now: datetime) -> None:
    """Append the hits of these lines, and note which strangers' records they named."""
    answers = find([probe_of_line(line) for line in lines])
    row.found += [[asdict(hit) for hit in hits] for hits in answers]
    reveal(strangers([hit for hits in answers for hit in hits], row.by), by=row.by, now=now)


def hits_from(stored: Sequence[dict[str, Any]]) -> list[Hit]:
    """The hits of one line as ``look_up`` kept them."""
    return [
        Hit(
            tuple(one["subject"]) if isinstance(one["subject"], list) else one["subject"],
            one["name"],
            one["is_block"],
            [Reason(**reason | {"how": tuple(reason["how"])}) for reason in one["reasons"]],
        )
        for one in stored
    ]


def probe_of_line(line: str) -> Probe:
    """Read a pasted line: a name, or cells of a spreadsheet with names, codes, numbers, addresses, a country."""
    country, rest = "", []
    for cell in filter(None, (cell.strip() for cell in _CELLS.split(line))):
        if not country and (found := country_of(cell)):
            country = found
        else:
            rest.append(cell)
    name, code, website = "", "", ""
    points: list[tuple[str, str]] = []
    for cell in rest:
        if "@" in cell and mail_key(cell):
            points.append((ContactPoint.Kind.EMAIL, mail_key(cell)))
        elif _PHONE.fullmatch(cell) and parse(cell, country).e164:
            points.append((ContactPoint.Kind.PHONE, cell))
        elif " " not in cell and web_domain(cell):
            website = website or cell
        elif _CODE.fullmatch(cell):
            code = code or check_code(country, cell).code
        else:
            name = name or cell
    if not rest:  # a company may be called like a country
        name = line
    normal = tuple((kind, value, normal_form(kind, value, country)) for kind, value in points)
    return Probe(name=name, country=country, code=code, website=website, points=normal)


def clear_old(now: datetime) -> int:
    """Forget what was pasted and found more than a day ago; returns how many look-ups that were."""
    return LookUp.objects.filter(at__lt=now - KEPT).exclude(lines=[]).update(lines=[], found=[])
