"""The pages of playbooks: which there are, what each does and would have done, how they are written and lived by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.pages import CreatePage, DetailPage, UpdatePage, get_visible_or_404
from core.pages.gate import allow
from core.paging import Order, paginate
from customers.models import Event

from .. import services
from ..changes import history
from ..compliance import DEFAULT, FIGURES, PERIODS, by_person, is_period, name_of, share_of, steps_for
from ..models import Playbook, PlaybookRun, PlaybookStep, PlaybookVersion
from ..permissions import can_edit_playbooks
from ..playbook_forms import PlaybookForm, StepForms, initial_of
from ..playbooks import LEAD, TRIGGERS, Known, condition_words, stop_words, subject_of
from ..querysets import SORT_DUE
from ..reasons import trigger_words
from ..replay import replay
from ..tables import due_words

PAGE = 50


def newest(user: Any) -> QuerySet[Any]:
    return PlaybookVersion.objects.visible_to(user).newest()


@require_safe
def playbooks(request: SignedInRequest) -> HttpResponse:
    """All playbooks: what calls each, whether it is in use, at how many customers of the reader's it is at work."""
    open_runs = PlaybookRun.objects.visible_to(request.user).filter(ended_at=None).order_by()
    running = dict(open_runs.values_list("playbook").annotate(n=Count("pk")))
    known = Known()
    rows = [
        {
            "playbook": one.playbook,
            "when": trigger_words(one, known),
            "steps": one.steps.all(),
            "runs": running.get(one.playbook_id, 0),
        }
        for one in newest(request.user)
    ]
    rows.sort(key=lambda row: not row["playbook"].is_active)
    return render(request, "followups/playbooks.html", {"rows": rows, "may_edit": can_edit_playbooks(request.user)})


def is_of_leads(version: PlaybookVersion) -> bool:
    return version.trigger in TRIGGERS and subject_of(version) is LEAD


class PlaybookPage(DetailPage):
    """What one playbook does, whom it would have called, and what it was before."""

    model = Playbook
    template_name = "followups/playbook.html"

    def extra_context(self, record: Playbook) -> dict[str, Any]:
        user: Any = self.request.user
        versions = list(record.versions.select_related("playbook", "made_by").prefetch_related("steps"))
        open_runs = PlaybookRun.objects.visible_to(user).filter(playbook=record, ended_at=None)
        switched = Event.objects.filter(  # unscoped: of the playbook, which the reader sees; no customer's
            customer=None, target_label=Playbook._meta.label_lower, target_id=record.pk
        )
        return {
            "playbook": record,
            "version": versions[0],
            "when": trigger_words(versions[0]),
            "is_of_leads": is_of_leads(versions[0]),
            "filters": condition_words(versions[0].conditions),
            "stops": stop_words(versions[0].stops),
            "versions": history(versions),
            "switched": switched.select_related("by").order_by("-at").first(),
            "runs": open_runs.count(),
            "may_edit": can_edit_playbooks(user),
        }


@require_safe
def playbook_replay(request: SignedInRequest, pk: int) -> HttpResponse:
    """For whom it would have fired in the last 90 days, and what comes next; a part of the page, or a page."""
    playbook = get_visible_or_404(Playbook, request.user, pk)
    version = newest(request.user).get(playbook=playbook)
    found = replay(rule=version, steps=version.steps.all(), user=request.user, now=timezone.now())
    return render(request, "followups/playbook_replay.html", {"replay": found, "playbook": playbook})


class _Editor:
    """The form of a playbook and that of its steps, valid or not together."""

    request: Any
    record: Any = None
    template_name = "followups/playbook_form.html"

    def form(self, data: Any = None, files: Any = None) -> PlaybookForm:
        first, steps = initial_of(newest(self.request.user).get(playbook=self.record)) if self.record else ({}, [])
        self.steps = StepForms(data, initial=steps, prefix="steps")
        if not self.record:
            self.steps.extra = 1
        form = PlaybookForm(data, initial=first)
        if data is not None and form.is_valid() and not self.steps.is_valid():
            form.add_error(None, _("Look at the steps."))
        return form

    def save(self, form: PlaybookForm) -> str:
        saved = services.save_playbook(
            playbook=self.record,
            data=form.playbook_data(self.steps.steps()),
            by=self.request.user,
            now=timezone.now(),
        )
        return saved.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {"steps": self.steps}  # type: ignore[misc]  # FormPage's


class PlaybookCreate(_Editor, CreatePage):
    model = Playbook
    title = _("New playbook")

    def may(self, user: Any) -> bool:
        return can_edit_playbooks(user)


class PlaybookUpdate(_Editor, UpdatePage):
    model = Playbook
    title = _("Edit playbook")

    def may(self, user: Any, record: Any) -> bool:
        return can_edit_playbooks(user)


@require_POST
def playbook_preview(request: SignedInRequest) -> HttpResponse:
    """The same as the replay, of what stands in the editor and is not saved."""
    allow(can_edit_playbooks(request.user))
    form, steps = PlaybookForm(request.POST), StepForms(request.POST, prefix="steps")
    if not (form.is_valid() and steps.is_valid()):
        return render(request, "followups/playbook_preview.html", {"form": form, "steps": steps}, status=422)
    drafts = [PlaybookStep(**vars(step)) for step in steps.steps()]
    found = replay(rule=form.rule(), steps=drafts, user=request.user, now=timezone.now())
    return render(request, "followups/playbook_preview.html", {"replay": found})


@require_http_methods(["GET", "HEAD", "POST"])
def playbook_switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, and switch a playbook on or off; what it has begun goes on unless it is said otherwise."""
    playbook = get_visible_or_404(Playbook, request.user, pk)
    allow(can_edit_playbooks(request.user))
    if request.method == "POST":
        now = timezone.now()
        if request.POST.get("to") == "on":
            services.switch_on(playbook=playbook, by=request.user, now=now)
        elif request.POST.get("to") == "off":
            ends = "ends_runs" in request.POST
            services.switch_off(playbook=playbook, by=request.user, now=now, ends_runs=ends)
        return redirect(playbook)
    runs = PlaybookRun.objects.visible_to(request.user).filter(playbook=playbook, ended_at=None).count()
    return render(request, "followups/playbook_switch.html", {"playbook": playbook, "runs": runs})


# --- how they are lived by ------------------------------------------------------------------------------


class ReportForm(forms.Form):
    """What the report is narrowed to; nonsense leads to the whole of it."""

    period = forms.CharField(label=_("Due in"), required=False)
    playbook = forms.ModelChoiceField(
        Playbook.objects.none(),  # unscoped: set below
        label=_("Playbook"),
        required=False,
        empty_label=_("All playbooks"),
    )
    person = forms.IntegerField(required=False)
    figure = forms.ChoiceField(choices=[(key, one.label) for key, one in FIGURES.items()], required=False)

    def __init__(self, request: SignedInRequest) -> None:
        super().__init__(request.GET)
        self.fields["playbook"].queryset = Playbook.objects.visible_to(request.user)  # type: ignore[attr-defined]
        self.is_valid()
        self.narrowed = {name: value for name, value in self.cleaned_data.items() if value}
        if not is_period(self.narrowed.get("period", "")):
            self.narrowed.pop("period", None)

    @property
    def period_key(self) -> str:
        return str(self.narrowed.get("period", DEFAULT))


@require_safe
def report(request: SignedInRequest) -> HttpResponse:
    """Who does the steps of playbooks on time, late, not at all; each figure leads to its tasks."""
    form, now = ReportForm(request), timezone.now()
    playbook = form.narrowed.get("playbook")
    lines = by_person(steps_for(request.user, period=form.period_key, now=now, playbook=playbook), now)
    total = {key: sum(line.figures[key] for line in lines) for key in FIGURES}
    context = {
        "form": form,
        "period": form.period_key,
        "periods": PERIODS,
        "playbook": playbook,
        "playbooks": Playbook.objects.visible_to(request.user),
        "figures": FIGURES,
        "lines": [(line, _cells(line.figures)) for line in lines],
        "total": _cells(total),
        "share": share_of(total),
    }
    return render(request, "followups/playbook_report.html", context)


def _cells(figures: dict[str, int]) -> list[tuple[str, Any, int]]:
    return [(key, figure, figures[key]) for key, figure in FIGURES.items()]


@require_safe
def report_steps(request: SignedInRequest) -> HttpResponse:
    """The tasks behind one figure of the report."""
    form, now = ReportForm(request), timezone.now()
    figure = FIGURES[form.narrowed.get("figure", "all")]
    steps = steps_for(request.user, period=form.period_key, now=now, playbook=form.narrowed.get("playbook"))
    if "person" in form.narrowed:
        steps = steps.filter(assignee=form.narrowed["person"])
    related = ("customer", "lead", "contact", "assignee", "team", "playbook_run__playbook")
    rows = steps.filter(Q(figure.rows(now))).select_related(*related)
    page = paginate(rows, Order("due", SORT_DUE, True), request.GET, PAGE)
    tasks = [(task, due_words(task, request.user.time_zone), task.is_overdue(now)) for task in page.rows]
    query = request.GET.urlencode()
    context = {
        "page": page,
        "size": PAGE,
        "tasks": tasks,
        "figure": figure,
        "period": name_of(form.period_key),
        "query": query,
    }
    return render(request, "followups/playbook_steps.html", context)
