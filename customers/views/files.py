"""The files of a customer: list, bring, hand out, take away and back. Bytes never have an address of their own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.forms import Submitted
from core.pages import Tab, UpdatePage
from core.pages.gate import allow, get_visible_or_404

from .. import permissions, services
from ..files import KINDS, FileData, sorted_out
from ..forms import FileForm, FilesInput
from ..models import Attachment, Customer
from ..registries import TABS
from ..services.files import small_path
from .record import CustomerPage, find_customer

SHOWN = 200


class FilesPage(CustomerPage):
    """All files of a customer, those on its communications too."""

    tab = "files"
    part = "customers/_files.html"
    refused: Sequence[Any] = ()

    def tab_context(self) -> dict[str, Any]:
        files = self.customer.attachments.select_related("blob", "by").order_by("-at", "-pk")
        shown: list[Any] = list(files.filter(deleted_at=None)[: SHOWN + 1])
        today = timezone.localdate(self.now)
        for one in shown:
            one.kind_name = KINDS.get(one.kind, "")
            one.is_expired = bool(one.expires_on and one.expires_on < today)
        return {
            "files": shown[:SHOWN],
            "has_more": len(shown) > SHOWN,
            "gone": list(files.exclude(deleted_at=None)[:20]),
            "field": FilesInput().render("files", None, {"id": "id_files"}),
            "submission": uuid.uuid4(),
            "refused": self.refused,
        }

    def post(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """Keep what may be kept; what may not is named with its reason, and nothing else is lost."""
        customer = get_visible_or_404(Customer, request.user, pk)
        allow(permissions.can_edit(request.user, customer))
        given = [FileData(one.name or "", one) for one in request.FILES.getlist("files")]
        good, self.refused = sorted_out(given)
        here = reverse("customers:files", args=[pk])

        def save() -> str:
            services.add_files(customer=customer, files=good, by=request.user, now=self.now)
            return here

        if good:
            Submitted(request).once(save)
        if good and not self.refused:
            return HttpResponseRedirect(here)
        response = self.get(request, pk)
        response.status_code = 422
        return response


def find_file(request: SignedInRequest, pk: int, file_pk: int, *, is_gone: bool = False) -> Attachment:
    """A file of a customer that the reader sees, else Http404."""
    customer = find_customer(request, pk)
    file = customer.attachments.select_related("blob").filter(pk=file_pk, deleted_at__isnull=not is_gone).first()
    if file is None:
        raise Http404
    file.customer = customer
    return file


@require_safe
def file(request: SignedInRequest, pk: int, file_pk: int) -> FileResponse:
    """Hand out the bytes to whoever sees the customer: to be saved, never to be run or drawn here."""
    return hand_out(find_file(request, pk, file_pk))


@require_safe
def thumbnail(request: SignedInRequest, pk: int, file_pk: int) -> HttpResponse:
    """The picture in small, drawn by us."""
    return hand_out_small(find_file(request, pk, file_pk))


def hand_out(found: Attachment) -> FileResponse:
    """The bytes of a file that the reader may see."""
    content = _opened(found.blob.path)
    return _sealed(FileResponse(content, as_attachment=True, filename=found.name, content_type=found.blob.content_type))


def hand_out_small(found: Attachment) -> HttpResponse:
    """The picture in small of a file that the reader may see, else Http404."""
    if found.blob.width is None:
        raise Http404
    with _opened(small_path(found.blob)) as picture:
        return _sealed(HttpResponse(picture.read(), content_type="image/jpeg"))


def _opened(path: str) -> File[Any]:
    try:
        return default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error


Answer = TypeVar("Answer", bound=HttpResponseBase)


def _sealed(response: Answer) -> Answer:
    """Nothing in it may run, whatever a browser takes it for."""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class FileEdit(UpdatePage):
    request: SignedInRequest
    title = _("About this file")
    template_name = "customers/verb.html"

    def dispatch(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        self.file = find_file(request, kwargs["pk"], kwargs["file_pk"])
        self.record = self.file.customer
        allow(permissions.can_edit(request.user, self.record))
        return super(UpdatePage, self).dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> FileForm:
        return FileForm(data, initial={"kind": self.file.kind, "expires_on": self.file.expires_on})

    def save(self, form: Any) -> str:
        services.change_file(file=self.file, **form.cleaned_data, by=self.request.user, now=timezone.now())
        return reverse("customers:files", args=[self.record.pk])


@require_POST
def remove_file(request: SignedInRequest, pk: int, file_pk: int) -> HttpResponse:
    found = find_file(request, pk, file_pk)
    services.remove_file(file=found, by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("customers:files", args=[pk]))


@require_POST
def restore_file(request: SignedInRequest, pk: int, file_pk: int) -> HttpResponse:
    found = find_file(request, pk, file_pk, is_gone=True)
    services.restore_file(file=found, by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("customers:files", args=[pk]))


def register_files() -> None:
    TABS["files"] = Tab(
        "files",
        _("Files"),
        "customers:files",
        60,
        lambda customer, user: customer.attachments.filter(deleted_at=None),
    )
