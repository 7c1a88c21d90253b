"""The list of tasks, what is done to many of them, and how one is made."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from core.pages import CreatePage, FilterPanel, ListPage, Preset, get_visible_or_404
from core.pages.gate import allow
from core.pages.listing import BulkVerb, Quick
from core.pages.selection import kept_selection, selected
from customers.models import Customer

from .. import permissions, services
from ..filters import TaskFilters
from ..forms import ReassignForm, TaskForm
from ..models import Task
from ..tables import TaskTable

MOST_ROWS = 500


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
        seen = Customer.objects.visible_to(self.request.user).filter(pk=OuterRef("customer"))
        return super().get_queryset().annotate(is_customer_seen=Exists(seen))

    def bulk_verbs(self) -> list[BulkVerb]:
        return [
            BulkVerb("reassign", _("Give to somebody"), "user-share", reverse("followups:reassign")),
        ]

    def extra_context(self) -> dict[str, Any]:
        return {"panel_url": f"{reverse('followups:filters')}?{self.query_to_keep()}&m=1"}


class TaskFilterPanel(FilterPanel, TaskList):
    list_url_name = "followups:list"


class TaskCreate(CreatePage):
    """A new task; ``?customer=`` names for whom it is."""

    request: SignedInRequest
    model = Task
    title = _("New task")
    template_name = "followups/task_form.html"

    @cached_property
    def customer(self) -> Customer | None:
        pk = self.request.GET.get("customer", "")
        if not pk:
            return None
        customer = get_visible_or_404(Customer, self.request.user, pk)
        allow(permissions.can_plan_for(self.request.user, customer))
        return customer

    def form(self, data: Any = None, files: Any = None) -> TaskForm:
        asked = self.request.GET
        first = {name: asked[name] for name in ("title", "kind", "due_on", "plan", "contact") if name in asked}
        first["to"] = f"u{self.request.user.pk}"
        return TaskForm(data, user=self.request.user, customer=self.customer, initial=first)

    def save(self, form: TaskForm) -> str:
        task = services.create_task(data=form.task_data(), by=self.request.user, now=timezone.now())
        if self.customer:
            return reverse("followups:of_customer", args=[self.customer.pk])
        return task.get_absolute_url()

    def cancel_url(self) -> str:
        return reverse("followups:of_customer", args=[self.customer.pk]) if self.customer else reverse("followups:list")

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {"customer": self.customer, "now": timezone.now()}


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
