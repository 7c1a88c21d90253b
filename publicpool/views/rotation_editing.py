"""The form of a rotation with its members; its button of the preview shows what other weights change."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.pages import CreatePage, UpdatePage

from ..inputs import Seat
from ..models import Rotation
from ..permissions import can_edit_rotation
from ..rotation.turns import Turn, Wheel
from ..rotation_forms import RotationForm, seat_forms
from ..rotation_state import letters
from ..services import save_with_members
from ..services.rotations import computed_weights
from ..turns_ahead import wheel_with

# So many turns before and after stand beside each other.
SHOWN = 24


class _Editor:
    """The form of a rotation and that of its members, valid or not together; the preview keeps all that was typed."""

    request: Any
    record: Any = None
    template_name = "publicpool/rotation_form.html"
    previewed: dict[str, Any] | None = None

    def form(self, data: Any = None, files: Any = None) -> RotationForm:
        user = self.request.user
        self.seats = seat_forms(data, self.record, user)
        return RotationForm(data, instance=self.record, user=user)

    def is_valid(self, form: RotationForm) -> bool:
        return all([form.is_valid(), self.seats.is_valid()])

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, **kwargs)  # type: ignore[misc]  # FormPage's
        before = Wheel.of_data(self.record.wheel) if self.record else Wheel()
        form = self.form(request.POST)
        is_valid = self.is_valid(form)
        if is_valid:
            self.previewed = preview_of(form.instance, before, self.seats.seats(), request.user)
        return self.show(form, 200 if is_valid else 422)  # type: ignore[attr-defined]

    def save(self, form: RotationForm) -> str:
        data = form.cleaned_data
        saved = save_with_members(
            rotation=form.instance,
            seats=self.seats.seats(),
            seen=data["seen"],
            by=self.request.user,
            now=timezone.now(),
            sources=data["sources"],
            teams=data["teams"],
        )
        return saved.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        context = super().extra_context() | {"seats": self.seats}  # type: ignore[misc]  # FormPage's
        return context | (self.previewed or {})


class RotationCreate(_Editor, CreatePage):
    model = Rotation
    title = _("New rotation")

    def may(self, user: Any) -> bool:
        return can_edit_rotation(user)

    def cancel_url(self) -> str:
        return "../"


class RotationUpdate(_Editor, UpdatePage):
    model = Rotation
    title = _("Edit rotation")

    def get_queryset(self) -> Any:
        return Rotation.objects.prefetch_related("sources", "teams")  # unscoped: the gate adds the reader

    def may(self, user: Any, record: Any) -> bool:
        return can_edit_rotation(user)


def preview_of(rotation: Rotation, before: Wheel, seats: list[Seat], user: User) -> dict[str, Any]:
    """The next turns and everybody's share as they are, and as the form would have them; figures of computed weights.

    Shares are those of a whole cycle in which everybody can take.
    """
    weights = {seat.user: seat.weight for seat in seats}
    figures = None
    if rotation.weights_by == Rotation.WeightsBy.CONVERSION and rotation.pool is not None:
        figures, weighed = computed_weights(rotation, list(weights), timezone.now())
        weights = {pk: one.weight for pk, one in weighed.items()}
    after = wheel_with(before, list(weights.items()))
    old = dict(before.members)
    ids = [*weights, *(pk for pk in old if pk not in weights)]
    people = User.objects.visible_to(user).in_bulk(ids)
    lettered = dict(zip(ids, letters(len(ids)), strict=True))
    shares = [
        (lettered[pk], people.get(pk), old.get(pk), _share(pk, old), weights.get(pk), _share(pk, weights)) for pk in ids
    ]

    def strip(turns: list[Turn]) -> list[tuple[str, User | None, Turn]]:
        return [(lettered.get(turn.member, "–"), people.get(turn.member), turn) for turn in turns]

    return {
        "previewed": True,
        "old_turns": strip(before.upcoming(SHOWN)),
        "new_turns": strip(after.upcoming(SHOWN)),
        "shares": shares,
        "conversion": figures,
        "weighed": [(lettered[pk], people.get(pk), one) for pk, one in weighed.items()] if figures else [],
        "next_cycle": before.cycle + 1,
        "top": rotation.top_weight,
    }


def _share(pk: int, weights: dict[int, int]) -> Fraction | None:
    """The part of all turns in per cent; None for who has none."""
    whole = sum(weights.values())
    return Fraction(100 * weights[pk], whole) if whole and pk in weights else None
