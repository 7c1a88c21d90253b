"""The ledger of a rotation for all who wait for a turn: each decision with its reasons, each member's account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.exporting.at_once import FORMATS, MIME, table_response
from core.exporting.files import TooManyRows
from core.pages import get_visible_or_404
from core.pages.gate import allow
from core.paging import Order, paginate, paginate_list
from core.querysets import Count, count_in_one
from customers.permissions import can_export
from opportunities.figures.cells import signed, tenths

from ..fairness import expected
from ..ledger_lines import KINDS, AskedLines, Reader, for_file, header
from ..models import Rotation, RotationEntry, RotationMember
from ..proof_jobs import last_proof
from ..rotation.turns import Wheel
from ..rotation_state import in_force, letters

PAGE = 35
# So many accounts stand above the lines at a time.
ACCOUNTS = 10
# A file is made while one waits.
MOST, BATCH = 20_000, 1000


@dataclass(frozen=True)
class Account:
    """One member's row above the lines: what was received beside what the weights say."""

    member: RotationMember
    expected: Fraction
    most: Fraction
    # The weight that holds until the cycle ends, where it is another one, and the letter on the rotation's own page.
    now: int | None = None
    letter: str = ""

    @property
    def expected_shown(self) -> str:
        return tenths(self.expected)

    @property
    def difference_shown(self) -> str:
        return signed(self.member.received - self.expected)

    @property
    def received_share(self) -> str:
        """Of the longest bar, in per cent."""
        return tenths(self.member.received / self.most * 100)

    @property
    def expected_mark(self) -> str:
        return tenths(min(self.expected / self.most * 100, Fraction(99)))


def _members(rotation: Rotation, request: SignedInRequest) -> list[RotationMember]:
    rows = RotationMember.objects.visible_to(request.user).filter(rotation=rotation)
    found = list(rows.select_related("user").order_by("position", "pk"))
    for one in found:
        one.rotation = rotation
    return sorted(found, key=lambda one: one.left_at is not None)


def _accounts(reader: Reader, members: list[RotationMember]) -> list[Account]:
    """In order; who left stands last."""
    rotation = reader.rotation
    wanted = expected(reader.plans, [rotation.pk], Q())
    shares = {one.user_id: wanted.get((rotation.pk, one.user_id), Fraction(0)) for one in members}
    most = max([Fraction(1), *shares.values(), *(Fraction(one.received) for one in members)])
    wheel = Wheel.of_data(rotation.wheel)
    called = iter(letters(len(members)))
    found = []
    for one in members:
        now = in_force(wheel, one.user_id)
        letter = "" if one.left_at else next(called)
        found.append(Account(one, shares[one.user_id], most, None if now == one.weight else now, letter))
    return found


def _href(asked: AskedLines, **changed: Any) -> str:
    words = {"kind": asked.kind, "person": asked.person, "from": asked.first, "to": asked.last} | changed
    return "?" + urlencode({name: value for name, value in words.items() if value})


@require_safe
def ledger(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lines, newest first, and above them everybody's account since the beginning."""
    rotations = Rotation.objects.select_related("pool")  # unscoped: the gate scopes
    rotation = get_visible_or_404(rotations, request.user, pk)
    asked, members = AskedLines(rotation, request.GET), _members(rotation, request)
    reader = Reader(rotation, request.user, members)
    # Lines are numbered without gaps: all of them need no counting.
    count = count_in_one(asked.rows()) if asked.is_narrow else Count(rotation.seq)
    page = paginate(asked.rows(), Order("line", "seq", True), request.GET, PAGE, count)
    lines = reader.lines(page.rows)
    for one in lines:
        one.is_whole = one.row.seq == asked.only
    accounts = _accounts(reader, members)
    if len(accounts) > ACCOUNTS:  # whoever counts after finds the own account first
        accounts.sort(key=lambda one: one.member.user_id != request.user.pk)
    shown = paginate_list(accounts, request.GET, ACCOUNTS, "accounts")
    proof = last_proof(rotation, request.user)
    context = {
        "rotation": rotation,
        "page": page,
        "lines": lines,
        "accounts": shown.rows,
        "accounts_page": shown if len(accounts) > ACCOUNTS else None,
        "total": {
            word: sum(getattr(one, word) for one in members) for word in ("passed", "received", "skipped", "owed")
        },
        "chips": [
            {"label": label, "href": _href(asked, kind=key), "is_on": asked.kind == key}
            for key, label in (("", _("All")), *KINDS.items())
        ],
        "asked": asked,
        "members": members,
        "proof": proof,
        "may_export": can_export(request.user),
        "kinds": FORMATS,
        "query": _href(asked),
    }
    return render(request, "publicpool/ledger.html", context)


@require_POST
def ledger_export(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lines that are shown as a file: CSV or XLSX, logged as every export is. Raises TooManyRows."""
    rotation = get_visible_or_404(Rotation, request.user, pk)
    allow(can_export(request.user))
    kind = request.POST.get("kind", "")
    if kind not in MIME:
        raise Http404
    rows = AskedLines(rotation, request.GET).rows()
    if rows.count() > MOST:
        raise TooManyRows(numbers={"limit": MOST})
    reader = Reader(rotation, request.user, _members(rotation, request))
    now = timezone.now()
    query = request.GET.urlencode()[:8000]
    head = [str(one) for one in header(rotation)]
    name = f"{_('Ledger')} {rotation} {timezone.localdate(now).isoformat()}"
    return table_response("pool.ledger", name, kind, head, _lines(reader, rows), query=query, by=request.user, now=now)


def _lines(reader: Reader, rows: QuerySet[RotationEntry]) -> Iterator[list[Any]]:
    """Oldest first, as they are recomputed."""
    last = 0
    while batch := list(rows.filter(seq__gt=last).order_by("seq")[:BATCH]):
        yield from map(for_file, reader.lines(batch))
        last = batch[-1].seq
