"""The look-up screen: is this company, or are these, with somebody already?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.exporting.csv_lines import csv_lines
from core.forms import refuse
from core.pages import get_visible_or_404

from ..forms import LookUpForm
from ..hits_shown import Card, show
from ..models import LookUp
from ..services.looking_up import AT_ONCE, MOST_LINES, hits_from, look_up, probe_of_line

PER_PAGE = 50
EARLIER = 10


@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: SignedInRequest) -> HttpResponse:
    """Take lines in and answer them, or ask the background to."""
    form = LookUpForm(request.POST or None, initial={"text": request.GET.get("q", "")})
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = look_up(text=form.cleaned_data["text"], by=request.user, now=timezone.now())
                return HttpResponseRedirect(reverse("customers:lookup_result", args=[row.pk]))
            except DomainError as error:
                refuse(form, error)
                status, refusal = error.status, error
    earlier = LookUp.objects.visible_to(request.user).select_related("job").defer("lines", "found")[:EARLIER]
    context = {"form": form, "refusal": refusal, "earlier": earlier, "most": MOST_LINES, "at_once": AT_ONCE}
    return render(request, "customers/lookup.html", context, status=status)


@require_safe
def lookup_result(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what was found line by line; names what was named when it was looked up, and notes nothing."""
    row = _row(request, pk)
    numbered = list(enumerate(zip(row.lines, row.found, strict=False), 1))
    only = request.GET.get("only", "")
    wanted = [one for one in numbered if not only or verdict_of(one[1][1]) == only]
    page = Paginator(wanted, PER_PAGE).get_page(request.GET.get("page"))
    found = [(probe_of_line(line), hits_from(stored)) for _number, (line, stored) in page]
    cards = show(found, to=request.user, now=timezone.now(), is_noted=False)
    lines = [
        {"number": number, "text": line, "verdict": verdict_of(stored), "cards": shown.cards}
        for (number, (line, stored)), shown in zip(page, cards, strict=True)
    ]
    verdicts = [verdict_of(stored) for stored in row.found]
    context = {
        "row": row,
        "page": page,
        "lines": lines,
        "only": only,
        "counts": {name: verdicts.count(name) for name in ("stands", "similar", "free")},
        "is_long": len(row.lines) > AT_ONCE,
        "is_gone": not row.lines,
    }
    return render(request, "customers/lookup_result.html", context)


@require_safe
def lookup_file(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """The verdicts as CSV: what was pasted, what was found, as its reader may know it."""
    row = _row(request, pk)
    found = [(probe_of_line(line), hits_from(stored)) for line, stored in zip(row.lines, row.found, strict=False)]
    cards = show(found, to=request.user, now=timezone.now(), is_noted=False)

    def lines() -> Iterator[list[Any]]:
        yield [_("Line"), _("Text"), _("Verdict"), _("Customer"), _("Owner"), _("Status"), _("Why")]
        for number, (text, shown) in enumerate(zip(row.lines, cards, strict=False), 1):
            if not shown.cards:
                yield [number, text, _("free"), "", "", "", ""]
            for card in shown.cards:
                yield [number, text, *_cells(card)]

    answer = StreamingHttpResponse(csv_lines(lines()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, f"lookup-{row.pk}.csv") or ""
    return answer


def verdict_of(stored: Any) -> str:
    """``stands``, ``similar`` or ``free``: the verdict of one line's hits."""
    if any(hit["is_block"] for hit in stored):
        return "stands"
    return "similar" if stored else "free"


def _cells(card: Card) -> list[str]:
    verdict = _("stands already") if card.hit.is_block else _("similar")
    why = " / ".join(f"{field}: {words} ({figure})" for field, words, figure in card.reasons)
    if card.other is not None:
        return [verdict, card.other.name, card.other.owner, f"{card.other.what}, {card.other.state}", why]
    if card.customer is None:
        return [verdict, _("A record of a colleague"), "", "", why]
    owner = str(card.customer.owner or (_("archived") if card.customer.is_archived else _("public pool")))
    return [verdict, card.hit.name, owner, card.customer.status.name, why]


def _row(request: SignedInRequest, pk: int) -> LookUp:
    return get_visible_or_404(LookUp.objects.visible_to(request.user).select_related("job"), request.user, pk)
