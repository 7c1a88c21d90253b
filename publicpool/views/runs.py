"""The pages of the runs: when warnings and reclaims came, by which rules, what they did to whom, what is set aside."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.ids import id_of
from core.pages import get_visible_or_404
from core.pages.gate import allow
from core.paging import Order, paginate
from core.querysets import count_in_one
from customers.models import Customer

from ..models import ReclaimRule, RotationEntry, RotationMember, Run, RunLine
from ..permissions import can_edit_rules, can_see_runs
from ..rotation.reading import turns_said
from ..rotation_names import named_customers, named_leads
from ..rotation_words import why_words
from ..run_lines import counts_for, failing, lines_of
from ..services.runs import retry_line

PAGE = 50
FAILING = 50


@require_safe
def runs(request: SignedInRequest) -> HttpResponse:
    """All runs, the newest first, and above them what could not be done."""
    allow(can_see_runs(request.user))
    rows = Run.objects.visible_to(request.user).select_related("rotation")
    kind = request.GET.get("kind", "")
    if kind in Run.Kind:
        rows = rows.filter(kind=kind)
    page = paginate(rows, Order("started", "started_at", True), request.GET, PAGE)
    counts = counts_for(page.rows, request.user)
    rules = ReclaimRule.objects.visible_to(request.user).in_bulk()
    context = {
        "page": page,
        "size": PAGE,
        "rows": [(run, _versions(run, rules), counts.get(run.pk, 0)) for run in page.rows],
        "kinds": Run.Kind.choices,
        "kind": kind,
        "failing": failing(request.user)[:FAILING],
        "may_retry": can_edit_rules(request.user),
    }
    return render(request, "publicpool/runs.html", context)


def _versions(run: Run, rules: dict[int, ReclaimRule]) -> list[tuple[ReclaimRule, int]]:
    return [(rules[int(pk)], number) for pk, number in run.versions.items() if int(pk) in rules]


@require_safe
def run(request: SignedInRequest, pk: int) -> HttpResponse:
    """What one run did to whom; of a manager's own people only."""
    rows = Run.objects.with_starter().select_related("rotation")  # unscoped: the gate scopes
    found = get_visible_or_404(rows, request.user, pk)
    if found.rotation is not None:
        return _given(request, found)
    lines = lines_of(found, request.user)
    people = User.objects.visible_to(request.user).filter(pk__in=lines.order_by().values("user"))
    rules = ReclaimRule.objects.visible_to(request.user).in_bulk()
    person, rule = id_of(request.GET.get("person")), id_of(request.GET.get("rule"))
    if person:
        lines = lines.filter(user=person)
    if rule:
        lines = lines.filter(rule=rule)
    page = paginate(lines.select_related("customer", "user", "rule"), Order("id", "pk"), request.GET, PAGE)
    ids = [line.customer_id for line in page.rows]
    seen = set(Customer.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True))
    pooled = Customer.objects.pooled_for(request.user)  # unscoped: pooled_for is the scope
    masked = set(pooled.filter(pk__in=ids).values_list("pk", flat=True))
    context = {
        "run": found,
        "versions": _versions(found, rules),
        "page": page,
        "size": PAGE,
        "lines": [(line, line.customer_id in seen, line.customer_id in masked) for line in page.rows],
        "is_warning": found.kind == Run.Kind.WARN,
        "people": people.order_by("name", "pk"),
        "rules": [rules[int(pk)] for pk in found.versions if int(pk) in rules],
        "person": person,
        "rule": rule,
        "shows_all": request.user.is_admin,
    }
    return render(request, "publicpool/run.html", context)


def _given(request: SignedInRequest, found: Run) -> HttpResponse:
    """What a run of a rotation gave to whom: its lines of the ledger, which is open to whoever sees the rotation."""
    request.lit_as = "publicpool:rotation"
    user = request.user
    lines = RotationEntry.objects.visible_to(user).filter(run=found)
    people = User.objects.visible_to(user).filter(pk__in=lines.order_by().values("user"))
    if person := id_of(request.GET.get("person")):
        lines = lines.filter(user=person)
    page = paginate(lines.select_related("user"), Order("seq", "seq"), request.GET, PAGE, count_in_one(lines))
    customers = named_customers([line.customer_id for line in page.rows if line.customer_id], user)
    leads = named_leads([line.lead_id for line in page.rows if line.lead_id], user)
    members = RotationMember.objects.visible_to(user).filter(rotation=found.rotation).select_related("user")
    names = {member.user_id: member.user for member in members}
    context = {
        "run": found,
        "page": page,
        "size": PAGE,
        "lines": [
            (
                line,
                customers[line.customer_id] if line.customer_id else leads[line.lead_id],
                [
                    (effect, names.get(member), why_words(why))
                    for effect, *_turn, member, why in turns_said(line.data)[0]
                ],
            )
            for line in page.rows
        ],
        "people": people.order_by("name", "pk"),
        "person": person,
        "shows_all": user.is_admin,
    }
    return render(request, "publicpool/run_given.html", context)


@require_POST
def line_retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a customer that was set aside up again."""
    line = get_visible_or_404(RunLine, request.user, pk)
    allow(can_edit_rules(request.user))
    retry_line(line=line, by=request.user, now=timezone.now())
    return redirect("publicpool:runs")
