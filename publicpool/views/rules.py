"""The pages of the rules by which customers return to the pool: which hold, what they say, how they are changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.ids import id_of
from core.pages import CreatePage, DetailPage, UpdatePage, get_visible_or_404
from core.pages.gate import allow
from core.zones import business_day, country_of

from ..errors import RuleChangedMeanwhile
from ..models import ExemptStage, FirmHoliday, PoolSettings, ReclaimRule, ReclaimRuleVersion
from ..permissions import can_edit_rules, can_see_figures, can_see_runs
from ..previewing import is_large, look_ahead
from ..rule_forms import RuleForm, initial_of, query_of, typed
from ..rule_words import Known, history, said
from ..rules import GRACE, RELATIONS, spec_of, with_rule
from ..services.rules import reorder_rules, save_rule, switch_rule
from ..stops import AWAY_A_YEAR
from .previews import shown

COMING = 5


def in_order(user: Any) -> Any:
    """All rules as they are tried: those of a day in the order of their positions."""
    return ReclaimRule.objects.visible_to(user).order_by("position", "pk").prefetch_related(*RELATIONS)


@require_safe
def rules(request: SignedInRequest) -> HttpResponse:
    """All rules in plain words, and what holds for all of them: exemptions, warnings, holidays, more time."""
    known = Known()
    found = [said(rule, known) for rule in in_order(request.user)]
    changed = dict(
        ReclaimRuleVersion.objects.visible_to(request.user).order_by().values_list("rule").annotate(at=Max("made_at"))
    )
    today = business_day(timezone.now())
    context = {
        "rules": [(one, changed.get(one.rule.pk)) for one in found],
        "has_active": any(one.rule.is_active for one in found),
        "settings": PoolSettings.get(),
        "stages": ExemptStage.objects.select_related("pipeline", "stage"),  # unscoped: words of the firm
        "holidays": FirmHoliday.objects.visible_to(request.user)
        .filter(last_on__gte=today)
        .order_by("first_on")[:COMING],
        "country": country_of(str(settings.BUSINESS_ZONE)),
        "away": AWAY_A_YEAR,
        "grace": GRACE,
        "may_edit": can_edit_rules(request.user),
        "may_see_runs": can_see_runs(request.user),
        "may_see_figures": can_see_figures(request.user),
    }
    return render(request, "publicpool/rules.html", context)


class RulePage(DetailPage):
    """What one rule says, and what it said before."""

    model = ReclaimRule
    template_name = "publicpool/rule.html"

    request: SignedInRequest

    def get_queryset(self) -> Any:
        return ReclaimRule.objects.prefetch_related(*RELATIONS)  # unscoped: the gate adds the reader

    def extra_context(self, record: ReclaimRule) -> dict[str, Any]:
        known = Known()
        versions = list(
            ReclaimRuleVersion.objects.visible_to(self.request.user).filter(rule=record).select_related("made_by")
        )
        return {
            "said": said(record, known),
            "versions": history(versions, known) if versions else [],
            "may_edit": can_edit_rules(self.request.user),
        }


class _Editor:
    """The form of a rule; its button of the preview shows what it would do and keeps all that was typed."""

    request: Any
    record: Any = None
    template_name = "publicpool/rule_form.html"
    previewed: dict[str, Any] | None = None

    def form(self, data: Any = None, files: Any = None) -> RuleForm:
        saved = initial_of(self.record) if self.record else {"days": 30}
        return RuleForm(data, initial=saved | typed(self.request.GET))

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, **kwargs)  # type: ignore[misc]  # FormPage's
        form = self.form(request.POST)
        if form.is_valid():
            query = query_of(form) + (f"&rule={self.record.pk}" if self.record else "")
            self.previewed = {"preview_query": query, "is_large": is_large()}
            if not self.previewed["is_large"]:
                preview = look_ahead(timezone.now(), with_rule(form.spec(self.record)))
                self.previewed |= shown(preview, request.user, form.cleaned_data)
        return self.show(form, 200 if form.is_valid() else 422)  # type: ignore[attr-defined]

    def save(self, form: RuleForm) -> str:
        data = form.rule_data(self.record)
        return save_rule(rule=self.record, data=data, by=self.request.user, now=timezone.now()).get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | (self.previewed or {})  # type: ignore[misc]


class RuleCreate(_Editor, CreatePage):
    model = ReclaimRule
    title = _("New rule")

    def may(self, user: Any) -> bool:
        return can_edit_rules(user)

    def cancel_url(self) -> str:
        return "../"


class RuleUpdate(_Editor, UpdatePage):
    model = ReclaimRule
    title = _("Edit rule")

    def may(self, user: Any, record: Any) -> bool:
        return can_edit_rules(user)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, with what it would do, and switch a rule on or off."""
    rule = get_visible_or_404(ReclaimRule, request.user, pk)
    allow(can_edit_rules(request.user))
    context: dict[str, Any] = {"rule": rule}
    if request.method == "POST":
        to, seen = request.POST.get("to"), id_of(request.POST.get("seen")) or 0
        try:
            if to in ("on", "off"):
                switch_rule(rule=rule, is_active=to == "on", by=request.user, now=timezone.now(), seen=seen)
            return redirect(rule)
        except RuleChangedMeanwhile as error:
            context["problem"] = error
    if not rule.is_active:
        preview = look_ahead(timezone.now(), with_rule(spec_of(rule)))
        context |= {"preview": preview, "people": len({row.owner_id for row in preview.sooner})}
    return render(request, "publicpool/rule_switch.html", context, status=409 if "problem" in context else 200)


@require_POST
def rule_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a rule one place up or down."""
    rule = get_visible_or_404(ReclaimRule, request.user, pk)
    allow(can_edit_rules(request.user))
    ids = list(ReclaimRule.objects.visible_to(request.user).order_by("position", "pk").values_list("pk", flat=True))
    place, to = ids.index(rule.pk), request.POST.get("to")
    if to not in ("up", "down"):
        raise Http404
    other = place + (1 if to == "down" else -1)
    if 0 <= other < len(ids):
        ids[place], ids[other] = ids[other], ids[place]
        reorder_rules(ids=ids, by=request.user)
    return redirect("publicpool:rules")
