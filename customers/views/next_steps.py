"""The next best steps: a page with those that were put off, "not now" and back again."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.pages import get_visible_or_404
from core.pages.form import FormPage
from core.pages.told import offer_undo
from core.registries import Day
from core.zones import business_day

from .. import services
from ..forms import PutOffForm
from ..models import PutOff
from ..next_steps import MOST_SHOWN, Step, steps_of, with_habits


@require_safe
def steps(request: SignedInRequest) -> HttpResponse:
    """What to do next and why, and what was put off."""
    now = timezone.now()
    request.lit_as = "core:today"
    found = steps_of(Day(request.user, now))
    shown = with_habits(found.open[: 4 * MOST_SHOWN], now)
    context = {"steps": shown, "put_off": found.put_off, "rest": len(found.open) - len(shown)}
    return render(request, "customers/steps.html", context)


class PutOffPage(FormPage):
    """Why not, and until when? What is not suggested to this person is not there."""

    request: SignedInRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.step is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def step(self) -> Step | None:
        return steps_of(Day(self.request.user, timezone.now())).find(self.kwargs["about"])

    def form(self, data: Any = None, files: Any = None) -> PutOffForm:
        return PutOffForm(data, initial={"reason": PutOff.Reason.LATER, "days": "3"})

    def save(self, form: PutOffForm) -> str:
        now, data, step = timezone.now(), form.cleaned_data, self.step
        assert step is not None  # dispatch has seen to it
        row = services.put_off_step(
            about=step.about,
            facts=step.facts,
            reason=data["reason"],
            note=data["note"],
            until=form.until(business_day(now)),
            by=self.request.user,
            now=now,
        )
        said = _("%(name)s is put off.") % {"name": step.line.title}
        offer_undo(self.request, said, reverse("customers:step_again", args=[row.pk]))
        return self.cancel_url()

    def cancel_url(self) -> str:
        return reverse("core:today")

    def extra_context(self) -> dict[str, Any]:
        title = _("Not now: %(name)s") % {"name": self.step.line.title if self.step else ""}
        return {"title": title, "save": gettext_lazy("Put off")}


@require_POST
def again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a step again that was put off."""
    services.show_step_again(row=get_visible_or_404(PutOff, request.user, pk), by=request.user)
    return redirect("customers:steps" if "list" in request.POST else "core:today")
