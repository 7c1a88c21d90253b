"""What is done to one customer with a small form: status, grade, protection, transfer, archive, sharing, group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from core.pages import UpdatePage, get_visible_or_404
from core.pages.gate import allow

from .. import permissions, services
from ..forms import (
    CollaboratorForm,
    GradeForm,
    GroupForm,
    KeyDatesForm,
    ProtectForm,
    ReasonForm,
    RestoreForm,
    StatusForm,
    TransferForm,
)
from ..models import Collaborator, Customer, CustomerGroup, KeyDate
from ..services.status import BY_HAND


class Verb(UpdatePage):
    """A form with one service call; ``can`` is asked of the user and the customer."""

    request: SignedInRequest
    model = Customer
    can: ClassVar[Callable[..., bool]]
    act: ClassVar[Callable[..., Any]]
    template_name = "customers/verb.html"
    save_word: ClassVar[Any] = _("Save")

    def may(self, user: Any, record: Any) -> bool:
        return type(self).can(user, record)

    def save(self, form: Any) -> str:
        type(self).act(customer=self.record, by=self.request.user, now=timezone.now(), **self.values(form))
        return self.done_url()

    def values(self, form: Any) -> dict[str, Any]:
        return form.cleaned_data

    def done_url(self) -> str:
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return {"save": self.save_word}


class StatusPage(Verb):
    title = _("Change the status")
    can = staticmethod(permissions.can_change_status)
    act = staticmethod(services.change_status)

    def form(self, data: Any = None, files: Any = None) -> StatusForm:
        return StatusForm(data, initial={"status": self.record.status.key})


class GradePage(Verb):
    title = _("Grade by hand")
    can = staticmethod(permissions.can_grade)
    act = staticmethod(services.set_grade)

    def form(self, data: Any = None, files: Any = None) -> GradeForm:
        now = {"grade": self.record.grade, "reason": self.record.grade_reason, "until": self.record.grade_until}
        return GradeForm(data, initial=now)


class ProtectPage(Verb):
    title = _("Protect")
    can = staticmethod(permissions.can_protect)
    act = staticmethod(services.protect)

    def form(self, data: Any = None, files: Any = None) -> ProtectForm:
        return ProtectForm(data, initial={"until": self.record.protected_until, "reason": self.record.protected_reason})

    def extra_context(self) -> dict[str, Any]:
        return {"save": _("Protect"), "may_end": self.record.protected_until is not None}


class KeyDatesPage(Verb):
    """Days that matter, one form for all: an emptied one is removed."""

    title = _("Key dates")
    can = staticmethod(permissions.can_edit)
    act = staticmethod(services.set_key_dates)

    def form(self, data: Any = None, files: Any = None) -> KeyDatesForm:
        rows = KeyDate.objects.visible_to(self.request.user).filter(customer=self.record, source=BY_HAND)
        return KeyDatesForm(data, standing={one.kind: one for one in rows})

    def values(self, form: KeyDatesForm) -> dict[str, Any]:
        return {"dates": form.dates()}


class TransferPage(Verb):
    title = _("Transfer")
    save_word = _("Transfer")
    can = staticmethod(permissions.can_transfer)
    act = staticmethod(services.transfer_customer)

    def form(self, data: Any = None, files: Any = None) -> TransferForm:
        return TransferForm(data, people=receivers(self.request.user).exclude(pk=self.record.owner_id))

    def done_url(self) -> str:
        return after_losing(self.request.user, self.record)


class ArchivePage(Verb):
    title = _("Archive")
    save_word = _("Archive")
    can = staticmethod(permissions.can_archive)
    act = staticmethod(services.archive_customer)

    def form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)


class RestorePage(Verb):
    """Bring an archived customer back to an owner of the reader's teams."""

    title = _("Bring back")
    save_word = _("Bring back")
    can = staticmethod(permissions.can_restore)
    act = staticmethod(services.restore_customer)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        archived = Customer.objects.archived_for(self.request.user).filter(pk=kwargs["pk"]).first()
        if archived is None:
            # A living one that is visible refuses (403); else it does not exist for this reader.
            get_visible_or_404(Customer, self.request.user, kwargs["pk"])
            allow(False)
        self.record = archived
        allow(self.may(self.request.user, self.record))
        return super(UpdatePage, self).dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> RestoreForm:
        return RestoreForm(data, people=receivers(self.request.user))

    def values(self, form: Any) -> dict[str, Any]:
        return {"owner": form.cleaned_data["to"]}


class CollaboratorAdd(Verb):
    title = _("Share with a colleague")
    save_word = _("Share")
    can = staticmethod(permissions.can_manage_collaborators)
    act = staticmethod(services.add_collaborator)

    def form(self, data: Any = None, files: Any = None) -> CollaboratorForm:
        known = Collaborator.objects.visible_to(self.request.user).filter(customer=self.record).values("user")
        people = User.objects.visible_to(self.request.user).filter(is_active=True)
        return CollaboratorForm(data, people=people.exclude(pk=self.record.owner_id).exclude(pk__in=known))


class GroupPage(Verb):
    title = _("Group")
    can = staticmethod(permissions.can_edit)
    act = staticmethod(services.put_in_group)

    def form(self, data: Any = None, files: Any = None) -> GroupForm:
        groups = CustomerGroup.objects.visible_to(self.request.user)
        return GroupForm(data, groups=groups, initial={"group": self.record.group_id, "role": self.record.group_role})

    def extra_context(self) -> dict[str, Any]:
        return {"save": _("Save"), "may_leave": self.record.group_id is not None}


def receivers(user: Any) -> QuerySet[Any]:
    """Active people to whom this reader may give a customer."""
    return User.objects.reporting_to(user).filter(is_active=True)


def after_losing(user: Any, customer: Customer) -> str:
    """The customer's page where one may still see it, else the list."""
    still = Customer.objects.visible_to(user).filter(pk=customer.pk).exists()
    return customer.get_absolute_url() if still else "/customers/"


# --- without a form ---------------------------------------------------------------------------------------


@require_POST
def unprotect(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = get_visible_or_404(Customer, request.user, pk)
    allow(permissions.can_protect(request.user, customer))
    services.unprotect(customer=customer, by=request.user, now=timezone.now())
    return redirect(customer)


@require_POST
def leave_group(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = get_visible_or_404(Customer, request.user, pk)
    allow(permissions.can_edit(request.user, customer))
    services.leave_group(customer=customer, by=request.user, now=timezone.now())
    return redirect(customer)


@require_POST
def remove_collaborator(request: SignedInRequest, pk: int, user_pk: int) -> HttpResponse:
    """End a collaboration; a collaborator may leave by oneself."""
    customer = get_visible_or_404(Customer, request.user, pk)
    collaborator = Collaborator.objects.visible_to(request.user).filter(customer=customer, user=user_pk).first()
    if collaborator is None:
        raise Http404
    allow(user_pk == request.user.pk or permissions.can_manage_collaborators(request.user, customer))
    services.remove_collaborator(customer=customer, user=collaborator.user, by=request.user, now=timezone.now())
    return redirect(after_losing(request.user, customer))
