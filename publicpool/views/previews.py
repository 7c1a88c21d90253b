"""The page of a preview: what a rule as typed, or the rules in use, would do in the next 30 days; as a file too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.exporting.at_once import FORMATS, MIME, table_response
from core.jobs import enqueue
from core.models import Job
from core.pages import get_visible_or_404
from core.pages.gate import allow
from customers.models import Customer

from ..countdown import BATCH
from ..models import ReclaimRule
from ..permissions import can_edit_rules
from ..preview_jobs import KIND, read_rows
from ..previewing import Going, Preview, is_large, look_ahead
from ..rule_forms import RuleForm, tried

PAGE = 50
# Which of the rows are asked for: key → (label, rows of a preview).
PICKS = {
    "going": (gettext_lazy("All that go"), lambda preview: preview.going),
    "new": (gettext_lazy("Newly"), lambda preview: preview.new),
    "earlier": (gettext_lazy("Earlier than now"), lambda preview: preview.earlier),
    "later": (gettext_lazy("Later than now"), lambda preview: preview.later),
    "spared": (gettext_lazy("No longer"), lambda preview: preview.spared),
}


class AskedPreview:
    """What one address asks. Raises Http404 for what is not there."""

    def __init__(self, request: SignedInRequest) -> None:
        self.user, self.query = request.user, request.GET
        self.job: Job | None = None
        if word := self.query.get("job"):
            self.job = get_visible_or_404(Job.objects.filter(kind=KIND), self.user, word)  # unscoped: the gate scopes
        rule = self.query.get("rule")
        self.rule: ReclaimRule | None = get_visible_or_404(ReclaimRule, self.user, rule) if rule else None
        self.form = RuleForm(self.query) if "kind" in self.query else None

    @property
    def is_valid(self) -> bool:
        return self.form is None or self.form.is_valid()

    @property
    def words(self) -> str:
        """The query of the rule alone, without what narrows the rows."""
        kept = self.query.copy()
        for name in ("on", "person", "pick", "page", "job"):
            kept.pop(name, None)
        return kept.urlencode()

    @cached_property
    def preview(self) -> Preview | None:
        """None where it is to be asked for as background work."""
        if self.job is not None:
            return read_rows(self.job)
        if is_large():
            return None
        return look_ahead(timezone.now(), tried(self.form, self.rule))

    @cached_property
    def pick(self) -> str:
        key = self.query.get("pick", "")
        return key if key in PICKS else "going"

    @cached_property
    def on(self) -> date | None:
        try:
            return date.fromisoformat(self.query.get("on", ""))
        except ValueError:
            return None

    @cached_property
    def person(self) -> User | None:
        word = self.query.get("person")
        return get_visible_or_404(User, self.user, word) if word else None

    def rows(self) -> list[Going]:
        """Those asked for: of one kind, day, person."""
        assert self.preview is not None
        rows: list[Going] = PICKS[self.pick][1](self.preview)
        if self.on:
            first = self.on == self.preview.today
            rows = [row for row in rows if row.on and (row.on == self.on or (first and row.on < self.on))]
        if self.person:
            rows = [row for row in rows if row.owner_id == self.person.pk]
        return rows


def shown(preview: Preview, user: User, typed: Any = None, rows: Sequence[Going] | None = None) -> dict[str, Any]:
    """What the template of a preview needs; ``rows`` of one page, else the first of all. Three statements."""
    people = preview.people()
    days = preview.days()
    rows = preview.going[:PAGE] if rows is None else rows
    known = User.objects.visible_to(user).in_bulk({*people, *(row.owner_id for row in rows)})
    return {
        "preview": preview,
        "days": days,
        "most": max(n for _day, n, _new in days),
        "people": [(known.get(pk), tally) for pk, tally in people.items()],
        "rows": drawn(rows, user, known, typed),
        "is_compared": any(row.on != row.before for row in preview.rows),
    }


def drawn(rows: Sequence[Going], user: User, known: Any, typed: Any = None) -> list[dict[str, Any]]:
    """Rows with customer, holder and the name of the rule that takes each."""
    customers = Customer.objects.visible_to(user).defer("search_text", "search_public")
    found = customers.in_bulk([row.customer_id for row in rows])
    rules = {rule.pk: str(rule) for rule in ReclaimRule.objects.visible_to(user)}
    fresh = ((typed or {}).get("name_en") or (typed or {}).get("name_zh") or _("This rule")) if typed else ""
    return [
        {
            "row": row,
            "customer": found[row.customer_id],
            "holder": known.get(row.owner_id),
            "rule": rules.get(row.rule_id, fresh) if row.rule_id is not None else "",
        }
        for row in rows
        if row.customer_id in found
    ]


@require_safe
def preview(request: SignedInRequest) -> HttpResponse:
    """All of a preview: day by day, whose, which; of the rules in use where no rule is named."""
    allow(can_edit_rules(request.user))
    asked = AskedPreview(request)
    context: dict[str, Any] = {"asked": asked, "preview_query": asked.words, "back": _back(asked)}
    if not asked.is_valid:
        return render(request, "publicpool/preview.html", context, status=422)
    if asked.preview is None:
        return render(
            request, "publicpool/preview.html", context | {"is_large": asked.job is None, "is_gone": asked.job}
        )
    page = Paginator(asked.rows(), PAGE).get_page(request.GET.get("page"))
    typed = asked.form.cleaned_data if asked.form else None
    keep = {name: request.GET[name] for name in ("on", "person", "pick", "job") if request.GET.get(name)}
    context |= shown(asked.preview, request.user, typed, list(page))
    context |= {
        "page": page,
        "keeps": True,
        "keep": f"{asked.words}&{urlencode(keep)}&" if keep else f"{asked.words}&",
        "picks": _picks(asked),
        "job_words": f"&job={asked.job.pk}" if asked.job else "",
        "kinds": FORMATS,
    }
    return render(request, "publicpool/preview.html", context)


def _back(asked: AskedPreview) -> str:
    """The form as it was typed; the rules where none was."""
    if asked.form is None:
        return asked.rule.get_absolute_url() if asked.rule else reverse("publicpool:rules")
    url = reverse("publicpool:rule_update", args=[asked.rule.pk]) if asked.rule else reverse("publicpool:rule_create")
    return f"{url}?{asked.words}"


def _picks(asked: AskedPreview) -> list[dict[str, Any]]:
    assert asked.preview is not None
    job = f"&job={asked.job.pk}" if asked.job else ""
    return [
        {
            "label": label,
            "href": f"?{asked.words}&pick={key}{job}#which",
            "is_current": key == asked.pick,
            "count": len(rows(asked.preview)),
        }
        for key, (label, rows) in PICKS.items()
    ]


@require_POST
def preview_start(request: SignedInRequest) -> HttpResponse:
    """Ask for a large preview as work that shows how far it is."""
    allow(can_edit_rules(request.user))
    asked = AskedPreview(request)
    if not asked.is_valid:
        return render(request, "publicpool/preview.html", {"asked": asked, "back": _back(asked)}, status=422)
    job = enqueue(KIND, by=request.user, now=timezone.now(), params={"query": asked.words})
    return redirect("core:job", pk=job.pk)


@require_POST
def preview_export(request: SignedInRequest) -> HttpResponse:
    """The customers of a preview as a file: CSV or XLSX, logged as every export is."""
    allow(can_edit_rules(request.user))
    asked = AskedPreview(request)
    kind = request.POST.get("kind", "")
    if kind not in MIME or not asked.is_valid or asked.preview is None:
        raise Http404
    header = [_("Customer"), _("Holder"), _("Goes on"), _("Rule"), _("Under the rules in use")]
    lines = _lines(asked)
    query = request.GET.urlencode()[:8000]
    name, now = f"{_('Preview')} {asked.preview.today.isoformat()}", timezone.now()
    return table_response("pool.preview", name, kind, header, lines, query=query, by=request.user, now=now)


def _lines(asked: AskedPreview) -> Iterator[list[Any]]:
    rows = asked.rows()
    known = User.objects.visible_to(asked.user).in_bulk({row.owner_id for row in rows})
    typed = asked.form.cleaned_data if asked.form else None
    for start in range(0, len(rows), BATCH):
        for line in drawn(rows[start : start + BATCH], asked.user, known, typed):
            row = line["row"]
            yield [line["customer"].name, str(line["holder"] or ""), row.on, line["rule"], row.before]
