"""The list of tasks, what is done to many of them, and how one is made."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, When
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.pages import CreatePage, FilterPanel, ListPage, Preset, get_visible_or_404
from core.pages.gate import allow
from core.pages.listing import BulkVerb, Quick
from core.pages.selection import kept_selection, selected
from core.search import matching
from core.text import clean
from customers.models import Customer
from opportunities.models import Lead, Opportunity

from .. import permissions, services
from ..filters import TaskFilters
from ..forms import ReassignForm, TaskForm
from ..models import Task
from ..tables import TaskTable

MOST_ROWS = 500
# What a task may be of, by its word in the address.
PLACES: dict[str, Any] = {"customer": Customer, "lead": Lead, "opportunity": Opportunity}


class TaskList(ListPage):
    request: SignedInRequest
    key = "tasks"
    model = Task
    table_class = TaskTable
    filters_class = TaskFilters
    title = _("Tasks")
    template_name = "followups/list.html"
    presets = (
        Preset("mine", _("My tasks"), "whose=mine&state=open"),
        Preset("overdue", _("Overdue"), "whose=mine&state=open&when=overdue"),
        Preset("free", _("Free to take"), "whose=team&state=open"),
        Preset("given", _("Given by me"), "whose=given&state=open"),
        Preset("team", _("Everybody's"), "state=open"),
        Preset("ended", _("Ended"), "whose=mine&state=ended&sort=-due"),
    )
    quicks = (
        Quick(_("Today"), "calendar-due", {"when": "today"}),
        Quick(_("7 days"), "calendar-event", {"when": "week"}),
        Quick(_("Without a date"), "calendar", {"when": "none"}),
    )

    @cached_property
    def opens_with(self) -> str:
        return super().opens_with or "mine"

    def get_queryset(self) -> QuerySet[Any]:
        customers = Customer.objects.visible_to(self.request.user).filter(pk=OuterRef("customer"))
        leads = Lead.objects.visible_to(self.request.user).filter(pk=OuterRef("lead"))
        rows = super().get_queryset().defer("lead__search_text", "lead__message", "opportunity__search_text")
        return rows.annotate(is_party_seen=Case(When(customer=None, then=Exists(leads)), default=Exists(customers)))

    def bulk_verbs(self) -> list[BulkVerb]:
        return [
            BulkVerb("reassign", _("Give to somebody"), "user-share", reverse("followups:reassign")),
        ]

    def extra_context(self) -> dict[str, Any]:
        return {"panel_url": f"{reverse('followups:filters')}?{self.query_to_keep()}&m=1"}


class TaskFilterPanel(FilterPanel, TaskList):
    list_url_name = "followups:list"


class TaskCreate(CreatePage):
    """A new task; ``?customer=``, ``?lead=`` or ``?opportunity=`` names for what it is."""

    request: SignedInRequest
    model = Task
    title = _("New task")
    template_name = "followups/task_form.html"

    @cached_property
    def of(self) -> dict[str, Any]:
        """What the task is of, as the words of the address say: customer, lead, opportunity; all of it visible."""
        user = self.request.user
        named: dict[str, Any] = {
            name: get_visible_or_404(model, user, pk) if (pk := self.request.GET.get(name, "")) else None
            for name, model in PLACES.items()
        }
        if named["opportunity"] is not None and named["customer"] is None:
            named["customer"] = named["opportunity"].customer
        allow(permissions.can_plan_at(user, **named))
        return named

    def form(self, data: Any = None, files: Any = None) -> TaskForm:
        asked = self.request.GET
        first = {name: asked[name] for name in ("title", "kind", "due_on", "plan", "contact") if name in asked}
        first["to"] = f"u{self.request.user.pk}"
        if self.of["opportunity"] is not None:
            first["opportunity"] = self.of["opportunity"].pk
        return TaskForm(data, user=self.request.user, initial=first, **self.of)

    def save(self, form: TaskForm) -> str:
        task = services.create_task(data=form.task_data(), by=self.request.user, now=timezone.now())
        return self.page() or task.get_absolute_url()

    def page(self) -> str:
        """The tasks of what it is of, where that is visible; '' for nothing."""
        for name in ("opportunity", "lead", "customer"):
            if self.of[name] is not None:
                return reverse(f"followups:of_{name}", args=[self.of[name].pk])
        return ""

    def cancel_url(self) -> str:
        return self.page() or reverse("followups:list")

    def extra_context(self) -> dict[str, Any]:
        of = self.of
        party = of["customer"] or of["lead"]
        return super().extra_context() | {"party": party, "opportunity": of["opportunity"], "now": timezone.now()}


@require_safe
def find_leads(request: SignedInRequest) -> JsonResponse:
    """Open leads for a field in which one types: {"results": [{"id", "text"}]}, those that the reader sees."""
    text = clean(request.GET.get("q", ""))
    rows = Lead.objects.visible_to(request.user).open().defer("search_text")
    found = matching(rows, text) if text else rows.filter(owner=request.user)
    leads = found.order_by("-created_at", "-pk")[:20]
    results = [{"id": one.pk, "text": " · ".join(filter(None, (one.name, str(one.country))))} for one in leads]
    return JsonResponse({"results": results})


@require_POST
def reassign(request: SignedInRequest) -> HttpResponse:
    """Give the chosen tasks to somebody: first the form, then what became of each row."""
    ids = selected(request, TaskList, MOST_ROWS)
    people = User.objects.visible_to(request.user).filter(is_active=True).order_by("name", "pk")
    is_sent = "go" in request.POST
    form = ReassignForm(request.POST if is_sent else None, people=people)
    context: dict[str, Any] = {"title": _("Give to somebody"), "form": form, "number": len(ids), "most": MOST_ROWS}
    context["kept"] = kept_selection(request)
    if not is_sent or not ids or len(ids) > MOST_ROWS or not form.is_valid():
        return render(request, "followups/reassign.html", context, status=422 if form.errors else 200)
    outcome = services.reassign_tasks(ids=ids, to=form.cleaned_data["to"], by=request.user, now=timezone.now())
    refused = [one for one in outcome if one[1]]
    context |= {"outcome": outcome, "refused": refused, "done": len(outcome) - len(refused)}
    return render(request, "followups/reassign_result.html", context)
