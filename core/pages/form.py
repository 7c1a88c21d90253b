"""How do forms that create or change a record work? Errors in place, nothing typed is lost, sent once."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views import View

from ..exceptions import DomainError
from ..forms import Submitted, refuse
from ..registries import Label
from .gate import allow, get_visible_or_404


class FormPage(View):
    """Shared by create and update: show the form, on success do one service call and go on.

    ``form`` makes the form, ``save`` does the service call and returns where to go. A DomainError
    stands at its field, with everything typed still there (409).
    """

    template_name = "core/form.html"
    title: ClassVar[Label] = ""
    record: Any = None

    def form(self, data: Any = None, files: Any = None) -> BaseForm:
        raise TypeError(f"{type(self).__name__} needs form()")

    def save(self, form: Any) -> str:
        raise TypeError(f"{type(self).__name__} needs save()")

    def extra_context(self) -> dict[str, Any]:
        return {}

    def cancel_url(self) -> str:
        return self.record.get_absolute_url() if self.record is not None else "/"

    def show(self, form: BaseForm, status: int = 200, refusal: DomainError | None = None) -> HttpResponse:
        context = {
            "form": form,
            "title": self.title,
            "record": self.record,
            "refusal": refusal,
            "cancel_url": self.cancel_url(),
            **self.extra_context(),
        }
        return render(self.request, self.template_name, context, status=status)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.answer(self.form(request.POST, request.FILES))

    def answer(self, form: Any) -> HttpResponse:
        """Save a valid form and go on; show an invalid or refused one with everything typed."""
        if not self.is_valid(form):
            return self.show(form, 422)
        try:
            return HttpResponseRedirect(self.save_once(form))
        except DomainError as refusal:
            refuse(self.refused(form), refusal)
            return self.show(form, refusal.status, refusal)

    def is_valid(self, form: Any) -> bool:
        """Whether all that was sent is valid; a page of several forms asks each of them, for each shows its errors."""
        return form.is_valid()

    def refused(self, form: Any) -> Any:
        """The form at whose field a refusal stands."""
        return form

    def save_once(self, form: Any) -> str:
        return self.save(form)


class CreatePage(FormPage):
    """A form that makes a record; sent twice it makes one, and both answers lead to it."""

    model: ClassVar[type[Model]]

    def may(self, user: Any) -> bool:
        return True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        allow(self.may(request.user))
        return super().dispatch(request, *args, **kwargs)

    def save_once(self, form: Any) -> str:
        return Submitted(self.request).once(lambda: self.save(form))

    def extra_context(self) -> dict[str, Any]:
        return {"submission": Submitted(self.request).token}


class UpdatePage(FormPage):
    """A form that changes a visible record."""

    model: ClassVar[type[Model]]

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._default_manager.all()

    def may(self, user: Any, record: Any) -> bool:
        return False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.record = get_visible_or_404(self.get_queryset(), request.user, kwargs["pk"])  # type: ignore[arg-type]
        allow(self.may(request.user, self.record))
        return super().dispatch(request, *args, **kwargs)
