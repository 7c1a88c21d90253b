"""What is done to one opportunity with a small form: move, end, reopen, give away, share, archive; and its ticks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.forms import refuse
from core.pages import UpdatePage, get_visible_or_404
from core.pages.gate import allow
from core.zones import business_day
from customers.forms import ReasonForm
from customers.views.verbs import receivers

from .. import permissions, services, words
from ..forms.opportunity_verbs import (
    AssignForm,
    BackForm,
    ChooseStageForm,
    ForwardForm,
    LoseForm,
    ReopenForm,
    ShareForm,
)
from ..models import Checkpoint, Opportunity, Stage
from ..requirements import REQUIRED, missing
from ..services.moving import open_checkpoints, stages_on_the_way


def with_relations() -> QuerySet[Opportunity]:
    """Opportunities with what permissions and dialogs ask of them; the gate scopes them."""
    rows = Opportunity.objects.select_related("stage", "pipeline", "owner", "customer__owner")  # unscoped: see above
    return rows.prefetch_related("collaborators", "customer__collaborators")


class OpportunityVerb(UpdatePage):
    """A form with one service call on an opportunity."""

    request: SignedInRequest
    model = Opportunity
    can: ClassVar[Callable[..., bool]] = staticmethod(permissions.can_work_opportunity)
    act: ClassVar[Callable[..., Any]]
    template_name = "opportunities/verb.html"
    save_word: ClassVar[Any] = gettext_lazy("Save")

    def get_queryset(self) -> QuerySet[Any]:
        return with_relations()

    def may(self, user: Any, record: Any) -> bool:
        return type(self).can(user, record)

    def save(self, form: Any) -> str:
        type(self).act(opportunity=self.record, by=self.request.user, now=timezone.now(), **self.values(form))
        return self.done_url()

    def values(self, form: Any) -> dict[str, Any]:
        return form.cleaned_data

    def done_url(self) -> str:
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return {"save": self.save_word}


class MovePage(OpportunityVerb):
    """Forward, back, won, lost: what is asked depends on where it goes (``to``, or the ``kind`` of the address).

    Without either the stage is asked for first. On POST ``go`` says that the form for the stage was filled in.
    """

    title = gettext_lazy("Change stage")
    template_name = "opportunities/move.html"
    kind: str = ""

    def may(self, user: Any, record: Any) -> bool:
        return super().may(user, record) and record.is_open

    @cached_property
    def stages(self) -> list[Stage]:
        return list(words.stages(in_use=True).filter(pipeline=self.record.pipeline_id))

    @cached_property
    def to(self) -> Stage | None:
        """Where it goes; None where that is still to be asked."""
        if self.kind:
            return next((one for one in self.stages if one.kind == self.kind), None)
        asked = self.request.POST.get("to") or self.request.GET.get("to", "")
        return next((one for one in self.stages if str(one.pk) == asked and one.pk != self.record.stage_id), None)

    @property
    def is_forward(self) -> bool:
        here = self.record.stage
        return self.to is not None and (self.to.position, self.to.pk) > (here.position, here.pk)

    def form(self, data: Any = None, files: Any = None) -> Any:
        if self.to is None:
            return ChooseStageForm(data, stages=[one for one in self.stages if one.pk != self.record.stage_id])
        day = business_day(timezone.now())
        if self.to.kind == Stage.Kind.LOST:
            return LoseForm(data, opportunity=self.record, initial={"closed_on": day})
        if not self.is_forward:
            return BackForm(data, opportunity=self.record)
        return ForwardForm(
            data,
            opportunity=self.record,
            checkpoints=open_checkpoints(self.record, self.to),
            missing=missing(self.record, stages_on_the_way(self.record, self.to)),
            user=self.request.user,
            today=day if self.to.kind == Stage.Kind.WON else None,
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.to is None:
            form = self.form(request.POST)
            form.is_valid()
            return self.show(form, 422)
        if "go" not in request.POST:
            return self.show(self.form())
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            self.act_on(form)
        except DomainError as refusal:
            self.record.refresh_from_db()
            refuse(form, refusal)
            return self.show(form, refusal.status, refusal)
        if self.to.kind == Stage.Kind.WON:
            return render(request, "opportunities/won.html", {"opportunity": self.record, "title": _("Won")})
        return redirect(self.done_url())

    def act_on(self, form: Any) -> None:
        """One service call; ``form`` is valid."""
        assert self.to is not None  # post() asks for it first
        given = form.cleaned_data
        said = {"by": self.request.user, "now": timezone.now(), "expected": given.get("seen")}
        if isinstance(form, LoseForm):
            services.lose_opportunity(
                opportunity=self.record,
                reason=given["lost_reason"],
                lost_to=given["lost_to"],
                words=given["words"],
                closed_on=given["closed_on"],
                **said,
            )
        elif isinstance(form, BackForm):
            services.move_opportunity(opportunity=self.record, to=self.to, reason=given["reason"], **said)
        else:
            services.advance_opportunity(
                opportunity=self.record,
                to=self.to,
                known=form.known(),
                passed=form.passed(),
                reason=given["reason"],
                closed_on=given.get("closed_on"),
                **said,
            )

    def extra_context(self) -> dict[str, Any]:
        to = self.to
        lost = {one.pk for one in words.lost_reasons(in_use=True) if one.asks_who} if to and to.kind == "lost" else ()
        return {
            "to": to,
            "is_forward": self.is_forward,
            "asks_who": lost,
            "title": self.heading(),
            "save": self.word(),
            "open_tasks": self.record.next_task_title if to is not None and not to.is_open else "",
            "required": REQUIRED,
        }

    def heading(self) -> str:
        if self.to is None:
            return _("Change stage")
        if self.to.kind == Stage.Kind.WON:
            return _("Won")
        if self.to.kind == Stage.Kind.LOST:
            return _("Lost")
        if self.is_forward:
            return _("Forward to “%(stage)s”") % {"stage": self.to.name}
        return _("Back to “%(stage)s”") % {"stage": self.to.name}

    def word(self) -> str:
        if self.to is None:
            return _("Next")
        if self.to.kind == Stage.Kind.WON:
            return _("It is won")
        if self.to.kind == Stage.Kind.LOST:
            return _("It is lost")
        return _("Move forward") if self.is_forward else _("Move back")


class ReopenPage(OpportunityVerb):
    title = gettext_lazy("Take up again")
    save_word = gettext_lazy("Take up again")
    act = staticmethod(services.reopen_opportunity)

    def may(self, user: Any, record: Any) -> bool:
        return super().may(user, record) and not record.is_open

    @cached_property
    def stages(self) -> list[Stage]:
        rows = words.stages(in_use=True).filter(pipeline=self.record.pipeline_id, kind=Stage.Kind.OPEN)
        return list(rows)

    def form(self, data: Any = None, files: Any = None) -> ReopenForm:
        # Where it last was before it ended.
        last = self.record.moves.filter(left_at=None).values_list("before", flat=True).first()
        return ReopenForm(data, opportunity=self.record, stages=self.stages, initial={"stage": last})

    def values(self, form: Any) -> dict[str, Any]:
        given = form.cleaned_data
        to = next(one for one in self.stages if one.pk == given["stage"])
        return {"to": to, "reason": given["reason"], "expected": given["seen"]}


class AssignPage(OpportunityVerb):
    title = gettext_lazy("Give to somebody")
    save_word = gettext_lazy("Give")
    can = staticmethod(permissions.can_assign_opportunity)
    act = staticmethod(services.assign_opportunity)

    def form(self, data: Any = None, files: Any = None) -> AssignForm:
        return AssignForm(data, people=receivers(self.request.user).exclude(pk=self.record.owner_id))

    def done_url(self) -> str:
        return after_losing(self.request.user, self.record)


class SharePage(OpportunityVerb):
    title = gettext_lazy("Share with colleagues")
    can = staticmethod(permissions.can_share_opportunity)
    act = staticmethod(services.set_collaborators)

    def form(self, data: Any = None, files: Any = None) -> ShareForm:
        people = User.objects.visible_to(self.request.user).filter(is_active=True).exclude(pk=self.record.owner_id)
        return ShareForm(data, people=people, initial={"users": self.record.collaborators.all()})


class ArchivePage(OpportunityVerb):
    title = gettext_lazy("Archive")
    save_word = gettext_lazy("Archive")
    can = staticmethod(permissions.can_archive_opportunity)
    act = staticmethod(services.archive_opportunity)

    def may(self, user: Any, record: Any) -> bool:
        return super().may(user, record) and record.archived_at is None

    def form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def done_url(self) -> str:
        return reverse("opportunities:list")


def after_losing(user: Any, opportunity: Opportunity) -> str:
    """The opportunity's page where one may still see it, else the list."""
    still = Opportunity.objects.visible_to(user).filter(pk=opportunity.pk).exists()
    return opportunity.get_absolute_url() if still else reverse("opportunities:list")


# --- without a form ---------------------------------------------------------------------------------------


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Bring an archived opportunity back."""
    rows = with_relations().archived_for(request.user)  # type: ignore[attr-defined]
    opportunity = rows.filter(pk=pk).first()
    if opportunity is None:
        # A living one that is visible refuses (403); else it does not exist for this reader.
        get_visible_or_404(Opportunity, request.user, pk)
        allow(False)
    allow(permissions.heads_opportunity(request.user, opportunity))
    services.restore_opportunity(opportunity=opportunity, by=request.user, now=timezone.now())
    return redirect(opportunity)


@require_POST
def tick(request: SignedInRequest, pk: int, checkpoint_pk: int) -> HttpResponse:
    """Tick a checkpoint off (``is_done``), or take the tick away."""
    opportunity = get_visible_or_404(with_relations(), request.user, pk)
    allow(permissions.can_work_opportunity(request.user, opportunity))
    checkpoint = Checkpoint.objects.filter(  # unscoped: a word of the firm, of this pipeline
        pk=checkpoint_pk, stage__pipeline=opportunity.pipeline_id
    ).first()
    if checkpoint is None:
        raise Http404
    is_done = "is_done" in request.POST
    services.pass_checkpoint(
        opportunity=opportunity, checkpoint=checkpoint, is_done=is_done, by=request.user, now=timezone.now()
    )
    return redirect(opportunity)
