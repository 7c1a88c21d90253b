"""The forms that write down what was said: for a customer, with a finished task, and to correct it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.forms import Submitted
from core.ids import id_of
from core.pages import UpdatePage, get_visible_or_404
from customers.clock import local_clock
from customers.files import FileData
from customers.models import Customer
from followups.models import Task
from followups.permissions import can_work_on
from followups.services import complete_task, create_task
from followups.services.errors import TaskIsOver
from opportunities.models import Lead

from .. import permissions, services
from ..disturbance import recent_words
from ..forms import CompleteForm, LogForm, Todos
from ..inputs import CommunicationData
from ..models import Communication
from ..timeline import files_of

# What somebody is asked to do tells by which way it was done.
CHANNEL_OF = {"call": "phone", "mail": "email", "message": "whatsapp", "meeting": "meeting", "visit": "meeting"}
LABEL = Communication._meta.label_lower


@transaction.atomic
def log_with_files(party: Customer | Lead, data: CommunicationData, files: list[FileData], user: Any) -> Communication:
    """Write it down, and hang the files on it: both or neither."""
    now = timezone.now()
    of: dict[str, Any] = {"lead": party} if isinstance(party, Lead) else {"customer": party}
    said = services.log_communication(**of, data=data, by=user, now=now)
    services.hang_files(said=said, files=files, by=user, now=now)
    return said


class WithTodos(UpdatePage):
    """A form that writes something down; its to-dos become tasks with it. Sent twice it does so once."""

    request: SignedInRequest

    @cached_property
    def todos(self) -> Any:
        return Todos(self.request.POST if self.request.method == "POST" else None, prefix="todo")

    def is_valid(self, form: Any) -> bool:
        return all([super().is_valid(form), self.todos.is_valid()])

    def save_once(self, form: Any) -> str:
        return Submitted(self.request).once(lambda: self.save(form))

    def extra_context(self) -> dict[str, Any]:
        return {"todos": self.todos, "submission": Submitted(self.request).token}


class LogPage(WithTodos):
    """Write down an exchange with a customer; ``?opportunity=`` names what it is about."""

    model: ClassVar[Any] = Customer
    draft: ClassVar[str] = "log"
    template_name = "communications/log.html"
    title = _("Log a contact")
    record: Any

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_log(user, record)

    def past(self) -> Any:
        """What was said with them before."""
        return Communication.objects.visible_to(self.request.user).filter(customer=self.record)

    @cached_property
    def now(self) -> Any:
        return timezone.now()

    def first(self) -> dict[str, Any]:
        """What is chosen when the form opens: the way it went last time, outbound, now."""
        asked = self.request.GET
        last = self.past().filter(is_automatic=False).order_by("-happened_at")
        before = last.values_list("channel", flat=True).first()
        return {
            "channel": asked.get("channel") or before or "phone",
            "direction": asked.get("direction") or Communication.Direction.OUT,
            "happened_at": timezone.localtime(self.now).replace(second=0, microsecond=0, tzinfo=None),
            "contacts": [asked["contact"]] if id_of(asked.get("contact")) else [],
            "opportunity": asked.get("opportunity", ""),
        }

    def form(self, data: Any = None, files: Any = None) -> LogForm:
        first = {} if data else self.first()
        return LogForm(data, files, party=self.record, user=self.request.user, initial=first)

    def save(self, form: LogForm) -> str:
        data = form.communication_data(self.todos.tasks(self.request.user))
        log_with_files(self.record, data, form.cleaned_data["files"], self.request.user)
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {
            "party": self.record,
            "clock": local_clock(self.record, self.now),
            "recent": recent_words(self.record, self.request.user, self.now),
            "draft": f"{self.draft}:{self.record.pk}",
        }


class LogLeadPage(LogPage):
    """Write down an exchange with a lead."""

    model = Lead
    draft = "log_lead"

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_log_with_lead(user, record)

    def past(self) -> Any:
        return Communication.objects.visible_to(self.request.user).filter(lead=self.record)


class CompletePage(WithTodos):
    """Finish a task, and write down in the same form what was said with it.

    Without a customer or lead, or for somebody who may not write there, only the result is asked.
    """

    template_name = "communications/complete.html"
    title = _("Done")
    record: Task

    def get_queryset(self) -> Any:
        rows = Task.objects.select_related("customer", "lead", "opportunity")  # unscoped: the gate scopes it
        return rows.select_related("contact", "assignee", "team")

    def may(self, user: Any, record: Task) -> bool:
        return can_work_on(user, record)

    @cached_property
    def party(self) -> Customer | Lead | None:
        """The customer or lead, where the reader sees it and may write there."""
        task, user = self.record, self.request.user
        if task.customer_id is not None:
            customer = Customer.objects.visible_to(user).filter(pk=task.customer_id).first()
            return customer if customer and permissions.can_log(user, customer) else None
        lead = Lead.objects.visible_to(user).filter(pk=task.lead_id).first() if task.lead_id else None
        return lead if lead and permissions.can_log_with_lead(user, lead) else None

    @cached_property
    def log_form(self) -> LogForm | None:
        if self.party is None:
            return None
        task = self.record
        whom: dict[str, Any] = {"party": self.party, "user": self.request.user, "about": task.opportunity_id}
        if self.request.method == "POST":
            sent = (self.request.POST, self.request.FILES) if self.logs else ()
            return LogForm(*sent, **whom)
        first = {
            "channel": CHANNEL_OF.get(task.kind, "phone"),
            "direction": Communication.Direction.OUT,
            "happened_at": timezone.localtime().replace(second=0, microsecond=0, tzinfo=None),
            "contacts": [task.contact_id] if task.contact_id else [],
            "subject": task.title,
            "opportunity": task.opportunity_id,
        }
        return LogForm(**whom, initial=first)

    @property
    def logs(self) -> bool:
        """Is something said to be written down with it?"""
        return "logs" in self.request.POST if self.request.method == "POST" else self.record.kind in CHANNEL_OF

    def form(self, data: Any = None, files: Any = None) -> CompleteForm:
        return CompleteForm(data)

    @property
    def sent_log(self) -> LogForm | None:
        return self.log_form if self.logs else None

    def is_valid(self, form: Any) -> bool:
        return all([super().is_valid(form), self.sent_log is None or self.sent_log.is_valid()])

    def refused(self, form: Any) -> Any:
        return form if self.sent_log is None else self.sent_log

    @transaction.atomic
    def save(self, form: CompleteForm) -> str:
        user, now = self.request.user, timezone.now()
        said = None
        tasks = self.todos.tasks(user)
        if self.party is not None and self.sent_log is not None:
            data = self.sent_log.communication_data(tasks)
            said = log_with_files(self.party, data, self.sent_log.cleaned_data["files"], user)
        elif self.party is not None:
            for data in tasks:
                data.customer, data.opportunity = self.record.customer, self.record.opportunity
                data.lead = None if self.record.customer_id else self.record.lead
                create_task(data=data, by=user, now=now)
        done = complete_task(
            task=self.record,
            by=user,
            now=now,
            result=form.cleaned_data["result"],
            closed_by=(LABEL, said.pk) if said else None,
        )
        if said is not None and done.closed_by_id != said.pk:
            # Done in another tab meanwhile: what was said is not written down a second time.
            raise TaskIsOver
        return self.back()

    def back(self) -> str:
        if self.party is not None:
            return reverse(f"followups:of_{self.party._meta.model_name}", args=[self.party.pk])
        return reverse("followups:list")

    def extra_context(self) -> dict[str, Any]:
        now = timezone.now()
        return super().extra_context() | {
            "task": self.record,
            "party": self.party,
            "log_form": self.log_form,
            "logs": self.logs,
            "clock": local_clock(self.party, now) if self.party else None,
            "recent": recent_words(self.party, self.request.user, now) if self.party else [],
            "draft": f"done:{self.record.pk}",
        }


class CorrectPage(UpdatePage):
    """Correct what was written down; the original stays in the history."""

    request: SignedInRequest
    template_name = "communications/log.html"
    title = _("Correct")
    record: Communication

    def get_queryset(self) -> Any:
        return Communication.objects.select_related("customer__owner", "lead__owner")  # unscoped: the gate scopes it

    def may(self, user: Any, record: Communication) -> bool:
        return permissions.can_correct(user, record)

    def form(self, data: Any = None, files: Any = None) -> LogForm:
        said = self.record
        names = ("channel", "direction", "subject", "body", "feedback", "agreement")
        first = {name: getattr(said, name) for name in names}
        first["happened_at"] = timezone.localtime(said.happened_at).replace(tzinfo=None)
        first["contacts"] = list(said.contacts.values_list("pk", flat=True))
        first["opportunity"] = said.opportunity_id
        whom: dict[str, Any] = {"party": said.party, "user": self.request.user, "about": said.opportunity_id}
        return LogForm(data, files, **whom, present=first["contacts"], initial=first)

    def save(self, form: LogForm) -> str:
        said, user, now = self.record, self.request.user, timezone.now()
        data = form.communication_data()
        data.file_names = [*data.file_names, *files_of([said.pk]).values_list("name", flat=True)]
        with transaction.atomic():
            services.correct_communication(said=said, data=data, by=user, now=now)
            services.hang_files(said=said, files=form.cleaned_data["files"], by=user, now=now)
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return {"party": self.record.party, "is_correction": True}


@require_safe
def choose(request: SignedInRequest) -> HttpResponse:
    """From any page: with which customer or lead? Chosen, it leads to the form."""
    if asked := request.GET.get("customer", ""):
        return redirect("communications:log", get_visible_or_404(Customer, request.user, asked).pk)
    if asked := request.GET.get("lead", ""):
        return redirect("communications:log_lead", get_visible_or_404(Lead, request.user, asked).pk)
    mine = Customer.objects.visible_to(request.user).filter(owner=request.user)
    recent = mine.order_by("-last_followed_at", "-pk").exclude(last_followed_at=None)
    context = {"title": _("Log a contact"), "recent": recent.only("name", "country")[:8]}
    return render(request, "communications/choose.html", context)
